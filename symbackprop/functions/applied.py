"""Functions applied to SymPy's matrices, written down and not yet looked at.

SymPy takes a function of a matrix for a scalar and loses its place in products, so that what is applied to a matrix is
kept here, as a matrix of SymPy's that can stand in sums and products. Shapes are checked when a network is built, where
an error can name the equation.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from sympy import Expr, Function, Lambda, MatrixExpr, Mul, Pow, S, Symbol, Tuple, sympify
from sympy.core.symbol import Str


class ArrayLike:
    """A value with rules of its own by which functions are applied to it, such as those of NumPy.

    Every function of symbackprop asks the first such value among what it is given. ``is_Matrix`` tells whether it has
    an axis. No ABC, which would be slow to tell instances of: it is asked of every argument of every function.
    """

    @property
    @abstractmethod
    def is_Matrix(self) -> bool:  # noqa: N802  # as SymPy spells it
        """Whether it is no single number, as SymPy's own matrices say it."""

    @abstractmethod
    def in_sympy(self) -> Any:
        """What it is to SymPy: one of its matrices, or a scalar expression."""

    @abstractmethod
    def by_entries(self, function: Callable[..., Any], args: Sequence[Any]) -> Any:
        """Apply a function of scalars entry by entry."""

    @abstractmethod
    def by_operation(self, name: str, operands: Sequence[Any], settings: Sequence[Any], own: Any = None) -> Any:
        """Apply the operation of that name, or ``own``, which makes it of array expressions."""


def in_sympy(value: Any) -> Any:
    """A value as SymPy has it. Raises SympifyError where it is none, text for one."""
    return value.in_sympy() if isinstance(value, ArrayLike) else sympify(value, strict=True)


def operand(value: Any) -> Any:
    """A value to apply something to: as it is where it has rules of its own, else as SymPy has it."""
    return value if isinstance(value, ArrayLike) else sympify(value, strict=True)


def own_rules(args: Iterable[Any]) -> ArrayLike | None:
    """The first of the arguments that brings its own rules."""
    return next((arg for arg in args if isinstance(arg, ArrayLike)), None)


class AppliedMatrix(MatrixExpr):  # type: ignore[misc]  # SymPy's classes are untyped
    """A matrix that comes out of an operation: its name, what it is applied to, its settings, and its shape."""

    operation: ClassVar[Callable[..., Any] | None] = None
    """What makes it of array expressions, where that is not known by its name."""

    def __new__(cls, name: str | Str, operands: Any, settings: Any, shape: Any) -> Any:
        ruler = own_rules(operands)
        if ruler is not None:
            return ruler.by_operation(str(name), operands, settings, cls.operation)
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
        return AppliedScalar("total", [AppliedMatrix("block", [self], (i, i + 1, j, j + 1), (1, 1))])

    def _sympystr(self, printer: Any) -> str:
        return _written(printer, self.name, self.operands, self.settings)


class AppliedOperation(AppliedMatrix):
    """An operation of the user's own, applied to SymPy's matrices."""

    def made(self, *operands: Expr) -> Any:
        """The operation on array expressions."""
        operation = type(self).operation
        assert operation is not None
        return operation(*operands)


class AppliedScalar(Expr):  # type: ignore[misc]
    """A scalar that comes out of an operation on matrices: its name, what it is applied to, its settings."""

    is_commutative = True
    is_number = False

    def __new__(cls, name: str | Str, operands: Any) -> Any:
        ruler = own_rules(operands)
        if ruler is not None:
            return ruler.by_operation(str(name), operands, ())
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
"""The name of an operation that works entry by entry. Its settings are the formula of one entry, and a loss's name."""


def _written(printer: Any, name: str, operands: Sequence[Any], settings: Sequence[Any]) -> str:
    """As the call that makes it: SymPy's ``*`` is the matrix product, so that a formula of entries would mislead."""
    said = [printer._print(operand) for operand in operands]
    if name == ELEMENTWISE:
        formula, *loss = settings
        if not loss:
            return _written_formula(printer, formula, said)
        return _call(str(loss[0]), [*said, *(printer._print(other) for other in loss[1:])])
    axis = "axis=" * (len(settings) == 1)
    return _call(name, [*said, *(axis + printer._print(setting) for setting in settings)])


def _call(name: str, args: Iterable[str]) -> str:
    return f"{name}({', '.join(args)})"


def _written_formula(printer: Any, formula: Any, said: Sequence[str]) -> str:
    """What is applied entry by entry, where ``said`` are the texts of the matrices."""
    texts = dict(zip(places(len(said)), said, strict=True))
    for name, parts in _calls(formula, texts):
        if all(part in texts or part.free_symbols.isdisjoint(texts) for part in parts):
            return _call(name, (texts[part] if part in texts else printer._print(part) for part in parts))
    return f"{printer._print(Lambda(tuple(texts), formula))}.({', '.join(said)})"  # as SymPy prints applyfunc


def _calls(formula: Any, entries: Iterable[Symbol]) -> Iterator[tuple[str, Sequence[Any]]]:
    """The functions that may have made a formula of entries, each with what it would have been given."""
    if isinstance(formula, Pow):
        yield ("sqrt", formula.args[:1]) if formula.exp == S.Half else ("power", formula.args)
    if isinstance(formula, Function):
        yield type(formula).__name__, formula.args
    if isinstance(formula, Mul):
        yield "divide", formula.as_numer_denom()
    scalar, factors = formula.as_independent(*entries, as_Add=False)
    yield "hadamard", [scalar] * (scalar != S.One) + list(Mul.make_args(factors))


def places(count: int) -> tuple[Symbol, ...]:
    """The symbols that stand for entries in the formula of one entry."""
    return tuple(Symbol(f"_{k}") for k in range(1, count + 1))


def is_matrix(value: Any) -> bool:
    """Whether a value is a matrix of SymPy's."""
    return bool(getattr(value, "is_Matrix", False))


def have_entries(args: Iterable[Any]) -> bool:
    """Whether a function of these arguments is one of their entries: of matrices, or by rules of their own."""
    return any(isinstance(arg, ArrayLike) or is_matrix(arg) for arg in args)


def entry_by_entry(function: Any, args: Sequence[Any]) -> Any:
    """Apply a function of scalars to each entry: to every matrix among ``args`` at once, to scalars alone as it is."""
    ruler = own_rules(args)
    if ruler is not None:
        return ruler.by_entries(function, args)
    args = [sympify(arg, strict=True) for arg in args]
    matrices = [arg for arg in args if is_matrix(arg)]
    if not matrices:
        return function(*args)
    entries = iter(places(len(matrices)))
    formula = function(*(next(entries) if is_matrix(arg) else arg for arg in args))
    return AppliedMatrix(ELEMENTWISE, matrices, (formula,), matrices[0].shape)
