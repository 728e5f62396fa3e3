"""Facts about the data, and values by name: checked before anything uses them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from sympy import Eq, Expr, Symbol
from sympy.logic.boolalg import BooleanAtom

from symbackprop.errors import DataError, NetworkError, as_given, did_you_mean
from symbackprop.functions.recognise import recognise
from symbackprop.matrices import Array, shape_of
from symbackprop.network.array_facts import agreed, array_fact, is_of_arrays
from symbackprop.network.formulas import parse_fact
from symbackprop.network.rows import Rows, rows_of, shape_of_data
from symbackprop.network.shapes_of_data import bind
from symbackprop.network.sizes import sizes_of

Roles = Mapping[str, tuple[Symbol, ...]]
Value = float | tuple[float, ...] | Rows
"""A number, one number an example, or the rows of a matrix."""


def checked_facts(facts: Sequence[Any], roles: Roles) -> tuple[Eq, ...]:
    """Facts, with exact numbers: equations between inputs and targets that can hold together.

    Each is an ``Eq``, or text as in a file. Those about matrices have the earlier ones put into them.
    """
    givens = roles["inputs"] + roles["targets"]
    allowed = frozenset(givens)
    named = {symbol.name: symbol for symbol in givens}
    facts = [parse_fact(fact, named, where="facts") if isinstance(fact, str) else fact for fact in facts]
    for fact in facts:
        if not isinstance(fact, Eq):
            _refuse_fact(fact, any(isinstance(symbol, Array) for symbol in givens))
        if is_of_arrays(fact):
            continue
        strangers = sorted(s.name for s in fact.free_symbols - allowed)
        if strangers or not fact.free_symbols:
            raise NetworkError(
                "fact",
                f"{fact.lhs} = {fact.rhs} is not about inputs and targets alone",
                "state what is known of the data, such as Eq(t1 + t2, 1)",
                where="facts",
            )
    exact = tuple(
        array_fact(fact, givens) if is_of_arrays(fact) else Eq(recognise(fact.lhs), recognise(fact.rhs), evaluate=False)
        for fact in facts
    )
    solved([fact for fact in exact if not is_of_arrays(fact)])
    of_arrays = agreed([fact for fact in exact if is_of_arrays(fact)], sizes_of(givens))
    return tuple(of_arrays.pop(fact, fact) for fact in exact if fact in of_arrays or not is_of_arrays(fact))


def _refuse_fact(fact: Any, of_arrays: bool) -> NoReturn:
    """Refuse what is no equation, such as the True or False that SymPy makes of some equations between matrices."""
    what, fix = f"{fact!s:.60} is not an equation", "state a fact as Eq(t1 + t2, 1)"
    if of_arrays:
        fix = "state a fact as Eq(sb.rowsum(Y), sb.ones(m, 1))"
    if of_arrays and isinstance(fact, (bool, BooleanAtom)):
        what, fix = "SymPy has left True of a fact: it always holds", "correct it, or leave it out"
        if not fact:
            what = "SymPy has left False of a fact: its sides can never be equal, as where their shapes differ"
            fix = 'write Eq(sb.rowsum(Y), sb.ones(m, 1)), with one shape on both sides, or the text "rowsum(Y) = 1"'
    raise NetworkError("fact", what, fix, where="facts")


def solved(facts: Sequence[Eq]) -> dict[Symbol, Expr]:
    """The facts about scalars, each solved for one name, in names that none is solved for.

    Raises NetworkError where they cannot be.

    With t1 + t3 = 1 and t2 + t3 = 1, t3 is 1 - t1 and t2 is t1.
    """
    known, unsolved = _solve(facts)
    for fact, gap in unsolved.items():
        what = "is not linear in any name" if gap.free_symbols else "contradicts the other facts"
        raise NetworkError(
            "fact", f"{fact.lhs} = {fact.rhs} {what}", "state facts such as Eq(t1 + t2, 1)", where="facts"
        )
    return known


def without_curves(facts: Sequence[Eq]) -> list[Eq]:
    """The facts about scalars but for those that are linear in no name, such as t1**2 + t2**2 = 1."""
    _, unsolved = _solve(facts)
    return [fact for fact in facts if fact not in unsolved or not unsolved[fact].free_symbols]


def _solve(facts: Sequence[Eq]) -> tuple[dict[Symbol, Expr], dict[Eq, Expr]]:
    """What the facts give names, and the facts that give none, each with the difference of its sides."""
    known: dict[Symbol, Expr] = {}
    unsolved: dict[Eq, Expr] = {}
    for fact in facts:
        gap = (fact.lhs - fact.rhs).xreplace(known).expand()
        if gap.is_zero:
            continue
        for symbol in sorted(gap.free_symbols, key=str, reverse=True):
            slope = gap.diff(symbol)
            if slope.is_number and slope != 0:
                value = (symbol - gap / slope).expand()
                known = {name: expr.xreplace({symbol: value}).expand() for name, expr in known.items()}
                known[symbol] = value
                break
        else:
            unsolved[fact] = gap
    return known, unsolved


def check_known(names: Iterable[str], known: Collection[str], where: str = "") -> None:
    """Values are for names that there are. Raises DataError."""
    for name in names:
        if name not in known:
            raise DataError("unknown-name", f"there is a value for {name}", did_you_mean(name, known), where=where)


def checked_values(values: Mapping[Any, Any], roles: Roles) -> dict[str, Value]:
    """Values as floats and tuples: with one entry an example, all of one length; of rows, where names have shapes."""
    if any(isinstance(symbol, Array) for group in roles.values() for symbol in group):
        return _of_arrays(values, roles)
    return {**_of_examples(values, roles)}


def _of_arrays(values: Mapping[Any, Any], roles: Roles) -> dict[str, Value]:
    known = {s.name: s for group in roles.values() for s in group}
    named = {str(key): value for key, value in values.items()}
    check_known(named, known, where="values")
    given = {name: shape_of_data(name, named[name]) for name in known if name in named}
    bind({name: shape_of(symbol) for name, symbol in known.items()}, given)
    return {name: rows_of(name, named[name], given[name]) for name in named}


def _of_examples(values: Mapping[Any, Any], roles: Roles) -> dict[str, float | tuple[float, ...]]:
    known = {s.name: role for role, group in roles.items() for s in group}
    result: dict[str, float | tuple[float, ...]] = {}
    length: tuple[str, int] | None = None
    for key, value in values.items():
        name = str(key)
        check_known([name], known, where="values")
        result[name] = numbers = _numbers(name, value)
        if isinstance(numbers, tuple):
            if known[name] == "parameters":
                raise DataError(
                    "shape", f"parameter {name} has {len(numbers)} values", "a parameter has one value", where="values"
                )
            if length is not None and len(numbers) != length[1]:
                raise DataError(
                    "ragged",
                    f"{name} has {len(numbers)} examples and {length[0]} has {length[1]}",
                    "give every column one entry an example",
                    where="values",
                )
            length = (name, len(numbers))
    return result


def _numbers(name: str, value: Any) -> float | tuple[float, ...]:
    try:
        if isinstance(value, (list, tuple)) or getattr(value, "shape", ()) != ():
            numbers: float | tuple[float, ...] = tuple(float(v) for v in value)
        else:
            numbers = float(value)
    except (TypeError, ValueError):
        raise DataError(
            "number", f"{name} = {as_given(value)} is not a number", "give a number", where="values"
        ) from None
    flat = numbers if isinstance(numbers, tuple) else (numbers,)
    if not flat or not all(math.isfinite(v) for v in flat):
        raise DataError(
            "number", f"{name} = {as_given(value)} is empty or not finite", "give finite numbers", where="values"
        )
    return numbers
