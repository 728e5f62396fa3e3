"""The numbers of the first step put in, and the size of the chain product."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from symbackprop.calculus import Path
from symbackprop.notation import Total
from symbackprop.reporting.alike import standing_out
from symbackprop.reporting.blocks import Block, Formula, Heading, Inlines, Maths, Paragraph, Table, listed
from symbackprop.reporting.evidence import FirstStep
from symbackprop.reporting.numbers import number
from symbackprop.reporting.sections import figures
from symbackprop.reporting.sections.opening import given_values
from symbackprop.reporting.sections.substituted import substituted
from symbackprop.reporting.sections.updates import updates_table
from symbackprop.reporting.writing import Desk

LINES = 40
CHAIN = 60
FEWEST = 4
"""A chain of fewer links is worked out, with its numbers, where its gradient is."""


def first_step(desk: Desk) -> Iterator[Block]:
    """What the numbers of the first step lead to; each of them is printed here that is printed nowhere before."""
    blocks = list(_first_step(desk))
    if blocks:
        yield Heading(1, ("The layer in numbers" if desk.derivation.network.outputs else "The first step in numbers",))
        yield from blocks


def _first_step(desk: Desk) -> Iterator[Block]:
    first = desk.evidence.first
    if first is None:
        return
    if not desk.tells("forward"):
        yield from _forward(desk, first)
    if not desk.tells("derivation"):
        yield from _backward(desk, first)
    updated = desk.updated
    if updated is not None:
        yield from updates_table(desk, first, updated)
    yield from desk.figure("graph", figures.graph_caption(desk))
    if first.examples > 1 and updated is None:
        yield Paragraph(
            (f"The means over the {first.examples} examples, where the mean loss is ", Maths(number(first.loss)), ":")
        )
        rows = tuple(
            ((Maths(Total(desk.loss, w)),), (Maths(number(first.gradients[w.name])),))
            for w in desk.derivation.wrt[:LINES]
        )
        yield Table((("gradient",), ("mean",)), rows, "lr")


def _forward(desk: Desk, first: FirstStep) -> Iterator[Block]:
    yield Paragraph(("The values: ", *listed(given_values(desk)), "."))
    yield Paragraph((f"Forward{_example(first)} (numbers are rounded for display alone):",))
    equations = list(desk.derivation.network.equations.items())
    yield Formula(
        tuple(
            substituted(desk, expr, first.values[name.name], first, "value", name) for name, expr in equations[:LINES]
        )
    )
    yield from _rest(len(equations))


def _backward(desk: Desk, first: FirstStep) -> Iterator[Block]:
    derivation = desk.derivation
    if derivation.signals:
        yield Paragraph(("Backward:",))
        signals = list(derivation.backward.items())
        yield Formula(
            tuple(
                substituted(desk, expr, first.signals[delta.name], first, lhs=delta) for delta, expr in signals[:LINES]
            )
        )
        yield from _rest(len(signals))
    yield Paragraph(("The gradients:" if first.examples == 1 else "The gradients, for this example alone:",))
    yield Formula(
        tuple(
            substituted(desk, derivation.shared[w], first.adjoints[w.name], first, lhs=Total(desk.loss, w))
            for w in derivation.wrt[:LINES]
        )
    )
    yield from _rest(len(derivation.wrt))


def _example(first: FirstStep) -> str:
    return "" if first.examples == 1 else f", for the first of {first.examples} examples"


def _rest(count: int) -> Iterator[Block]:
    if count > LINES:
        yield Paragraph((f"and so on for {count - LINES} more.",))


def chain_product(desk: Desk) -> Iterator[Block]:
    """The longest route, link by link, with the size of the product so far: how a gradient vanishes or explodes.

    Nothing where that route has so few links that its product is worked out on the way back.
    """
    first = desk.evidence.first
    path = _longest(desk)
    if first is None or path is None or len(path.factors) < (FEWEST if desk.tells("derivation") else 3):
        return
    yield Heading(1, ("The chain product, link by link",))
    yield Paragraph(
        (
            *_which(desk, path), ", from ", Maths(desk.loss), " back to ", Maths(path.names[0]),
            f"{_example(first)}, each link multiplies by its local derivative. In long chains many links well below "
            "one in size make the product vanish, many well above one make it explode:",
        )
    )  # fmt: skip
    rows: list[tuple[Inlines, ...]] = []
    product = 1.0
    edges = list(zip(path.names[1:], path.names, strict=False))[::-1]
    for link, factor, (user, name) in zip(path.links, path.factors, edges, strict=True):
        value = first.links[user.name, name.name]
        product *= value
        rows.append(((Maths(link, factor),), (Maths(number(value)),), (Maths(number(product)),)))
    yield Table((("link",), ("value",), ("product so far",)), tuple(_middle_out(rows)), "lrr")
    yield Paragraph(_what_it_is(desk, path.names[0], first))


def _which(desk: Desk, path: Path) -> Inlines:
    """What the route is among those of its name: the only one, one of equal length, or one of the longest."""
    derivation, start = desk.derivation, path.names[0]
    if derivation.path_count(start) == 1:
        return ("Along the only route",)
    shortest = {desk.loss: 0}
    for name in (*reversed(derivation.graph.active), *derivation.wrt):
        if name != desk.loss and derivation.graph.users.get(name):
            shortest[name] = 1 + min(shortest[user] for user in derivation.graph.users[name])
    links = f"{len(path.factors)} links"
    length = f"which all have {links}" if shortest[start] == len(path.factors) else f"one of the longest, of {links}"
    return (f"Along one of the {derivation.path_count(start):,} routes, {length}",)


def _what_it_is(desk: Desk, start: Symbol, first: FirstStep) -> Inlines:
    """The last product is the gradient, or one of the contributions that add up to it."""
    gradient = Maths(Total(desk.loss, start), number(first.adjoints[start.name]))
    count = desk.derivation.path_count(start)
    if count == 1:
        return ("The last product is the gradient, ", gradient, ".")
    return (f"The last product is what this route contributes; {count:,} routes add up to ", gradient, ".")


def _middle_out(rows: list[tuple[Inlines, ...]]) -> list[tuple[Inlines, ...]]:
    if len(rows) <= CHAIN:
        return rows
    half = CHAIN // 2
    return [*rows[:half], (("…",), ("…",), ("…",)), *rows[-half:]]


def _longest(desk: Desk) -> Path | None:
    """Of the longest routes to the loss the one of the largest product, found without listing them."""
    first = desk.evidence.first
    if first is None:
        return None
    derivation = desk.derivation
    users, loss = derivation.graph.users, desk.loss
    length: dict[Symbol, tuple[int, float]] = {loss: (0, 1.0)}
    following: dict[Symbol, Symbol] = {}
    for name in (*reversed(derivation.graph.active), *derivation.wrt):
        if name != loss and users.get(name):
            through = {
                user: (1 + length[user][0], length[user][1] * abs(first.links[user.name, name.name]))
                for user in users[name]
            }
            following[name] = max(through, key=through.__getitem__)
            length[name] = through[following[name]]
    drawn = standing_out(derivation)

    def farthest(w: Symbol) -> tuple[int, bool, float]:
        links, product = length.get(w, (0, 0.0))
        return links, w.name == drawn, product  # the routes of one name are drawn, which is as good as another

    start = max(derivation.wrt, key=farthest)
    if start not in following:
        return None
    names = [start]
    while names[-1] != loss:
        names.append(following[names[-1]])
    edges = list(zip(names[1:], names, strict=False))[::-1]
    return Path(tuple(names), tuple(derivation.link(*e) for e in edges), tuple(derivation.local[e] for e in edges))
