"""The rectifier that lets a little through."""

from typing import Any

from sympy import Expr, Min, Piecewise, Rational, sympify

from symbackprop.functions.base import Primitive, VocabularyFunction


class leaky_relu(VocabularyFunction):
    """z for z > 0 and slope*z elsewhere; the slope is 1/100 unless given."""

    def __new__(cls, z: Any, slope: Any = Rational(1, 100), **options: Any) -> Expr:
        return super().__new__(cls, sympify(z, strict=True), sympify(slope, strict=True), **options)


ROW = Primitive(
    leaky_relu, "leaky_relu",
    definition=lambda z, slope: Piecewise((z, z > 0), (slope * z, True)),
    derivatives=(
        lambda y, z, slope: Piecewise((1, z > 0), (slope, True)),
        lambda y, z, slope: Min(0, z),
    ),
    kinks=lambda z, slope: (z,), convention="leaky_relu'(0) = slope",
    quick=True, settings=1, least=1, usage="leaky_relu(z) or leaky_relu(z, slope)",
    activation=True, analytic=False, finite=True, latex=r"\mathrm{LeakyReLU}", unicode="LeakyReLU",
)  # fmt: skip
