"""Summary, symbols, the place of the drawing, forward pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Expr, Symbol

from symbackprop.calculus import DOES_NOT_MOVE, Derivation
from symbackprop.drawings import network
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.network.network import Network
from symbackprop.notation import Total
from symbackprop.reporting.blocks import (
    Block,
    Bullets,
    Code,
    Formula,
    Heading,
    Inlines,
    Line,
    Maths,
    Paragraph,
    Raw,
    Strong,
    Table,
)
from symbackprop.reporting.numbers import number
from symbackprop.reporting.sections import figures, layers
from symbackprop.reporting.sections.facts import stated
from symbackprop.reporting.sections.proof import verdict
from symbackprop.reporting.writing import Desk, count, names_of

SUMMARY_LIMIT = 12
EQUATIONS_SHOWN = 200


def summary(desk: Desk) -> Iterator[Block]:
    """What was derived, the result in brief, and the checks that it passed."""
    yield Heading(1, ("Summary",))
    yield Paragraph(
        (
            *_what_leads_where(desk),
            " Each ",
            Maths(Raw(r"\delta")),
            " is an error signal: the derivative of the loss by the value in its subscript.",
            *stated(desk.derivation),
        )
    )
    yield Formula(tuple(_in_brief(desk)))
    yield Paragraph((Strong("Checks."), *verdict(desk.evidence.checked), *unmoving(desk.derivation)))


def _what_leads_where(desk: Desk) -> Inlines:
    network = desk.derivation.network
    if network.outputs:
        return (*layers.what_it_is(desk), " by the chain rule.")
    return (
        f"The network has {count(len(network.inputs), 'input')}, {count(len(network.parameters), 'parameter')} "
        f"and {count(len(network.equations), 'equation')}, which lead to the loss ",
        Maths(network.loss),
        ". Its gradient is derived from the loss backwards by the chain rule.",
    )


def _in_brief(desk: Desk) -> Iterator[Line]:
    """Each δ and each gradient in δ's, or one of each shape where there are many."""
    derivation = desk.derivation
    shown = derivation.wrt
    signals = list(derivation.signals.items())
    if len(derivation.wrt) > SUMMARY_LIMIT:
        shown = tuple(group.worked for group in desk.groups)
        needed = frozenset().union(*(derivation.shared[w].free_symbols for w in shown))
        for delta in reversed(list(derivation.backward)):
            if delta in needed:
                needed |= derivation.backward[delta].free_symbols
        signals = [(name, delta) for name, delta in signals if delta in needed]
        if len(signals) > SUMMARY_LIMIT:
            signals = signals[:SUMMARY_LIMIT]
    for name, delta in signals:
        yield Line(derivation.backward[delta], delta, (Maths(delta, Total(desk.loss, name)),))
    for w in shown:
        others = next((g.similar for g in desk.groups if g.worked == w), ()) if shown != derivation.wrt else ()
        alike: Inlines = (f"and {len(others)} like it",) if others else ()
        yield Line(derivation.shared[w], Total(desk.loss, w), alike)


def unmoving(derivation: Derivation) -> Inlines:
    """A sentence for each name that does not move the loss."""
    return tuple(part for w in derivation.zero for part in (" ", Maths(w), f" {DOES_NOT_MOVE}."))


def symbols(desk: Desk) -> Iterator[Block]:
    """What each name stands for."""
    network = desk.derivation.network
    yield Heading(1, ("Symbols",))
    rows: list[tuple[Inlines, ...]] = [
        (names_of(family), (meaning,), ("scalar",))
        for family, meaning in (
            (network.inputs, "inputs"),
            (network.constants, "constants" if network.outputs else "targets"),
            (network.parameters, "parameters" if network.outputs else "parameters, to be learned"),
        )
        if family
    ]
    kinds: dict[str, list[Symbol]] = {}
    for name in network.equations:
        kinds.setdefault(_kind(desk, name), []).append(name)
    rows += [(names_of(tuple(family)), (meaning,), ("scalar",)) for meaning, family in kinds.items()]
    rows += ((*row, ("scalar",)) for _, *row in layers.rows(desk))
    deltas = tuple(desk.derivation.backward)
    if deltas:
        meaning = (
            "error signals, ",
            Maths(deltas[0], Total(desk.loss, next(iter(desk.derivation.signals)))),
            *_so_on(deltas),
        )
        rows.append((names_of(deltas), meaning, ("scalar",)))
    if not network.outputs:
        rows.append(((Maths(Raw(r"\eta")),), ("learning rate",), ("scalar",)))
    yield Table((("symbol",), ("meaning",), ("shape",)), tuple(rows), "pll")
    if network.conventions:
        yield Paragraph(("At a kink, where there is no derivative, one is agreed on:",))
        yield conventions(network)


def conventions(network: Network) -> Bullets:
    """What the derivative is taken to be at each kink: in code where it is a formula, else in words."""
    said = (convention if convention.startswith("where ") else Code(convention) for convention in network.conventions)
    return Bullets(tuple((words,) for words in said))


def _so_on(deltas: tuple[Symbol, ...]) -> Inlines:
    return (" and so on",) if len(deltas) > 1 else ()


def _kind(desk: Desk, name: Symbol) -> str:
    network = desk.derivation.network
    expr = network.equations[name]
    if name in network.outputs:
        return "outputs of the layer"
    if name == network.loss:
        return "loss"
    if isinstance(expr, SoftmaxComponent):
        return f"outputs of {expr.spoken}"
    function = function_of(expr)
    if function:
        return f"outputs of {function}"
    if set(network.parameters) & expr.free_symbols:
        return "weighted sums"
    if set(network.targets) & expr.free_symbols:
        return "errors"
    return "values"


def function_of(expr: Expr) -> str:
    """The name of the function that an expression applies, the vocabulary's or the user's; else nothing."""
    if isinstance(expr, UserFunction):
        return str(type(expr).__name__)
    row = primitive_of(expr)
    return "" if row is None else row.name


def drawing(desk: Desk) -> Iterator[Block]:
    """The network in layers, or in boxes with their shapes."""
    yield from desk.figure("network", figures.network_caption(desk), network(desk.derivation))


def forward_pass(desk: Desk) -> Iterator[Block]:
    """The equations, numbered, with their values at the first step."""
    first = desk.evidence.first
    yield from numbered_equations(desk, lambda name: _value(desk, name))
    if first is not None and first.examples > 1:
        yield Paragraph((f"The numbers on the right are those of the first of {first.examples} examples.",))


def numbered_equations(desk: Desk, beside: Callable[[Symbol], Inlines]) -> Iterator[Block]:
    """The equations under their heading, with what is said beside each; of very many the first and the last."""
    yield Heading(1, ("Forward pass",))
    pairs = list(desk.derivation.network.equations.items())
    lines = [desk.line(name, expr, beside(name), defines=name) for name, expr in pairs[:EQUATIONS_SHOWN]]
    if len(pairs) > EQUATIONS_SHOWN:
        name, expr = pairs[-1]
        lines.append(desk.line(name, expr, (f"after {len(pairs) - EQUATIONS_SHOWN - 1} more",), defines=name))
    yield Formula(tuple(lines))


def _value(desk: Desk, name: Symbol) -> Inlines:
    first = desk.evidence.first
    return ("initially ", Maths(number(first.values[name.name]))) if first else ()
