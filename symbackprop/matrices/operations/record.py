"""What is known of an operation on matrices, as data: the tables of the program that name operations are made of it.

A record has the adjoint with its reason, the entries by the definition, the value in NumPy for the second evaluator,
and the words for it in formulas, in LaTeX, in Unicode and in the libraries that code is written for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from string import Template
from types import MappingProxyType
from typing import Any, Protocol

from sympy import Expr

from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation
from symbackprop.proof_lines import Shown

ARRAY = "Array"
"""What annotations of generated Python call an array of its library, or a number in the place of one."""
ALWAYS = "always"
"""The condition of a rule that asks for no more than operands whose shapes fit."""
Number = Any
"""An entry: an expression, or a number of any kind."""
Grid = tuple[tuple[Number, ...], ...]
"""Rows of entries; a scalar is one row of one entry."""
Read = tuple[Expr, Shape]
"""An array expression, and the shape that it stands for; the expression's own may be smaller, as that of 1 is."""


@dataclass(frozen=True)
class Adjoint:
    """One row of the table of adjoints.

    ``passes(node, i, g, y)`` is what the i-th operand of ``node`` gets back, where ``g`` is the adjoint of the node and
    ``y`` what to write for its value. ``forward`` and ``backward`` say the same in words, and ``condition`` of
    which operands it holds: ``ALWAYS``, where their shapes fit. ``uses`` is how often ``g`` stands in what it passes.
    ``proof`` derives the rule from the definition in its own letters, and ends in it: ⟨…, dA⟩ has what A gets. Letters
    with places, such as ``A_{i}``, are the entries of one row or column where the operation goes along them.
    ``again`` is what the reason is where it was told before, in fewer words if it has many.
    Every rule of ours has a proof; an operation of the user's own, whose adjoint is as its author says, has none.
    """

    operation: type[Operation]
    condition: str
    forward: str
    backward: str
    reason: str
    passes: Callable[[Any, int, Expr, Expr], Expr] = field(repr=False)
    uses: int = 1
    proof: tuple[Shown, ...] = field(default=(), repr=False)
    again: str = ""


class Arithmetic(Protocol):
    """What the definition of an operation asks of the entries beside sums and products: of expressions, or of numbers.

    ``key`` and ``of`` are expressions that name what is compared, or what a determinant or a root is of.
    """

    def size(self, size: Expr, /) -> int:
        """A size as a whole number."""

    def number(self, value: int, /) -> Number:
        """A whole number as an entry."""

    def total(self, parts: Sequence[Number], /) -> Number:
        """The sum of one number or more."""

    def log_of_size(self, x: Number, /) -> Number:
        """log |x|."""

    def softmax(self, line: Sequence[Number], /) -> tuple[Number, ...]:
        """exp(x)/Σ exp of each number."""

    def log_softmax(self, line: Sequence[Number], /) -> tuple[Number, ...]:
        """The logarithm of the softmax of each number."""

    def log_sum_exp(self, line: Sequence[Number], /) -> Number:
        """log Σ exp of the numbers."""

    def largest(self, line: Sequence[Number], key: Expr, /) -> Number:
        """The largest number of a line."""

    def first_largest(self, line: Sequence[Number], key: Expr, /) -> tuple[Number, ...]:
        """1 in the place of the first largest number of a line, and 0 in all others."""

    def root(self, x: Number, key: Expr, /) -> Number:
        """The square root."""

    def determinant(self, a: Grid, of: Expr, /) -> Number:
        """The determinant of a square matrix."""

    def inverse(self, a: Grid, of: Expr, /) -> Grid:
        """The inverse of a square matrix."""

    def matrix_root(self, a: Grid, of: Expr, /) -> Grid:
        """The positive definite square root of a matrix that is symmetric and positive definite."""

    def lyapunov(self, a: Grid, b: Grid, of: Expr, /) -> Grid:
        """The matrix X with A·X + X·A = B, for a matrix A that is symmetric and positive definite."""


@dataclass(frozen=True)
class Usage:
    """A word for the operation in formulas: what it makes of operands, written as ``said``.

    ``build`` takes expressions with the shapes that they stand for, then sizes, as such too, or an axis. Of the
    arguments at least ``least`` and at most ``most`` are given; the first ``matrices`` must be matrices, the last
    ``sizes`` are sizes, and ``axis`` says that there is one more, which is an axis.
    """

    word: str
    build: Callable[..., Read] = field(repr=False)
    said: str
    least: int = 1
    most: int = 1
    matrices: int = 1
    sizes: int = 0
    axis: bool = False
    places: bool = False
    """Whether its sizes are places, which are counted from 0."""


@dataclass(frozen=True)
class Kernel:
    """A function that libraries lack, as source in words that each of them has its own for, such as ``$xp``.

    ``said`` is its docstring, ``body`` are its lines, the first of them empty, and ``needs`` are others that it calls.
    Parameters are arrays, but for those that say in their text what they are, ``axis: int``. ``returns`` is the type of
    what it gives.
    """

    name: str
    parameters: tuple[str, ...]
    said: str
    body: str
    needs: tuple[str, ...] = ()
    returns: str = ARRAY

    def written(self, words: Mapping[str, str], begin: str = "") -> str:
        """The source in the words of a library; where it is used, ``begin`` finds it by the first argument."""
        body = Template(self.body)
        found = f"\n    {begin.format(self.parameters[0])}" if begin and body.get_identifiers() else ""
        parameters = ", ".join(word if ": " in word else f"{word}: {ARRAY}" for word in self.parameters)
        defined = f"def {self.name}({parameters}) -> {self.returns}:"
        return f'{defined}\n    """{as_order(self.said)}"""{found}{body.substitute(words)}'


