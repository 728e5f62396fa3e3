"""The logarithm of the logistic function."""

from sympy import Abs, Expr, Min, exp, log

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.log1p import log1p
from symbackprop.functions.entrywise.sigmoid import sigmoid
from symbackprop.proof_lines import Shown


class log_sigmoid(VocabularyFunction):
    """log(sigmoid(z))."""


def _stable(let: Let, z: Expr) -> Expr:
    return Min(0, z) - log1p(exp(-Abs(z)))


_PROOF = (
    Shown(
        r"\frac{e^{-z}}{1+e^{-z}}",
        left=r"\frac{\mathrm{d}}{\mathrm{d}z}\,\log\sigma(z)",
        why="the chain rule: it is minus the logarithm of what stands below the line",
    ),
    Shown(
        r"\frac{1}{e^z+1}",
        why="times exp(z), above and below",
    ),
    Shown(
        r"\sigma(-z)",
        why="by the definition of σ",
    ),
)

ROW = Primitive(
    log_sigmoid, "log_sigmoid",
    definition=lambda z: -log(1 + exp(-z)),
    derivatives=(lambda y, z: sigmoid(-z),),
    stable=_stable,
    activation=True, finite=True, latex=r"\log\sigma", unicode="logσ",
    redefinable=True,
    aliases=("logsigmoid", "logsigma", "log_expit"),
    proof=_PROOF,
)  # fmt: skip
