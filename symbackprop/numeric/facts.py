"""Whether data obey the facts that a derivation was made with."""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Abs, Add, Eq, Expr, Integer, Mul, Pow
from sympy.core.relational import GreaterThan, StrictGreaterThan

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError
from symbackprop.matrices import Operation, Sum, shape_of
from symbackprop.matrices.operations.cholesky import Cholesky
from symbackprop.network.facts import Fact, is_in_words, is_strict, sign_of
from symbackprop.network.kinds import Kind
from symbackprop.notation import text
from symbackprop.numeric.evaluate import evaluate_all
from symbackprop.numeric.sizes import fit

TOLERANCE = 1e-6
"""How far the sides of an equation may be apart, of the size of what is added up there."""
ROUNDINGS = 100
"""How many roundings of the data's own dtype they may be apart."""
COARSEST = 0.02
"""How far they may be apart at most, in a dtype of few digits."""
PLAIN = frozenset(string.ascii_letters + string.digits + "_ ,.{}()[]+*/-")
"""Of what words are made that may stand in source."""
FIX = "correct the data, leave the fact out, or give check_facts=False"


@dataclass(frozen=True)
class Breach:
    """A fact that does not hold, the place where it is broken most, and what its sides are there."""

    fact: Fact
    place: tuple[int, ...]
    left: float
    right: float


def magnitude(expr: Expr) -> Expr:
    """An expression with every term taken positive: rounding is to be measured by it, not by what is left of it."""
    if isinstance(expr, Operation) and (expr.adds_up or expr.view):
        return expr.on(*map(magnitude, expr.operands))
    if isinstance(expr, (Add, Mul)):
        return expr.func(*map(magnitude, expr.args))
    if isinstance(expr, Pow) and isinstance(expr.exp, Integer) and expr.exp > 0:
        return magnitude(expr.base) ** expr.exp
    return Abs(expr) if expr.is_number else Abs(expr, evaluate=False)


def scale_of(fact: Fact) -> Expr:
    """The mean size of its two sides, before anything in them cancels."""
    return (magnitude(fact.lhs) + magnitude(fact.rhs)) / 2


def forgives(fact: Fact) -> bool:
    """Whether rounding may break a fact: an equation, or an inequality that is not strict of what is worked out."""
    return isinstance(fact, Eq) or not (is_strict(fact) or (fact.lhs.is_Symbol and fact.rhs.is_number))


def is_entrywise(fact: Fact) -> bool:
    """Whether its sides are single entries, whose rounding is told by the largest of them."""
    return bool(shape_of(fact.lhs)) and not any(part.adds_up for part in fact.atoms(Operation))


def tolerance_of(fact: Fact, eps: float) -> float:
    """How far its sides may be apart in a dtype of that rounding, relatively."""
    rounding = min(ROUNDINGS * eps, COARSEST)
    return max(TOLERANCE, rounding) if isinstance(fact, Eq) else rounding


def breach_of(facts: Sequence[Fact], values: Mapping[str, Any], dtype: Any = np.float64) -> Breach | None:
    """The first fact that values of that dtype break, by more than rounding would; None where they break none."""
    for fact in facts:
        try:
            sides = evaluate_all([fact.lhs, fact.rhs, scale_of(fact)], values)
        except np.linalg.LinAlgError:  # a matrix that is not positive definite has no factor
            return Breach(fact, (), math.nan, math.nan)
        left, right, scale = np.broadcast_arrays(*sides)
        excess = np.abs(left - right)
        if not isinstance(fact, Eq):
            excess = right - left if isinstance(fact, (GreaterThan, StrictGreaterThan)) else left - right
        if forgives(fact):
            size = np.max(scale) if is_entrywise(fact) else scale
            excess = excess - tolerance_of(fact, float(np.finfo(dtype).eps)) * size
        excess = np.where(np.isfinite(excess), excess, np.inf)
        if not (excess.max() < 0 if is_strict(fact) else excess.max() <= 0):
            place = tuple(int(k) for k in np.unravel_index(np.argmax(excess), excess.shape))
            return Breach(fact, place, float(left[place]), float(right[place]))
    return None


def check_facts(derivation: Derivation, values: Mapping[str, Any]) -> None:
    """Refuse values of inputs, targets and parameters that break a fact of the derivation.

    Raises DataError, which names the fact and the place where it is broken most.
    """
    if derivation.facts:
        arrays, sizes = dict(values), dict[str, int]()
        if not derivation.network.kind.one_number:
            arrays, sizes = fit(derivation.network, values)
        dtype = next(
            (np.asarray(arrays[name]).dtype for name in names_in_facts(derivation) if name in arrays), np.float64
        )
        breach = breach_of(derivation.facts, {**arrays, **sizes}, dtype)
        if breach is not None:
            raise broken(derivation, breach)


def names_in_facts(derivation: Derivation) -> list[str]:
    """The names of values and sizes that the facts of a derivation are about, in the order of the alphabet."""
    return sorted({s.name for fact in derivation.facts for s in fact.free_symbols})


def broken(derivation: Derivation, breach: Breach) -> DataError:
    """What is said of data that break a fact."""
    fact, order = breach.fact, derivation.order
    lhs, rhs = (text(side, order=order, unicode=False) for side in (fact.lhs, fact.rhs))
    place = place_of(fact, derivation.network.kind).format(*(k + 1 for k in breach.place)) if breach.place else ""
    words = said(derivation, fact, lambda side: text(side, order=order, unicode=False))
    what = f"{words} is stated, and {place}{lhs} is {breach.left:.6g}"
    if math.isnan(breach.left) and not breach.place:
        what = f"{words} is stated, and {min(s.name for s in fact.free_symbols)} is not positive definite"
    elif not fact.rhs.is_number:
        what += f" where {rhs} is {breach.right:.6g}"
    about = min((s.name for s in fact.lhs.free_symbols), default="")
    return DataError("fact", what, FIX, about=about)


def without_factor(derivation: Derivation) -> DataError:
    """What is said of data of which a fact cannot be worked out, where it is about the factor of a matrix."""
    fact = next(fact for fact in derivation.facts if fact.has(Cholesky))
    return broken(derivation, Breach(fact, (), math.nan, math.nan))


def said(derivation: Derivation, fact: Fact, plain: Callable[[Expr], str]) -> str:
    """A fact as people read it: in the words in which it was stated, where it was in words."""
    for stated in derivation.stated:
        words = " ".join(stated.words.split())
        if fact in stated.facts and is_in_words(words) and PLAIN.issuperset(words):
            return words
    return spoken_as(fact, plain)


def spoken_as(fact: Fact, plain: Callable[[Expr], str]) -> str:
    """A fact with its sides written by ``plain``."""
    return f"{plain(fact.lhs)} {sign_of(fact)} {plain(fact.rhs)}"


def place_of(fact: Fact, kind: Kind) -> str:
    """The words for a place in a side of a fact, with holes for its numbers, which begin at 1 as in mathematics."""
    if kind.one_number:
        return "in example {} "
    side = fact.lhs
    if isinstance(side, Sum):
        return "column {1} of " if side.axis == 0 else "row {0} of "
    return "entry ({0}, {1}) of " if shape_of(side) or shape_of(fact.rhs) else ""
