"""What the rest of symbackprop asks of formulas: expressions, equations, facts and functions from text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sympy import Eq, Expr, Symbol, true

from symbackprop.errors import SpecError
from symbackprop.functions.user import UserFunction, function_from_body
from symbackprop.network.formulas.names import parse_name, parse_names, quote
from symbackprop.network.formulas.reader import Names, Reader
from symbackprop.network.formulas.table import FUNCTION_NAMES


def parse_expression(
    text: str, symbols: Names, functions: Mapping[str, type[UserFunction]] | None = None, *, where: str = ""
) -> Expr:
    """Read a formula such as ``w1*i1 + sigmoid(h1)``.

    ``symbols`` gives the symbols by name (a name that is not in it is an error), or makes one of any name;
    ``functions`` are the user's own. Raises SpecError, whose ``where`` is the one given here.
    """
    return _guarded(text, where, lambda: Reader(text, symbols, functions or {}, where).expression())


def parse_equation(
    text: str,
    symbols: Names,
    functions: Mapping[str, type[UserFunction]] | None = None,
    *,
    count: int = 1,
    where: str = "",
) -> Expr | tuple[Expr, ...]:
    """Read the right side of an equation that defines ``count`` names.

    For one name it is an expression. For several it is ``softmax([…])`` or ``log_softmax([…])`` over as many scores,
    and the answer is the tuple of its components.
    """
    if count == 1:
        return parse_expression(text, symbols, functions, where=where)
    return _guarded(text, where, lambda: Reader(text, symbols, functions or {}, where).components(count))


def parse_fact(
    text: str, symbols: Names, functions: Mapping[str, type[UserFunction]] | None = None, *, where: str = ""
) -> Eq:
    """Read a fact such as ``t1 + t2 + t3 = 1``."""
    sides = text.split("=")
    if len(sides) != 2:
        raise SpecError(
            "fact",
            f"{quote(text)} has {len(sides) - 1} equals signs",
            "write one formula, one =, and another formula",
            where=where,
        )
    left, right = (parse_expression(side.strip(), symbols, functions, where=where) for side in sides)
    fact = Eq(left, right)
    if not isinstance(fact, Eq):
        verdict = "says nothing: it always holds" if fact == true else "can never hold"
        raise SpecError("fact", f"{quote(text)} {verdict}", "correct it, or leave it out", where=where)
    return fact


def parse_function(
    head: str, body: str, functions: Mapping[str, type[UserFunction]] | None = None, *, where: str = ""
) -> type[UserFunction]:
    """Read a function of the user's own: ``swish(z)`` and its formula ``z*sigmoid(z)``."""
    found = re.fullmatch(r"\s*([^(),]+)\(([^()]+)\)\s*", head)
    if found is None:
        raise SpecError(
            "function", f"{quote(head)} is not a function and its parameters", "write it as swish(z)", where=where
        )
    name = parse_name(found[1], where=where)
    parameters = parse_names(found[2], where=where)
    if name in FUNCTION_NAMES or name in (functions or {}):
        raise SpecError("duplicate", f"the function {quote(name)} is known already", "rename it", where=where)
    formula = parse_expression(body, Symbol, functions, where=where or name)
    return function_from_body(name, tuple(Symbol(parameter) for parameter in parameters), formula)


def _guarded(text: str, where: str, read: Callable[[], Any]) -> Any:
    """Run ``read``; what Python or SymPy cannot take becomes an error of ours."""
    try:
        return read()
    except (RecursionError, MemoryError):
        raise SpecError(
            "too-large", f"{quote(text)} is nested too deeply", "name some of its parts", where=where
        ) from None
    except SpecError:
        raise
    except (ArithmeticError, NotImplementedError, TypeError, ValueError) as error:
        what = f"{quote(text)} cannot be worked out ({quote(str(error))})"
        raise SpecError("syntax", what, "write it in another way", where=where) from None
