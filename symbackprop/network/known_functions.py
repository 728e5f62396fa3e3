"""Every operation of a network is one that the calculus knows, at numbers that are real."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from typing import Any

from sympy import Add, And, Basic, E, Expr, Max, Min, Mul, Number, Or, Piecewise, Pow, Rational, Symbol, pi
from sympy.core.function import AppliedUndef
from sympy.core.relational import GreaterThan, LessThan, StrictGreaterThan, StrictLessThan
from sympy.logic.boolalg import BooleanTrue

from symbackprop.errors import NetworkError, did_you_mean, ended
from symbackprop.functions import VOCABULARY, UserFunction, primitive_of
from symbackprop.functions.known import instead_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.matrices import Operation
from symbackprop.network.order import upstream

ORDER_CONDITIONS = (StrictLessThan, LessThan, StrictGreaterThan, GreaterThan)
HALF = Rational(1, 2)
NEAR = Rational(1, 10**16)
LARGEST = int(sys.float_info.max)
VISIBLE = 1e-6
"""A gap between values at two places 2·NEAR apart that no slope or root makes, but a jump."""


def check_functions(equations: Mapping[Symbol, Expr]) -> None:
    """Every operation is one that the calculus knows."""
    formulas: dict[str, tuple[Any, ...]] = {}
    for name, expr in equations.items():
        _check_expression(name, expr, equations, formulas)


def _check_expression(
    name: Symbol, expr: Expr, equations: Mapping[Symbol, Expr], formulas: dict[str, tuple[Any, ...]]
) -> None:
    stack: list[Basic] = [expr]
    written: dict[Symbol, Symbol] = {}  # the parameters of users' functions, as their users write them
    while stack:
        node = stack.pop()
        if isinstance(node, Piecewise):
            _check_piecewise(name, node, equations, written)
            stack.extend(branch.expr for branch in node.args)
            stack.extend(side for relation in node.atoms(*ORDER_CONDITIONS) for side in relation.args)
            continue
        if isinstance(node, UserFunction):
            formula = (node.parameters, node.body)
            if formulas.setdefault(type(node).__name__, formula) != formula:
                raise NetworkError(
                    "function",
                    f"two functions are called {type(node).__name__}",
                    "give each function a name of its own",
                    where=name.name,
                )
            stack.append(node.body)
            written |= zip(node.parameters, node.written, strict=True)
        elif node.is_number and not node.args:
            _check_number(name, node)
        elif not (node.is_Symbol or isinstance(node, (Add, Mul, Pow, Max, Min, SoftmaxComponent, Operation))) and (
            primitive_of(node) is None
        ):
            _refuse_function(name, node)
        stack.extend(node.args)


def _check_number(name: Symbol, number: Basic) -> None:
    if not (number.is_extended_real and number.is_finite):
        raise NetworkError(
            "number", f"{number} is not a finite real number", "every quantity of a network is real", where=name.name
        )
    if isinstance(number, Number) and abs(number) > LARGEST:
        raise NetworkError(
            "number", "a number is larger than 1.8e308", "use numbers that a float can hold", where=name.name
        )
    if not isinstance(number, Rational) and number not in (pi, E):
        raise NetworkError(
            "number", f"{number!s:.60} is no number that can be written", "write it as a decimal", where=name.name
        )


def _refuse_function(name: Symbol, node: Basic) -> None:
    word = type(node).__name__ if not isinstance(node, AppliedUndef) else str(node.func)
    known = [row.name for row in VOCABULARY] + ["max", "min", "sqrt", "Piecewise"]
    raise NetworkError(
        "unsupported",
        f"{node!s:.60}: {word} is not in the vocabulary",
        instead_of(word, in_text=False)
        or f"{ended(did_you_mean(word, known))} A function of your own is made with sb.function(name, formula)",
        where=name.name,
    )


def _check_piecewise(
    name: Symbol, node: Piecewise, equations: Mapping[Symbol, Expr], written: Mapping[Symbol, Symbol]
) -> None:
    for _, condition in node.args:
        parts = [condition]
        while parts:
            part = parts.pop()
            if isinstance(part, (And, Or)):
                parts.extend(part.args)
            elif not isinstance(part, (*ORDER_CONDITIONS, BooleanTrue)):
                raise NetworkError(
                    "condition",
                    f"{part!s:.60} is not a condition of order",
                    "branch on <, <=, > or >= (the derivative at a single point cannot be told from its branch)",
                    where=name.name,
                )
    if not isinstance(node.args[-1].cond, BooleanTrue):
        raise NetworkError(
            "condition",
            f"{node!s:.60} has no branch for the remaining case",
            "end it with a branch whose condition is True",
            where=name.name,
        )
    _warn_at_jump(name, node, equations, written)


def _warn_at_jump(
    name: Symbol, node: Piecewise, equations: Mapping[Symbol, Expr], written: Mapping[Symbol, Symbol]
) -> None:
    """Warn where the value differs on the two sides of a boundary: no gradient can see the jump."""
    for boundary in sorted(node.atoms(*ORDER_CONDITIONS), key=str):
        difference = boundary.lhs - boundary.rhs
        for symbol in sorted(difference.free_symbols, key=str):
            slope = difference.coeff(symbol)
            rest = difference - slope * symbol
            if slope.is_number and slope != 0 and symbol not in rest.free_symbols:
                if not upstream(equations, [symbol]).isdisjoint(node.free_symbols - {symbol}):
                    continue  # r**2 moves with a = |r|, and cannot be held where a moves
                if _jumps(node, symbol, -rest / slope, equations):
                    there = boundary.xreplace(written)
                    warnings.warn(
                        f"in {name}: {node.xreplace(written)!s:.60} jumps where {there.lhs} = {there.rhs}; "
                        "the gradient does not see the jump",
                        stacklevel=6,
                    )
                break


def _jumps(node: Piecewise, symbol: Symbol, at: Expr, equations: Mapping[Symbol, Expr]) -> bool:
    """Whether the values just left and right of a place differ, with some number for every other name."""
    others = sorted(node.free_symbols | at.free_symbols, key=str)
    numbers = {s: Rational(7 + k, 16) for k, s in enumerate(others)}
    here = at.xreplace(numbers)
    left, right = (_value(node, {symbol: here + side * NEAR}, numbers, equations) for side in (-1, 1))
    gap = left - right  # no number where entries of matrices are mixed
    return bool(isinstance(gap, Number) and gap.is_finite and abs(float(gap)) > VISIBLE)


def _value(
    node: Expr, moved: dict[Symbol, Expr], numbers: Mapping[Symbol, Expr], equations: Mapping[Symbol, Expr]
) -> Expr:
    """The value of ``node`` where one name is moved, and with it every name that depends on it."""
    waiting = node.free_symbols & equations.keys() - moved.keys()
    for name, expr in equations.items():
        if not waiting:
            break
        waiting.discard(name)
        if name not in moved and not moved.keys().isdisjoint(expr.free_symbols):
            others = {s: numbers.get(s, HALF) for s in expr.free_symbols}
            moved[name] = expr.xreplace({**others, **moved}).evalf(30)
    return node.xreplace({**numbers, **moved}).evalf(30)
