"""The update rule of an optimiser, one weight after the other, as lines of the loop.

A sum of options, the learning rate and the number of the update alone, such as 1 - β₁ᵗ, is worked out once: before the
loop, or once a step, and not for every weight. It has the precision of float64 in a loop of float32, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Add, Basic, Expr, Symbol

Assignment = tuple[Symbol, Expr]


@dataclass(frozen=True)
class UpdateRule:
    """How one weight is moved, in SymPy: ``equations`` in order, the last for ``moved``, the new weight.

    ``weight``, ``gradient``, ``rate`` and ``number`` (of the update, from 1) are the symbols that they use, beside the
    names of ``options``. ``kept`` maps what an update finds to what it leaves for the next; all of it starts at zero.
    ``update(w, g, rate, number, *kept)`` is the rule as a function of arrays, which gives the new weights and a list of
    what is kept, and ``source`` is its text.
    """

    name: str
    equations: tuple[Assignment, ...]
    weight: Symbol
    gradient: Symbol
    moved: Symbol
    rate: Symbol
    number: Symbol
    update: Callable[..., tuple[Any, list[Any]]]
    source: str
    kept: Mapping[Symbol, Symbol] = field(default_factory=dict)
    options: Mapping[str, float] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether the number of the update matters."""
        return any(self.number in right.free_symbols for _, right in self.equations)


@dataclass(frozen=True)
class UpdateLines:
    """A rule put to work: what is assigned ``before`` the loop and in ``each`` step, and the ``lines`` of a weight."""

    before: tuple[Assignment, ...]
    each: tuple[Assignment, ...]
    equations: tuple[Assignment, ...]
    rule: UpdateRule

    @property
    def lines(self) -> list[Assignment]:
        """The lines that move a weight, for which the rule's own symbols stand, in place: w = w - eta*g."""
        rule = self.rule
        late = {new: old for old, new in rule.kept.items() if self._is_used_after(old, new)}
        names = {rule.moved: rule.weight, **{new: old for old, new in rule.kept.items() if new not in late}}
        lines = [(names.get(left, left), right.xreplace(names)) for left, right in self.equations]
        return [*lines, *((old, new) for new, old in late.items())]

    def _is_used_after(self, old: Symbol, new: Symbol) -> bool:
        lefts = [left for left, _ in self.equations]
        return any(old in right.free_symbols for _, right in self.equations[lefts.index(new) + 1 :])


def renamed(rule: UpdateRule, fresh: Callable[[str], Symbol]) -> UpdateRule:
    """The rule with names from ``fresh`` for options and for what is in between; those of a weight's own stay."""
    own = {rule.weight, rule.gradient, rule.moved, *rule.kept}
    used = [rule.rate, rule.number, *map(Symbol, rule.options), *(left for left, _ in rule.equations)]
    names = {s: fresh(s.name) for s in dict.fromkeys(used) if s not in own}
    return replace(
        rule,
        equations=tuple((names.get(left, left), right.xreplace(names)) for left, right in rule.equations),
        rate=names[rule.rate],
        number=names[rule.number],
        kept={old: names[new] for old, new in rule.kept.items()},
        options={names[Symbol(option)].name: value for option, value in rule.options.items()},
    )


def update_lines(rule: UpdateRule, fresh: Callable[[str], Symbol], typed: bool) -> UpdateLines:
    """Take out of a rule what is the same for all weights.

    ``fresh`` gives a name that nothing else has. ``typed`` is whether numbers have a dtype other than float64; options
    are then taken out on their own, too, so that they can be cast.
    """
    options = {Symbol(name) for name in rule.options}
    fixed = options | {rule.rate, rule.number}
    before: dict[Expr, Symbol] = {}
    each: dict[Expr, Symbol] = {}

    def out_of(expr: Basic) -> Basic:
        free = expr.free_symbols
        alone = isinstance(expr, Add) or (typed and expr in options)
        if alone and free <= fixed:
            where = before if free <= options else each
            if expr not in where:
                where[expr] = fresh("c")
            return where[expr]
        if not expr.args:
            return expr
        return expr.func(*(out_of(arg) for arg in expr.args))

    equations = tuple((left, out_of(right)) for left, right in rule.equations)
    return UpdateLines(
        tuple((name, expr) for expr, name in before.items()),
        tuple((name, expr) for expr, name in each.items()),
        equations,
        rule,
    )
