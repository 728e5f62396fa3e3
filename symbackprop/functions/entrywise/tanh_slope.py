"""The derivative of the hyperbolic tangent, with its digits where 1 - tanh(z)**2 has none."""

from sympy import Abs, Expr, exp

from symbackprop.functions.base import Let, Primitive, VocabularyFunction


class tanh_slope(VocabularyFunction):
    """The derivative of tanh, which the numeric code works out beside it."""


def _stable(let: Let, z: Expr) -> Expr:
    e = let("e", exp(-2 * Abs(z)))
    return 4 * e / (1 + e) ** 2


ROW = Primitive(
    tanh_slope, "tanh_slope", derivatives=(),
    definition=lambda z: 4 / (exp(z) + exp(-z)) ** 2,
    stable=_stable, finite=True,
)  # fmt: skip
