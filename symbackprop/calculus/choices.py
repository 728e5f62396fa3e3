"""Further names, chosen for all lines together: of parts of products, of multiples of error signals.

Every change is measured over all lines at once, and only what takes fewer operations is taken, the best first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from sympy import Expr, Symbol

from symbackprop.algebra.forms import Shortening
from symbackprop.calculus.sharing import (
    factors_beside,
    rescaled,
    shared_parts,
    times_used,
    with_name,
    written_out_together,
)
from symbackprop.matrices import Array, as_whole, shape_of, substituted

MOST_CHANGES = 8
"""So many changes are made at most."""
Lines = dict[Symbol, Expr]


@dataclass(frozen=True)
class Written:
    """Error signals and gradients as they are written with some names, and what the names stand for."""

    lines: Lines
    helpers: Lines

    @property
    def all(self) -> Lines:
        """Every line, the helpers first."""
        return {**self.helpers, **self.lines}

    def changed(self, by: Callable[[Symbol, Expr], Expr], without: Symbol | None = None) -> Written:
        """The same with every line changed, and without one of them."""
        lines = {name: by(name, value) for name, value in self.lines.items() if name != without}
        return Written(lines, {name: by(name, value) for name, value in self.helpers.items() if name != without})

    def also(self, name: Symbol, value: Expr) -> Written:
        """The same with one more name."""
        return Written(self.lines, {**self.helpers, name: value})

    @property
    def has_no_name_for_one_place(self) -> bool:
        """Whether each helper stands in two places at least."""
        return all(times_used(name, self.all.values()) > 1 for name in self.helpers)

    @property
    def ordered(self) -> Lines:
        """The helpers, each behind those that it is made of."""
        left, found = dict(self.helpers), Lines()
        while left:
            ready = [name for name, value in left.items() if value.free_symbols.isdisjoint(left)]
            found |= {name: left.pop(name) for name in ready or list(left)}
        return found


@dataclass(frozen=True)
class Choices:
    """What may be changed: ``signals`` are the names that may go, ``gone`` those that went; ``name_for`` makes one."""

    shortening: Shortening
    signals: Mapping[Symbol, Symbol]
    name_for: Callable[[Expr, Written], Symbol]
    gone: Collection[Symbol]

    def best(self, start: Written) -> Written:
        """The shortest that is found from some lines, change by change."""
        others = (self._shortened(together) for together in self._together(start))
        return min((self._shortened(start), *others), key=self._cost)

    def _shortened(self, start: Written) -> Written:
        best = start
        for _ in range(MOST_CHANGES):
            useful = (change for change in self._changes(best) if change.has_no_name_for_one_place)
            other = min(useful, key=self._cost, default=best)
            if self._cost(other)[0] >= self._cost(best)[0]:
                break
            best = other
        return best

    def _cost(self, written: Written) -> tuple[int, int]:
        """The operations, and how many names there are."""
        return self.shortening.measure(*written.all.values()), len(written.all)

    def _changes(self, now: Written) -> Iterator[Written]:
        for part in shared_parts(now.all.values(), self.shortening.measure.class_of):
            name = self.name_for(part, now)
            put_in = with_name(part, name)
            yield now.changed(partial(_with_part, put_in)).also(name, part)
        for name, value in now.all.items():
            if name in self.signals or name in now.helpers:
                yield from self._multiples(now, name, value)

    def _multiples(self, now: Written, name: Symbol, value: Expr) -> Iterator[Written]:
        """A multiple of a name in its place; of an error signal only where nothing uses the signal itself."""
        for factor in factors_beside(name, value, now.all.values(), always=name in self.signals):
            multiple = self._short(now, name, factor * value, ())
            other = self.name_for(multiple, now)
            yield now.changed(partial(_with_multiple, name, other, factor), without=name).also(other, multiple)

    def _together(self, now: Written) -> Iterator[Written]:
        """Error signals that are added in a line written out wherever they stand: they may have much in common."""
        for some in written_out_together(now.lines, self.signals):
            known = {delta: whole(now.lines[delta], delta) for delta in some}
            lines = {
                line: self._short(now, line, substituted(value, known), some) if some_in(value, some) else value
                for line, value in now.lines.items()
                if line not in some
            }
            yield Written(lines, {name: substituted(value, known) for name, value in now.helpers.items()})

    def _short(self, now: Written, line: Symbol, value: Expr, without: tuple[Symbol, ...] | list[Symbol]) -> Expr:
        later = itertools.dropwhile(lambda other: other != line, now.lines)
        start = whole(value, line)
        return self.shortening.shortest(start, shape_of(line), without={line, *without, *self.gone, *later})


def some_in(value: Expr, names: list[Symbol]) -> bool:
    """Whether one of some names stands in an expression."""
    return not value.free_symbols.isdisjoint(names)


def _with_part(put_in: Callable[[Expr], Expr], line: Symbol, value: Expr) -> Expr:
    return whole(put_in(value), line)


def _with_multiple(name: Symbol, other: Symbol, factor: Expr, line: Symbol, value: Expr) -> Expr:
    return whole(rescaled(value, name, other, factor), line)


def whole(value: Expr, line: Symbol) -> Expr:
    """A value in the shape of the line that it is to stand in."""
    return as_whole(value, shape_of(line)) if isinstance(line, Array) else value
