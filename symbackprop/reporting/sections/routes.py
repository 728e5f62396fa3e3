"""A second view of a gradient: along the routes that lead to the loss, one product of local derivatives each."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Mul, Symbol

from symbackprop.calculus import Rule, work
from symbackprop.notation import Total
from symbackprop.reporting.alike import Group
from symbackprop.reporting.blocks import Block, Formula, Heading, Inline, Inlines, Line, Maths, Paragraph, Ref
from symbackprop.reporting.sections.figures import routes_figure
from symbackprop.reporting.writing import Desk, count

MOST_ROUTES = 40
"""A weight with more of them is not shown: its products would fill pages."""


def routes(desk: Desk) -> Iterator[Block]:
    """One weight next to the loss and one farther away, each along its routes."""
    shown = _shown(desk)
    if not shown:
        return
    yield Heading(1, ("A second view: along the routes",))
    yield Paragraph(
        (
            "Put into itself until nothing but local derivatives is left, the chain rule gives one product for each "
            "route from a weight to ", Maths(desk.loss),
            ", and adds them up. At the end the error signals are found in it again.",
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
    """A weight of the group next to the loss, and one of the farthest that has another shape."""
    derivation = desk.derivation
    short = [group for group in desk.groups if derivation.path_count(group.worked) <= MOST_ROUTES]
    long = [group for group in short if derivation.path_count(group.worked) and _is_long(desk, group)]
    weights = [group for group in long if isinstance(derivation.shared[group.worked], Mul)] or long
    if not weights:
        return []
    first = weights[0]
    others = [group for group in weights if group.level < first.level]
    return [first.worked, *([others[0].worked] if others else [])]


def _is_long(desk: Desk, group: Group) -> bool:
    """Whether a route has more than one link, so that there is something to multiply."""
    return any(user != desk.loss for user in desk.derivation.graph.users.get(group.worked, ()))


def _worked(desk: Desk, w: Symbol) -> Iterator[Block]:
    """One gradient line by line."""
    number = desk.derivation.path_count(w)
    lead = "leads" if number == 1 else "lead"
    yield Paragraph((f"{count(number, 'route')} {lead} from ".replace("1 route", "One route"), Maths(w), " to ",
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
