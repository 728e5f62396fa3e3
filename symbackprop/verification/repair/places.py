"""The places of a formula in which something may be exchanged: its parts, and some factors of a product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from sympy import Add, Expr, Mul

from symbackprop.judge.entries import Entries
from symbackprop.matrices import Operation, Product, Transposed, product
from symbackprop.verification.repair.parts import Part, chained, summed, times

MOST_FACTORS = {1: 16, 2: 14, 3: 8}
"""Of products of so many factors one, two and three are exchanged at once."""


@dataclass(frozen=True, eq=False)
class Place:
    """Something that may be exchanged: a part, or some factors of a product. ``weight`` is as that of a part."""

    part: Part
    old: Expr
    value: Entries
    weight: Entries
    put: Callable[[Expr], Expr]
    whole: bool = True
    """Whether it is a part, and not some factors of one."""

    @property
    def around(self) -> Part | None:
        """The part that this one is a term, a factor or an operand of."""
        return self.part.parent if self.whole else self.part

    @property
    def exact(self) -> bool:
        """Whether what is put here must have the shape of what was."""
        return self.around is None or isinstance(self.around.node, Operation)

    @property
    def is_term(self) -> bool:
        """Whether it stands in a sum."""
        return self.around is not None and isinstance(self.around.node, Add)

    @property
    def is_factor(self) -> bool:
        """Whether it stands in a product entry by entry."""
        return self.around is not None and isinstance(self.around.node, Mul)


def place_of(part: Part) -> Place:
    """A part on which the whole depends linearly, as a place."""
    assert part.value is not None
    assert part.weight is not None
    return Place(part, part.node, part.value, part.weight, part.put)


def places_of(parts: Sequence[Part], p: int) -> Iterator[Place]:
    """All places on which the whole depends linearly, the outer ones first."""
    for part in parts:
        if part.weight is None or part.value is None:
            continue
        yield place_of(part)
        if isinstance(part.node, Mul):
            yield from _groups(part, p)
        elif isinstance(part.node, Product):
            yield from _runs(part, p)


def _runs(part: Part, p: int) -> Iterator[Place]:
    """Several factors of a matrix product that stand side by side."""
    assert part.weight is not None
    factors = part.node.args
    values = [one.value for one in part.parts if one.value is not None]
    for count in range(len(factors) - 1, 1, -1):
        for start in range(len(factors) - count + 1):
            end = start + count
            left, inside, right = values[:start], values[start:end], values[end:]
            weight = part.weight
            if left:
                weight = chained([chained(left, p).transposed, weight], p)
            if right:
                weight = chained([weight, chained(right, p).transposed], p)
            put = _between(part, factors[:start], factors[end:])
            yield Place(part, product(*factors[start:end]), chained(inside, p), weight, put, whole=False)


def _between(part: Part, left: Sequence[Expr], right: Sequence[Expr]) -> Callable[[Expr], Expr]:
    return lambda new: part.put(product(*left, new, *right))


def _groups(part: Part, p: int) -> Iterator[Place]:
    """One of several equal factors of a product, and two or three factors of any kind."""
    assert part.weight is not None
    assert part.value is not None
    own = summed(part.weight, part.value.shape, p)
    factors = list(_factors(part, p))
    equal = len(factors) > len(part.parts)
    for count in (1, 2, 3) if equal else (2, 3):
        if count >= len(factors) or len(factors) > MOST_FACTORS[count]:
            return
        for chosen in combinations(range(len(factors)), count):
            weight, inside = own, Entries((), (1,))
            for k, (_, value) in enumerate(factors):
                if k in chosen:
                    inside = times(inside, value, p)
                else:
                    weight = times(weight, value, p)
            rest = Mul(*(factor for k, (factor, _) in enumerate(factors) if k not in chosen))
            old = Mul(*(factors[k][0] for k in chosen))
            yield Place(part, old, inside, weight, _beside(part, rest), whole=False)


def _factors(part: Part, p: int) -> Iterator[tuple[Expr, Entries]]:
    """The factors of a product; of a power one and the others."""
    for one in part.parts:
        if one.value is None:
            continue
        base, exponent = one.node.as_base_exp()
        if exponent.is_Integer and exponent > 1 and one.parts and one.parts[0].value is not None:
            yield base, one.parts[0].value
            yield base ** (exponent - 1), _power(one.parts[0].value, int(exponent) - 1, p)
        else:
            yield one.node, one.value


def _beside(part: Part, rest: Expr) -> Callable[[Expr], Expr]:
    return lambda new: part.put(Mul(rest, new))


def _power(value: Entries, n: int, p: int) -> Entries:
    return value.each(lambda x: pow(x, n, p))


def turned(a: Expr) -> Expr:
    """The transpose."""
    return a.args[0] if isinstance(a, Transposed) else Transposed(a)
