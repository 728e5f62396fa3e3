"""Edits that put something in, take something out, or exchange one thing for another.

Each is tried with one inner product: the whole is right if ⟨weight, new⟩ is what the place must come to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum

from sympy import Expr, S

from symbackprop.judge.entries import Entries
from symbackprop.verification.repair.known import Known, Scales, Sort
from symbackprop.verification.repair.parts import Part, goes_into, inner, summed, times
from symbackprop.verification.repair.places import Place, place_of, turned

MOST_TESTS = 60_000


class Kind(IntEnum):
    """What sort of edit it is, the likeliest first."""

    WHOLE = 0
    SIGN = 1
    ROUTE = 2
    LOCAL = 3
    NAME = 4
    REMOVAL = 5
    FACTOR = 6
    NUMBER = 7
    POWER = 8
    AXIS = 9
    SIDE = 10
    DIVISION = 11
    TURN = 12
    TERM = 13
    PIECE = 14


class Act(Enum):
    """What is done in a place."""

    PUT = "put in its place"
    TIMES = "multiplied"
    PLUS = "added"
    DROPPED = "left out"


@dataclass(frozen=True, eq=False)
class Edit:
    """An edit that makes the formula right in the first world."""

    kind: Kind
    act: Act
    place: Part
    old: Expr
    new: Expr
    """What should stand in the place of ``old``."""
    put: Callable[[Expr], Expr]
    amount: Expr = S.One
    """What is put in, multiplied or added."""
    known: Known | None = None
    odd: bool = False
    """Whether it takes a number or a size beside what is put in: two slips, if it is that."""
    names: tuple[Expr, ...] = ()
    """The name that is exchanged throughout, and the one for it, for which the first one may be put in turn."""

    @property
    def formula(self) -> Expr:
        """The formula with the edit made."""
        return self.put(self.new)


@dataclass(frozen=True, eq=False)
class Editor:
    """Looks for edits of one formula in one world, in which it is off by ``gap``."""

    known: Sequence[Known]
    scales: Scales
    gap: int
    p: int

    def of_the_whole(self, root: Part) -> Iterator[Edit]:
        """A number, a size or a sign of the whole."""
        place = place_of(root)
        needed = (inner(place.weight, place.value, self.p) + self.gap) % self.p
        yield from self._scaled(place, needed)
        shape = place.value.shape
        if shape and shape[0] == shape[1]:
            found = inner(place.weight, place.value.transposed, self.p)
            for scale in self.scales.any_between(found, needed, sized=True):
                new = turned(root.node) * scale
                yield Edit(Kind.WHOLE, Act.PUT, root, root.node, new, root.put, scale)

    def edits(self, places: Iterator[Place]) -> Iterator[Edit]:
        """Every edit that fits."""
        by_shape: dict[tuple[int, ...], list[Known]] = {}
        for one in self.known:
            by_shape.setdefault(one.value.shape, []).append(one)
        names = {shape: [one for one in group if one.sort is Sort.NAME] for shape, group in by_shape.items()}
        inverses = [one for one in self.known if one.sort is Sort.NAME and all(one.value.flat)]
        over = [(one, one.value.each(lambda x: pow(x, -1, self.p))) for one in inverses]
        tests = 0
        for place in places:
            if tests > MOST_TESTS:
                return
            tests += 3 * len(self.known)
            needed = (inner(place.weight, place.value, self.p) + self.gap) % self.p
            if not place.is_factor and place.around is not None:
                yield from self._scaled(place, needed)
            if not needed:
                continue
            yield from self._taken_out(place, needed)
            if place.around is not None:
                yield from self._exchanged(place, needed, by_shape)
            elif place.old.is_Symbol:
                yield from self._exchanged(place, needed, names)
            if not place.is_factor and not place.old.is_number:
                yield from self._multiplied(place, needed, by_shape, over)
            if not place.is_term and place.whole:
                yield from self._added(place, by_shape)

    def _scaled(self, place: Place, needed: int) -> Iterator[Edit]:
        """A number or a size that is missing or too much; the sign; a term too many."""
        if needed == 0:
            if place.is_term:
                yield Edit(Kind.TERM, Act.DROPPED, place.part, place.old, S.Zero, place.put)
            return
        found = inner(place.weight, place.value, self.p)
        whole = place.around is None
        scales = self.scales.any_between(found, needed, sized=True) if whole else self.scales.between(found, needed)
        for scale in scales:
            kind = Kind.WHOLE if whole else Kind.SIGN if scale == -1 else Kind.NUMBER
            if not place.old.is_number:
                yield Edit(kind, Act.TIMES, place.part, place.old, place.old * scale, place.put, scale)

    def _taken_out(self, place: Place, needed: int) -> Iterator[Edit]:
        """A factor too many, or a number that should be another."""
        if place.exact or not (place.is_factor or place.old.is_number):
            return
        found = inner(place.weight, Entries((), (1,)), self.p)
        for scale in self.scales.any_between(found, needed, sized=False):
            if scale == 1 and place.is_factor:
                yield Edit(Kind.REMOVAL, Act.DROPPED, place.part, place.old, S.One, place.put)
            elif place.old.is_number:
                yield Edit(Kind.NUMBER, Act.PUT, place.part, place.old, scale, place.put, scale)
            else:
                yield Edit(Kind.PIECE, Act.PUT, place.part, place.old, scale, place.put, scale, odd=True)

    def _exchanged(self, place: Place, needed: int, by_shape: dict[tuple[int, ...], list[Known]]) -> Iterator[Edit]:
        """One thing for another."""
        for one, scale in self._fitting(place.weight, needed, by_shape, place.value.shape if place.exact else None):
            kind = Kind.PIECE
            if one.sort is Sort.LOCAL and place.old.free_symbols <= one.expr.free_symbols:
                kind = Kind.LOCAL
            elif one.sort is Sort.NAME and place.old.is_Symbol:
                kind = Kind.NAME
            amount = one.expr * scale
            yield Edit(kind, Act.PUT, place.part, place.old, amount, place.put, amount, one, scale != 1)

    def _multiplied(
        self,
        place: Place,
        needed: int,
        by_shape: dict[tuple[int, ...], list[Known]],
        over: Sequence[tuple[Known, Entries]],
    ) -> Iterator[Edit]:
        """A factor that is missing, or by which to divide."""
        weight = times(place.weight, place.value, self.p)
        for one, scale in self._fitting(weight, needed, by_shape, None):
            kind = Kind.LOCAL if one.sort is Sort.LOCAL else Kind.FACTOR
            amount = one.expr * scale
            yield Edit(
                kind, Act.TIMES, place.part, place.old, place.old * amount, place.put, amount, one, scale not in (1, -1)
            )
        for one, inverse in over:
            if not goes_into(inverse.shape, weight.shape):
                continue
            for scale in self.scales.between(inner(weight, inverse, self.p), needed):
                amount = scale / one.expr
                yield Edit(
                    Kind.DIVISION, Act.TIMES, place.part, place.old, place.old * amount, place.put, amount,
                    None, scale != 1,
                )  # fmt: skip

    def _added(self, place: Place, by_shape: dict[tuple[int, ...], list[Known]]) -> Iterator[Edit]:
        """A term that is missing."""
        if not place.exact:
            for one in self.scales.between(inner(place.weight, Entries((), (1,)), self.p), self.gap):
                yield Edit(Kind.TERM, Act.PLUS, place.part, place.old, place.old + one, place.put, one)
        for known, scale in self._fitting(place.weight, self.gap, by_shape, None):
            amount = known.expr * scale
            yield Edit(
                Kind.TERM, Act.PLUS, place.part, place.old, place.old + amount, place.put, amount, known,
                scale not in (1, -1),
            )  # fmt: skip

    def _fitting(
        self, weight: Entries, needed: int, by_shape: dict[tuple[int, ...], list[Known]], exact: tuple[int, ...] | None
    ) -> Iterator[tuple[Known, Expr]]:
        """What is known that comes to what is needed, with the number beside it."""
        inverse = pow(needed, -1, self.p)
        scales, p = self.scales.by_inverse, self.p
        for shape, group in by_shape.items():
            if (exact is not None and shape != exact) or not goes_into(shape, weight.shape):
                continue
            beside = summed(weight, shape, p).each(lambda x: x * inverse % p).flat
            for one in group:
                for scale in scales.get(sum([x * y for x, y in zip(beside, one.value.flat, strict=True)]) % p, ()):
                    yield one, scale
