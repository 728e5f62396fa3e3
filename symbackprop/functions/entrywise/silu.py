"""The sigmoid linear unit, also called swish."""

from sympy import Expr, exp

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.sigmoid import sigmoid


class silu(VocabularyFunction):
    """z*sigmoid(z), also called swish."""


def _stable(let: Let, z: Expr) -> Expr:
    return z * sigmoid(z)


ROW = Primitive(
    silu, "silu",
    definition=lambda z: z / (1 + exp(-z)),
    derivatives=(lambda y, z: y + sigmoid(z) * (1 - y),),
    stable=_stable, quick=True,
    activation=True, finite=True, latex=r"\mathrm{SiLU}", unicode="SiLU",
    aliases=("swish",),
)  # fmt: skip
