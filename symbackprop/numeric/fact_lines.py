"""The lines of a generated module that hold data to the facts that its gradients were derived with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr

from symbackprop.calculus import Derivation
from symbackprop.network.facts import sign_of
from symbackprop.notation import text
from symbackprop.numeric.facts import (
    COARSEST,
    FIX,
    ROUNDINGS,
    TOLERANCE,
    forgives,
    is_entrywise,
    place_of,
    said,
    scale_of,
)
from symbackprop.numeric.libraries.layer import layer_of
from symbackprop.numeric.line_writer import LineWriter, Written, text_of
from symbackprop.numeric.program.joint import written_out
from symbackprop.numeric.program.line import Fresh
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


def fact_words(derivation: Derivation, writer: LineWriter) -> FactWords | None:
    """The lines for all facts, where there are any."""
    if not derivation.facts:
        return None
    library, network, code = writer.library, derivation.network, writer.names.code
    fresh = Fresh([*map(code, (s.name for s in network.leaves)), *(s.name for s in network.sizes)])
    values, marks, left, right, scale = map(fresh.word, ("values", "marks", "left", "right", "scale"))
    lines: list[Written] = []

    def plain(expr: Expr) -> str:
        return text(expr, order=derivation.order, unicode=False)

    for fact in derivation.facts:
        lhs, rhs, sign = plain(fact.lhs), plain(fact.rhs), sign_of(fact)
        lines += [writer.assigned(word, written_out(side)) for word, side in ((left, fact.lhs), (right, fact.rhs))]
        if forgives(fact):
            lines.append(writer.assigned(scale, written_out(scale_of(fact))))
            largest = Written((f"{scale} = {library.largest.format(scale)}",), takes=frozenset([library.namespace]))
            lines += [largest] if is_entrywise(fact) else []
        words = [said(derivation, fact, plain), place_of(fact, network.kind) + lhs]
        words += [] if fact.rhs.is_number else [rhs]
        arguments = [left, f'"{sign}"', right, scale if forgives(fact) else "0", *map(repr_of, words)]
        opening, closing = (f"{marks}.append(require(", "))") if library.strict else ("require(", ")")
        call = f"{opening}{', '.join(arguments)}{closing}"
        broken = (opening, *(f"    {argument}," for argument in arguments), closing)
        lines.append(Written((call,) if len(call) <= WIDTH else broken))
    layer = layer_of(derivation)
    known = [s for s in network.leaves if layer is None or s not in layer.upstream]
    lines = [*writer.sizes(lines, known), *lines]
    used = {name for line in lines for name in line.reads}
    given = [s.name for s in network.leaves if s.name in used]
    read = [f'{code(name)} = {values}["{name}"]' for name in given]
    begin = writer.found(code(given[0]), lines)
    return FactWords(values, marks if library.strict else "", [*read, *begin, *text_of(lines)])


def repr_of(words: str) -> str:
    """Words of ours as source; names have neither quotes nor backslashes in them."""
    return f'"{words}"'
