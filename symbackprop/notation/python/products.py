"""Matrix products grouped as costs NumPy least."""

from __future__ import annotations

from symbackprop.notation.nodes import MatrixProduct, Number, Operand


def associated(operands: tuple[Operand, ...]) -> tuple[Operand, ...]:
    """The factors of a matrix product in the order that is cheapest: split where a column meets what follows it.

    NumPy works from left to right, and A @ B @ x would multiply two matrices where A @ (B @ x) multiplies none.
    """
    columns = [position for position, part in enumerate(operands, start=1) if part.shape[1] == Number(1)]
    if len(operands) < 3 or not columns:
        return operands
    left, right = operands[: columns[0]], operands[columns[0] :]
    if len(left) > 2:
        left = (left[0], _grouped(associated(left[1:])))
    return (*left, _grouped(associated(right))) if right else left


def _grouped(operands: tuple[Operand, ...]) -> Operand:
    """The product of the factors as one factor."""
    if len(operands) == 1:
        return operands[0]
    return Operand(MatrixProduct(operands), (operands[0].shape[0], operands[-1].shape[1]))
