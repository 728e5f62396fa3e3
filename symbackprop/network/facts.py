"""What is stated of a network's data and of where its values lie, checked before anything uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from sympy import Eq, Expr, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from symbackprop.errors import NetworkError
from symbackprop.functions.recognise import recognise
from symbackprop.matrices import Array
from symbackprop.network.array_facts import agreed, array_fact, array_inequality, is_of_arrays, put_in
from symbackprop.network.formulas import parse_facts
from symbackprop.network.relations import (
    INEQUALITIES,
    TURNED,
    Fact,
    equations_in,
    inequalities_in,
    is_strict,
    room_of,
    spoken,
)
from symbackprop.network.sizes import sizes_of

Roles = Mapping[str, tuple[Symbol, ...]]
_FIX = "state what is known of the data, such as Eq(t1 + t2, 1)"
_LEAVE_OUT = "correct it, or leave it out"


def checked_facts(facts: Sequence[Any], roles: Roles) -> tuple[Fact, ...]:
    """Facts, with exact numbers: equations between inputs and targets, and inequalities, that can hold together.

    Each is an ``Eq`` or an inequality of SymPy's, or text as in a file. Equations about matrices have the earlier ones
    put into them. Inequalities may be about parameters, too.
    """
    givens = roles["inputs"] + roles["targets"]
    leaves = givens + roles["parameters"]
    named = {symbol.name: symbol for symbol in leaves}
    read = [fact for given in facts for fact in _read(given, named)]
    of_arrays = any(isinstance(symbol, Array) for symbol in leaves)
    for fact in read:
        if not isinstance(fact, (Eq, *INEQUALITIES)):
            _refuse(fact, of_arrays)
        _check_names(fact, givens, roles["parameters"])
    exact = [_exact(fact, givens, leaves) for fact in read]
    known = solved([fact for fact in exact if isinstance(fact, Eq) and not is_of_arrays(fact)])
    together = agreed([fact for fact in exact if isinstance(fact, Eq) and is_of_arrays(fact)], sizes_of(givens))
    result = tuple(together.get(fact, fact) for fact in exact if fact in together or not _is_equation_of_arrays(fact))
    _check_bounds(result, lambda expr: put_in(together.values(), expr).xreplace(known))
    return tuple(dict.fromkeys(result))


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
        what, fix = "SymPy has left True of a fact: it always holds", _LEAVE_OUT
        if not fact:
            what = "SymPy has left False of a fact: its sides can never be equal, as where their shapes differ"
            fix = 'write Eq(sb.rowsum(Y), sb.ones(m, 1)), with one shape on both sides, or the text "rowsum(Y) = 1"'
    raise NetworkError("fact", what, fix, where="facts")


# Inequalities


@dataclass(frozen=True)
class Bound:
    """What an inequality says of one expression: it is above a number, or below it."""

    of: Expr
    number: Expr
    is_lower: bool
    strict: bool

    def excludes(self, other: Bound) -> bool:
        """Whether nothing is within both bounds."""
        if self.is_lower == other.is_lower or self.of != other.of:
            return False
        gap = self.number - other.number if self.is_lower else other.number - self.number
        return bool(gap > 0 or (gap == 0 and (self.strict or other.strict)))


def bound_of(fact: Fact, room: Expr) -> Bound:
    """The bound that an inequality sets, whose ``room`` is not a number: delta > 1/2 for 2*delta - 1 > 0."""
    number, rest = room.expand().as_coeff_Add()
    factor, core = rest.primitive()
    if core.could_extract_minus_sign():
        factor, core = -factor, -core
    return Bound(core, -number / factor, bool(factor > 0), is_strict(fact))


def _check_bounds(facts: Sequence[Fact], known: Callable[[Expr], Expr]) -> None:
    """Refuse inequalities that say nothing, or that cannot hold together.

    ``known`` puts the equations into an expression. Two bounds are compared where they are of one expression.
    """
    bounds: list[Bound] = []
    for fact in inequalities_in(facts):
        if room_of(fact).expand().is_number:
            raise NetworkError("fact", f"{spoken(fact)} is about no value", _LEAVE_OUT, where="facts")
        room = known(room_of(fact)).expand()
        if room.is_number:
            impossible = bool(room < 0 or (room == 0 and is_strict(fact)))
        else:
            bound = bound_of(fact, room)
            impossible = any(map(bound.excludes, bounds))
            bounds.append(bound)
        if impossible:
            raise NetworkError("fact", f"{spoken(fact)} contradicts the other facts", _LEAVE_OUT, where="facts")


# Equations of scalars


def solved(facts: Sequence[Eq]) -> dict[Symbol, Expr]:
    """The equations of scalars, each solved for one name, in names that none is solved for.

    Raises NetworkError where they cannot be.

    With t1 + t3 = 1 and t2 + t3 = 1, t3 is 1 - t1 and t2 is t1.
    """
    known, unsolved = _solve(facts)
    for fact, gap in unsolved.items():
        what = "is not linear in any name" if gap.free_symbols else "contradicts the other facts"
        raise NetworkError("fact", f"{spoken(fact)} {what}", "state facts such as Eq(t1 + t2, 1)", where="facts")
    return known


def without_curves(facts: Sequence[Fact]) -> list[Fact]:
    """The facts about scalars but for equations that are linear in no name, such as t1**2 + t2**2 = 1."""
    _, unsolved = _solve(equations_in(facts))
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
