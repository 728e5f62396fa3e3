"""A second view of a gradient: along the routes that lead to the loss, one product of local derivatives each."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from sympy import Expr, Mul, Symbol

from symbackprop.calculus import Rule, work
from symbackprop.notation import Total
from symbackprop.reporting.alike import standing_out
from symbackprop.reporting.blocks import (
    Block,
    Formula,
    Heading,
    Inline,
    Inlines,
    Line,
    Maths,
    Paragraph,
    Raw,
    Ref,
    Table,
    listed,
)
from symbackprop.reporting.numbers import number, product_of
from symbackprop.reporting.sections.figures import is_long, routes_figure
from symbackprop.reporting.writing import Desk, count

MOST_ROUTES = 40
"""A weight with more of them is not shown: its products would fill pages."""
PRODUCTS = 12
"""So many routes have their products in numbers."""


def routes(desk: Desk) -> Iterator[Block]:
    """Weights whose routes are worth a second look, each along its routes."""
    shown = _shown(desk)
    if not shown:
        return
    yield Heading(1, ("A second view: along the routes",))
    yield Paragraph(
        (
            "A gradient can also be found without error signals: follow each route from the weight to ",
            Maths(desk.loss), ", multiply the local derivatives along it, and add up what the routes give. The same "
            "must come out, so this checks the work above; at the end the error signals are found in it again.",
        )
    )  # fmt: skip
    for w in shown:
        yield Heading(2, ("The routes of ", Maths(w)))
        yield from _worked(desk, w)


def in_full(desk: Desk, w: Symbol) -> Iterator[Block]:
    """The gradient of one name along its routes, under a heading of its own."""
    yield Heading(1, ("The gradient of ", Maths(w), " in full"))
    yield from _worked(desk, w)


def _shown(desk: Desk) -> list[Symbol]:
    """A weight of the group next to the loss, and one farther away: that of the graph's routes, where it is there.

    A weight with one route is not shown again where its chain is worked on the way back.
    """
    derivation = desk.derivation
    short = [group for group in desk.groups if derivation.path_count(group.worked) <= MOST_ROUTES]
    long = [group for group in short if derivation.path_count(group.worked) and is_long(desk, group.worked)]
    weights = [group for group in long if isinstance(derivation.shared[group.worked], Mul)] or long
    if not weights:
        return []
    first = weights[0].worked
    others = [name for group in weights if group.level < weights[0].level for name in group.names]
    stands_out = [name for name in others if name.name == standing_out(derivation)]
    lone = desk.tells("derivation") and derivation.path_count(first) == 1
    return [*([] if lone else [first]), *(stands_out or others)[:1]]


def _worked(desk: Desk, w: Symbol) -> Iterator[Block]:
    """One gradient line by line."""
    many = desk.derivation.path_count(w)
    lead = "leads" if many == 1 else "lead"
    yield Paragraph((f"{count(many, 'route')} {lead} from ".replace("1 route", "One route"), Maths(w), " to ",
                     Maths(desk.loss), ".", *_result(desk, w)))  # fmt: skip
    yield from routes_figure(desk, w)
    lines: list[Line] = []
    before: Expr | None = None
    for step in work(desk.derivation, w):
        why = desk.reason(step)
        if step.rule is Rule.NAME:
            why = _naming(desk, step.uses, why)
        lines.append(desk.line(None if step.lhs == before else step.lhs, step.rhs, why))
        before = step.lhs
    yield Formula(tuple(lines))
    yield from _products(desk, w)


def _products(desk: Desk, w: Symbol) -> Iterator[Block]:
    """The product of each route in numbers, and what they add up to."""
    first, many = desk.evidence.first, desk.derivation.path_count(w)
    if first is None or not 1 < many <= PRODUCTS:
        return
    rows: list[tuple[Inlines, ...]] = []
    paths = list(desk.derivation.paths(w))
    shared = set.intersection(*(set(path.names) for path in paths))
    for path in paths:
        numbers = [first.links[user.name, name.name] for user, name in zip(path.names[1:], path.names, strict=False)]
        own = [Maths(name) for name in path.names if name not in shared]
        through = listed(own, last=" → ", between=" → ") if own else ("directly",)
        factors = [x for x in reversed(numbers) if x != 1] or [1.0]
        rows.append((through, (Maths(Raw(product_of(factors, prod(numbers)))),), (Maths(number(prod(numbers))),)))
    example = "" if first.examples == 1 else f", for the first of {first.examples} examples"
    yield Paragraph((f"In numbers, route by route, without the factors that are 1{example}:",))
    yield Table((("route through",), ("local derivatives",), ("product",)), tuple(rows), "llr")
    yield Paragraph(("The products add up to ", Maths(Total(desk.loss, w), number(first.adjoints[w.name])), "."))


def _result(desk: Desk, w: Symbol) -> Inlines:
    """Where the same gradient stands among the results."""
    return tuple(piece for place in desk.results_of((w,)) for piece in (" What comes out must be ", place, "."))


def _naming(desk: Desk, deltas: tuple[Symbol | int, ...], why: Inlines) -> Inlines:
    """Each δ with the line where it was named; one that has no line, with what it is."""
    named = {delta: name for name, delta in desk.derivation.signals.items()}
    pieces: list[Inline] = []
    for delta in deltas:
        if not isinstance(delta, Symbol):
            continue
        pieces.append(", " if pieces else "naming ")
        place = desk.number_of.get(delta) or desk.number_of.get(("result", delta))
        if place:
            pieces += [Maths(delta), " of ", Ref(place)]
        else:
            pieces.append(Maths(delta, Total(desk.loss, named[delta])))
    return tuple(pieces) or why
