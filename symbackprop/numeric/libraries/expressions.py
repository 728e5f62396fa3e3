"""What the writing of a module for a library asks of expressions."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Basic, Expr, Piecewise, sign

from symbackprop.calculus import Derivation
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.matrices import Array, Operation, Product, UserOperation, shape_of
from symbackprop.numeric.program.line import parts_of


def added_product(expr: Expr) -> tuple[Expr, Expr, Expr] | None:
    """The C, A and B of C + A @ B, where C is an array that fits into the product; None for anything else."""
    if not (expr.is_Add and len(expr.args) == 2):
        return None
    for array, product in (expr.args, expr.args[::-1]):
        if isinstance(array, Array) and isinstance(product, Product) and len(product.args) == 2:
            sides = zip(array.shape, shape_of(product), strict=True)
            if all(side in (1, whole) for side, whole in sides):
                return array, *product.args
    return None


def gives_array(node: Basic) -> bool:
    """Whether the source has an array for a node even where it is made of numbers."""
    row = primitive_of(node)
    helped = row is not None and row.definition is not None
    return helped or isinstance(node, (Operation, UserFunction, SoftmaxComponent, sign))


def elementary(expr: Expr) -> Expr:
    """The expression, made of numbers alone, with what Python's own functions can work out."""
    while True:
        known: dict[Basic, Expr] = {}
        for node in parts_of([expr]):
            row = primitive_of(node)
            if isinstance(node, sign):
                (z,) = node.args
                known[node] = Piecewise((1, z > 0), (-1, z < 0), (0, True))
            elif isinstance(node, UserFunction):
                known[node] = node.definition()
            elif row is not None and row.definition is not None:
                known[node] = row.definition(*node.args)
        if not known:
            return expr
        expr = expr.xreplace(known)


def operations_by_name(derivation: Derivation) -> Iterable[UserOperation]:
    """The operations of the user's that are worked out by a function of NumPy's."""
    equations = [*derivation.network.equations.values(), *derivation.backward.values(), *derivation.shared.values()]
    return (node for node in parts_of(equations) if isinstance(node, UserOperation) and node.numpy)