@dataclass(frozen=True)
class Words:
    """How an operation that formulas call ``word`` is written elsewhere.

    ``numpy``, ``array_api`` and ``own``, for the libraries that have a better way, are source with operands and then
    settings in the places of {}; in ``array_api``, ``$xp`` is the library, ``$max``, ``$min``, ``$trace`` and
    ``$diagonal`` are functions of it, and ``$axis`` and ``$keepdims`` what it calls these settings. ``latex`` and
    ``unicode`` are its name, ``word`` where they are empty, and what stands behind the operand. ``bare`` says that an
    operand which is a name has no brackets, ``axis_below`` that the axis is written below, and ``settings_inside`` that
    sizes stand behind the operands and not below. Where any number of operands may be given, {*} is the place of all.
    """

    word: str
    numpy: str
    array_api: str
    own: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    latex: tuple[str, str] = ("", "")
    unicode: tuple[str, str] = ("", "")
    infix: tuple[str, str] = ("", "")
    """The sign between two operands in LaTeX and in Unicode, where there is one: A ⊗ B."""
    suffix: tuple[str, str] = ("", "")
    """What is raised behind the operand in LaTeX and in Unicode, where there is such: A⁺."""
    raised: bool = False
    """Whether its setting is raised behind its operand where that is no number: Aᵏ, and not A⁹, which may be A∘⁹."""
    bare: bool = False
    axis_below: bool = False
    settings_inside: bool = False
    displayed: Callable[[Any], Expr] | None = field(default=None, repr=False)
    """What stands for the operation in LaTeX and Unicode, where papers write something else: A⁻¹·B for solve(A, B)."""
    helper: str = ""
    """The function that the source calls, where a library has none of its own and ``kernels`` has it."""
    kernels: Mapping[str, Kernel | str] = field(default_factory=lambda: MappingProxyType({}))
    """The helper by backend, a text as it stands; that for ``array-api`` is for those that have no other."""
    meaning: tuple[str, str, str] | None = None
    """What stands in the LaTeX of a formula, the LaTeX of an example, and what that means."""


@dataclass(frozen=True)
class Record:
    """One operation. ``entries`` and ``numeric`` are definitions, and know nothing of the adjoint.

    ``entries(arithmetic, node, *operands)`` are the entries of the result, from those of the operands.
    ``numeric(np, node, *operands, *settings)`` is the value of stacks of matrices, whose last two axes are the matrix,
    for complex numbers too; a scalar keeps two axes of size 1. NumPy is handed over, so that nothing else loads it.
    ``bounds`` of the ranges of the operands is that of each entry, or a pair of numbers, None for what is infinite.
    ``convention`` says what is passed back at a kink.
    """

    operation: type[Operation]
    adjoint: Adjoint | None
    entries: Callable[..., Grid] = field(repr=False)
    numeric: Callable[..., Any] = field(repr=False)
    words: tuple[Words, ...]
    usages: tuple[Usage, ...] = ()
    bounds: Callable[..., Any] | None = field(default=None, repr=False)
    convention: str = ""
    said: str = ""
    """What a report calls a value of it, where it goes along an axis: the softmax, of each row or column."""


def as_order(words: str) -> str:
    """What a function gives, as docstrings say it: give the trace."""
    first, _, rest = words.partition(" ")
    return " ".join(filter(None, ["Give", first.lower() if first.isalpha() else first, rest]))


def grid_of(number: Number) -> Grid:
    """A scalar, as one row of one entry."""
    return ((number,),)


def transposed(grid: Grid) -> Grid:
    """Rows for columns."""
    return tuple(zip(*grid, strict=True))


def times(of: Arithmetic, a: Grid, b: Grid) -> Grid:
    """The product of two matrices."""
    columns = transposed(b)
    return tuple(tuple(of.total([x * y for x, y in zip(row, c, strict=True)]) for c in columns) for row in a)


def along(axis: int, function: Callable[[Sequence[Number]], Sequence[Number]], grid: Grid) -> Grid:
    """A function of each column (axis 0) or of each row (axis 1), which gives as many numbers as it should."""
    if axis == 0:
        return transposed(along(1, function, transposed(grid)))
    return tuple(tuple(function(row)) for row in grid)


def in_one_line(grid: Grid) -> tuple[Number, ...]:
    """All entries, row by row."""
    return tuple(x for row in grid for x in row)


def along_all(function: Callable[[Sequence[Number]], Sequence[Number]], grid: Grid) -> Grid:
    """A function of all entries, row by row, which gives as many; each stands where its entry stood."""
    found = function(in_one_line(grid))
    columns = len(grid[0])
    return tuple(tuple(found[k : k + columns]) for k in range(0, len(found), columns))


def flat(stacks: Any) -> Any:
    """Stacks of matrices as stacks of single rows: what ``in_one_line`` is for arrays."""
    return stacks.reshape(*stacks.shape[:-2], 1, stacks.shape[-2] * stacks.shape[-1])


def in_every_library(kernel: Kernel) -> Mapping[str, Kernel]:
    """One source for every backend."""
    return dict.fromkeys(("numpy", "array-api", "torch", "jax"), kernel)


def from_the_end(node: Any) -> int:
    """The axis of an operation, counted from the end, as it is in stacks of matrices."""
    return int(node.axis) - 2
