"""Functions applied to SymPy's matrices, written down and not yet looked at.

SymPy takes a function of a matrix for a scalar and loses its place in products, so that what is applied to a matrix is
kept here, as a matrix of SymPy's that can stand in sums and products. Shapes are checked when a network is built, where
an error can name the equation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Expr, MatrixExpr, Symbol, Tuple, sympify
from sympy.core.symbol import Str


class AppliedMatrix(MatrixExpr):  # type: ignore[misc]  # SymPy's classes are untyped
    """A matrix that comes out of an operation: its name, what it is applied to, its settings, and its shape."""

    def __new__(cls, name: str | Str, operands: Any, settings: Any, shape: Any) -> AppliedMatrix:
        made: AppliedMatrix = MatrixExpr.__new__(cls, Str(str(name)), Tuple(*operands), Tuple(*settings), Tuple(*shape))
        return made

    @property
    def name(self) -> str:
        """The name of the operation."""
        return str(self.args[0])

    @property
    def operands(self) -> tuple[Any, ...]:
        """What it is applied to."""
        return tuple(self.args[1])

    @property
    def settings(self) -> tuple[Any, ...]:
        """Sizes, an axis, or the formula of one entry."""
        return tuple(self.args[2])

    @property
    def shape(self) -> tuple[Expr, Expr]:
        """Rows and columns, as far as SymPy can tell."""
        return tuple(self.args[3])

    def _entry(self, i: Any, j: Any, **options: Any) -> Any:
        raise NotImplementedError("give the matrix to a Network: single entries are not taken out of it")

    def _sympystr(self, printer: Any) -> str:
        return _written(printer, self.name, self.operands, self.settings)


class AppliedScalar(Expr):  # type: ignore[misc]
    """A scalar that comes out of an operation on matrices: its name, what it is applied to, its settings."""

    is_commutative = True
    is_number = False

    def __new__(cls, name: str | Str, operands: Any) -> AppliedScalar:
        made: AppliedScalar = Expr.__new__(cls, Str(str(name)), Tuple(*operands))
        return made

    @property
    def name(self) -> str:
        """The name of the operation."""
        return str(self.args[0])

    @property
    def operands(self) -> tuple[Any, ...]:
        """What it is applied to."""
        return tuple(self.args[1])

    def _sympystr(self, printer: Any) -> str:
        return _written(printer, self.name, self.operands, ())


ELEMENTWISE = "elementwise"
"""The name of an operation that works entry by entry; its setting is the formula of one entry."""


def _written(printer: Any, name: str, operands: Sequence[Any], settings: Sequence[Any]) -> str:
    if name == ELEMENTWISE:
        texts = [Symbol(printer._print(operand)) for operand in operands]
        formula = settings[0].xreplace(dict(zip(places(len(operands)), texts, strict=True)))
        return str(printer._print(formula))
    return f"{name}({', '.join(printer._print(arg) for arg in (*operands, *settings))})"


def places(count: int) -> tuple[Symbol, ...]:
    """The symbols that stand for entries in the formula of one entry."""
    return tuple(Symbol(f"_{k}") for k in range(1, count + 1))


def is_matrix(value: Any) -> bool:
    """Whether a value is a matrix of SymPy's."""
    return bool(getattr(value, "is_Matrix", False))


def entry_by_entry(function: Any, args: Sequence[Any]) -> Any:
    """Apply a function of scalars to each entry: to every matrix among ``args`` at once, to scalars alone as it is."""
    args = [sympify(arg, strict=True) for arg in args]
    matrices = [arg for arg in args if is_matrix(arg)]
    if not matrices:
        return function(*args)
    entries = iter(places(len(matrices)))
    formula = function(*(next(entries) if is_matrix(arg) else arg for arg in args))
    return AppliedMatrix(ELEMENTWISE, matrices, (formula,), matrices[0].shape)
