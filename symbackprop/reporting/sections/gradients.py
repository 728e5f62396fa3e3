"""Local derivatives, and the gradients: one of each shape in full, the others alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Expr, Function, Symbol

from symbackprop.calculus import Rule, work
from symbackprop.calculus.rules import local_derivatives
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.notation import Total, latex, latex_width
from symbackprop.reporting.alike import Group
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
)
from symbackprop.reporting.sections.figures import routes_figure
from symbackprop.reporting.writing import Desk

EQUATIONS_SHOWN = 40
SIMILAR_SHOWN = 60
FIRST_GROUPS = 5
LAST_GROUPS = 3
CLOSED_WIDTH = 110
ROUTES_SHOWN = 12


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


def gradients(desk: Desk) -> Iterator[Block]:
    """Every group: one gradient line by line, then those that go alike; of very many groups the first and last ones."""
    groups = desk.groups
    middle = groups[FIRST_GROUPS:-LAST_GROUPS] if len(groups) > FIRST_GROUPS + LAST_GROUPS else ()
    for group in groups:
        if group in middle:
            continue
        if middle and group is groups[-LAST_GROUPS]:
            yield from _in_between(desk, middle)
        yield from _worked(desk, group)
        if group.similar:
            yield from _similar(desk, group)


def _in_between(desk: Desk, groups: tuple[Group, ...]) -> Iterator[Block]:
    """Gradients that go like those before them, a layer further from the loss each."""
    yield Heading(1, ("The gradients in between",))
    yield Paragraph(("Layer by layer the same steps give:",))
    names = [w for group in groups for w in group.names]
    yield _in_signals(desk, names[:SIMILAR_SHOWN])
    if len(names) > SIMILAR_SHOWN:
        yield Paragraph((f"and so on for {len(names) - SIMILAR_SHOWN} more.",))


def _in_signals(desk: Desk, names: Sequence[Symbol]) -> Table:
    rows = tuple(((Maths(Total(desk.loss, w)),), (Maths(desk.derivation.shared[w]),)) for w in names)
    return Table((("gradient",), ("in error signals",)), rows, "ll")


def _worked(desk: Desk, group: Group) -> Iterator[Block]:
    w = group.worked
    yield Heading(1, ("The gradient of ", Maths(w), " in full"))
    count = desk.derivation.path_count(w)
    routes = "One route leads" if count == 1 else f"{_in_words(count)} routes lead"
    yield Paragraph((f"{routes} from ", Maths(w), " to ", Maths(desk.loss), "."))
    yield from routes_figure(desk, w)
    lines: list[Line] = []
    before: Expr | None = None
    for step in work(desk.derivation, w):
        why = desk.reason(step)
        if step.rule is Rule.NAME:
            why = _naming(desk, step.uses, why)
        lines.append(desk.line(None if step.lhs == before else step.lhs, step.rhs, why))
        before = step.lhs
        for delta in step.uses if step.rule is Rule.NAME else ():
            if isinstance(delta, Symbol):
                desk.number_of.setdefault(delta, desk.given_out)
    yield Formula(tuple(lines))


def _in_words(count: int) -> str:
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[count] if count < len(words) else f"{count:,}"


def _naming(desk: Desk, deltas: tuple[Symbol | int, ...], why: Inlines) -> Inlines:
    """A δ that is named for the first time is told what it is; one that is known, where it was named."""
    named = {delta: name for name, delta in desk.derivation.signals.items()}
    pieces: list[Inline] = []
    for delta in deltas:
        if not isinstance(delta, Symbol):
            continue
        pieces.append(", " if pieces else "naming ")
        if delta in desk.number_of:
            pieces += [Maths(delta), " as in ", Ref(desk.number_of[delta])]
        else:
            pieces.append(Maths(delta, Total(desk.loss, named[delta])))
    return tuple(pieces) or why


def _similar(desk: Desk, group: Group) -> Iterator[Block]:
    yield Heading(2, ("Similarly",))
    yield Paragraph(("The same steps, with other names, give:",))
    shown = group.similar[:SIMILAR_SHOWN]
    if all(_is_short(desk, w) for w in shown):
        yield Formula(tuple(_similar_line(desk, w) for w in shown))
    else:
        yield _in_signals(desk, shown)
    if len(group.similar) > SIMILAR_SHOWN:
        yield Paragraph((f"and {len(group.similar) - SIMILAR_SHOWN} more.",))


def _is_short(desk: Desk, w: Symbol) -> bool:
    """Whether the closed form is worth a line of its own."""
    if desk.derivation.path_count(w) > ROUTES_SHOWN:
        return False
    return latex_width(latex(desk.derivation.gradients[w], desk.names, desk.order)) <= CLOSED_WIDTH


def _similar_line(desk: Desk, w: Symbol) -> Line:
    closed, shared = desk.derivation.gradients[w], desk.derivation.shared[w]
    why: Inlines = () if closed == shared else (Maths(Raw(""), shared),)
    return desk.line(Total(desk.loss, w), closed, why)
