"""Putting equations into one another, for forms in weights and inputs alone.

Values of a network are shared by many expressions, so an expression written out is large as a tree and small in memory.
SymPy looks into the arguments of some functions when it makes them, or asks whether they are finite, and such a look
takes time that doubles with each layer. So they are made without looking, and tanh goes under a name of which SymPy
asks nothing until the work is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Abs, And, Basic, Expr, Function, Max, Min, Or, Piecewise, Pow, Symbol, exp, log, sign, tanh
from sympy.core.operations import LatticeOp
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair

from symbackprop.notation.deep import has_parts_within

LOOKING = (exp, log, Abs, sign, Max, Min)
"""Functions that look into their arguments when they are made."""
UNSORTED = (Max, Min, And, Or, Relational)
"""What looks into its arguments even where it is told not to evaluate."""
SHORT = 300
"""How many parts an argument may have that SymPy may look into."""
CASES = (Piecewise, ExprCondPair)


class VeiledTanh(Function):  # type: ignore[misc]  # SymPy's Function is untyped
    """tanh, as long as nothing is to be asked of it."""


def put_in(expr: Expr, values: Mapping[Symbol, Expr]) -> Expr:
    """Replace names by expressions; ``expr`` itself is small, the values may be large and shared."""
    if expr.is_Symbol:
        return values.get(expr, expr)
    if not expr.args:
        return expr
    args = [put_in(arg, values) for arg in expr.args]
    if isinstance(expr, tanh):
        return VeiledTanh(*args)
    if all(a is b for a, b in zip(args, expr.args, strict=True)):
        return expr
    if isinstance(expr, CASES):
        return _as_it_is(expr, args)
    if isinstance(expr, UNSORTED) and not _are_short(args):
        return _unseen(expr, args)
    if isinstance(expr, LOOKING) or getattr(expr, "is_Relational", False):
        return expr.func(*args, evaluate=False)
    if isinstance(expr, Pow) and not args[1].is_Number and not _are_short(args):
        return Pow(*args, evaluate=False)
    return expr.func(*args)


def _are_short(args: Sequence[Basic]) -> bool:
    return all(has_parts_within(arg, SHORT) for arg in args)


def _unseen(node: Basic, args: Sequence[Basic]) -> Any:
    """The same operation on other arguments, which SymPy does not get to sort or to ask for signs."""
    made = Basic.__new__(node.func, *args)
    if isinstance(node, LatticeOp):
        made._argset = frozenset(args)
    return made


def values_in_full(equations: Mapping[Symbol, Expr]) -> dict[Symbol, Expr]:
    """Every equation's value in inputs, targets and parameters alone."""
    values: dict[Symbol, Expr] = {}
    for name, expr in equations.items():
        values[name] = put_in(expr, values)
    return values


def unveiled(root: Expr, made: dict[Basic, Basic]) -> Expr:
    """The expression with tanh under its own name, nothing else changed; ``made`` keeps what is shared."""
    stack: list[Basic] = [root]
    while stack:
        node = stack[-1]
        missing = [arg for arg in node.args if arg not in made]
        if node in made or not missing:
            stack.pop()
            if node not in made:
                made[node] = _rebuilt(node, [made[arg] for arg in node.args])
        else:
            stack.extend(missing)
    return made[root]


def _rebuilt(node: Basic, args: list[Basic]) -> Basic:
    if isinstance(node, VeiledTanh):
        return tanh(*args, evaluate=False)
    if all(a is b for a, b in zip(args, node.args, strict=True)):
        return node
    if isinstance(node, CASES):
        return _as_it_is(node, args)
    if isinstance(node, UNSORTED) and not _are_short(args):
        return _unseen(node, args)
    return node.func(*args, evaluate=False) if isinstance(node, Expr) else node.func(*args)


def _as_it_is(cases: Basic, args: Sequence[Basic]) -> Any:
    """A case, or a list of cases, made of these parts: SymPy would turn cases within conditions into other forms."""
    return Basic.__new__(type(cases), *args)
