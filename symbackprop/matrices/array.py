"""A name with a shape."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Symbol, sympify

Shape = tuple[Expr, ...]
"""``()`` for a scalar, ``(rows, columns)`` for a matrix; sizes are whole numbers, symbols, or formulas of these."""


class Array(Symbol):  # type: ignore[misc]  # SymPy's Symbol is untyped
    """A name that stands for a matrix.

    It is an ordinary commutative symbol: ``A*B``, ``A/B``, ``A**2`` and ``sigmoid(A)`` work entry by entry, as they do
    in NumPy, so that all that is known of scalar formulas is known of these. Whatever mixes entries is an operation
    with a class of its own (matrices/operations/).
    """

    __slots__ = ("shape",)
    shape: Shape

    def __new__(cls, name: str, shape: Any) -> Array:
        made: Array = Symbol.__xnew__(cls, name)
        made.shape = tuple(sympify(size, strict=True) for size in shape)
        return made

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), *self.shape)  # flat: SymPy orders symbols by comparing these one by one

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name, self.shape), {}
