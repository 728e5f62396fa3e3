"""Facts about matrices of data: rows that sum to one, a matrix that is symmetric."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NoReturn

from sympy import Eq, Expr, MatrixExpr, Mul, Symbol, preorder_traversal

from symbackprop.errors import NetworkError
from symbackprop.functions.recognise import recognise
from symbackprop.matrices import Array, Broadcast, Operation, rebuilt, same_shape, shape_of
from symbackprop.matrices.from_sympy import read_with_shape
from symbackprop.matrices.operations.record import Read
from symbackprop.matrices.shapes import named
from symbackprop.network.facts.relations import LEAVE_OUT, Fact, spoken
from symbackprop.network.sizes import sizes_of

_FIX = "state what is known of the data, such as rowsum(Y) = 1 or A.T = A"


def is_of_arrays(fact: Fact) -> bool:
    """Whether a fact is about matrices, so that it cannot be solved for a name."""
    return bool(fact.has(Array, MatrixExpr))


def array_fact(fact: Eq, givens: Sequence[Symbol]) -> Eq:
    """The fact as an equation of array expressions, with the operation on the left.

    Raises NetworkError where it is not about the ``givens`` alone, and where the shapes of its sides differ.
    """
    try:
        left, right = _side(fact.lhs), _side(fact.rhs)
    except NetworkError as error:
        raise NetworkError(error.code, error.what, error.fix, where="facts") from None
    lhs, rhs = sorted((left, right), key=lambda side: _weight(side[0]), reverse=True)
    if left[1] and right[1] and not same_shape(left[1], right[1]):
        _refuse(
            f"{named(*left)} = {named(*right)}: the sizes differ", "let both sides have one shape, or one be a number"
        )
    if rhs[1] and not lhs[1]:
        _refuse(f"{named(*left)} = {named(*right)}: a scalar is said to equal a matrix", _FIX)
    sizes = sizes_of(givens)
    if (lhs[0].free_symbols | rhs[0].free_symbols) - sizes.keys() - set(givens):
        _refuse(f"{left[0]} = {right[0]} is not about inputs and targets alone", _FIX)
    if lhs[0] == rhs[0]:
        _refuse(f"{left[0]} = {right[0]} says nothing: it always holds", LEAVE_OUT)
    known, value = _without_scale(lhs[0], rhs[0], sizes)
    if value.has(known):
        _refuse(f"{left[0]} = {right[0]} gives {known} in terms of itself", _FIX)
    return Eq(known, value, evaluate=False)


def array_inequality(fact: Fact, leaves: Sequence[Symbol]) -> tuple[Expr, Expr]:
    """The sides of an inequality as array expressions; it holds entry by entry.

    Raises NetworkError where it is not about the ``leaves`` alone, and where the shapes of its sides differ.
    """
    try:
        left, right = _side(fact.lhs), _side(fact.rhs)
    except NetworkError as error:
        raise NetworkError(error.code, error.what, error.fix, where="facts") from None
    if left[1] and right[1] and not same_shape(left[1], right[1]):
        _refuse(f"{spoken(fact)}: the sizes differ", "let both sides have one shape, or one be a number")
    if (left[0].free_symbols | right[0].free_symbols) - sizes_of(leaves).keys() - set(leaves):
        _refuse(
            f"{spoken(fact)} is not about inputs, targets and parameters alone",
            "state where a value lies, such as Y >= 0",
        )
    return left[0], right[0]


def agreed(facts: Sequence[Eq], sizes: Collection[Symbol]) -> dict[Eq, Eq]:
    """What each fact says once the others are put into it; those that say nothing more are left out.

    Facts that ``array_fact`` made, about matrices of these ``sizes``. Raises NetworkError where they contradict each
    other, and where together they give an expression in terms of itself.
    """
    known: dict[Eq, Eq] = {}
    waiting = list(facts)
    for _ in range(len(facts) * (len(facts) + 1) + 1):
        if not waiting:
            return {fact: known[fact] for fact in facts if fact in known}
        fact = waiting.pop(0)
        said = _given(fact, known.values(), sizes)
        if said is None:
            continue
        changed = [other for other, earlier in known.items() if earlier.has(said.lhs)]
        known = {other: earlier for other, earlier in known.items() if other not in changed}
        known[fact] = said
        waiting = changed + waiting
    _refuse(f"the facts about {waiting[0].lhs} go round in a circle", "let each fact be about something else")


def _given(fact: Eq, others: Iterable[Eq], sizes: Collection[Symbol]) -> Eq | None:
    """A fact with others put into it, or None where it says nothing more."""
    left, right = fact.args
    for other in others:
        left, right = (_put_in(other, side) for side in (left, right))
    if left == right or (left - right).expand() == 0:
        return None
    if left.is_number and right.is_number:
        _refuse(f"{fact.lhs} = {fact.rhs} contradicts the other facts", _FIX)
    heavier, lighter = sorted((left, right), key=_weight, reverse=True)
    known, value = _without_scale(heavier, lighter, sizes)
    if value.has(known):
        _refuse(f"{fact.lhs} = {fact.rhs} and the other facts give {known} in terms of itself", "leave one of them out")
    if not known.has(Array) or not same_shape(shape_of(known), shape_of(fact.lhs)):
        return fact  # colsum(rowsum(Y)) = m, once rowsum(Y) is 1, is about numbers alone
    return Eq(known, value, evaluate=False)


def put_in(facts: Iterable[Eq], expr: Expr) -> Expr:
    """An expression where facts hold."""
    for fact in facts:
        expr = _put_in(fact, expr)
    return expr


def _put_in(fact: Eq, expr: Expr) -> Expr:
    """An expression where a fact holds. What an operation is given keeps its shape, as 1 does not."""
    if expr == fact.lhs:
        return fact.rhs
    if not expr.args:
        return expr
    put_in: Expr = rebuilt(expr, [_put_in(fact, arg) for arg in expr.args])
    return put_in


def _side(value: Any) -> Read:
    """One side, without what only repeats it; and its shape."""
    found, shape = read_with_shape(value)
    expr = recognise(found, rebuilt)
    return _unrepeated(expr), shape or shape_of(expr)


def _unrepeated(expr: Expr) -> Expr:
    return expr.args[0] if isinstance(expr, Broadcast) else expr


def _weight(expr: Expr) -> tuple[bool, int]:
    """What stands on the left: an operation before anything else, then the longer side."""
    return isinstance(expr, Operation), sum(1 for _ in preorder_traversal(expr))


def _without_scale(left: Expr, right: Expr, sizes: Collection[Symbol]) -> tuple[Expr, Expr]:
    """Both sides over the numbers and sizes that the left one is multiplied by: a mean of 0 is a sum of 0."""
    factors = (factor for factor in Mul.make_args(left) if not factor.has(Operation))
    scale = Mul(*(factor for factor in factors if factor.free_symbols <= set(sizes) and factor != 0))
    return left / scale, right / scale


def _refuse(what: str, fix: str) -> NoReturn:
    raise NetworkError("fact", what, fix, where="facts")
