"""The density of the standard normal distribution."""

from sympy import exp, pi, sqrt

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.proof_lines import Shown


class normal_pdf(VocabularyFunction):
    """phi(z) = exp(-z**2/2)/sqrt(2*pi), the density of the standard normal law."""


_PROOF = (
    Shown(
        r"-z\,\frac{1}{\sqrt{2\pi}}\,e^{-z^2/2}",
        left=r"\varphi'(z)",
        why="the chain rule: the derivative of the exponent is −z",
    ),
    Shown(
        r"-z\,\varphi(z)",
        why="by the definition",
    ),
)

ROW = Primitive(
    normal_pdf, "normal_pdf",
    definition=lambda z: exp(-(z**2) / 2) / sqrt(2 * pi),
    derivatives=(lambda y, z: -z * y,),
    quick=True, finite=True, latex=r"\varphi", unicode="φ",
    aliases=("phi", "pdf"),
    proof=_PROOF,
)  # fmt: skip
