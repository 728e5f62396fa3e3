"""A gradient at given values: is a number right within its digits, and is a formula right there?"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Symbol

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, DerivationError
from symbackprop.judge import Gradients, Level, Ruling, Verdict, judge
from symbackprop.judge.entries import Entries
from symbackprop.judge.point import Point
from symbackprop.judge.trials import among_intervals, enclosures
from symbackprop.numeric.sizes import sizes_of_values
from symbackprop.verification.formulas import formula_of
from symbackprop.verification.numbers import number_given, values_of

BITS = 120


def at_values(derivation: Derivation, w: Symbol, formula: Any, values: Mapping[Any, Any]) -> tuple[str, Verdict]:
    """Rule on a number or a formula for the gradient by ``w`` at given values, and say what was judged.

    Decimals are read as they are written, so that 0.1 is a tenth. Raises DerivationError where a shape does not fit,
    and DataError where a number is not finite.
    """
    given = values_of(derivation.network, values)
    point = Point(sizes_of_values(derivation.network, given), {name: _entries(x) for name, x in given.items()})
    number = number_given(formula)
    if number is not None:
        return f"{formula} at these values", _of_number(derivation, w, number, point)
    expr, said = formula_of(derivation, w, formula)
    claim = Gradients(derivation.network, {w: expr}, signals=derivation.backward, facts=derivation.facts)
    verdict = judge(claim)
    if verdict.proved:
        return said, verdict
    witness = among_intervals(claim, point, BITS)
    if witness is not None:
        return f"{said} at these values", Verdict(Ruling.WRONG, Level.ENCLOSED, witness=witness)
    reason = "at these values both agree to thirty digits, which proves nothing; elsewhere they may differ"
    return f"{said} at these values", Verdict(Ruling.UNDECIDED, Level.SAMPLED, reason=reason)


def _of_number(derivation: Derivation, w: Symbol, number: tuple[Any, Any], point: Point) -> Verdict:
    """Whether each number is within its digits of the gradient, by an enclosure of that."""
    claimed, slack = (np.asarray(x, dtype=float) for x in number)
    if not np.isfinite(claimed).all():
        raise DataError("not-finite", f"what is given for {w.name} is no finite number", "give finite numbers")
    wanted = point.values[w.name].shape
    if np.shape(claimed) != wanted:
        what = f"the gradient has the shape {wanted} at these values, and what is given {np.shape(claimed)}"
        raise DerivationError("shape", what, "give one number for each of its entries")
    return enclosures(derivation.network, w, point, claimed.ravel().tolist(), slack.ravel().tolist(), BITS)


def _entries(value: Any) -> Entries:
    array = np.asarray(value, dtype=float)
    return Entries(array.shape, tuple(Fraction(repr(float(x))) for x in array.ravel()))
