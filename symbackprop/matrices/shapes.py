"""Shapes of array expressions, with sizes that may be symbols, and what is said where they do not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NoReturn

from sympy import Expr, Integer, Poly, S, Symbol

from symbackprop.errors import NetworkError
from symbackprop.matrices.array import Array, Shape


def shape_of(expr: Expr) -> Shape:
    """The shape of an expression; entry by entry, rows, columns and scalars are repeated as far as they must.

    Raises NetworkError where shapes do not fit.
    """
    if isinstance(expr, Array):
        return expr.shape
    if expr.is_Symbol or expr.is_Number:
        return ()
    shape = getattr(expr, "shape", None)
    return _shape_of_entries(expr) if shape is None else tuple(shape)


@lru_cache(maxsize=1 << 15)
def _shape_of_entries(expr: Expr) -> Shape:
    """The shape of what is taken entry by entry; the same expressions are asked about again and again."""
    total: Shape = ()
    first = expr
    for arg in expr.args:
        found = shape_of(arg)
        if not found or found == total:
            continue
        if total:
            total = together("+" if expr.is_Add else "*" if expr.is_Mul else "and", first, total, arg, found)
        else:
            total, first = found, arg
    return total


def lengths_of(expr: Expr, sizes: Mapping[Symbol, int]) -> tuple[int, ...]:
    """The shape of an expression in numbers, where its sizes stand for these."""
    numbers = {symbol: Integer(number) for symbol, number in sizes.items()}
    return tuple(int(size.xreplace(numbers)) for size in shape_of(expr))


def same(a: Expr, b: Expr) -> bool:
    """Whether two sizes are equal whatever their symbols stand for."""
    return a is b or _are_equal(a, b)


@lru_cache(maxsize=1 << 12)
def _are_equal(a: Expr, b: Expr) -> bool:
    return bool(a == b or (a - b).expand() == 0)


def same_shape(a: Shape, b: Shape) -> bool:
    """Whether two shapes are equal whatever the symbols in them stand for."""
    return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))


def spoken(shape: Shape) -> str:
    """A shape in words: ``m×n``, or ``scalar``."""
    return "×".join(_size(size) for size in shape) if shape else "scalar"


def _size(size: Expr) -> str:
    text = str(size).replace(" ", "")
    return f"({text})" if size.is_Add else text


def named(expr: Expr, shape: Shape) -> str:
    """An expression with the shape that it stands for: ``W1 (h×n)``, or ``b (1×h) repeated to m×h``."""
    return _with_shape(_short(expr), expr, shape)


def _with_shape(text: str, expr: Expr, shape: Shape) -> str:
    own = shape_of(expr)
    if same_shape(own, shape):
        return f"{text} ({spoken(shape)})"
    return f"{text}{f' ({spoken(own)})' if own else ''} repeated to {spoken(shape)}"


def _factor(expr: Expr, shape: Shape) -> str:
    """A factor of a matrix product with its shape; a product that is one stands in brackets."""
    text = _short(expr)
    return _with_shape(f"({text})" if getattr(expr, "spoken", "") == "matmul" else text, expr, shape)


def _short(expr: Expr) -> str:
    text = str(expr)
    return text if len(text) <= 40 else text[:39] + "…"


def together(sign: str, a: Expr, first: Shape, b: Expr, second: Shape) -> Shape:
    """The shape of two array expressions of which an operation, whose sign is given, takes entry and entry.

    Raises NetworkError, with a likely fix, where the shapes do not fit.
    """
    if not first or not second:
        return first or second
    sizes = []
    for x, y in zip(first, second, strict=True):
        if same(x, y) or y == S.One:
            sizes.append(x)
        elif x == S.One:
            sizes.append(y)
        else:
            _refuse_entries(sign, a, first, b, second)
    return tuple(sizes)


def shape_of_all(parts: Iterable[tuple[str, tuple[Expr, Shape]]]) -> Shape:
    """The shape of what is taken entry by entry of all parts, each an expression with its shape, behind a sign.

    Raises NetworkError, with a likely fix, where the shapes do not fit.
    """
    first: Expr = S.Zero
    total: Shape = ()
    for sign, (expr, shape) in parts:
        if not total:
            first, total = expr, shape
        elif shape and shape != total:
            total = together(sign, first, total, expr, shape)
    return total


def _refuse_entries(sign: str, a: Expr, first: Shape, b: Expr, second: Shape) -> NoReturn:
    fix = "entry by entry the sizes must be equal"
    if same_shape(first, second[::-1]):
        fix = f"did you mean {transpose_of(b)}?"
    elif sign == "*" and same(first[1], second[0]):
        fix = f"did you mean {factor(a)} @ {factor(b)}, the matrix product?"
    elif sign == "*" and same(second[1], first[0]):
        fix = f"did you mean {factor(b)} @ {factor(a)}, the matrix product?"
    raise NetworkError("shape", f"{named(a, first)} {sign} {named(b, second)}: the sizes differ", fix)


def factor(expr: Expr) -> str:
    """An expression as it stands in a matrix product: in brackets where it is a sum or a product entry by entry."""
    return f"({expr})" if expr.is_Add or expr.is_Mul else str(expr)


def transpose_of(expr: Expr) -> str:
    """The transpose of an expression, as a formula says it."""
    if getattr(expr, "spoken", "") == "transpose":
        return str(expr.args[0])
    return f"{expr}.T" if expr.is_Symbol else f"({expr}).T"


def product_shape(a: Expr, first: Shape, b: Expr, second: Shape) -> Shape:
    """The shape of a @ b. Raises NetworkError, with a likely fix, where the inner sizes differ."""
    for side, shape in ((a, first), (b, second)):
        if len(shape) != 2:
            raise NetworkError(
                "shape",
                f"{_factor(a, first)} @ {_factor(b, second)}: {side} is no matrix",
                "write * for the product with a scalar",
            )
    if same(first[1], second[0]):
        return first[0], second[1]
    if same(first[1], second[1]):
        fix = f"did you mean {transpose_of(b)}?"
    elif same(first[0], second[0]):
        fix = f"did you mean {transpose_of(a)}?"
    elif same(first[0], second[1]):
        fix = f"did you mean {factor(b)} @ {factor(a)}?"
    elif same_shape(first, second) or S.One in second:
        fix = "write * for the product entry by entry"
    else:
        fix = "the columns of the left factor must be as many as the rows of the right one"
    raise NetworkError(
        "shape",
        f"{_factor(a, first)} @ {_factor(b, second)}: inner sizes {first[1]} and {second[0]} differ",
        fix,
    )


def matrix_shape(whole: Expr, operand: Expr, shape: Shape) -> tuple[Expr, Expr]:
    """Rows and columns of an operand that must be a matrix."""
    if len(shape) != 2:
        raise NetworkError("shape", f"{whole}: {operand} is a scalar, not a matrix", "give it a matrix")
    return shape[0], shape[1]


def check_axis(whole: Expr, operand: Expr, shape: Shape, axis: Expr) -> None:
    """Refuse an axis that the operand does not have."""
    if len(shape) != 2:
        raise NetworkError("shape", f"{whole}: {operand} is a scalar and has no axis", "give it a matrix")
    if axis not in (0, 1):
        raise NetworkError(
            "axis",
            f"{whole}: {named(operand, shape)} has no axis {axis}",
            "use axis 0 for each column or axis 1 for each row",
        )


def check_square(word: str, operand: Expr, shape: Shape) -> None:
    """Refuse a matrix whose sizes differ where a square one is needed; ``word`` says what needs it."""
    if len(shape) != 2:
        raise NetworkError("shape", f"{word}: {operand} is a scalar, not a matrix", "give it a square matrix")
    rows, columns = shape
    if not same(rows, columns):
        raise NetworkError(
            "square",
            f"{named(operand, shape)} is not square, and {word} needs a square matrix",
            f"sizes {rows} and {columns} must be one size",
        )


def column_size(whole: Expr, operand: Expr, shape: Shape) -> Expr:
    """The size of an operand that must be a column."""
    rows, columns = matrix_shape(whole, operand, shape)
    if columns != S.One:
        raise NetworkError(
            "shape",
            f"{whole}: {named(operand, shape)} is no column",
            "give it an n×1 column; diagonal(A) takes one out",
        )
    return rows


def check_broadcast(operand: Expr, shape: Shape, wanted: Shape) -> None:
    """Refuse to repeat what is neither a scalar, nor a row or a column that fits."""
    fits = not shape or all(size == S.One or same(size, goal) for size, goal in zip(shape, wanted, strict=True))
    if not fits:
        raise NetworkError(
            "shape",
            f"{named(operand, shape)} cannot be repeated to {spoken(wanted)}",
            "a row, a column or a scalar can be, along the axis on which it has size 1",
        )


def is_whole(number: Expr) -> bool:
    """Whether a formula of sizes is a whole number from 0 on, as far as one sees, whatever numbers from 1 they are."""
    sizes = sorted(number.free_symbols, key=str)
    more = number.xreplace({size: size + 1 for size in sizes}).expand()
    if not sizes:
        return bool(more.is_Integer and more >= 0)
    return more.is_polynomial(*sizes) and all(c.is_Integer and c >= 0 for c in Poly(more, *sizes).coeffs())
