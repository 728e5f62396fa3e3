"""Facts about matrices of data: rows that sum to one, a matrix that is symmetric."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NoReturn

from sympy import Eq, Expr, MatrixExpr, Mul, Symbol, preorder_traversal

from symbackprop.errors import NetworkError
from symbackprop.functions.recognise import recognise
from symbackprop.matrices import Array, Broadcast, Operation, same_shape, shape_of
from symbackprop.matrices.reading import read_with_shape
from symbackprop.matrices.shapes import named
from symbackprop.matrices.words import Read
from symbackprop.network.sizes import sizes_of

_FIX = "state what is known of the data, such as rowsum(Y) = 1 or A.T = A"


def is_of_arrays(fact: Eq) -> bool:
    """Whether a fact is about matrices, so that it cannot be solved for a name."""
    return bool(fact.has(Array, MatrixExpr))


def array_fact(fact: Eq, givens: Iterable[Symbol]) -> Eq:
    """The fact as an equation of array expressions, with the operation on the left.

    Raises NetworkError where it is not about the ``givens`` alone, and where the shapes of its sides differ.
    """
    try:
        left, right = _side(fact.lhs), _side(fact.rhs)
    except NetworkError as error:
        raise NetworkError(error.code, error.what, error.fix, where="facts") from None
    lhs, rhs = sorted((left, right), key=_weight, reverse=True)
    if left[1] and right[1] and not same_shape(left[1], right[1]):
        _refuse(
            f"{named(*left)} = {named(*right)}: the sizes differ", "let both sides have one shape, or one be a number"
        )
    if rhs[1] and not lhs[1]:
        _refuse(f"{named(*left)} = {named(*right)}: a scalar is said to equal a matrix", _FIX)
    givens = tuple(givens)
    if (lhs[0].free_symbols | rhs[0].free_symbols) - sizes_of(givens).keys() - set(givens):
        _refuse(f"{left[0]} = {right[0]} is not about inputs and targets alone", _FIX)
    if lhs[0] == rhs[0]:
        _refuse(f"{left[0]} = {right[0]} says nothing: it always holds", "correct it, or leave it out")
    scale = _scale(lhs[0], sizes_of(givens))
    known, value = lhs[0] / scale, rhs[0] / scale
    if value.has(known):
        _refuse(f"{left[0]} = {right[0]} gives {known} in terms of itself", _FIX)
    return Eq(known, value, evaluate=False)


def check_together(facts: Sequence[Eq]) -> None:
    """Refuse facts that give one expression two values."""
    known: dict[Expr, Expr] = {}
    for fact in facts:
        other = known.setdefault(fact.lhs, fact.rhs)
        if other != fact.rhs and other.is_number and fact.rhs.is_number:
            _refuse(f"{fact.lhs} = {fact.rhs} contradicts the other facts", _FIX)


def _side(value: Any) -> Read:
    """One side, without what only repeats it; and its shape."""
    found, shape = read_with_shape(value)
    expr = recognise(found)
    shape = shape or shape_of(expr)
    return (expr.args[0] if isinstance(expr, Broadcast) else expr), shape


def _weight(side: Read) -> tuple[bool, int]:
    """What stands on the left: an operation before anything else, then the longer side."""
    expr, _ = side
    return isinstance(expr, Operation), sum(1 for _ in preorder_traversal(expr))


def _scale(expr: Expr, sizes: Collection[Symbol]) -> Expr:
    """The numbers and sizes that the left side is multiplied by: a mean of 0 is a sum of 0."""
    factors = (factor for factor in Mul.make_args(expr) if not factor.has(Operation))
    return Mul(*(factor for factor in factors if factor.free_symbols <= set(sizes) and factor != 0))


def _refuse(what: str, fix: str) -> NoReturn:
    raise NetworkError("fact", what, fix, where="facts")
