"""How large the derivative of an activation can be: exactly where it is quadratic in the output, else by a search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sympy import Expr, Poly, Symbol, solveset
from sympy.polys.polyerrors import PolynomialError

SEARCHED = np.linspace(-40, 40, 400_001)
"""Where the largest derivative is looked for; beyond that the activations of the vocabulary are straight or flat."""


@dataclass(frozen=True)
class Bound:
    """The largest size of an activation's derivative. ``square`` shows it: the derivative with its square completed."""

    largest: float
    exact: Expr | None = None
    square: Expr | None = None


def bound_of(derivative: Expr, output: Symbol, argument: Symbol, values: Callable[[np.ndarray], np.ndarray]) -> Bound:
    """The bound of a local derivative ∂output/∂argument.

    ``values`` has the derivative at arguments z, for a search where no square can be completed.
    """
    searched = float(np.max(np.abs(values(SEARCHED))))
    if argument in derivative.free_symbols:
        return Bound(searched)
    if not derivative.free_symbols:
        return Bound(float(abs(derivative)), abs(derivative))
    square = completed_square(derivative, output)
    if square is None:
        return Bound(searched)
    top = square.as_independent(output, as_Add=True)[0]
    return Bound(float(top), top, square)


def completed_square(derivative: Expr, output: Symbol) -> Expr | None:
    """c − q·(a − p)² for a quadratic in a that opens downwards, such as a(1 − a) = ¼ − (a − ½)²; else None."""
    try:
        poly = Poly(derivative, output)
    except PolynomialError:
        return None
    if poly.degree() != 2 or not poly.LC().is_negative:
        return None
    (place,) = solveset(poly.diff(output).as_expr(), output)
    top = poly.eval(place)
    return top + poly.LC() * (output - place) ** 2
