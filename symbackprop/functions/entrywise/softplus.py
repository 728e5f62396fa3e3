"""Softplus, a smooth max(0, z)."""

from sympy import Abs, Expr, Max, exp, log

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.log1p import log1p
from symbackprop.functions.entrywise.sigmoid import sigmoid


class softplus(VocabularyFunction):
    """log(1 + exp(z))."""


def _stable(let: Let, z: Expr) -> Expr:
    """With exp(-|z|), which does not overflow."""
    return Max(0, z) + log1p(exp(-Abs(z)))


ROW = Primitive(
    softplus, "softplus",
    definition=lambda z: log(1 + exp(z)),
    derivatives=(lambda y, z: sigmoid(z),),
    stable=_stable,
    # log(1 + w) is 2*atanh(w/(2 + w)), which keeps its digits where w = exp(-|z|) is small.
    own={"spreadsheet": "MAX(0,{z})+2*ATANH(1/(1+2*EXP(MIN(709,ABS({z})))))"},
    activation=True, finite=True, latex=r"\mathrm{softplus}", unicode="softplus",
)  # fmt: skip
