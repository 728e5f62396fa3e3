"""The numbers of the first step put in, and the size of the chain product."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Symbol

from symbackprop.calculus import Path
from symbackprop.notation import Total, latex, latex_width
from symbackprop.reporting.blocks import Block, Formula, Heading, Inlines, Line, Maths, Paragraph, Raw, Table, listed
from symbackprop.reporting.evidence import FirstStep
from symbackprop.reporting.numbers import number, put_in
from symbackprop.reporting.sections import figures
from symbackprop.reporting.sections.opening import given_values
from symbackprop.reporting.writing import Desk

LINES = 40
WIDTH = 64
CHAIN = 60


def first_step(desk: Desk) -> Iterator[Block]:
    """Forward values, error signals and gradients, each with its numbers in place of its names."""
    first = desk.evidence.first
    if first is None:
        return
    derivation, network = desk.derivation, desk.derivation.network
    yield Heading(1, ("The layer in numbers" if network.outputs else "The first step in numbers",))
    if not desk.tells("forward"):
        yield Paragraph(("The values: ", *listed(given_values(desk)), "."))
    yield Paragraph((f"Forward{_example(first)} (numbers are rounded for display alone):",))
    equations = list(derivation.network.equations.items())
    yield Formula(tuple(_numeric(desk, name, expr, first, "value") for name, expr in equations[:LINES]))
    yield from _rest(len(equations))
    if derivation.signals:
        yield Paragraph(("Backward:",))
        signals = list(derivation.backward.items())
        yield Formula(tuple(_numeric(desk, delta, expr, first, "gradient") for delta, expr in signals[:LINES]))
        yield from _rest(len(signals))
    yield Paragraph(("The gradients:" if first.examples == 1 else "The gradients, for this example alone:",))
    lines = []
    for w in derivation.wrt[:LINES]:
        value = first.adjoints[w.name]
        lines.append(_put_in(desk, Total(desk.loss, w), derivation.shared[w], value, first, "gradient"))
    yield Formula(tuple(lines))
    yield from _rest(len(derivation.wrt))
    yield from _updated(desk)
    yield from desk.figure("graph", figures.graph_caption(desk))
    if first.examples > 1:
        yield Paragraph(
            (
                f"and their means over the {first.examples} examples, where the mean loss is ",
                Maths(number(first.loss)),
                ":",
            )
        )
        rows = tuple(
            ((Maths(Total(desk.loss, w)),), (Maths(number(first.gradients[w.name])),)) for w in derivation.wrt[:LINES]
        )
        yield Table((("gradient",), ("mean",)), rows, "lr")


def _updated(desk: Desk) -> Iterator[Block]:
    """What one update of gradient descent makes of the loss, where there was training by it."""
    run, first = desk.evidence.run, desk.evidence.first
    if run is None or first is None or run.rule is not None or first.examples > 1 or len(run.losses) < 2:
        return
    w = desk.derivation.wrt[0]
    if w.name not in run.parameters:
        return
    old, new = run.parameters[w.name][0], run.parameters[w.name][1]
    slope = first.gradients[w.name]
    bracketed = f"({number(slope).latex})" if slope < 0 else number(slope).latex
    formula = Raw(rf"{number(old).latex}-{number(run.learning_rate).latex}\cdot {bracketed}")
    yield Paragraph(
        (
            "One update moves each parameter against its gradient, by the learning rate ",
            Maths(number(run.learning_rate)), " times as much:",
        )
    )  # fmt: skip
    yield Formula((Line(formula, Raw(rf"{latex(w, desk.names)}^{{\mathrm{{new}}}}"), result=number(new)),))
    others = " and so on." if len(desk.derivation.wrt) > 1 else ""
    yield Paragraph(
        (others.strip().capitalize() + " " if others else "", "The loss was ", Maths(desk.loss, number(run.losses[0])),
         " and is now ", Maths(number(run.losses[1])), ".")
    )  # fmt: skip


def _example(first: FirstStep) -> str:
    return "" if first.examples == 1 else f", for the first of {first.examples} examples"


def _rest(count: int) -> Iterator[Block]:
    if count > LINES:
        yield Paragraph((f"and so on for {count - LINES} more.",))


def _numeric(desk: Desk, name: Symbol, expr: Expr, first: FirstStep, tone: str) -> Line:
    value = first.values[name.name] if name.name in first.values else first.signals[name.name]
    return _put_in(desk, name, expr, value, first, tone)


def _put_in(desk: Desk, lhs: Expr, expr: Expr, value: float, first: FirstStep, tone: str) -> Line:
    """``lhs = formula with numbers = value``; the formula is left out where it is too long or is a lone number."""
    result = number(value)
    middle = put_in(expr, {**first.values, **first.signals}, desk.order)
    if expr.is_Symbol or middle == result.latex or latex_width(middle) > WIDTH:
        return Line(Raw(""), lhs, result=result, tone=tone)
    return Line(Raw(middle), lhs, result=result, tone=tone)


def chain_product(desk: Desk) -> Iterator[Block]:
    """The longest route, link by link, with the size of the product so far: how a gradient vanishes or explodes."""
    first = desk.evidence.first
    path = _longest(desk)
    if first is None or path is None or len(path.factors) < 3:
        return
    yield Heading(1, ("The chain product, layer by layer",))
    yield Paragraph(
        (
            "Along a longest route, from ", Maths(desk.loss), " back to ", Maths(path.names[0]),
            f"{_example(first)}, each link multiplies by its local derivative. Many links smaller than one in size "
            "make the product vanish, many larger ones make it explode:",
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
    start = max(derivation.wrt, key=lambda w: length.get(w, (0, 0.0)))
    if start not in following:
        return None
    names = [start]
    while names[-1] != loss:
        names.append(following[names[-1]])
    edges = list(zip(names[1:], names, strict=False))[::-1]
    return Path(tuple(names), tuple(derivation.link(*e) for e in edges), tuple(derivation.local[e] for e in edges))
