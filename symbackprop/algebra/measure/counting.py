"""The operations of a set of forms, as a person counts them.

What is the same up to a constant factor and transposition is counted once.

- A sum or a product of n parts takes n - 1; a division is a factor as any other, so that a*b/c takes two. Of products
  of matrices it is the same. An inner product takes one: xᵀy, and the sum or the trace of a product.
- A constant factor other than 1 and -1 takes one as a whole, 2/m too. Constants are numbers and symbols of sizes.
  Beside a sum over n, 1/n makes a mean of it and is free.
- A minus is free where the sum that it stands in has a plus too; else it takes one.
- A power takes one, and so does a root, a function, a comparison, an indicator.
- Names are free, and so is what transposes, repeats, or puts entries in other places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Basic, Expr, Pow, Symbol

from symbackprop.algebra.measure.entrywise import function_of, product_of, sum_of
from symbackprop.algebra.measure.mixing import operation_of
from symbackprop.algebra.measure.values import CONSTANT, Classes, Value, ValueClass
from symbackprop.matrices import Array, Operation
from symbackprop.notation.recursion import parts_first, subexpressions


def operations(exprs: Iterable[Basic], sizes: Iterable[Symbol] = ()) -> int:
    """How many operations some forms take together.

    Symbols in the shapes of arrays are constants, and so are ``sizes``, for forms that have one but no such array.
    """
    roots = tuple(exprs)
    shapes = (length for node in subexpressions(*roots) if isinstance(node, Array) for length in node.shape)
    classes = Classes(frozenset(sizes).union(*(length.free_symbols for length in shapes)))
    return classes.operations([_value(classes, root) for root in roots])


class Measure:
    """The operations of form after form; parts that were seen before are not read again."""

    def __init__(self, sizes: Iterable[Symbol]) -> None:
        self._classes = Classes(frozenset(sizes))

    def __call__(self, *exprs: Basic) -> int:
        """How many operations some forms take together."""
        return self._classes.operations([_value(self._classes, expr) for expr in exprs])

    def class_of(self, expr: Basic) -> int:
        """A number that forms share which are the same up to a constant factor, a sign, and transposition."""
        return _value(self._classes, expr).of

    def multiple_of(self, expr: Basic, other: Basic) -> tuple[Expr, bool] | None:
        """By which constant a form is another one, and whether that is transposed; None where it is no multiple."""
        mine, theirs = _value(self._classes, expr), _value(self._classes, other)
        if mine.of != theirs.of:
            return None
        return mine.factor * mine.sign / (theirs.factor * theirs.sign), mine.turned != theirs.turned


def _value(classes: Classes, root: Basic) -> Value:
    def parts(node: Basic) -> Sequence[Basic]:
        if node in classes.known:
            return ()
        return node.operands if isinstance(node, Operation) else node.args

    for node in parts_first(root, parts):
        if node not in classes.known:
            classes.known[node] = _read(classes, node)
    return classes.known[root]


def _read(classes: Classes, node: Basic) -> Value:
    if classes.is_constant(node):
        return Value(CONSTANT, factor=node)
    if isinstance(node, Operation):
        return operation_of(classes, node)
    if not node.args:
        return Value(classes.made(node, lambda: ValueClass(0, scalar=not isinstance(node, Array))))
    if node.is_Add:
        return sum_of(classes, node)
    return product_of(classes, node) if node.is_Mul or isinstance(node, Pow) else function_of(classes, node)
