"""Functions of one argument as NumPy calls that work in place: stable, and in as few passes as they need.

A recipe is a list of passes ``(function, operands…)``, where "z" is the argument and "y" the result, in which each pass
but the first finds what was written before. exp(-z) may overflow: σ(z) is then 1/inf, which is 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import (
    Abs,
    Rational,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    cos,
    cosh,
    exp,
    log,
    pi,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

from symbackprop.functions import sigmoid
from symbackprop.functions.activations import normal_pdf, relu, silu

Pass = tuple[Any, ...]

SIMPLE: Mapping[type, str] = {
    exp: "exp", log: "log", tanh: "tanh", Abs: "absolute", sign: "sign", sin: "sin", cos: "cos", tan: "tan",
    sinh: "sinh", cosh: "cosh", asin: "arcsin", acos: "arccos", atan: "arctan", asinh: "arcsinh", acosh: "arccosh",
    atanh: "arctanh",
}  # fmt: skip
"""Functions that NumPy has."""

SIGMOID: tuple[Pass, ...] = (("negative", "z"), ("exp", "y"), ("add", "y", 1), ("divide", 1, "y"))

RECIPES: Mapping[type, tuple[Pass, ...]] = {
    sigmoid: SIGMOID,
    relu: (("maximum", "z", 0),),
    silu: (*SIGMOID, ("multiply", "y", "z")),
    normal_pdf: (
        ("multiply", "z", "z"), ("multiply", "y", Rational(-1, 2)), ("exp", "y"), ("multiply", "y", 1 / sqrt(2 * pi)),
    ),
}  # fmt: skip
"""Functions that take several passes, or a number."""

TAIL: tuple[Pass, ...] = (("absolute", "z"), ("negative", "y"), ("exp", "y"), ("log1p", "y"))
"""log(1 + exp(-|z|)); softplus(z) is max(z, 0) more."""
