"""Worlds in which an edit must be right: elements of a prime field for every name, and the true gradient there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sympy import Basic, Eq, Expr, Piecewise, Symbol

from symbackprop.calculus import Derivation
from symbackprop.errors import SymbackpropError
from symbackprop.judge import Gradients
from symbackprop.judge.entries import Entries, repeated
from symbackprop.judge.facts import obeying
from symbackprop.judge.field import Field
from symbackprop.judge.forks import Forks, Way
from symbackprop.judge.numbers import Undecidable, Unlucky
from symbackprop.judge.point import Drawing, Point
from symbackprop.judge.prime import safe_prime, seed_of
from symbackprop.judge.stated import as_at, chosen_at
from symbackprop.judge.world import World
from symbackprop.matrices import same_shape, shape_of
from symbackprop.verification.repair.kinks import kinks_of, with_free_kinks

WORLDS = 3
"""How many worlds with a gradient that is not zero must agree: a point with dead relus takes anything for right."""
SIZES = ((2, 3, 4, 5, 6, 7), (5, 7, 3, 4, 9, 8), (3, 4, 7, 2, 5, 11))
"""Numbers for sizes in three worlds: no product of powers of sizes is the same in all, so none passes for a number."""
DRAWS = 48
"""How many are looked at for both sides of each kink."""


@dataclass(frozen=True, eq=False)
class Residues:
    """One world, with its values as whole numbers modulo p."""

    world: World
    field: Field
    true: Entries
    ways: frozenset[Way]

    @property
    def moves(self) -> bool:
        """Whether the gradient is not zero."""
        return any(self.true.flat)

    @property
    def p(self) -> int:
        """The prime."""
        return self.field.p

    def value(self, expr: Expr) -> Entries:
        """The value of an expression. Raises what ``NO_VALUE`` lists where it has none here."""
        return self.world.value(expr).each(lambda x: x.v)

    def shaped(self, expr: Expr) -> Entries:
        """The value of a formula of the gradient, where zero stands for a matrix of zeros."""
        found = self.value(expr)
        return Entries(self.true.shape, found.flat * len(self.true.flat)) if expr.is_zero else found

    def agrees(self, formula: Expr) -> bool:
        """Whether a formula is the gradient here."""
        try:
            return self.shaped(formula) == self.true
        except NO_VALUE:
            return False


NO_VALUE = (SymbackpropError, Undecidable, Unlucky, AssertionError, ValueError, IndexError)
"""What is raised for an edit that makes no sense: shapes that do not fit, a division by zero."""


def fits(formula: Expr, w: Symbol) -> bool:
    """Whether a formula has the shape of a gradient, whatever the sizes are."""
    try:
        return same_shape(shape_of(formula), shape_of(w))
    except SymbackpropError:
        return False


@dataclass(frozen=True)
class Worlds:
    """Worlds of several sizes and sides of kinks."""

    all: tuple[Residues, ...]
    trying: tuple[Residues, ...]
    """Those in which edits are tried first: the formula is wrong there."""
    kinks: frozenset[Basic]
    """The kinks of the network and of its derivation."""
    covered: bool
    """Whether both sides of each of these were seen."""

    def agree(self, formula: Expr) -> bool:
        """Whether a formula is the gradient in each of them."""
        return all(one.agrees(formula) for one in self.all)

    def cover(self, formula: Expr) -> bool:
        """Whether both sides of each kink were seen that it has, itself or in what its names stand for."""
        return self.covered and kinks_of([formula]) <= self.kinks


def worlds(derivation: Derivation, w: Symbol, formula: Expr) -> Worlds | None:
    """Worlds for one formula; None where it is wrong in none, or where the network cannot be tried in a field."""
    signals, facts = dict(derivation.backward), tuple(derivation.facts)
    seed = seed_of(Gradients(derivation.network, {w: formula}, signals=signals, facts=facts).everything)
    found: list[Residues] = []
    seen: set[Way] = set()
    moving = 0
    try:
        for one in _drawn(derivation, w, seed, safe_prime(seed)):
            if not one.ways <= seen or (one.moves and moving < WORLDS):
                found.append(one)
                seen |= one.ways
                moving += one.moves
            if moving >= WORLDS and not _other_sides(seen):
                break
        trying = [one for one in found if one.shaped(formula) != one.true]
        trying = sorted(trying, key=lambda one: not one.moves)[:1]
        derived = (*derivation.network.to_loss.values(), *signals.values(), derivation.shared[w])
        kinks = kinks_of(derived)
        if trying and kinks | kinks_of([formula]):
            free = _free_of_kinks(derivation, w, trying[0])
            if free.shaped(formula) != free.true:
                trying.insert(0, free)
    except (Undecidable, Unlucky):
        return None
    if not trying:
        return None
    return Worlds(tuple(found), tuple(trying), frozenset(kinks), covered=not _other_sides(seen))


def _free_of_kinks(derivation: Derivation, w: Symbol, one: Residues) -> Residues:
    """A world in which kinks are numbers of their own. What is right there may be wrong; it is tried in others too."""
    world = with_free_kinks(one.world, derivation.backward)
    return Residues(world, one.field, _gradient(derivation, w, world), one.ways)


def _gradient(derivation: Derivation, w: Symbol, world: World) -> Entries:
    """The true gradient in a world; one that is zero may be written as a number."""
    found, shape = world.value(derivation.shared[w]), world.values[w.name].shape
    return repeated(found, shape).each(lambda x: x.v)


def _other_sides(seen: set[Way]) -> bool:
    """Whether there are sides of kinks that were not seen."""
    return any(
        (key, side) not in seen
        for key, _ in seen
        for side in (range(len(key.args)) if isinstance(key, Piecewise) else (1, -1))
    )  # fmt: skip


def _drawn(derivation: Derivation, w: Symbol, seed: int, p: int) -> Iterator[Residues]:
    """Worlds of several assignments of sizes in turn, as many as are looked at."""
    drawing = Drawing(derivation.network, derivation.facts, seed)
    points = [
        drawing.points(sizes, DRAWS) for sizes in sizes_of_worlds([size.name for size in derivation.network.sizes])
    ]
    for draw in range(DRAWS):
        point = next(points[draw % len(points)], None)
        if point is not None:
            try:
                yield _world(derivation, w, point, Field(p, seed + draw))
            except Unlucky:
                continue


def sizes_of_worlds(names: Sequence[str]) -> list[dict[str, int]]:
    """Small numbers for the sizes, all different in each assignment."""
    return [
        {name: row[k] if k < len(row) else 13 + 2 * k + turn for k, name in enumerate(names)}
        for turn, row in enumerate(SIZES)
    ]  # fmt: skip


def _world(derivation: Derivation, w: Symbol, point: Point, field: Field) -> Residues:
    leaves = {name: value.each(lambda x: field.free(float(x))) for name, value in point.values.items()}
    equalities = [fact for fact in derivation.facts if isinstance(fact, Eq)]
    if equalities:
        leaves = obeying(
            derivation.facts, leaves, point.sizes, field, field.random, as_at(point.values, derivation.facts)
        )
        leaves = chosen_at(derivation.facts, leaves, point.values, field)
    forks = Forks(fixed=frozenset(point.sizes))
    world = World(derivation.network, derivation.backward, field, leaves, point.sizes, forks)
    return Residues(world, field, _gradient(derivation, w, world), frozenset(forks.taken))
