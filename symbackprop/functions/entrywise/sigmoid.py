"""The logistic function."""

from sympy import Abs, Expr, Piecewise, exp

from symbackprop.functions.base import Let, Primitive, VocabularyFunction


class sigmoid(VocabularyFunction):
    """The logistic function 1/(1 + exp(-z))."""


def _stable(let: Let, z: Expr) -> Expr:
    """With e = exp(-|z|), which does not overflow."""
    e = let("e", exp(-Abs(z)))
    return Piecewise((1, z >= 0), (e, True)) / (1 + e)


ROW = Primitive(
    sigmoid, "sigmoid",
    definition=lambda z: 1 / (1 + exp(-z)),
    derivatives=(lambda y, z: y * (1 - y),),
    stable=_stable, quick=True,
    own={"torch": "sigmoid = torch.sigmoid", "jax": "sigmoid = jax.nn.sigmoid",
         "spreadsheet": "1/(1+EXP(MIN(709,-{z})))"},
    activation=True, finite=True, latex=r"\sigma", unicode="σ",
    aliases=("sigma", "sig", "logistic", "expit"),
)  # fmt: skip
