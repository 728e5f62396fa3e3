"""The operations on matrices that formulas may use, and what each makes of array expressions with their shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Expr, Mul, S

from symbackprop.errors import NetworkError
from symbackprop.matrices import (
    Broadcast,
    Identity,
    Inverse,
    LogSoftmax,
    LogSumExp,
    Operation,
    Shape,
    Softmax,
    as_whole,
)
from symbackprop.matrices.shapes import shape_of, together
from symbackprop.matrices.words import ALONG, SCALARS, Read, transposed
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


def _to_scalar(build: Callable[..., Expr]) -> Callable[..., Read]:
    def built(*operands: Read | None) -> Read:
        made = build(*operands)
        return made, shape_of(made)

    return built


def _to_matrix(build: Callable[..., Expr]) -> Callable[..., Read]:
    def built(a: Read) -> Read:
        made = build(as_whole(*a))
        return made, shape_of(made)

    return built


def _on_axis(cls: type[Operation]) -> Callable[..., Read]:
    def built(a: Read, axis: int) -> Read:
        made = cls(as_whole(*a), axis)
        return made, made.shape

    return built


def _hadamard(*factors: Read) -> Read:
    total, shape = factors[0]
    for factor, found in factors[1:]:
        shape = together("*", total, shape, factor, found)
        total *= factor
    return total, shape


def _quadratic(x: Read, a: Read, y: Read | None = None) -> Expr:
    return SCALARS["quadratic"](x, a, x if y is None else y)


def _eye(size: Read) -> Read:
    return Identity(size[0]), (size[0], size[0])


def _ones(rows: Read, columns: Read) -> Read:
    return S.One, (rows[0], columns[0])


def _broadcast(part: Read, rows: Read, columns: Read) -> Read:
    whole: Shape = Broadcast(as_whole(*part), rows[0], columns[0]).shape
    return part[0], whole


WORDS: dict[str, Word] = {
    **{name: Word(_to_scalar(build), f"{name}(A)") for name, build in SCALARS.items()},
    "inner": Word(_to_scalar(SCALARS["inner"]), "inner(A, B)", 2, 2, matrices=2),
    "quadratic": Word(_to_scalar(_quadratic), "quadratic(x, A) or quadratic(x, A, y)", 2, 3, matrices=3),
    **{name: Word(_to_matrix(build), f"{name}(A)") for name, build in ALONG.items()},
    "inv": Word(_to_matrix(Inverse), "inv(A)"),
    "transpose": Word(lambda a: transposed(*a), "transpose(A)"),
    **{
        name: Word(_on_axis(cls), f"{name}(Z, axis=1)", 1, 2, axis=True)
        for name, cls in (("softmax", Softmax), ("log_softmax", LogSoftmax), ("logsumexp", LogSumExp))
    },
    "hadamard": Word(_hadamard, "hadamard(A, B)", 2, MAX_EXTREMA, matrices=0),
    "eye": Word(_eye, "eye(n)", matrices=0, sizes=1),
    "ones": Word(_ones, "ones(rows, columns)", 2, 2, matrices=0, sizes=2),
    "broadcast": Word(_broadcast, "broadcast(part, rows, columns)", 3, 3, matrices=0, sizes=2),
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
