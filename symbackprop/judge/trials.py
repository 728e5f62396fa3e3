"""One trial of a claim: in a prime field, among floats, or among intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import mpmath
from sympy import Basic, Eq, Symbol

from symbackprop.judge.claims import Claim, place_of
from symbackprop.judge.entries import Entries
from symbackprop.judge.facts import obeying
from symbackprop.judge.field import Field
from symbackprop.judge.forks import Forks, Way
from symbackprop.judge.intervals import Intervals
from symbackprop.judge.numbers import Moving, Number, Undecidable, Undefined, Unlucky
from symbackprop.judge.outcome import Outcome
from symbackprop.judge.point import Point
from symbackprop.judge.real import Floats, Tangents
from symbackprop.judge.stated import as_at, chosen_at
from symbackprop.judge.terms import as_one_term
from symbackprop.judge.verdict import Level, Ruling, Verdict, Witness
from symbackprop.judge.world import World
from symbackprop.network.network import Network

DRAWS = 3
"""How many draws of free elements a formula must be undefined for, to be undefined."""
BITS = (80, 160, 400)
NOISE = 1e-9
SUSPICIOUS = 1e-6
"""How far apart floats are where the sides may differ in truth."""
NO_NUMBER = "is not defined"


def in_field(
    claim: Claim,
    point: Point,
    p: int,
    seed: int,
    *,
    true_roots: bool = False,
    opaque_roots: bool = False,
    opaque_names: bool = False,
    forced: Mapping[Basic, int] | None = None,
) -> Outcome:
    """Try a claim with elements of the field, on the side of each kink on which the real point is.

    With ``opaque_names`` an exponent is not taken apart beyond the names in it, which is quicker and refuses some
    identities that hold.

    Raises Unlucky where these elements will not do, Undecidable where none will.
    """
    field = Field(p, seed, true_roots, opaque_roots)
    forks = Forks(forced or {}, fixed=frozenset(point.sizes))
    leaves = {name: value.each(lambda x: field.free(float(x))) for name, value in point.values.items()}
    equalities = [fact for fact in claim.facts if isinstance(fact, Eq)]
    if not equalities:
        leaves = field.matrices.with_roots(claim.rooted, leaves)
    else:
        leaves = obeying(claim.facts, leaves, point.sizes, field, field.random, as_at(point.values, claim.facts))
        leaves = chosen_at(claim.facts, leaves, point.values, field)
        for name, value in leaves.items():  # the point obeys them already, in numbers without the noise of a solution
            for x, real in zip(value.flat, point.values[name].flat, strict=True):
                x.s = float(real)
    world = _world(claim, field, leaves, point, forks, as_one_term if opaque_names else None)
    sides = claim.sides(world, 0)
    for pair in sides:
        for x in pair:
            field.note(x)
    holds = all(a.v == b.v for a, b in sides)
    vacuous = all(a.v == b.v == 0 for a, b in sides)
    roots, signs = field.functions.true_count, field.matrices.signs
    return Outcome(holds, vacuous, frozenset(forks.taken), field.chance(), roots, signs)


def _world(
    claim: Claim,
    numbers: Moving,
    leaves: Mapping[str, Entries],
    point: Point,
    forks: Forks,
    named: Callable[[Number], Number] | None = None,
) -> World:
    """What a claim is tried in."""
    seeds = claim.seeds(numbers, leaves, 0)
    return World(claim.network, claim.signals, numbers, leaves, point.sizes, forks, seeds, claim.equations, named)


@dataclass(frozen=True)
class Look:
    """What floats see of a claim at a point: which ways it takes there, and how far apart the sides are."""

    point: Point
    ways: frozenset[Way]
    vacuous: bool
    gap: float
    reach: Mapping[Basic, tuple[float, float]]
    """The least and the largest number that was compared with zero, by what it is the value of."""


def among_floats(claim: Claim, point: Point) -> Look:
    """Look at a claim in floats. Raises Unlucky where the network is not defined, or not finite."""
    heard: dict[Basic, list[Any]] = {}
    forks = Forks(fixed=frozenset(point.sizes), heard=heard)
    numbers = Tangents(Floats())
    leaves = {name: value.each(numbers.number) for name, value in point.values.items()}
    try:
        world = _world(claim, numbers, leaves, point, forks)
        sides = claim.sides(world, 0)
    except (OverflowError, ZeroDivisionError):
        raise Unlucky("not finite") from None
    gap = max(abs(a.x - b.x) / max(abs(a.x), abs(b.x), 1e-300) for a, b in sides)
    known = all(math.isfinite(a.x) and math.isfinite(b.x) for a, b in sides)
    largest = max(max(abs(a.x), abs(b.x)) for a, b in sides)
    # Where a function is saturated, both sides may be zero but for what was lost in rounding, and then differ.
    vacuous = not known or largest == 0 or (largest < NOISE and gap > SUSPICIOUS)
    reach = {key: (min(x.x for x in numbers), max(x.x for x in numbers)) for key, numbers in heard.items()}
    return Look(point, frozenset(forks.taken), vacuous, gap if known else 1.0, reach)


def among_intervals(claim: Claim, point: Point, bits: int) -> Witness | None:
    """A witness against a claim at a point, or None where intervals of so many bits do not tell the sides apart.

    Raises Unlucky and Undecidable as everything does.
    """
    numbers = Tangents(Intervals(bits))
    forks = Forks(fixed=frozenset(point.sizes))
    leaves = {name: value.each(numbers.number) for name, value in point.values.items()}
    world = _world(claim, numbers, leaves, point, forks)
    if not any(_apart(a, b) for turn in (0, 1) for a, b in claim.sides(world, turn)):
        return None
    best: tuple[Any, ...] | None = None
    for where, true, claimed in claim.entries(world, _apart):
        if _apart(true, claimed):
            size = max(abs(true.x).b, abs(claimed.x).b)
            gap = abs(true.x - claimed.x).a / size if size else 0
            if best is None or gap > best[0]:
                best = (gap, where, true.x, claimed.x)
    if best is None:
        return None
    _, where, true, claimed = best
    return Witness(
        point={name: _shown(value) for name, value in point.values.items()},
        sizes=dict(point.sizes),
        expected=float(true.mid),
        found=float(claimed.mid),
        entry=where,
        names=_others(claim, world, point),
        digits=told_apart(true, claimed),
    )


def witness_among(claim: Claim, points: Iterable[Point]) -> Witness | None:
    """The first witness against a claim at one of these points, with as many bits as it takes."""
    for point in points:
        for bits in BITS:
            try:
                witness = among_intervals(claim, point, bits)
            except Unlucky:
                continue
            except Undecidable:
                return None
            if witness is not None:
                return witness
            if bits == BITS[0]:
                break  # overlapping at once: equal here, as far as anybody can see
    return None


def undefined_at(claim: Claim, point: Point, p: int, seed: int) -> Witness | None:
    """A point at which all is defined but what is claimed, as elements of the field tell; None where that is not so."""
    bare = claim.bare
    if bare is None:
        return None
    try:
        among_floats(bare, point)
        for draw in range(DRAWS):
            in_field(bare, point, p, seed + draw)
            try:
                in_field(claim, point, p, seed + draw)
            except Undefined:
                continue
            return None
        witness = among_intervals(bare, point, BITS[1])
    except Unlucky:
        return None
    return None if witness is None else replace(witness, found=math.nan, digits=(witness.digits[0], NO_NUMBER))


def enclosures(
    network: Network, w: Symbol, point: Point, claimed: Sequence[float], slack: Sequence[float], bits: int
) -> Verdict:
    """Rule on numbers for the entries of a gradient at a point: each may be off by its slack, and no more."""
    numbers = Tangents(Intervals(bits))
    leaves = {name: value.each(numbers.number) for name, value in point.values.items()}
    world = World(network, {}, numbers, leaves, point.sizes, Forks(fixed=frozenset(point.sizes), ties=True))
    unsure = False
    for place, (number, off) in enumerate(zip(claimed, slack, strict=True)):
        true = world.slope(network.loss, {w.name: world.unit(w.name, place)}).only.x
        gap = abs(true - numbers.kind.number(Fraction(number)))
        allowed = numbers.kind.number(Fraction(off))
        if gap.a > allowed.b:
            where = place_of(place, point.values[w.name].shape)
            shown = {name: _shown(value) for name, value in point.values.items()}
            digits = (mpmath.nstr(mpmath.mpf(true.mid), 12), repr(number))
            witness = Witness(shown, dict(point.sizes), float(true.mid), number, where, {}, digits)
            return Verdict(Ruling.WRONG, Level.ENCLOSED, witness=witness)
        unsure = unsure or not gap.b <= allowed.a
    if unsure:
        reason = "the gradient lies too near to half a unit of the last digit to be told from it"
        return Verdict(Ruling.UNDECIDED, Level.ENCLOSED, reason=reason)
    return Verdict(Ruling.PROVED, Level.ENCLOSED, covered="at these values, within the digits that were written")


def _others(claim: Claim, world: World, point: Point) -> dict[str, Any]:
    """The values of other names that the claim's formulas use."""
    used = {s.name for expr in claim.exprs for s in expr.free_symbols}
    return {
        name: _shown(world.values[name].each(lambda x: float(x.x.mid)))
        for name in sorted(used & world.values.keys() - point.values.keys())
    }  # fmt: skip


def _apart(a: Any, b: Any) -> bool:
    """Whether the intervals of two numbers have nothing in common."""
    return bool(a.x.b < b.x.a or b.x.b < a.x.a)


def _shown(value: Entries) -> Any:
    numbers = [float(x) for x in value.flat]
    if not value.shape:
        return numbers[0]
    columns = value.shape[1]
    return [numbers[k : k + columns] for k in range(0, len(numbers), columns)]


def told_apart(a: Any, b: Any) -> tuple[str, str]:
    """Two numbers with twelve digits, or as many more as tell them apart."""
    for digits in (12, 16, 20, 30, 40):
        said = (mpmath.nstr(mpmath.mpf(a.mid), digits), mpmath.nstr(mpmath.mpf(b.mid), digits))
        if said[0] != said[1]:
            return said
    return said
