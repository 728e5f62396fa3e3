"""What the rest of symbackprop asks of formulas: expressions, equations, facts and functions from text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sympy import Eq, Expr, Symbol, pi, true
from sympy.core.relational import GreaterThan, LessThan, Relational, StrictGreaterThan, StrictLessThan

from symbackprop.errors import NetworkError, SpecError
from symbackprop.functions.user import UserFunction, function_from_body
from symbackprop.matrices import Array
from symbackprop.network.formulas.matrices import MatrixReader
from symbackprop.network.formulas.names import parse_name, parse_names, quote
from symbackprop.network.formulas.reader import Names, Reader, ScalarReader
from symbackprop.network.formulas.sizes import is_size
from symbackprop.network.formulas.source import Source
from symbackprop.network.formulas.table import TAKEN_NAMES

_RELATIONS: Mapping[str, type[Relational]] = {
    "=": Eq, "<": StrictLessThan, "<=": LessThan, ">": StrictGreaterThan, ">=": GreaterThan,
}  # fmt: skip
_SIGNS = {**{sign: sign for sign in _RELATIONS}, "≤": "<=", "≥": ">="}


def parse_expression(
    text: str,
    symbols: Names,
    functions: Mapping[str, type[UserFunction]] | None = None,
    *,
    where: str = "",
    typed: dict[Expr, tuple[Expr, ...]] | None = None,
) -> Expr:
    """Read a formula such as ``w1*i1 + sigmoid(h1)``.

    ``symbols`` gives the symbols by name (a name that is not in it is an error), or makes one of any name;
    ``functions`` are the user's own. Where some of the symbols are arrays, so is the formula: it may use ``@``, ``.T``
    and the operations on matrices. ``typed`` is told in which order sums and products were typed. Raises SpecError,
    whose ``where`` is the one given here.
    """
    return _read(text, symbols, functions, where, typed, lambda reader: reader.expression())


def parse_equation(
    text: str,
    symbols: Names,
    functions: Mapping[str, type[UserFunction]] | None = None,
    *,
    count: int = 1,
    where: str = "",
    typed: dict[Expr, tuple[Expr, ...]] | None = None,
) -> Expr | tuple[Expr, ...]:
    """Read the right side of an equation that defines ``count`` names.

    For one name it is an expression. For several it is ``softmax([…])`` or ``log_softmax([…])`` over as many scores,
    and the answer is the tuple of its components.
    """
    if count == 1:
        return parse_expression(text, symbols, functions, where=where, typed=typed)
    return _read(text, symbols, functions, where, typed, lambda reader: reader.components(count))


def names_used(text: str, *, where: str = "") -> tuple[str, ...]:
    """The names in a formula over matrices that stand for values, each once, before it is known what they are."""
    names: tuple[str, ...] = _guarded(text, where, lambda: Source(text, where, matrices=True).names())
    return names


def parse_size(text: str, *, where: str = "") -> Expr:
    """Read the size of a matrix: a whole number, a name, or a sum or product of them."""
    size = parse_expression(text, Symbol, where=where)
    if not is_size(size):
        raise SpecError(
            "size", f"{quote(text)} is not a size", "write a whole number, a name, or such as 2*h and n + 1",
            where=where,
        )  # fmt: skip
    return size


def parse_facts(
    text: str,
    symbols: Names,
    functions: Mapping[str, type[UserFunction]] | None = None,
    *,
    where: str = "",
    typed: dict[Expr, tuple[Expr, ...]] | None = None,
) -> tuple[Relational, ...]:
    """Read a fact: ``t1 + t2 + t3 = 1``, or ``rowsum(Y) = 1`` where Y is an array, or ``delta > 0``.

    ``0 < p < 1`` is two of them.
    """
    sides, signs = _sides_and_signs(text)
    _check_signs(text, signs, where)
    found = [parse_expression(side.strip(), symbols, functions, where=where, typed=typed) for side in sides]
    return tuple(
        _fact(text, sign, left, right, where) for sign, left, right in zip(signs, found, found[1:], strict=False)
    )


def _fact(text: str, sign: str, left: Expr, right: Expr, where: str) -> Relational:
    of_arrays = left.has(Array) or right.has(Array)
    fact = _RELATIONS[sign](left, right, evaluate=not of_arrays or left == right)
    if not isinstance(fact, Relational):
        verdict = "says nothing: it always holds" if fact == true else "can never hold"
        raise SpecError("fact", f"{quote(text)} {verdict}", "correct it, or leave it out", where=where)
    return fact


def _check_signs(text: str, signs: Sequence[str], where: str) -> None:
    """Refuse what is neither one equation nor inequalities of one direction."""
    directions = {sign[0] for sign in signs}
    if directions in ({"<"}, {">"}) or signs == ["="]:
        return
    if directions <= {"="}:
        what, fix = f"has {len(signs)} equals signs", "write one formula, one =, and another formula"
    else:
        what, fix = f"mixes {' and '.join(sorted(directions))}", "write one fact for each"
    raise SpecError("fact", f"{quote(text)} {what}", fix, where=where)


def _sides_and_signs(text: str) -> tuple[list[str], list[str]]:
    """What stands between the signs of a fact outside of brackets, and those signs."""
    sides, signs = [""], []
    depth = 0
    for part in re.findall(r"<=|>=|.", text, re.DOTALL):
        depth += (part in "([{") - (part in ")]}")
        sign = _SIGNS.get(part)
        if sign is not None and depth <= 0:
            signs.append(sign)
            sides.append("")
        else:
            sides[-1] += part
    return sides, signs


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
    if name in TAKEN_NAMES or name in (functions or {}):
        raise SpecError("duplicate", f"the function {quote(name)} is known already", "rename it", where=where)
    formula = parse_expression(body, Symbol, functions, where=where or name)
    if "pi" not in parameters:
        formula = formula.xreplace({Symbol("pi"): pi})
    try:
        return function_from_body(name, tuple(Symbol(parameter) for parameter in parameters), formula)
    except NetworkError as error:
        raise SpecError(error.code, error.what, error.fix, where=error.where) from None


def _reader(text: str, symbols: Names, functions: Mapping[str, type[UserFunction]], where: str) -> Reader:
    if not callable(symbols) and any(isinstance(symbol, Array) for symbol in symbols.values()):
        return MatrixReader(text, symbols, functions, where)
    return ScalarReader(text, symbols, functions, where)


def _read(
    text: str,
    symbols: Names,
    functions: Mapping[str, type[UserFunction]] | None,
    where: str,
    typed: dict[Expr, tuple[Expr, ...]] | None,
    ask: Callable[[Reader], Any],
) -> Any:
    """Read a formula and ask its reader for what it stands for; an order that ``typed`` has already, it keeps."""

    def read() -> Any:
        reader = _reader(text, symbols, functions or {}, where)
        found = ask(reader)
        if typed is not None:
            for whole, parts in reader.typed.order.items():
                typed.setdefault(whole, parts)
        return found

    return _guarded(text, where, read)


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
