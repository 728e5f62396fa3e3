"""Softplus, a smooth max(0, z)."""

from sympy import Abs, Expr, Max, exp, log

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.log1p import log1p
from symbackprop.functions.entrywise.sigmoid import sigmoid
from symbackprop.proof_lines import Shown


class softplus(VocabularyFunction):
    """log(1 + exp(z))."""


def _stable(let: Let, z: Expr) -> Expr:
    """With exp(-|z|), which does not overflow."""
    return Max(0, z) + log1p(exp(-Abs(z)))


_PROOF = (
    Shown(
        r"\frac{e^z}{1+e^z}",
        left=r"\mathrm{softplus}'(z)",
        why="the chain rule: it is the logarithm of what stands below the line",
    ),
    Shown(
        r"\frac{1}{e^{-z}+1}",
        why="divided by exp(z), above and below",
    ),
    Shown(
        r"\sigma(z)",
        why="by the definition of σ",
    ),
)

ROW = Primitive(
    softplus, "softplus",
    definition=lambda z: log(1 + exp(z)),
    derivatives=(lambda y, z: sigmoid(z),),
    stable=_stable,
    # log(1 + w) is 2*atanh(w/(2 + w)), which keeps its digits where w = exp(-|z|) is small.
    own={"spreadsheet": "MAX(0,{z})+2*ATANH(1/(1+2*EXP(MIN(709,ABS({z})))))"},
    activation=True, finite=True, latex=r"\mathrm{softplus}", unicode="softplus",
    proof=_PROOF,
)  # fmt: skip
