"""Stating facts: what is given is read, checked and put into one form, and must be able to hold together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from sympy import Eq, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from symbackprop.errors import NetworkError
from symbackprop.functions.recognise import recognise
from symbackprop.matrices import Array
from symbackprop.network.facts.arrays import agreed, array_fact, array_inequality, is_of_arrays, is_symmetry, put_in
from symbackprop.network.facts.bounds import check_bounds
from symbackprop.network.facts.relations import INEQUALITIES, LEAVE_OUT, TURNED, Fact, spoken
from symbackprop.network.facts.scalars import solved
from symbackprop.network.formulas import parse_facts
from symbackprop.network.sizes import sizes_of

Roles = Mapping[str, tuple[Symbol, ...]]
_FIX = "state what is known of the data, such as Eq(t1 + t2, 1)"


def stated(given: Iterable[Any], roles: Roles, known: tuple[Fact, ...] = ()) -> tuple[Fact, ...]:
    """Check facts, and return them with exact numbers behind those that are known already.

    Parameters
    ----------
    given
        Equations between inputs and targets, and inequalities, about parameters too: ``Eq`` or an inequality of
        SymPy's, or text as in a file. The one equation about a parameter is that it is symmetric, or antisymmetric.
    roles
        The inputs, targets and parameters that they may be about.
    known
        Facts that this function has returned for the same roles. They are not checked again, and are returned as they
        are where nothing is given beside them.

    Raises NetworkError where one is no fact, is about other names, or cannot hold together with the others. Equations
    about matrices have the others put into them.
    """
    exact = list(known)
    for fact in given:
        exact += _checked(fact, roles)
    if len(exact) == len(known):
        return known
    solutions = solved([fact for fact in exact if isinstance(fact, Eq) and not is_of_arrays(fact)])
    sizes = sizes_of(roles["inputs"] + roles["targets"] + roles["parameters"])
    together = agreed([fact for fact in exact if _is_equation_of_arrays(fact)], sizes)
    result = tuple(together.get(fact, fact) for fact in exact if fact in together or not _is_equation_of_arrays(fact))
    check_bounds(result, lambda expr: put_in(together.values(), expr).xreplace(solutions))
    return tuple(dict.fromkeys(result))


def _checked(given: Any, roles: Roles) -> Iterable[Fact]:
    """The facts that were given as one, each by itself."""
    givens = roles["inputs"] + roles["targets"]
    leaves = givens + roles["parameters"]
    for fact in _read(given, {symbol.name: symbol for symbol in leaves}):
        if not isinstance(fact, (Eq, *INEQUALITIES)):
            _refuse(fact, any(isinstance(symbol, Array) for symbol in leaves))
        if isinstance(fact, Eq) and is_symmetry(fact, roles["parameters"]):
            yield array_fact(fact, leaves)
            continue
        _check_names(fact, givens, roles["parameters"])
        yield _exact(fact, givens, leaves)


def _read(given: Any, named: Mapping[str, Symbol]) -> Iterable[Any]:
    return parse_facts(given, named, where="facts") if isinstance(given, str) else [given]


def _is_equation_of_arrays(fact: Fact) -> bool:
    return isinstance(fact, Eq) and is_of_arrays(fact)


def _exact(fact: Fact, givens: Sequence[Symbol], leaves: Sequence[Symbol]) -> Fact:
    """The fact with exact numbers, and an inequality with its number on the right."""
    if isinstance(fact, Eq):
        if is_of_arrays(fact):
            return array_fact(fact, givens)
        return Eq(recognise(fact.lhs), recognise(fact.rhs), evaluate=False)
    if is_of_arrays(fact):
        left, right = array_inequality(fact, leaves)
    else:
        left, right = recognise(fact.lhs), recognise(fact.rhs)
    kind = type(fact)
    if left.is_number:
        left, right, kind = right, left, TURNED[kind]
    return kind(left, right, evaluate=False)


def _check_names(fact: Relational, givens: Sequence[Symbol], parameters: Sequence[Symbol]) -> None:
    """Refuse a fact that is not about values from outside, and an equation about a parameter."""
    names = {str(symbol) for symbol in fact.free_symbols}
    moved = sorted(names & {symbol.name for symbol in parameters})
    if moved and isinstance(fact, Eq):
        raise NetworkError(
            "fact",
            f"{spoken(fact)} is about the parameter {moved[0]}, and a fact with = is about inputs and targets",
            f"state an inequality, such as {moved[0]} > 0, or make {moved[0]} an input",
            where="facts",
        )
    if is_of_arrays(fact):
        return
    known = {*givens, *([] if isinstance(fact, Eq) else parameters)}
    if fact.free_symbols - known or not fact.free_symbols:
        about = "inputs and targets" if isinstance(fact, Eq) else "inputs, targets and parameters"
        fix = _FIX if isinstance(fact, Eq) else "state where a value lies, such as delta > 0"
        raise NetworkError("fact", f"{spoken(fact)} is not about {about} alone", fix, where="facts")


def _refuse(fact: Any, of_arrays: bool) -> NoReturn:
    """Refuse what is no relation, such as the True or False that SymPy makes of some equations between matrices."""
    what, fix = f"{fact!s:.60} is not an equation", "state a fact as Eq(t1 + t2, 1)"
    if of_arrays:
        fix = "state a fact as Eq(sb.rowsum(Y), sb.ones(m, 1))"
    if isinstance(fact, Relational):
        what, fix = f"{fact!s:.60} is neither an equation nor an inequality", "state a fact with =, <, <=, > or >="
    if of_arrays and isinstance(fact, (bool, BooleanAtom)):
        what, fix = "SymPy has left True of a fact: it always holds", LEAVE_OUT
        if not fact:
            what = "SymPy has left False of a fact: its sides can never be equal, as where their shapes differ"
            fix = 'write Eq(sb.rowsum(Y), sb.ones(m, 1)), with one shape on both sides, or the text "rowsum(Y) = 1"'
    raise NetworkError("fact", what, fix, where="facts")
