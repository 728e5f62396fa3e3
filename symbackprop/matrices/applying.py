"""How operations are applied: to SymPy's matrices, as users write them, and to array expressions with their shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Basic, Expr, MatrixExpr, preorder_traversal
from sympy.core.function import AppliedUndef, Function

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import AppliedMatrix, AppliedScalar, is_matrix
from symbackprop.matrices.grammar import as_whole
from symbackprop.matrices.operations.record import Read, Usage
from symbackprop.matrices.shapes import shape_of

# To SymPy's matrices


def matrix(name: str, a: Any) -> Any:
    """The operand of the function of that name. Raises NetworkError where it is no matrix of SymPy's."""
    if not is_matrix(a):
        what, fix = f"{name}({a!s:.60}) is given no matrix", "give it a MatrixSymbol or what is made of it"
        lost = _lost_in(a)
        if lost:
            what += f": SymPy takes {lost}(…) of a matrix for a number"
            fix = f"write sb.{lost}(A), or A.applyfunc({lost}), which work entry by entry"
        raise NetworkError("shape", what, fix)
    return a


def _lost_in(a: Any) -> str:
    """The name of a function of SymPy's in which a matrix has got lost, or nothing."""
    parts = preorder_traversal(a) if isinstance(a, Basic) else ()
    applied = (part for part in parts if isinstance(part, (Function, AppliedUndef)) and any(map(is_matrix, part.args)))
    found = next(applied, None)
    return "" if found is None else type(found).__name__


def applied_matrix(name: str, a: Any, shape: tuple[Any, Any], *settings: Any) -> MatrixExpr:
    """The operation of that name on one matrix, whose result is a matrix of that shape."""
    return AppliedMatrix(name, [a], settings, shape)


def along_matrix(name: str, a: Any, axis: int | None) -> MatrixExpr:
    """The operation of that name along an axis, which leaves the shape. Raises NetworkError where no axis is said."""
    shape = matrix(name, a).shape
    if axis is None:
        fix = f"write {name}(A, axis=1) for each row or {name}(A, axis=0) for each column"
        raise NetworkError("axis", f"{name}({a!s:.60}) has no axis", fix)
    return applied_matrix(name, a, shape, axis)


def applied_scalar(name: str, *operands: Any) -> Expr:
    """The operation of that name on matrices, whose result is a scalar."""
    return AppliedScalar(name, [matrix(name, operand) for operand in operands])


class Written(MatrixExpr):  # type: ignore[misc]  # SymPy's classes are untyped
    """An array expression among SymPy's matrices; ``args`` are the expression, then the rows and columns."""

    shape = property(lambda self: tuple(self.args[1:]))

    def _sympystr(self, printer: Any) -> str:
        return str(printer._print(self.args[0]))


# To array expressions


def to_matrix(word: str, build: Callable[[Expr], Expr]) -> Usage:
    """The usage of an operation on one matrix."""

    def built(a: Read) -> Read:
        made = build(as_whole(*a))
        return made, shape_of(made)

    return Usage(word, built, f"{word}(A)")


def on_axis(word: str, build: Callable[[Expr, int], Expr]) -> Usage:
    """The usage of an operation along an axis, which must be said."""

    def built(a: Read, axis: int) -> Read:
        made = build(as_whole(*a), axis)
        return made, shape_of(made)

    return Usage(word, built, f"{word}(Z, axis=1)", 1, 2, axis=True)
