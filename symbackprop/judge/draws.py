"""Trials of a claim in prime fields, with elements drawn anew until they will do."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import Basic

from symbackprop.judge.claims import Claim
from symbackprop.judge.numbers import NoMatrixRoot, NoRoot, Undecidable, Unlucky
from symbackprop.judge.outcome import Outcome
from symbackprop.judge.point import Point
from symbackprop.judge.prime import safe_prime
from symbackprop.judge.trials import in_field

DRAWS = 40
"""How often the field's elements are drawn anew where they will not do."""
ROOT_DRAWS = 400
"""The same where every root must exist."""
MATRIX_DRAWS = 2000
"""The same where roots of matrices must exist, too."""
PRIMES = 16
"""In how many fields roots are looked for: a number that is a square in one is none in another."""
ENOUGH = 1e-9
"""What the chance of one trial must be below; else the prime is too small for the degrees."""
SAFETY = 40
"""How many bits a prime is to have beyond those of a degree."""
DEEP = 40
"""From how many equations on the degree is asked for before the prime is chosen."""
GROWTH = 2.2
"""How much longer degrees may be for matrices of other sizes than for the smallest."""
LARGEST_PRIME = 512
"""In bits."""
CHANCE = 1e-18
"""Trials go on until the chance that a false claim passes them is below this."""


class Draws:
    """The elements that are drawn for one claim: others for each trial, the same ones in every run."""

    def __init__(self, claim: Claim, seed: int) -> None:
        self.claim = claim
        self.seed = seed
        self.bits = 62
        self.count = 0

    @property
    def p(self) -> int:
        """The prime of the field, as large as the degrees have asked for."""
        return safe_prime(self.seed, self.bits)

    def outcome(self, point: Point, opaque_roots: bool, forced: Mapping[Basic, int] | None) -> Outcome | None:
        """The outcome for the first elements that will do; None where they are not found.

        Elements that obey few laws are quick, and a claim that holds for them holds; where they refuse it, those that
        obey more are asked: exponents are taken apart beyond the names in them, then roots are true ones. Raises
        Undecidable where no elements will do.
        """
        outcome = self._drawn(point, forced, opaque_roots=opaque_roots, opaque_names=True)
        for true_roots in (False, True):
            if outcome is not None and not outcome.holds:
                outcome = self._drawn(point, forced, true_roots, opaque_roots=opaque_roots) or outcome
        return outcome

    def prepare(self, points: Sequence[Point]) -> None:
        """Take a prime that is large enough for a deep network, by what its degree is for the smallest matrices."""
        if len(self.claim.network.to_loss) < DEEP:
            return
        smallest = min(points, key=lambda point: sum(len(value.flat) for value in point.values.values()))
        with contextlib.suppress(Unlucky):
            outcome = in_field(self.claim, smallest, self.p, self.seed, opaque_names=True)
            degree = self.bits + math.log2(min(max(outcome.chance, 1e-300), 1e300))
            self.bits = min(max(self.bits, math.ceil(SAFETY + GROWTH * degree)), LARGEST_PRIME)

    def _drawn(
        self, point: Point, forced: Mapping[Basic, int] | None, true_roots: bool = False, **laws: bool
    ) -> Outcome | None:
        """The outcome for elements that obey some laws.

        With ``true_roots`` it is that of as many elements as tell the signs of roots, or of the first of them that
        refuse the claim.
        """
        signs: list[int] = []
        """Of each time that the claim held, how many signs roots of matrices have."""
        lacking: set[int] = set()
        """The roots, by number, whose bases have none for some elements."""
        draws, draw = ROOT_DRAWS if true_roots else DRAWS, 0
        while draw < draws:
            self.count += 1
            p = safe_prime(self.seed + draw % PRIMES, self.bits) if true_roots else self.p
            draw += 1
            try:
                outcome = in_field(
                    self.claim, point, p, self.seed + self.count, true_roots=true_roots, forced=forced, **laws,
                )  # fmt: skip
            except NoRoot as none:
                lacking.add(none.place)
                continue
            except NoMatrixRoot:
                draws = MATRIX_DRAWS
                continue
            except Unlucky:
                continue
            if self._enlarge(outcome):
                continue
            signs.append(outcome.signs)
            doubt = _doubt(max(outcome.roots - len(lacking), 0), signs)
            if not outcome.holds or doubt < (ENOUGH if outcome.signs and forced is None else CHANCE):
                return replace(outcome, chance=outcome.chance + doubt)
        return None

    def _enlarge(self, outcome: Outcome) -> bool:
        """Take a larger prime where the degrees ask for it. Raises Undecidable where none is large enough."""
        if outcome.chance < ENOUGH:
            return False
        bits = self.bits + SAFETY + math.ceil(math.log2(min(outcome.chance, 1e300)))
        if bits > LARGEST_PRIME:
            raise Undecidable("its degree as a fraction of polynomials is too large")
        self.bits = bits
        return True


def _doubt(roots: int, signs: Sequence[int]) -> float:
    """A bound on the chance that a claim holds so often and is false for the signs that so many roots have in truth.

    Of each time that it held there are the ``signs`` of the roots of matrices beside those of roots.

    A root among elements is the one of ±r that is a square. That makes no difference where its base has no root among
    functions, as both then obey the same laws, and such a base is no square for half of the elements. The roots that
    are left, of which the base always was a square, may be those of squares f²: then r is f or -f, by chance.
    """
    return math.prod(1 - 0.5 ** (roots + more) for more in signs)
