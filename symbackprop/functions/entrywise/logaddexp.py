"""The logarithm of a sum of two exponentials."""

from sympy import Abs, Expr, Max, exp, log

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.log1p import log1p
from symbackprop.functions.entrywise.sigmoid import sigmoid
from symbackprop.proof_lines import Shown


class logaddexp(VocabularyFunction):
    """log(exp(a) + exp(b))."""


def _stable(let: Let, a: Expr, b: Expr) -> Expr:
    """Of the larger, and what the smaller adds to it."""
    return Max(a, b) + log1p(exp(-Abs(a - b)))


_PROOF = (
    Shown(
        r"\frac{e^a}{e^a+e^b}",
        left=r"\frac{\partial}{\partial a}\,\mathrm{logaddexp}(a,b)",
        why="the chain rule: it is the logarithm of what stands below the line",
    ),
    Shown(
        r"\frac{1}{1+e^{b-a}}",
        why="divided by the first power, above and below",
    ),
    Shown(
        r"\sigma(a-b)",
        why="by the definition of σ",
    ),
    Shown(
        r"\frac{e^b}{e^a+e^b}",
        left=r"\frac{\partial}{\partial b}\,\mathrm{logaddexp}(a,b)",
        why="the same for the other",
    ),
    Shown(
        r"\sigma(b-a)",
        why="likewise",
    ),
)

ROW = Primitive(
    logaddexp, "logaddexp",
    definition=lambda a, b: log(exp(a) + exp(b)),
    derivatives=(lambda y, a, b: sigmoid(a - b), lambda y, a, b: sigmoid(b - a)),
    stable=_stable,
    own={"spreadsheet": "MAX({a},{b})+2*ATANH(1/(1+2*EXP(MIN(709,ABS({a}-{b})))))"},
    finite=True, usage="logaddexp(a, b)",
    latex=r"\mathrm{logaddexp}", unicode="logaddexp",
    redefinable=True,
    proof=_PROOF,
)  # fmt: skip
