"""Mish."""

from sympy import Abs, Expr, Piecewise, exp, log, tanh

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.sigmoid import sigmoid
from symbackprop.functions.entrywise.softplus import softplus
from symbackprop.proof_lines import Shown


class mish(VocabularyFunction):
    """z*tanh(softplus(z)) (Misra, 2019)."""


def _stable(let: Let, z: Expr) -> Expr:
    """tanh(log(1 + w)) is w*(w + 2)/(w*(w + 2) + 2); with e = exp(-|z|), w is e or 1/e."""
    e = let("e", exp(-Abs(z)))
    above = let("above", Piecewise((1 + 2 * e, z >= 0), (e * (e + 2), True)))
    return z * above / (above + let("rest", Piecewise((2 * e**2, z >= 0), (2, True))))


def _derivative(y: Expr, z: Expr) -> Expr:
    t = tanh(softplus(z))
    return t + z * sigmoid(z) * (1 - t**2)


_PROOF = (
    Shown(
        r"\tanh(\mathrm{softplus}(z))",
        left="t",
        why="a name",
    ),
    Shown(
        r"(1-t^2)\,\sigma(z)",
        left=r"\frac{\mathrm{d}t}{\mathrm{d}z}",
        why="the chain rule: the derivative of tanh is 1 less its square, that of softplus is σ",
    ),
    Shown(
        r"t+z\,\sigma(z)\,(1-t^2)",
        left=r"\mathrm{Mish}'(z)",
        why="the product rule: it is z times t",
    ),
)

ROW = Primitive(
    mish, "mish",
    definition=lambda z: z * tanh(log(1 + exp(z))),
    derivatives=(_derivative,),
    stable=_stable, redefinable=True,
    own={"spreadsheet": "{z}*TANH(MAX(0,{z})+2*ATANH(1/(1+2*EXP(MIN(709,ABS({z}))))))"},
    activation=True, finite=True, latex=r"\mathrm{Mish}", unicode="Mish",
    proof=_PROOF,
)  # fmt: skip
