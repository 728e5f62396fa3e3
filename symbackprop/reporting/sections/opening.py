"""Symbols, the place of the drawing, forward pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from sympy import Expr, Symbol

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
    Table,
    listed,
    listed_with_and,
)
from symbackprop.reporting.numbers import number
from symbackprop.reporting.sections import figures, layers
from symbackprop.reporting.sections.derivatives import definition_lines
from symbackprop.reporting.sections.substituted import substituted
from symbackprop.reporting.writing import Desk, names_of

EXAMPLES = 12
EQUATIONS_SHOWN = 200


def symbols(desk: Desk) -> Iterator[Block]:
    """What each name stands for."""
    network = desk.derivation.network
    yield Heading(1, ("Symbols",))
    rows: list[tuple[Inlines, ...]] = [
        (names_of(tuple(family)), (_of_one(meaning) if len(family) == 1 else meaning,))
        for meaning, family in families(desk, _kind).items()
    ]
    rows += ((shown, meaning) for _, shown, meaning in layers.rows(desk))
    deltas = tuple(desk.derivation.signals.values())
    if deltas:
        name = next(iter(desk.derivation.signals))
        so_on: Inlines = (" and so on",) if len(deltas) > 1 else ()
        several = "error signals, " if len(deltas) > 1 else "error signal, "
        rows.append((names_of(deltas), (several, Maths(deltas[0], Total(desk.loss, name)), *so_on)))
    if again := desk.derivation.helpers:
        rows.append((names_of(again), ("what is used again",)))
    if desk.tells("training") and not network.outputs:
        rows.append(((Maths(Raw(r"\eta")),), ("learning rate",)))
    yield Table((("symbol",), ("meaning",)), tuple(rows), "pp")
    if network.conventions:
        yield Paragraph(("At a kink, where there is no derivative, one is agreed on:",))
        yield conventions(network)


_SINGULAR = {
    "inputs": "input", "targets": "target", "constants": "constant", "parameters": "parameter",
    "parameters, to be learned": "parameter, to be learned", "weighted sums": "weighted sum", "errors": "error",
    "values": "value",
}  # fmt: skip
"""What is said of one name where the word for several is said of several."""


def _of_one(meaning: str) -> str:
    return _SINGULAR.get(meaning, re.sub(r"^outputs of ", "output of ", meaning))


def families(desk: Desk, kind: Callable[[Desk, Symbol], str]) -> dict[str, list[Symbol]]:
    """The names by what they mean: what is said of them, else their role, or of what ``kind`` their equation is."""
    network = desk.derivation.network
    layer = bool(network.outputs)
    found: dict[str, list[Symbol]] = {}
    for role, roles, names in (
        ("input", "inputs", network.inputs),
        ("constant", "constants", network.constants) if layer else ("target", "targets", network.targets),
        ("parameter", "parameters" if layer else "parameters, to be learned", network.parameters),
    ):
        for name in names:
            own = network.meanings.get(name.name)
            found.setdefault(f"{role}: {own}" if own else roles, []).append(name)
    for name in network.equations:
        found.setdefault(network.meanings.get(name.name) or kind(desk, name), []).append(name)
    return found


def conventions(network: Network) -> Bullets:
    """What the derivative is taken to be at each kink: in code where it is a formula, else in words."""
    said = (convention if convention.startswith("where ") else Code(convention) for convention in network.conventions)
    return Bullets(tuple((words,) for words in said))


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
    """The network in layers, or in boxes with their shapes; none in an appendix, which is short."""
    if not desk.is_appendix:
        yield from desk.figure("network", figures.network_caption(desk), network(desk.derivation))


def forward_pass(desk: Desk) -> Iterator[Block]:
    """The equations, numbered, with their values at the first step; in a hand-out beside them, else below."""
    first = desk.evidence.first
    if first is None or desk.extent.handout:
        told = _with_values(desk, "beside") if first is not None else ()
        yield from numbered_equations(desk, lambda name: _value(desk, name), told)
    else:
        yield from numbered_equations(
            desk, lambda name: (), _with_values(desk, "below"),
            lambda name, expr: [substituted(desk, expr, first.values[name.name], first, "value")],
        )  # fmt: skip
    definitions = tuple(definition_lines(desk.derivation.network))
    if definitions:
        if desk.extent.handout:
            yield Paragraph(("Here ", *listed_with_and(Maths(line.lhs, line.rhs) for line in definitions), "."))
        else:
            yield Paragraph(("Here",))
            yield Formula(definitions)


def _with_values(desk: Desk, where: str) -> Inlines:
    """What is given, and where the numbers of the equations stand, which are those of the first example."""
    whose = f", for the first of the {desk.examples} examples," if desk.examples > 1 else ""
    digits = "; where that would show in a result, what it is made of has more digits" if where == "below" else ""
    return (
        "Given are ", *listed(given_values(desk)), f". What each equation comes to{whose} stands {where} it. Numbers "
        f"are rounded for display alone{digits}.",
    )  # fmt: skip


def given_values(desk: Desk) -> Iterator[Maths]:
    """What is given, a list where there is an entry for each example."""
    for name in desk.derivation.network.leaves:
        value = desk.evidence.given[name.name]
        numbers = value if isinstance(value, tuple) else (value,)
        shown = [number(x, 12).latex for x in numbers[:EXAMPLES]] + ([r"\dots"] if len(numbers) > EXAMPLES else [])
        several = r",\,".join(shown)
        yield Maths(name, Raw(f"({several})" if isinstance(value, tuple) else several))


def numbered_equations(
    desk: Desk,
    beside: Callable[[Symbol], Inlines],
    before: Inlines = (),
    below: Callable[[Symbol, Expr], Sequence[Line]] = lambda name, expr: (),
) -> Iterator[Block]:
    """The equations under their heading, with what is said before, beside and below them.

    Of very many the first and last.
    """
    yield Heading(1, ("Forward pass",))
    if before:
        yield Paragraph(before)
    pairs = list(desk.derivation.network.equations.items())
    lines: list[Line] = []
    for name, expr in pairs[:EQUATIONS_SHOWN]:
        lines += [desk.line(name, expr, beside(name), defines=name), *below(name, expr)]
    if len(pairs) > EQUATIONS_SHOWN:
        name, expr = pairs[-1]
        lines.append(desk.line(name, expr, (f"after {len(pairs) - EQUATIONS_SHOWN - 1} more",), defines=name))
        lines += below(name, expr)
    yield Formula(tuple(lines))


def _value(desk: Desk, name: Symbol) -> Inlines:
    first = desk.evidence.first
    return (Maths(number(first.values[name.name])),) if first else ()
