"""Values on which Python's operators and NumPy's functions work as they do on NumPy's arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, final

from sympy import MatrixExpr, Rel

from symbackprop.errors import NetworkError
from symbackprop.functions import absolute
from symbackprop.network.numpy_style import indexing, reductions
from symbackprop.network.numpy_style.routines import ROUTINES, applied_routine
from symbackprop.network.numpy_style.ufuncs import applied_ufunc
from symbackprop.network.numpy_style.value import ArrayValue, matmul


@final
class ArrayExpression(ArrayValue):
    """A value of a network that is not worked out yet, with the rules of NumPy's arrays.

    ``A @ B`` is the matrix product; ``+``, ``-``, ``*``, ``/``, ``**`` and comparisons work entry by entry, and rows,
    columns and numbers are repeated. NumPy's and SciPy's functions and those of symbackprop take it, and so do SymPy's
    operators, on either side. Every error is a NetworkError.
    """

    _op_priority = 20
    """Above that of SymPy's matrices and numbers: where these meet such a value, its rules hold."""
    __hash__ = object.__hash__  # a name that a traced function gives changes what it holds

    @property
    def shape(self) -> tuple[Any, ...]:
        """The sizes of its axes: whole numbers, or values of their own where they are symbols."""
        return tuple(int(size) if size.is_Integer else self.made(size) for size in self.sizes)

    @property
    def size(self) -> Any:
        """How many entries it has."""
        total: Any = 1
        for size in self.shape:
            total = size * total
        return total

    @property
    def T(self) -> ArrayExpression:  # noqa: N802
        """The transpose; what has fewer than two axes is its own."""
        turned: ArrayExpression = ROUTINES["transpose"](self, self)
        return turned

    def __str__(self) -> str:
        return str(self.expr) if self.truth is None else f"[{self.truth}]"

    def __repr__(self) -> str:
        sizes = ", ".join(map(str, self.sizes))
        return f"<{self!s:.60}{f' ({sizes})' if sizes else ''}>"

    # NumPy's functions, and its methods

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return applied_ufunc(ufunc.__name__, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return applied_routine(function, args, options)

    def __getattr__(self, name: str) -> Any:
        if name in reductions.METHODS or name in _METHODS:
            routine = ROUTINES[name]
            return lambda *args, **options: routine(self, self, *args, **options)
        hint = "" if name.startswith("_") else f"; it has {', '.join(sorted((*reductions.METHODS, *_METHODS)))}"
        raise AttributeError(f"arrays of a network have no {name!r}{hint}")

    def reshape(self, *sizes: Any) -> ArrayValue:
        """The entries in one line, as a row or as a column; rows and columns of a matrix stay."""
        return indexing.reshaped(self, tuple(sizes[0]) if isinstance(sizes[0], (tuple, list)) else sizes)

    def astype(self, *args: Any, **options: Any) -> ArrayExpression:
        """The value itself: a condition is 1 where it holds and 0 elsewhere."""
        return self.made(self.expr, self.stands_for, self.ndim)

    # Operators

    def _with(self, sign: str, function: Callable[[Any, Any], Any], other: Any, turned: bool = False) -> Any:
        if isinstance(other, (str, list, tuple, dict, set)) or other is None:
            return NotImplemented
        if isinstance(other, MatrixExpr) and sign == "*" and self.ndim:
            a, b = (other, self) if turned else (self, other)
            what = f"{a!s:.40} * {b!s:.40} has two meanings, as {other!s:.40} is a matrix of SymPy's"
            raise NetworkError("product", what, "write A @ B for the matrix product or sb.hadamard(A, B)")
        return self.by_entries(function, [other, self] if turned else [self, other], sign)

    def __add__(self, other: Any) -> Any:
        return self._with("+", lambda a, b: a + b, other)

    def __radd__(self, other: Any) -> Any:
        return self._with("+", lambda a, b: a + b, other, True)

    def __sub__(self, other: Any) -> Any:
        return self._with("-", lambda a, b: a - b, other)

    def __rsub__(self, other: Any) -> Any:
        return self._with("-", lambda a, b: a - b, other, True)

    def __mul__(self, other: Any) -> Any:
        return self._with("*", lambda a, b: a * b, other)

    def __rmul__(self, other: Any) -> Any:
        return self._with("*", lambda a, b: a * b, other, True)

    def __truediv__(self, other: Any) -> Any:
        return self._with("/", lambda a, b: a / b, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with("/", lambda a, b: a / b, other, True)

    def __pow__(self, other: Any) -> Any:
        return self._with("**", lambda a, b: a**b, other)

    def __rpow__(self, other: Any) -> Any:
        return self._with("**", lambda a, b: a**b, other, True)

    def __matmul__(self, other: Any) -> Any:
        return matmul(self, self.lifted(other))

    def __rmatmul__(self, other: Any) -> Any:
        return matmul(self.lifted(other), self)

    def __neg__(self) -> ArrayExpression:
        return self.made(-self.expr, self.stands_for, self.ndim)

    def __pos__(self) -> ArrayExpression:
        return self

    def __abs__(self) -> Any:
        return absolute(self)

    # Conditions

    def _compared(self, sign: str, other: Any) -> ArrayExpression:
        return self.condition(lambda a, b: Rel(a, b, sign), [self, other], sign)

    def __lt__(self, other: Any) -> ArrayExpression:
        return self._compared("<", other)

    def __le__(self, other: Any) -> ArrayExpression:
        return self._compared("<=", other)

    def __gt__(self, other: Any) -> ArrayExpression:
        return self._compared(">", other)

    def __ge__(self, other: Any) -> ArrayExpression:
        return self._compared(">=", other)

    def __and__(self, other: Any) -> ArrayExpression:
        return self.joined(lambda a, b: a & b, [self, other], "&")

    def __or__(self, other: Any) -> ArrayExpression:
        return self.joined(lambda a, b: a | b, [self, other], "|")

    def __invert__(self) -> ArrayExpression:
        return self.joined(lambda a: ~a, [self], "~")

    def __eq__(self, other: object) -> bool:
        """Whether it is the same expression: no more can be said of values that nobody knows yet."""
        if isinstance(other, ArrayExpression):
            return bool(self.expr == other.expr and self.stands_for == other.stands_for)
        return not self.stands_for and bool(self.expr == other)

    # What asks for a number

    def __bool__(self) -> NoReturn:
        what = f"{self!s:.60} has no value yet, and a branch is taken on it"
        raise NetworkError("branch", what, "write np.where(condition, a, b), which has both branches")

    def __index__(self) -> int:
        if not self.stands_for and self.expr.is_Integer:
            return int(self.expr)
        what = f"{self!s:.60} has no value yet, and a whole number is asked for"
        fix = 'give sizes as numbers, as in X="4 × 3"; sb.eye(n), sb.ones(m, n) and sb.zeros(m, n) take symbols'
        raise NetworkError("number", what, fix)

    __int__ = __index__

    def __float__(self) -> float:
        if not self.stands_for and self.expr.is_number:
            return float(self.expr)
        what = f"{self!s:.60} has no value yet, and a number is asked for"
        raise NetworkError("number", what, "use NumPy's functions, as np.sqrt in place of math.sqrt")

    def __array__(self, *args: Any, **options: Any) -> NoReturn:
        what = f"{self!s:.60} has no value yet, and an array of numbers is to be made of it"
        raise NetworkError("number", what, "use operators and NumPy's functions; np.hstack and np.vstack join arrays")

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError(f"{self!s:.60} is a single number and has no length")
        size = self.shape[0]
        if isinstance(size, int):
            return size
        what = f"the rows of {self!s:.60} are counted, and there are {size}"
        raise NetworkError("number", what, f"give {size} as a number, or work on all rows at once")

    def __iter__(self) -> Iterator[ArrayValue]:
        return (self[k] for k in range(len(self)))

    def __getitem__(self, places: Any) -> ArrayValue:
        return indexing.taken(self, places)

    def __setitem__(self, places: Any, value: Any) -> NoReturn:
        what = f"entries of {self!s:.60} are set in place"
        raise NetworkError("in-place", what, "make a new array with np.where, np.hstack or np.vstack")


_METHODS = frozenset("clip copy diagonal dot ravel squeeze trace transpose".split())
"""The methods that are NumPy's functions, beside those that reduce."""
