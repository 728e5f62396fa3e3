"""The activations that SymPy lacks, as SymPy functions. What each one is stands in the vocabulary."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Rational, S, sympify

from symbackprop.functions.base import VocabularyFunction


class sigmoid(VocabularyFunction):
    """The logistic function 1/(1 + exp(-z))."""


class relu(VocabularyFunction):
    """max(0, z); its derivative at 0 is taken to be 0."""


class leaky_relu(VocabularyFunction):
    """z for z > 0 and slope*z elsewhere; the slope is 1/100 unless given."""

    def __new__(cls, z: Any, slope: Any = Rational(1, 100), **options: Any) -> Expr:
        return super().__new__(cls, sympify(z, strict=True), sympify(slope, strict=True), **options)


class elu(VocabularyFunction):
    """z for z > 0 and alpha*(exp(z) - 1) elsewhere; alpha is 1 unless given."""

    def __new__(cls, z: Any, alpha: Any = S.One, **options: Any) -> Expr:
        return super().__new__(cls, sympify(z, strict=True), sympify(alpha, strict=True), **options)


class softplus(VocabularyFunction):
    """log(1 + exp(z))."""


class gelu(VocabularyFunction):
    """z*Phi(z), with Phi the normal distribution function (the exact form, not its tanh approximation)."""


class silu(VocabularyFunction):
    """z*sigmoid(z), also called swish."""


class step(VocabularyFunction):
    """1 for z > 0 and 0 elsewhere: the derivative of relu."""


class normal_cdf(VocabularyFunction):
    """Phi(z), the distribution function of the standard normal law."""


class normal_pdf(VocabularyFunction):
    """phi(z) = exp(-z**2/2)/sqrt(2*pi), the density of the standard normal law."""


class log_cosh(VocabularyFunction):
    """log(cosh(z)), which the numeric code makes of (exp(z) + exp(-z))/2."""


class sigmoid_slope(VocabularyFunction):
    """The derivative of sigmoid, which the numeric code works out beside it."""


class tanh_slope(VocabularyFunction):
    """The derivative of tanh, which the numeric code works out beside it."""


class huber(VocabularyFunction):
    """Huber's function with threshold 1: x**2/2 for |x| < 1 and |x| - 1/2 elsewhere. It is the smooth L1 loss of x."""
