"""The lines of a generated module that hold data to the facts that its gradients were derived with."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sympy import Expr

from symbackprop.calculus import Derivation
from symbackprop.network.facts import Fact, sign_of
from symbackprop.notation import text
from symbackprop.numeric.facts import COARSEST, FIX, ROUNDINGS, TOLERANCE, forgives, is_entrywise, place_of, scale_of
from symbackprop.numeric.wrapping import WIDTH

WORDS = frozenset(["check_facts", "require_facts", "require", "marked", "FactError"])
"""What modules with facts call their own beside what others do."""


@dataclass(frozen=True)
class FactWords:
    """What the templates need: the lines, and what the argument of their function is called."""

    values: str
    marks: str
    lines: Sequence[str]
    tolerance: float = TOLERANCE
    roundings: int = ROUNDINGS
    coarsest: float = COARSEST
    fix: str = FIX


def _nothing(lines: Sequence[str]) -> list[str]:
    return []


@dataclass(frozen=True)
class Pen:
    """How a module writes an assignment, and the largest entry of an array.

    ``before`` gives the lines that must stand before others, ``begin`` is how a function of that array begins. With
    ``marks`` arrays may hide their numbers.
    """

    assigned: Callable[[str, Expr], Sequence[str]]
    largest: str = ""
    before: Callable[[Sequence[str]], Sequence[str]] = _nothing
    begin: str = ""
    marks: bool = False


def fact_words(derivation: Derivation, codes: Mapping[str, str], pen: Pen) -> FactWords | None:
    """The lines for all facts, where there are any. ``codes`` has the names of values in the source by their own."""
    if not derivation.facts:
        return None
    taken = {*codes.values(), *(s.name for s in derivation.network.sizes)}
    values, marks, left, right, scale = (_fresh(word, taken) for word in ("values", "marks", "left", "right", "scale"))
    lines: list[str] = []

    def plain(expr: Expr) -> str:
        return text(expr, order=derivation.order, unicode=False)

    for fact in derivation.facts:
        lhs, rhs, sign = plain(fact.lhs), plain(fact.rhs), sign_of(fact)
        lines += [*pen.assigned(left, fact.lhs), *pen.assigned(right, fact.rhs)]
        if forgives(fact):
            lines += pen.assigned(scale, scale_of(fact))
            lines += [f"{scale} = {pen.largest.format(scale)}"] if is_entrywise(fact) else []
        words = [said(fact, plain), place_of(fact, derivation.network.kind) + lhs]
        words += [] if fact.rhs.is_number else [rhs]
        arguments = [left, f'"{sign}"', right, scale if forgives(fact) else "0", *map(repr_of, words)]
        opening, closing = (f"{marks}.append(require(", "))") if pen.marks else ("require(", ")")
        call = f"{opening}{', '.join(arguments)}{closing}"
        broken = [opening, *(f"    {argument}," for argument in arguments), closing]
        lines += [call] if len(call) <= WIDTH else broken
    lines = [*pen.before(lines), *lines]
    used = {node.id for node in ast.walk(ast.parse("\n".join(lines))) if isinstance(node, ast.Name)}
    given = [code for code in codes.values() if code in used]
    names = {code: name for name, code in codes.items()}
    read = [f'{code} = {values}["{names[code]}"]' for code in given]
    begin = [pen.begin.format(given[0])] if pen.begin else []
    return FactWords(values, marks if pen.marks else "", [*read, *begin, *lines])


def said(fact: Fact, plain: Callable[[Expr], str]) -> str:
    """A fact as people read it."""
    return f"{plain(fact.lhs)} {sign_of(fact)} {plain(fact.rhs)}"


def repr_of(words: str) -> str:
    """Words of ours as source; names have neither quotes nor backslashes in them."""
    return f'"{words}"'


def _fresh(word: str, taken: set[str]) -> str:
    while word in taken:
        word += "_"
    taken.add(word)
    return word
