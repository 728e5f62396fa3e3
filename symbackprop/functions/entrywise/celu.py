"""The exponential linear unit with a continuous derivative."""

from typing import Any

from sympy import Expr, Integer, Min, Piecewise, S, exp, sympify

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.expm1 import expm1


class celu(VocabularyFunction):
    """z for z > 0 and alpha*(exp(z/alpha) - 1) elsewhere (Barron, 2017); alpha is 1 unless given."""

    def __new__(cls, z: Any, alpha: Any = S.One, **options: Any) -> Expr:
        return super().__new__(cls, sympify(z, strict=True), sympify(alpha, strict=True), **options)


def _stable(let: Let, z: Expr, alpha: Expr) -> Expr:
    return Piecewise((z, z > 0), (alpha * expm1(Min(0, z) / alpha), True))


ROW = Primitive(
    celu, "celu",
    definition=lambda z, alpha: Piecewise((z, z > 0), (alpha * (exp(z / alpha) - 1), True)),
    derivatives=(
        lambda y, z, alpha: Piecewise((1, z > 0), (exp(z / alpha), True)),
        lambda y, z, alpha: Piecewise((0, z > 0), (y / alpha - z * exp(z / alpha) / alpha, True)),
    ),
    stable=_stable, settings=1, least=1, hidden=(Integer(1),), usage="celu(z) or celu(z, alpha)",
    activation=True, analytic=False, finite=True, latex=r"\mathrm{CELU}", unicode="CELU",
    redefinable=True,
)  # fmt: skip
