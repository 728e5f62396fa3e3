"""Whether data obey the facts that a derivation was made with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Eq, Expr

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError
from symbackprop.matrices import Sum
from symbackprop.notation import text
from symbackprop.numeric.evaluate import evaluate_all
from symbackprop.numeric.sizes import fit, sizes_of_values

TOLERANCE = 1e-6
"""How far, relatively, the sides of a fact may be apart."""
ROUNDINGS = 100
"""How many roundings of the data's own dtype they may be apart."""


@dataclass(frozen=True)
class Breach:
    """A fact that does not hold, the place where it is broken most, and what its sides are there."""

    fact: Eq
    place: tuple[int, ...]
    left: float
    right: float


def breach_of(facts: Sequence[Eq], values: Mapping[str, Any], dtype: Any = np.float64) -> Breach | None:
    """The first fact that values of that dtype break, by more than rounding would; None where they break none."""
    tolerance = max(TOLERANCE, ROUNDINGS * float(np.finfo(dtype).eps))
    for fact in facts:
        left, right = np.broadcast_arrays(*evaluate_all([fact.lhs, fact.rhs], values))
        excess = np.abs(left - right) - tolerance * np.maximum(1, np.maximum(np.abs(left), np.abs(right)))
        excess = np.where(np.isfinite(excess), excess, np.inf)
        if excess.max() > 0:
            place = tuple(int(k) for k in np.unravel_index(np.argmax(excess), excess.shape))
            return Breach(fact, place, float(left[place]), float(right[place]))
    return None


def check_facts(derivation: Derivation, values: Mapping[str, Any]) -> None:
    """Refuse values that break a fact of the derivation of a matrix network.

    Raises DataError, which names the fact and the place where it is broken most.
    """
    if derivation.facts:
        check_facts_of_arrays(derivation, fit(derivation.network, values)[0])


def check_facts_of_arrays(derivation: Derivation, arrays: Mapping[str, Any]) -> None:
    """Like ``check_facts``, for arrays that fit their shapes; those in facts are NumPy's, of one dtype."""
    if not derivation.facts:
        return
    sizes = sizes_of_values(derivation.network, arrays)
    dtype = next((arrays[name].dtype for name in names_in_facts(derivation) if name in arrays), np.float64)
    breach = breach_of(derivation.facts, {**arrays, **sizes}, dtype)
    if breach is not None:
        _refuse(derivation, breach.fact, breach.left, breach.right, breach.place)


def names_in_facts(derivation: Derivation) -> list[str]:
    """The names of values and sizes that the facts of a derivation are about, in the order of the alphabet."""
    return sorted({s.name for fact in derivation.facts for s in fact.free_symbols})


def _refuse(derivation: Derivation, fact: Eq, left: float, right: float, place: tuple[int, ...]) -> None:
    lhs, rhs = (text(side, order=derivation.order, unicode=False) for side in (fact.lhs, fact.rhs))
    what = f"{lhs} = {rhs} is stated, and {_place(fact.lhs, place)}{lhs} is {left:.6g}"
    if not fact.rhs.is_number:
        what += f" where {rhs} is {right:.6g}"
    about = min((s.name for s in fact.lhs.free_symbols), default="")
    raise DataError("fact", what, "correct the data or leave the fact out", about=about)


def _place(side: Expr, place: tuple[int, ...]) -> str:
    """Which entry of a side it is, counted from 1 as in mathematics."""
    if not place:
        return ""
    row, column = place
    if isinstance(side, Sum):
        return f"column {column + 1} of " if side.axis == 0 else f"row {row + 1} of "
    return f"entry ({row + 1}, {column + 1}) of "
