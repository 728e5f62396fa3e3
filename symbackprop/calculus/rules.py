"""The calculus, as a table: what each operation passes back to its arguments.

``RULES[operation](node, i, y)`` is the derivative of ``node`` in its i-th argument, where ``y`` is what to write for
the node's own value. Functions of the vocabulary have their derivatives in their rows there; ``local_derivatives``
walks an expression once and adds up what arrives at each name.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from sympy import Add, Basic, Expr, Max, Min, Mul, Piecewise, Pow, Rational, S, Symbol, exp, log, sign

from symbackprop.algebra.rewrite import take_out_common
from symbackprop.errors import DerivationError
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent, log_sum_exp

Rule = Callable[[Expr, int, Expr], Expr]

_VALUE = Symbol("_.value")
"""Stands for the value of a user's formula while its derivative is worked out; no parameter has a dot."""


def _add(node: Add, i: int, y: Expr) -> Expr:
    """∂(u + v)/∂u = 1."""
    return S.One


def _mul(node: Mul, i: int, y: Expr) -> Expr:
    """∂(u·v)/∂u = v."""
    others = node.args[:i] + node.args[i + 1 :]
    return others[0] if len(others) == 1 else Mul(*others)


def _pow(node: Pow, i: int, y: Expr) -> Expr:
    """∂u^n/∂u = n·u^(n-1), for the square root 1/(2y); ∂u^v/∂v = y·log u, for u > 0."""
    base, exponent = node.args
    if i == 1:
        return y * log(base)
    if exponent == Rational(1, 2):
        return 1 / (2 * y)
    return exponent * base ** (exponent - 1)


def _max(node: Max, i: int, y: Expr) -> Expr:
    """∂max(u, v)/∂u = (1 + sign(u - v))/2; more arguments are folded two at a time."""
    return _fold(node, i, S.One)


def _min(node: Min, i: int, y: Expr) -> Expr:
    """∂min(u, v)/∂u = (1 - sign(u - v))/2; more arguments are folded two at a time."""
    return _fold(node, i, S.NegativeOne)


def _fold(node: Expr, i: int, direction: Expr) -> Expr:
    """max(a, b, c) = max(max(a, b), c): the share of an argument is a product of two-way choices."""
    args = node.args
    share = S.One
    for last in range(len(args) - 1, 0, -1):
        before = node.func(*args[:last])
        if i == last:
            return share * (1 + direction * sign(args[last] - before)) / 2
        share = share * (1 + direction * sign(before - args[last])) / 2
    return share


def _log_sum_exp(node: log_sum_exp, i: int, y: Expr) -> Expr:
    """∂y/∂z_k = exp(z_k - y)."""
    return exp(node.args[i] - y)


def _component(node: SoftmaxComponent, i: int, y: Expr) -> Expr:
    """∂p_j/∂z_k = p_j(1 - p_j) for k = j, and -p_j·p_k elsewhere; for log p_j, 1 - p_j and -p_k."""
    return node.fdiff(i + 1).xreplace({node: y})


def _function(node: Expr, i: int, y: Expr) -> Expr:
    """A function of the vocabulary: the derivative in its row there, in terms of its output."""
    row = primitive_of(node)
    if row is None:
        raise DerivationError(
            "unsupported", f"there is no derivative for {node!s:.60}", "use a function of the vocabulary"
        )
    return row.derivatives[i](y, *node.args)


RULES: Mapping[type, Rule] = {
    Add: _add,
    Mul: _mul,
    Pow: _pow,
    Max: _max,
    Min: _min,
    log_sum_exp: _log_sum_exp,
}


def local_derivatives(
    expr: Expr, wanted: Container[Symbol], y: Expr, named: Mapping[Expr, Symbol] | None = None
) -> dict[Symbol, Expr]:
    """The derivative of ``expr`` in each wanted name, by one walk from the outside in.

    ``y`` is the name of the expression's value, used where a derivative is shorter in terms of the output. ``named``
    maps expressions to their names in the network, so that a derivative that needs sigmoid(z) says a where a is
    sigmoid(z). Names that do not occur are left out.
    """
    collected: dict[Symbol, list[Expr]] = {}
    stack: list[tuple[Basic, Expr, Expr]] = [(expr, S.One, y)]
    while stack:
        node, passed, value = stack.pop()
        if node.is_Symbol:
            if node in wanted:
                collected.setdefault(node, []).append(passed)
            continue
        if not node.args or node.is_number:
            continue
        special = _SPECIAL.get(type(node)) or (_user_function if isinstance(node, UserFunction) else None)
        if special is not None:
            for symbol, derivative in special(node, wanted, value, named).items():
                collected.setdefault(symbol, []).append(passed * derivative)
            continue
        rule = RULES.get(type(node)) or (_component if isinstance(node, SoftmaxComponent) else _function)
        for i, arg in enumerate(node.args):
            if _mentions(arg, wanted):
                derivative = rule(node, i, value)
                stack.append((arg, derivative if passed is S.One else passed * derivative, arg))
    found = {symbol: Add(*reversed(pieces)) for symbol, pieces in collected.items()}
    return {symbol: _with_names(take_out_common(d), named) for symbol, d in found.items() if d != 0}


def _mentions(node: Basic, wanted: Container[Symbol]) -> bool:
    if node.is_Symbol:
        return node in wanted
    return bool(node.args) and any(symbol in wanted for symbol in node.free_symbols)


def _piecewise(
    node: Piecewise, wanted: Container[Symbol], y: Expr, named: Mapping[Expr, Symbol] | None
) -> dict[Symbol, Expr]:
    """Each branch passes back its own derivative where its condition holds."""
    branches = [local_derivatives(branch.expr, wanted, branch.expr, named) for branch in node.args]
    symbols = sorted({symbol for found in branches for symbol in found}, key=str)
    return {
        symbol: Piecewise(*((found.get(symbol, S.Zero), b.cond) for found, b in zip(branches, node.args, strict=True)))
        for symbol in symbols
    }


def _user_function(
    node: UserFunction, wanted: Container[Symbol], y: Expr, named: Mapping[Expr, Symbol] | None
) -> dict[Symbol, Expr]:
    """The derivative of the user's formula, with the arguments put in."""
    inner = local_derivatives(node.body, frozenset(node.parameters), _VALUE)
    arguments = dict(zip(node.parameters, node.args, strict=True))
    collected: dict[Symbol, list[Expr]] = {}
    for parameter, derivative in inner.items():
        put_in = derivative.xreplace({**arguments, _VALUE: y})  # at once: y may hold the parameters of an outer formula
        argument = arguments[parameter]
        for symbol, outer in local_derivatives(argument, wanted, argument, named).items():
            collected.setdefault(symbol, []).append(put_in * outer)
    return {symbol: Add(*pieces) for symbol, pieces in collected.items()}


_SPECIAL = {Piecewise: _piecewise}


def _with_names(expr: Expr, named: Mapping[Expr, Symbol] | None) -> Expr:
    return expr if not named or expr.is_Symbol or expr.is_Number else expr.xreplace(named)
