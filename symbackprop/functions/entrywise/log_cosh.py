"""The logarithm of the hyperbolic cosine, which the numeric code makes of (exp(z) + exp(-z))/2."""

from sympy import Abs, Expr, Min, Piecewise, exp, log, sinh, tanh

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.log1p import log1p
from symbackprop.proof_lines import Shown


class log_cosh(VocabularyFunction):
    """log(cosh(z)), which the numeric code makes of (exp(z) + exp(-z))/2."""


def _stable(let: Let, z: Expr) -> Expr:
    """Near 0 it is the logarithm of 1 + 2*sinh(z/2)**2."""
    size = let("size", Abs(z))
    near = let("near", Min(1, size))
    return Piecewise((log1p(2 * sinh(near / 2) ** 2), size < 1), (size + log1p(exp(-2 * size)) - log(2), True))


_PROOF = (
    Shown(
        r"\frac{\tfrac{1}{2}(e^z-e^{-z})}{\tfrac{1}{2}(e^z+e^{-z})}",
        left=r"\mathrm{log\_cosh}'(z)",
        why="the derivative of a logarithm: that of what it is of, over that",
    ),
    Shown(
        r"\tanh(z)",
        why="sinh over cosh",
    ),
)

ROW = Primitive(
    log_cosh, "log_cosh",
    definition=lambda z: log((exp(z) + exp(-z)) / 2),
    derivatives=(lambda y, z: tanh(z),),
    stable=_stable, finite=True,
    proof=_PROOF,
)  # fmt: skip
