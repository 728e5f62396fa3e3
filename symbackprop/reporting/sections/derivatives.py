"""Local derivatives: what every function's derivative is, and what each equation passes on."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Function, Symbol

from symbackprop.calculus.rules import local_derivatives
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.notation import Total
from symbackprop.reporting.blocks import (
    Block,
    Formula,
    Heading,
    Inlines,
    Line,
    Maths,
    Paragraph,
    Raw,
    Table,
)
from symbackprop.reporting.writing import Desk

EQUATIONS_SHOWN = 40


def local_table(desk: Desk) -> Iterator[Block]:
    """What every function's derivative is, then every local derivative, an equation a row."""
    derivation = desk.derivation
    yield Heading(1, ("Local derivatives",))
    definitions = list(function_lines(desk))
    if definitions:
        yield Paragraph(
            ("The functions of this network and their derivatives, in terms of the output where that is shorter:",)
        )
        yield Formula(tuple(definitions))
    where = "an input or a parameter" if derivation.network.outputs else "a parameter"
    yield Paragraph((f"Each equation, differentiated by each name that stands in it and leads to {where}:",))
    active = derivation.graph.active
    rows = []
    for user in active[:EQUATIONS_SHOWN]:
        for position, name in enumerate(derivation.graph.arguments[user]):
            equation: Inlines = desk.refs((user,)) if position == 0 else ()
            rows.append((equation, (Maths(derivation.link(user, name), derivation.local[user, name]),)))
    yield Table((("equation",), ("derivative",)), tuple(rows), "cl")
    if len(active) > EQUATIONS_SHOWN:
        yield Paragraph((f"The other {len(active) - EQUATIONS_SHOWN} equations are alike.",))
    if any(derivation.graph.has_detour(user, name) for user, name in derivation.local):
        yield Paragraph(
            (
                "A plus, as in ",
                _detour(desk),
                ", marks a derivative beside which other routes lead from the one to the other.",
            )
        )


def _detour(desk: Desk) -> Maths:
    user, name = next(edge for edge in desk.derivation.local if desk.derivation.graph.has_detour(*edge))
    return Maths(desk.derivation.link(user, name))


def function_lines(desk: Desk) -> Iterator[Line]:
    """Each function of the network once: σ(z) by its definition, and σ'(z)."""
    seen: set[type] = set()
    for expr in desk.derivation.network.equations.values():
        for node in (expr, *sorted(expr.atoms(Function), key=str)):
            if type(node) not in seen:
                seen.add(type(node))
                yield from _about(node)


def _about(node: Expr) -> Iterator[Line]:
    row = primitive_of(node)
    if isinstance(node, SoftmaxComponent):
        yield Line(node.definition(), node)
        yield from _derivative_lines(node, node.scores[:2])
    elif isinstance(node, UserFunction):
        written = node.func(*node.written)
        yield Line(written.definition(), written)
        yield from _derivative_lines(written, node.written)
    elif row is not None and (row.activation or row.definition is not None):
        z = Symbol("z")
        applied = node.func(z, *node.args[1:])
        if row.definition is not None:
            yield Line(row.definition(*applied.args), applied)
        yield from _derivative_lines(applied, (z,), row.latex)


def _derivative_lines(applied: Expr, arguments: tuple[Symbol, ...], name: str = "") -> Iterator[Line]:
    found = local_derivatives(applied, frozenset(arguments), applied)
    for argument in arguments:
        if argument in found:
            prime = Raw(rf"{name}'({argument})") if name and len(applied.args) == 1 else Total(applied, argument)
            yield Line(found[argument], prime)
