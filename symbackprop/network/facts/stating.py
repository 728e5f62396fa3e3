"""Stating facts: what is given is read, checked and put into one form, and must be able to hold together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from sympy import Eq, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from symbackprop.errors import NetworkError
from symbackprop.functions.recognise import recognise
from symbackprop.matrices import Array
from symbackprop.network.facts.arrays import agreed, array_fact, array_inequality, is_of_arrays, put_in
from symbackprop.network.facts.assumptions import is_an_assumption
from symbackprop.network.facts.bounds import check_bounds
from symbackprop.network.facts.relations import INEQUALITIES, LEAVE_OUT, TURNED, Fact, Stated, spoken
from symbackprop.network.facts.scalars import solved
from symbackprop.network.facts.words import facts_in_words, is_in_words
from symbackprop.network.formulas import parse_facts, quote
from symbackprop.network.sizes import sizes_of

Roles = Mapping[str, tuple[Symbol, ...]]
_FIX = "state what is known of the data, such as Eq(t1 + t2, 1)"


def stated(
    given: Iterable[Any], roles: Roles, known: tuple[Stated, ...] = (), computed: Collection[Symbol] = ()
) -> tuple[Stated, ...]:
    """Check facts, and return them with exact numbers, and with the words in which they were given, behind ``known``.

    Parameters
    ----------
    given
        Equations between inputs and targets, and inequalities, about parameters too: ``Eq`` or an inequality of
        SymPy's, or text as in a file, or words such as ``"S symmetric"``. An equation about a parameter is one that
        words can say: that it is symmetric, or a mask.
    roles
        The inputs, targets and parameters that they may be about.
    known
        What this function has returned for the same roles. It is not checked again, and is returned as it is where
        nothing is given beside it.
    computed
        The names that equations give, of which nothing can be stated.

    Raises NetworkError where one is no fact, is about other names, or cannot hold together with the others, of which
    the error names one where that alone excludes it. Equations about matrices have the others put into them.
    """
    new = [said for fact in given for said in _checked(fact, roles, [symbol.name for symbol in computed])]
    if not new:
        return known
    every = [*known, *new]
    try:
        return _together(every, roles)
    except NetworkError as error:
        _name_both(every, roles, error)


def facts_of(every: Iterable[Stated]) -> tuple[Fact, ...]:
    """All facts that were stated, each once."""
    return tuple(dict.fromkeys(fact for said in every for fact in said.facts))


def _together(every: Sequence[Stated], roles: Roles) -> tuple[Stated, ...]:
    """The same with the others put into each; what says nothing more is left out. Raises NetworkError."""
    exact = facts_of(every)
    solutions = solved([fact for fact in exact if isinstance(fact, Eq) and not is_of_arrays(fact)])
    sizes = sizes_of(roles["inputs"] + roles["targets"] + roles["parameters"])
    together = agreed([fact for fact in exact if _is_equation_of_arrays(fact)], sizes)
    kept = {fact: together.get(fact, fact) for fact in exact if fact in together or not _is_equation_of_arrays(fact)}
    check_bounds(tuple(kept.values()), lambda expr: put_in(together.values(), expr).xreplace(solutions))
    return tuple(replace(said, facts=tuple(kept[fact] for fact in said.facts if fact in kept)) for said in every)


def _name_both(every: Sequence[Stated], roles: Roles, error: NetworkError) -> NoReturn:
    """Say which two of what was stated exclude each other, where two do; else what the error says."""
    for later, this in enumerate(every):
        for other in every[:later]:
            try:
                _together([other, this], roles)
            except NetworkError as told:
                if "contradicts" in told.what and not _is_refused_alone(this, roles):
                    what = f"{quote(other.words)} and {quote(this.words)} cannot hold together"
                    raise NetworkError("fact", what, "correct one, or leave it out", where="facts") from None
    raise error from None


def _is_refused_alone(said: Stated, roles: Roles) -> bool:
    try:
        _together([said], roles)
    except NetworkError:
        return True
    return False


def _checked(given: Any, roles: Roles, computed: Sequence[str]) -> Iterable[Stated]:
    """What was given as one, with its words and the facts in it."""
    givens = roles["inputs"] + roles["targets"]
    leaves = givens + roles["parameters"]
    found = list(_read(given, {symbol.name: symbol for symbol in leaves}, computed))
    words = given.words if isinstance(given, Stated) else given.strip() if isinstance(given, str) else ""
    exact = []
    for fact in found:
        if not isinstance(fact, (Eq, *INEQUALITIES)):
            _refuse(fact, any(isinstance(symbol, Array) for symbol in leaves))
        if is_in_words(words) or _is_of_a_parameter(fact, roles, leaves):
            exact.append(_exact(fact, leaves, leaves))
        else:
            _check_names(fact, givens, roles["parameters"])
            exact.append(_exact(fact, givens, leaves))
    if words:
        return [Stated(words, tuple(exact))]
    return [Stated(spoken(fact), (fact,)) for fact in exact]


def _is_of_a_parameter(fact: Fact, roles: Roles, leaves: Sequence[Symbol]) -> bool:
    """Whether a fact is an equation about one parameter that words can say."""
    names = {symbol.name for symbol in fact.free_symbols}
    if not isinstance(fact, Eq) or not names & {symbol.name for symbol in roles["parameters"]}:
        return False
    try:
        return is_an_assumption(_exact(fact, leaves, leaves), roles["parameters"])
    except NetworkError:
        return False


def _read(given: Any, named: Mapping[str, Symbol], computed: Sequence[str]) -> Iterable[Any]:
    if isinstance(given, Stated):
        return given.facts
    if not isinstance(given, str):
        return [given]
    return facts_in_words(given, named, computed) if is_in_words(given) else parse_facts(given, named, where="facts")


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
