"""The derivative of the logistic function, with its digits where 1 - σ(z) has none."""

from sympy import Abs, Expr, exp

from symbackprop.functions.base import Let, Primitive, VocabularyFunction


class sigmoid_slope(VocabularyFunction):
    """The derivative of sigmoid, which the numeric code works out beside it."""


def _stable(let: Let, z: Expr) -> Expr:
    e = let("e", exp(-Abs(z)))
    return e / (1 + e) ** 2


ROW = Primitive(
    sigmoid_slope, "sigmoid_slope", derivatives=(),
    definition=lambda z: exp(-z) / (1 + exp(-z)) ** 2,
    stable=_stable, finite=True,
)  # fmt: skip
