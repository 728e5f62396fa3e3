"""What is true at a point, to fifty digits, and whether a formula differs from it there."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from sympy import Eq

import symbackprop as sb
from reliability.faults import Fault
from symbackprop.judge.entries import Entries
from symbackprop.judge.facts import obeying, relations_hold
from symbackprop.judge.numbers import Undecidable, Unlucky
from symbackprop.judge.real import Digits, Fractions, Tangents
from symbackprop.judge.walk import Walk

SIZES = (3, 4, 5, 2, 6)
SCALES = (1, 1, 3, 1, 10, 3, 30, 1, 10, 30)
DIFFERENT = 1e-20
"""How far apart, relatively, two numbers of fifty digits are that are not the same."""
SEEN = 1e-25
"""What is smaller counts as zero: no float comes of it but by the rounding of larger ones."""

Values = dict[str, Entries]


def sizes_of(network: sb.Network) -> dict[str, int]:
    """Numbers for the symbols of sizes."""
    return {size.name: SIZES[place % len(SIZES)] for place, size in enumerate(network.sizes)}


def point(d: sb.Derivation, sizes: dict[str, int], scale: int, rng: random.Random) -> Values:
    """Values for inputs, targets and parameters that obey the facts. Raises Unlucky where none were found."""
    values: Values = {}
    for leaf in d.network.leaves:
        shape = tuple(int(side.xreplace({s: sizes[s.name] for s in side.free_symbols})) for side in _shape(leaf))
        count = 1
        for side in shape:
            count *= side
        numbers = [Fraction(round(scale * rng.gauss(0, 1) * 1024), 1024) for _ in range(count)]
        values[leaf.name] = Entries(shape, tuple(numbers))
    equalities = [fact for fact in d.facts if isinstance(fact, Eq)]
    relations = [fact for fact in d.facts if not isinstance(fact, Eq)]
    if equalities:
        values = obeying(equalities, values, sizes, Tangents(Fractions()), rng)
    if not relations_hold(relations, values, sizes):
        values = {name: value.each(abs) for name, value in values.items()}
        if not relations_hold(relations, values, sizes):
            raise Unlucky("the facts do not hold")
    return values


def _shape(leaf: Any) -> tuple[Any, ...]:
    return tuple(getattr(leaf, "shape", ()))


def differs(fault: Fault, tries: int = 60) -> bool:
    """Whether a fault has a true witness: a point at which it is another number to fifty digits."""
    d = fault.derivation
    sizes = sizes_of(d.network)
    rng = random.Random(str(fault.formula))
    for attempt in range(tries):
        try:
            values = point(d, sizes, SCALES[attempt % len(SCALES)], rng)
            walk = Walk(Digits(60), lifted(values), sizes)
            known = dict(walk.values)
            walk.values = known
            for group in (d.network.equations, d.backward):
                for name, expr in group.items():
                    known[name.name] = walk.value(expr)
            true, claimed = walk.value(d.shared[fault.name]).flat, walk.value(fault.formula).flat
        except (Unlucky, Undecidable, OverflowError, ZeroDivisionError):
            continue
        size = max((abs(x) for x in true), default=0)
        for x, y in zip(true, claimed, strict=True):
            if abs(x - y) > max(DIFFERENT * max(abs(x), abs(y)), SEEN * max(1, size)):
                return True
    return False


def lifted(values: Values) -> Values:
    """The same values with fifty digits."""
    digits = Digits(60)
    return {name: value.each(digits.number) for name, value in values.items()}
