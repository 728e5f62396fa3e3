"""Elementary functions, of a scalar or of each entry of a matrix. SymPy's own do not keep a matrix in its place."""

from __future__ import annotations

from typing import Any

import sympy

from symbackprop.functions.applied import entry_by_entry, is_matrix


def _function(of_scalar: Any, z: Any) -> Any:
    return entry_by_entry(of_scalar, [z]) if is_matrix(z) else of_scalar(z)


def tanh(z: Any) -> Any:
    """The hyperbolic tangent, of a scalar or of each entry of a matrix."""
    return _function(sympy.tanh, z)


def exp(z: Any) -> Any:
    """The exponential, of a scalar or of each entry of a matrix (it is not the matrix exponential)."""
    return _function(sympy.exp, z)


def log(z: Any) -> Any:
    """The natural logarithm, of a scalar or of each entry of a matrix."""
    return _function(sympy.log, z)


def sqrt(z: Any) -> Any:
    """The square root, of a scalar or of each entry of a matrix."""
    return _function(sympy.sqrt, z)


def absolute(z: Any) -> Any:
    """The absolute value, of a scalar or of each entry of a matrix."""
    return _function(sympy.Abs, z)
