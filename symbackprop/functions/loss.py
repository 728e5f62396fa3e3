"""What losses have in common: they add up over outputs and targets, or stand for each entry of two matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Add, Expr
from sympy.core.symbol import Str

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import AppliedMatrix, ArrayLike, entry_by_entry, is_matrix, operand

Values = Any
"""An expression, a list of expressions, or a matrix."""


@dataclass(frozen=True)
class Loss:
    """A loss as formulas have it: how it is built, and how many of its arguments are values and may be lists.

    The others are numbers or names: ``least`` says how many arguments must be given, ``most`` how many may be.
    ``by_entries`` says that it is a sum over outputs, so that there is one of each entry of two matrices.
    """

    build: Callable[..., Any]
    usage: str
    values: int = 2
    least: int = 2
    most: int = 2
    by_entries: bool = True

    @property
    def name(self) -> str:
        """Its name in formulas."""
        return self.build.__name__


def pairs(loss: str, outputs: Values, targets: Values) -> list[tuple[Expr, Expr]]:
    """Outputs with their targets. Raises ValueError where there are not as many of these as of those."""
    ys = list(outputs) if isinstance(outputs, Sequence) else [outputs]
    ts = list(targets) if isinstance(targets, Sequence) else [targets]
    if len(ys) != len(ts) or not ys:
        raise ValueError(f"{loss} takes as many outputs as targets, not {len(ys)} and {len(ts)}")
    return list(zip(map(operand, ys), map(operand, ts), strict=True))


def summed(loss: str, outputs: Values, targets: Values, term: Callable[[Expr, Expr], Expr], *others: Expr) -> Any:
    """The sum of ``term(y, t)`` over the outputs and their targets; of two matrices the matrix of these terms.

    ``others`` are the other arguments of the loss, for its name.

    Raises ValueError where there are not as many targets as outputs, NetworkError for a matrix beside a list.
    """
    given = [value for side in (outputs, targets) for value in (side if isinstance(side, Sequence) else [side])]
    if any(map(is_matrix, given)):
        return _of_entries(loss, outputs, targets, term, others)
    ys, ts = zip(*pairs(loss, outputs, targets), strict=True)
    return entry_by_entry(lambda *values: Add(*map(term, values[: len(ys)], values[len(ys) :])), [*ys, *ts])


def _of_entries(
    loss: str, outputs: Values, targets: Values, term: Callable[[Expr, Expr], Expr], others: Sequence[Expr]
) -> Any:
    """The matrix of the losses of the entries. It keeps the name of the loss, by which it is printed."""
    for side in (outputs, targets):
        if not is_matrix(side):
            other = "a list" if isinstance(side, Sequence) else f"the scalar {side!s:.60}"
            raise NetworkError(
                "shape",
                f"{loss} is given a matrix and {other}",
                f"give it two matrices of one shape: {loss}(Y, sb.broadcast(t, rows, columns)) repeats a scalar t",
            )
    made = entry_by_entry(term, [outputs, targets])
    if isinstance(made, ArrayLike):
        return made
    return AppliedMatrix(made.name, made.operands, (*made.settings, Str(loss), *others), made.shape)
