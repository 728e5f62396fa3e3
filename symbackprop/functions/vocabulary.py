"""The vocabulary: every function that a network may use, one row each.

A row gives the function in elementary terms, its derivative in each argument (with ``y`` for its own output, so that
sigmoid reads ``y*(1 - y)``), where it has kinks and what its derivative is taken to be there. The calculus, the
numeric evaluation and the report all read from this one table.
"""

from __future__ import annotations

from functools import cache

from sympy import Abs, Basic, Expr, Max, Min, Piecewise, Rational, S, erfc, exp, log, pi, sign, sqrt, tanh

from symbackprop.functions.activations import (
    elu,
    gelu,
    huber,
    leaky_relu,
    log_cosh,
    normal_cdf,
    normal_pdf,
    relu,
    sigmoid,
    sigmoid_slope,
    silu,
    softplus,
    step,
    tanh_slope,
)
from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.functions.softmax import log_sum_exp

HALF = Rational(1, 2)


def _erfc(x: Expr) -> Expr:
    """SymPy would write erfc(-x) as 2 - erfc(x), which has no digits left where x is large."""
    return erfc(x, evaluate=False)


VOCABULARY: tuple[Primitive, ...] = (
    Primitive(
        sigmoid, "sigmoid",
        definition=lambda z: 1 / (1 + exp(-z)),
        derivatives=(lambda y, z: y * (1 - y),),
        activation=True, latex=r"\sigma", unicode="σ",
    ),
    Primitive(
        tanh, "tanh",
        derivatives=(lambda y, z: 1 - y**2,),
        activation=True, latex=r"\tanh", unicode="tanh",
    ),
    Primitive(
        relu, "relu",
        definition=lambda z: Max(0, z),
        derivatives=(lambda y, z: step(z),),
        kinks=lambda z: (z,), convention="relu'(0) = 0",
        activation=True, analytic=False, latex=r"\mathrm{ReLU}", unicode="ReLU",
    ),
    Primitive(
        leaky_relu, "leaky_relu",
        definition=lambda z, slope: Piecewise((z, z > 0), (slope * z, True)),
        derivatives=(
            lambda y, z, slope: Piecewise((1, z > 0), (slope, True)),
            lambda y, z, slope: Min(0, z),
        ),
        kinks=lambda z, slope: (z,), convention="leaky_relu'(0) = slope",
        activation=True, analytic=False, latex=r"\mathrm{LeakyReLU}", unicode="LeakyReLU",
    ),
    Primitive(
        elu, "elu",
        definition=lambda z, alpha: Piecewise((z, z > 0), (alpha * (exp(z) - 1), True)),
        derivatives=(
            lambda y, z, alpha: Piecewise((1, z > 0), (y + alpha, True)),
            lambda y, z, alpha: exp(Min(0, z)) - 1,
        ),
        kinks=lambda z, alpha: (z,), convention="elu'(0) = alpha",
        activation=True, analytic=False, latex=r"\mathrm{ELU}", unicode="ELU",
    ),
    Primitive(
        softplus, "softplus",
        definition=lambda z: log(1 + exp(z)),
        derivatives=(lambda y, z: sigmoid(z),),
        activation=True, latex=r"\mathrm{softplus}", unicode="softplus",
    ),
    Primitive(
        gelu, "gelu",
        definition=lambda z: z * _erfc(-z / sqrt(2)) / 2,
        derivatives=(lambda y, z: normal_cdf(z) + z * normal_pdf(z),),
        # Analytic, but NumPy has no error function of a complex number, so its checks use real differences.
        activation=True, analytic=False, latex=r"\mathrm{GELU}", unicode="GELU",
    ),
    Primitive(
        silu, "silu",
        definition=lambda z: z / (1 + exp(-z)),
        derivatives=(lambda y, z: y + sigmoid(z) * (1 - y),),
        activation=True, latex=r"\mathrm{SiLU}", unicode="SiLU",
    ),
    Primitive(exp, "exp", derivatives=(lambda y, z: y,), latex=r"\exp", unicode="exp"),
    Primitive(log, "log", derivatives=(lambda y, z: 1 / z,), latex=r"\log", unicode="log"),
    Primitive(
        Abs, "abs",
        derivatives=(lambda y, z: sign(z),),
        kinks=lambda z: (z,), convention="|·|'(0) = 0",
        analytic=False, unicode="abs",
    ),
    Primitive(
        sign, "sign",
        derivatives=(lambda y, z: S.Zero,),
        kinks=lambda z: (z,), convention="sign' = 0 everywhere, at the jump too",
        analytic=False, latex=r"\mathrm{sign}", unicode="sign",
    ),
    Primitive(
        step, "step",
        definition=lambda z: Piecewise((1, z > 0), (0, True)),
        derivatives=(lambda y, z: S.Zero,),
        kinks=lambda z: (z,), convention="step(0) = 0 and step' = 0 everywhere, at the jump too",
        analytic=False, latex=r"\mathrm{step}", unicode="step",
    ),
    Primitive(
        normal_cdf, "normal_cdf",
        definition=lambda z: _erfc(-z / sqrt(2)) / 2,
        derivatives=(lambda y, z: normal_pdf(z),),
        analytic=False, latex=r"\Phi", unicode="Φ",
    ),
    Primitive(
        normal_pdf, "normal_pdf",
        definition=lambda z: exp(-(z**2) / 2) / sqrt(2 * pi),
        derivatives=(lambda y, z: -z * y,),
        latex=r"\varphi", unicode="φ",
    ),
    Primitive(
        huber, "huber",
        definition=lambda x: Piecewise((x**2 / 2, Abs(x) < 1), (Abs(x) - HALF, True)),
        derivatives=(lambda y, x: Max(-1, Min(1, x)),),
        analytic=False, latex=r"\mathrm{smooth}_{L_1}", unicode="smoothL1",
    ),
)  # fmt: skip

NUMERIC: tuple[Primitive, ...] = (
    Primitive(
        log_cosh, "log_cosh",
        definition=lambda z: log((exp(z) + exp(-z)) / 2),
        derivatives=(lambda y, z: tanh(z),),
    ),
    Primitive(sigmoid_slope, "sigmoid_slope", derivatives=(), definition=lambda z: exp(-z) / (1 + exp(-z)) ** 2),
    Primitive(tanh_slope, "tanh_slope", derivatives=(), definition=lambda z: 4 / (exp(z) + exp(-z)) ** 2),
    Primitive(log_sum_exp, "log_sum_exp", derivatives=()),  # of any number of arguments: its rule is in the calculus
)  # fmt: skip
"""Functions that no network is written with: the numeric code makes them of what would overflow or lose its digits."""


@cache
def _rows() -> dict[type, Primitive]:
    return {row.cls: row for row in (*VOCABULARY, *NUMERIC)}


def primitive_of(expr: Basic) -> Primitive | None:
    """The row of the vocabulary that ``expr``, an applied function, belongs to, or ``None``."""
    return _rows().get(type(expr))


for _row in (*VOCABULARY, *NUMERIC):
    if issubclass(_row.cls, VocabularyFunction):
        _row.cls.row = _row  # so that SymPy's own diff and evalf know these functions too
