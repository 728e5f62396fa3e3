"""The exponential linear unit."""

from typing import Any

from sympy import Expr, Integer, Min, Piecewise, S, exp, sympify

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.expm1 import expm1


class elu(VocabularyFunction):
    """z for z > 0 and alpha*(exp(z) - 1) elsewhere; alpha is 1 unless given."""

    def __new__(cls, z: Any, alpha: Any = S.One, **options: Any) -> Expr:
        return super().__new__(cls, sympify(z, strict=True), sympify(alpha, strict=True), **options)


def _stable(let: Let, z: Expr, alpha: Expr) -> Expr:
    return Piecewise((z, z > 0), (alpha * expm1(Min(0, z)), True))


ROW = Primitive(
    elu, "elu",
    definition=lambda z, alpha: Piecewise((z, z > 0), (alpha * (exp(z) - 1), True)),
    derivatives=(
        lambda y, z, alpha: Piecewise((1, z > 0), (y + alpha, True)),
        lambda y, z, alpha: exp(Min(0, z)) - 1,
    ),
    kinks=lambda z, alpha: (z,), convention="elu'(0) = alpha",
    stable=_stable, settings=1, least=1, hidden=(Integer(1),), usage="elu(z) or elu(z, alpha)",
    activation=True, analytic=False, finite=True, latex=r"\mathrm{ELU}", unicode="ELU",
)  # fmt: skip
