"""The density of the standard normal distribution."""

from sympy import exp, pi, sqrt

from symbackprop.functions.base import Primitive, VocabularyFunction


class normal_pdf(VocabularyFunction):
    """phi(z) = exp(-z**2/2)/sqrt(2*pi), the density of the standard normal law."""


ROW = Primitive(
    normal_pdf, "normal_pdf",
    definition=lambda z: exp(-(z**2) / 2) / sqrt(2 * pi),
    derivatives=(lambda y, z: -z * y,),
    quick=True, finite=True, latex=r"\varphi", unicode="φ",
    aliases=("phi", "pdf"),
)  # fmt: skip
