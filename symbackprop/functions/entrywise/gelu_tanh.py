"""The approximation of the Gaussian error linear unit by a tanh."""

from sympy import Expr, Rational, exp, pi, sqrt

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.sigmoid import sigmoid
from symbackprop.proof_lines import Shown

CUBIC = Rational(44715, 10**6)


class gelu_tanh(VocabularyFunction):
    """z/2*(1 + tanh(sqrt(2/pi)*(z + 0.044715*z**3))) (Hendrycks and Gimpel, 2016), the usual approximation of gelu."""


def _twice(z: Expr) -> Expr:
    """Twice the argument of tanh: (1 + tanh(u))/2 is sigmoid(2*u), which keeps its digits where tanh(u) is near -1."""
    return 2 * sqrt(2 / pi) * (z + CUBIC * z**3)


def _stable(let: Let, z: Expr) -> Expr:
    return z * sigmoid(_twice(z))


def _derivative(y: Expr, z: Expr) -> Expr:
    u = _twice(z)
    slope = 2 * sqrt(2 / pi) * (1 + 3 * CUBIC * z**2)
    return sigmoid(u) + z * slope * sigmoid(u) * sigmoid(-u)


_PROOF = (
    Shown(
        r"2\sqrt{\frac{2}{\pi}}\,(z+0.044715\,z^3)",
        left="u",
        why="a name for what stands in σ",
    ),
    Shown(
        r"2\sqrt{\frac{2}{\pi}}\,(1+0.134145\,z^2)",
        left=r"\frac{\mathrm{d}u}{\mathrm{d}z}",
        why="power by power",
    ),
    Shown(
        r"\sigma(u)+z\,\sigma'(u)\,\frac{\mathrm{d}u}{\mathrm{d}z}",
        left=r"\mathrm{GELUtanh}'(z)",
        why="the product rule and the chain rule: it is z times σ of u",
    ),
    Shown(
        r"\sigma(u)+2\sqrt{\frac{2}{\pi}}\,z\,(1+0.134145\,z^2)\,\sigma(u)\,\sigma(-u)",
        why="the derivative of σ is σ times 1 less σ, which is σ of the opposite",
    ),
)

ROW = Primitive(
    gelu_tanh, "gelu_tanh",
    definition=lambda z: z / (1 + exp(-_twice(z))),
    derivatives=(_derivative,),
    stable=_stable,
    activation=True, finite=True, latex=r"\mathrm{GELUtanh}", unicode="GELUtanh",
    redefinable=True,
    proof=_PROOF,
)  # fmt: skip
