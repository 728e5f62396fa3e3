"""What NumPy does along an axis: sums, means, extremes, products, and what is made of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Mul, S, sqrt

from symbackprop.errors import NetworkError
from symbackprop.functions import absolute
from symbackprop.matrices.vocabulary import WORDS
from symbackprop.network.numpy_style.value import ArrayValue

_WORDS: Mapping[str, tuple[str, str, str]] = {
    "sum": ("colsum", "rowsum", "total"),
    "mean": ("colmean", "rowmean", "mean"),
    "max": ("colmax", "rowmax", "largest"),
    "min": ("colmin", "rowmin", "smallest"),
    "prod": ("colprod", "rowprod", "prod"),
}
"""The operations that reduce columns, rows, and all entries, by what NumPy calls them."""


def reduced(name: str, value: ArrayValue, axis: Any = None, keepdims: bool = False) -> ArrayValue:
    """A sum, a mean, an extreme or a product along an axis, or of all entries."""
    if value.ndim == 0:
        return value
    both = isinstance(axis, tuple) and sorted(value.axis(a) for a in axis) == list(range(value.ndim))
    if axis is None or both or value.ndim == 1:
        if axis is not None and not both:
            value.axis(axis)
        whole = value.made(*WORDS[_WORDS[name][2]].build(value.read))
        return value.made(whole.expr, (S.One, S.One), value.ndim) if keepdims else whole
    along = value.axis(axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis)
    return value.made(*WORDS[_WORDS[name][along]].build(value.read), 2 if keepdims else 1)


def variance(value: ArrayValue, axis: Any = None, keepdims: bool = False, ddof: Any = 0) -> ArrayValue:
    """The mean square of what is left when the mean is taken away; ``ddof`` is taken off the count."""
    apart = value.by_entries(lambda a, b: a - b, [value, reduced("mean", value, axis, True)], "-")
    squares = apart.by_entries(lambda a: a**2, [apart])
    if not ddof:
        return reduced("mean", squares, axis, keepdims)
    count = Mul(*(size for k, size in enumerate(value.sizes) if axis is None or k == axis % value.ndim))
    total = reduced("sum", squares, axis, keepdims)
    return total.by_entries(lambda a: a / (count - ddof), [total])


def deviation(value: ArrayValue, axis: Any = None, keepdims: bool = False, ddof: Any = 0) -> ArrayValue:
    """The root of the variance."""
    found = variance(value, axis, keepdims, ddof)
    return found.by_entries(sqrt, [found])


def cumulated(value: ArrayValue, axis: Any = None) -> ArrayValue:
    """The sums of the entries so far."""
    if axis is None and value.ndim != 1:
        raise NetworkError("axis", f"cumsum of {value!s:.60} has no axis", "say axis=0 or axis=1")
    return value.by_operation("cumsum", [value], [0 if axis is None else axis])


def norm(value: ArrayValue, order: Any = None, axis: Any = None, keepdims: bool = False) -> ArrayValue:
    """A norm as np.linalg.norm has it: Frobenius of a matrix; 1, 2 and inf, and p > 0, of lines."""
    is_matrix_norm = axis is None and value.ndim == 2
    if (order in (None, 2) and not (is_matrix_norm and order == 2)) or (is_matrix_norm and order == "fro"):
        if axis is None and not keepdims:
            return value.made(*WORDS["norm"].build(value.read))
        squares = value.by_entries(lambda a: a**2, [value])
        total = reduced("sum", squares, axis, keepdims)
        return total.by_entries(sqrt, [total])
    sizes: ArrayValue = absolute(value)
    if not is_matrix_norm and order == 1:
        return reduced("sum", sizes, axis, keepdims)
    if not is_matrix_norm and order == float("inf"):
        return reduced("max", sizes, axis, keepdims)
    if not is_matrix_norm and order == float("-inf"):
        return reduced("min", sizes, axis, keepdims)
    if is_matrix_norm and order in (1, float("inf")):
        return reduced("max", reduced("sum", sizes, 0 if order == 1 else 1))
    what = f"the norm of order {order} of {value!s:.60} is not known"
    raise NetworkError("norm", what, "of a matrix there are None, 'fro', 1 and inf; along an axis 1, 2, inf and -inf")


METHODS: Mapping[str, Callable[..., Any]] = {
    **{
        name: lambda value, axis=None, keepdims=False, name=name: reduced(name, value, axis, keepdims)
        for name in _WORDS
    },
    "var": variance,
    "std": deviation,
    "cumsum": cumulated,
}
"""By what NumPy calls them."""
