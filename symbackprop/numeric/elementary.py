"""Elementary functions of numbers and of arrays of numbers, for the second opinion beside the generated code."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import mpmath
import numpy as np
import sympy
from sympy import Abs, Add, And, Max, Min, Mul, Or, exp, log, sign, tanh
from sympy.core.relational import GreaterThan, LessThan, StrictGreaterThan, StrictLessThan

from symbackprop.functions.veils import VeiledTanh

Numbers = Any
"""A number, or an array of numbers."""


def _each(function: Callable[..., Any]) -> Callable[..., Numbers]:
    """A function of Python's numbers, of each number of an array; NaN where it has no real value."""

    def real(*numbers: float) -> float:
        try:
            value = function(*numbers)
        except (ArithmeticError, ValueError):
            return math.nan
        return math.nan if isinstance(value, complex) else float(value)

    return np.vectorize(real, otypes=[float])


FUNCTIONS: Mapping[type, Callable[..., Numbers]] = {
    Add: lambda *args: reduce(lambda a, b: a + b, args),
    Mul: lambda *args: reduce(lambda a, b: a * b, args),
    exp: np.exp,
    log: np.log,
    tanh: np.tanh,
    VeiledTanh: np.tanh,
    sympy.erf: _each(math.erf),
    sympy.erfc: _each(math.erfc),
    sympy.erfinv: _each(mpmath.fp.erfinv),
    sympy.loggamma: _each(mpmath.fp.loggamma),
    sympy.polygamma: _each(mpmath.fp.polygamma),
    sympy.sin: np.sin,
    sympy.cos: np.cos,
    sympy.tan: np.tan,
    sympy.asin: np.arcsin,
    sympy.acos: np.arccos,
    sympy.atan: np.arctan,
    sympy.atan2: np.arctan2,
    sympy.sinh: np.sinh,
    sympy.cosh: np.cosh,
    sympy.asinh: np.arcsinh,
    sympy.acosh: np.arccosh,
    sympy.atanh: np.arctanh,
    Abs: np.abs,
    sign: np.sign,
    Max: lambda *args: reduce(np.maximum, args),
    Min: lambda *args: reduce(np.minimum, args),
    And: lambda *args: reduce(np.logical_and, args),
    Or: lambda *args: reduce(np.logical_or, args),
    StrictLessThan: np.less,
    LessThan: np.less_equal,
    StrictGreaterThan: np.greater,
    GreaterThan: np.greater_equal,
}
"""By SymPy's classes. All others have a definition in these."""
