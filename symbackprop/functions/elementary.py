"""SymPy's functions, of a scalar or of each entry of a matrix: SymPy's own do not keep a matrix in its place."""

from __future__ import annotations

from typing import Any

import sympy

from symbackprop.functions.applied import entry_by_entry


def exp(z: Any) -> Any:
    """The exponential (not the matrix exponential), of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.exp, [z])


def log(z: Any) -> Any:
    """The natural logarithm, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.log, [z])


def sqrt(z: Any) -> Any:
    """The square root, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.sqrt, [z])


def absolute(z: Any) -> Any:
    """The absolute value, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.Abs, [z])


def sin(z: Any) -> Any:
    """The sine, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.sin, [z])


def cos(z: Any) -> Any:
    """The cosine, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.cos, [z])


def tan(z: Any) -> Any:
    """The tangent, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.tan, [z])


def asin(z: Any) -> Any:
    """The arcsine, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.asin, [z])


def acos(z: Any) -> Any:
    """The arccosine, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.acos, [z])


def atan(z: Any) -> Any:
    """The arctangent, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.atan, [z])


def atan2(y: Any, x: Any) -> Any:
    """The angle of the point (x, y), of scalars or of the entries of matrices."""
    return entry_by_entry(sympy.atan2, [y, x])


def sinh(z: Any) -> Any:
    """The hyperbolic sine, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.sinh, [z])


def cosh(z: Any) -> Any:
    """The hyperbolic cosine, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.cosh, [z])


def tanh(z: Any) -> Any:
    """The hyperbolic tangent, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.tanh, [z])


def asinh(z: Any) -> Any:
    """The inverse of the hyperbolic sine, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.asinh, [z])


def acosh(z: Any) -> Any:
    """The inverse of the hyperbolic cosine, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.acosh, [z])


def atanh(z: Any) -> Any:
    """The inverse of the hyperbolic tangent, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.atanh, [z])


def erf(z: Any) -> Any:
    """The error function, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.erf, [z])


def erfinv(z: Any) -> Any:
    """The inverse of the error function, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.erfinv, [z])


def lgamma(z: Any) -> Any:
    """The logarithm of the gamma function, of a scalar or of each entry of a matrix."""
    return entry_by_entry(sympy.loggamma, [z])


def polygamma(n: Any, z: Any) -> Any:
    """The derivative of order n of digamma, of scalars or of the entries of matrices."""
    return entry_by_entry(sympy.polygamma, [n, z])
