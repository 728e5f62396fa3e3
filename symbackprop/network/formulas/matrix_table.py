"""The operations on matrices that formulas may use, and what each makes of array expressions with their shapes."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Mul

from symbackprop.errors import NetworkError
from symbackprop.matrices.operations.record import Read
from symbackprop.matrices.shapes import shape_of, together
from symbackprop.matrices.vocabulary import WORDS as USAGES
from symbackprop.network.formulas.limits import MAX_EXTREMA
from symbackprop.network.formulas.table import Known


@dataclass(frozen=True)
class Word(Known):
    """An operation on matrices. ``build`` takes expressions with their shapes and gives back one."""

    matrices: int = 1
    """How many of the first arguments must be matrices, as far as they are given."""
    sizes: int = 0
    """How many of the last arguments are sizes."""
    axis: bool = False
    """Whether it is told an axis, as an argument more or by the word axis."""
    places: bool = False
    """Whether its sizes are places, which are counted from 0."""


def _hadamard(*factors: Read) -> Read:
    total, shape = factors[0]
    for factor, found in factors[1:]:
        shape = together("*", total, shape, factor, found)
        total *= factor
    return total, shape


WORDS: dict[str, Word] = {
    **{
        word: Word(use.build, use.said, use.least, use.most, use.matrices, use.sizes, use.axis, use.places)
        for word, use in USAGES.items()
    },
    "hadamard": Word(_hadamard, "hadamard(A, B)", 2, MAX_EXTREMA, matrices=0),
}
"""Every operation, by its name in formulas."""

MATRIX_WORDS = frozenset(WORDS)
"""Their names, which in a network of matrices no quantity can have."""


def apart(expr: Expr) -> tuple[Expr, Expr]:
    """The scalar factors of an expression, and the rest of it, which is 1 where there is none."""
    factors = Mul.make_args(expr)
    scalars = [factor for factor in factors if not shape_of(factor)]
    return Mul(*scalars), Mul(*(factor for factor in factors if shape_of(factor)))


def check_matrix(whole: str, operand: Read) -> None:
    """Refuse a scalar where a matrix is needed; ``whole`` is what the user wrote."""
    if not operand[1]:
        raise NetworkError("shape", f"{whole}: {operand[0]} is a scalar, not a matrix", "give it a matrix")
