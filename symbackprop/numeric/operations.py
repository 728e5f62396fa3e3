"""What each operation of the matrix dialect is in NumPy, for stacks of matrices: the last two axes are the matrix.

These are for the second evaluator: plain definitions, which hold for complex numbers too, so that complex steps may be
taken through them. A scalar that comes out keeps two axes of size 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np
from sympy import Expr, Integer

from symbackprop.matrices import Broadcast, Identity, Product, Sum, SumAll, Transposed, UserOperation
from symbackprop.matrices.operations.catalogue import RECORD_OF
from symbackprop.matrices.operations.record import from_the_end
from symbackprop.network.shapes_of_data import shape_error
from symbackprop.numeric.declared import declared

Numbers = Any
"""A number, or an array of numbers."""


def _broadcast(node: Any, part: Numbers, rows: Numbers, columns: Numbers) -> Numbers:
    part = np.asarray(part)
    return np.broadcast_to(part, (*part.shape[:-2], round(float(rows)), round(float(columns))))


MATRIX_OPERATIONS: Mapping[type, Callable[..., Numbers]] = {
    Product: lambda node, *factors: reduce(np.matmul, factors),
    Transposed: lambda node, a: np.swapaxes(a, -2, -1),
    Sum: lambda node, a, _: a.sum(axis=from_the_end(node), keepdims=True),
    SumAll: lambda node, a: np.atleast_2d(a).sum(axis=(-2, -1), keepdims=True),
    Identity: lambda node, size: np.eye(round(float(size))),
    Broadcast: _broadcast,
    **{operation: partial(record.numeric, np) for operation, record in RECORD_OF.items()},
}


def by_numpy(node: UserOperation, *matrices: Numbers) -> Numbers:
    """What the function of NumPy's that a user's operation names makes of matrices.

    Few of them know of stacks, so that the matrices of a stack are given one by one. The name has passed its check;
    what comes out must have the shape that the operation declares, or a DataError says so.
    """
    function: Any = np
    for part in node.numpy.split(".")[1:]:
        function = getattr(function, part)
    shape = _declared_shape(node, matrices)

    def result(*operands: Numbers) -> Numbers:
        found = function(*operands)
        try:
            return declared(node.spoken, found, *shape)
        except ValueError as error:
            raise shape_error(error) from None

    stacks = np.broadcast_shapes(*(np.shape(matrix)[:-2] for matrix in matrices))
    if not stacks:
        return result(*matrices)
    whole = [np.broadcast_to(matrix, (*stacks, *np.shape(matrix)[-2:])) for matrix in matrices]
    found = np.stack([result(*(matrix[place] for matrix in whole)) for place in np.ndindex(stacks)])
    return found.reshape(*stacks, *found.shape[1:])


def _declared_shape(node: UserOperation, matrices: Sequence[Numbers]) -> tuple[int, ...]:
    """The shape of the result for matrices of these sizes, as the operation declares it."""
    sizes: dict[Expr, Expr] = {}
    for parameter, matrix in zip(node.parameters, matrices, strict=True):
        sides = zip(parameter.shape, np.shape(matrix)[-2:], strict=True)
        sizes.update((size, Integer(length)) for size, length in sides if size.is_Symbol)
    return tuple(int(size.xreplace(sizes)) for size in node.result.shape)
