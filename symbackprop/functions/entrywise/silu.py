"""The sigmoid linear unit, also called swish."""

from sympy import Expr, exp

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.sigmoid import sigmoid
from symbackprop.proof_lines import Shown


class silu(VocabularyFunction):
    """z*sigmoid(z), also called swish."""


def _stable(let: Let, z: Expr) -> Expr:
    return z * sigmoid(z)


_PROOF = (
    Shown(
        r"\sigma(z)+z\,\sigma'(z)",
        left=r"\mathrm{SiLU}'(z)",
        why="the product rule: it is z times σ",
    ),
    Shown(
        r"\sigma(z)+z\,\sigma(z)\,\bigl(1-\sigma(z)\bigr)",
        why="the derivative of σ is σ times 1 less σ",
    ),
    Shown(
        r"\mathrm{SiLU}(z)+\sigma(z)\,\bigl(1-\mathrm{SiLU}(z)\bigr)",
        why="with its own value for z times σ",
    ),
)

ROW = Primitive(
    silu, "silu",
    definition=lambda z: z / (1 + exp(-z)),
    derivatives=(lambda y, z: y + sigmoid(z) * (1 - y),),
    stable=_stable, quick=True,
    activation=True, finite=True, latex=r"\mathrm{SiLU}", unicode="SiLU",
    aliases=("swish",),
    proof=_PROOF,
)  # fmt: skip
