"""The logistic function."""

from sympy import Abs, Expr, Piecewise, exp

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.proof_lines import Shown


class sigmoid(VocabularyFunction):
    """The logistic function 1/(1 + exp(-z))."""


def _stable(let: Let, z: Expr) -> Expr:
    """With e = exp(-|z|), which does not overflow."""
    e = let("e", exp(-Abs(z)))
    return Piecewise((1, z >= 0), (e, True)) / (1 + e)


_PROOF = (
    Shown(
        r"\frac{e^{-z}}{(1+e^{-z})^2}",
        left=r"\sigma'(z)",
        why="the quotient rule: σ is 1 over 1 + exp(−z), and what is below the line has the derivative −exp(−z)",
    ),
    Shown(
        r"\frac{1}{1+e^{-z}}\,\Bigl(1-\frac{1}{1+e^{-z}}\Bigr)",
        why="what stands above the line is 1 + exp(−z) less 1",
    ),
    Shown(
        r"\sigma(z)\,\bigl(1-\sigma(z)\bigr)",
        why="by the definition",
    ),
)

ROW = Primitive(
    sigmoid, "sigmoid",
    definition=lambda z: 1 / (1 + exp(-z)),
    derivatives=(lambda y, z: y * (1 - y),),
    stable=_stable, quick=True,
    own={"torch": "sigmoid = torch.sigmoid", "jax": "sigmoid = jax.nn.sigmoid",
         "spreadsheet": "1/(1+EXP(MIN(709,-{z})))"},
    activation=True, finite=True, latex=r"\sigma", unicode="σ",
    aliases=("sigma", "sig", "logistic", "expit"),
    proof=_PROOF,
)  # fmt: skip
