"""Local derivatives: what every function's derivative is, and what each equation passes on."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence

from sympy import Basic, Expr, Function, Pow, Symbol

from symbackprop.calculus import Derivation
from symbackprop.calculus.rule_proofs import proof_of_power
from symbackprop.calculus.rules import local_derivatives
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.network.network import Network
from symbackprop.notation import Total
from symbackprop.proof_lines import Shown
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
from symbackprop.reporting.letters import indices_of, letters_of, shown_in
from symbackprop.reporting.maths_in_words import with_mathematics
from symbackprop.reporting.sections.local_reasons import local_reason
from symbackprop.reporting.writing import Desk

EQUATIONS_SHOWN = 40


def local_table(desk: Desk) -> Iterator[Block]:
    """What every function's derivative is, then every local derivative, an equation a row."""
    derivation = desk.derivation
    yield Heading(1, ("Local derivatives",))
    functions = list(function_blocks(desk))
    if functions:
        yield Paragraph(
            ("The functions of this network and their derivatives, in terms of the output where that is shorter:",)
        )
        yield from functions
    where = "an input or a parameter" if derivation.network.outputs else "a parameter"
    yield Paragraph((f"Each equation, differentiated by each name that stands in it and leads to {where}:",))
    active = derivation.graph.active
    rows: list[tuple[Inlines, ...]] = []
    by: list[Inlines] = []
    for user in active[:EQUATIONS_SHOWN]:
        for position, name in enumerate(derivation.graph.arguments[user]):
            equation: Inlines = desk.refs((user,)) if position == 0 else ()
            rows.append((equation, (Maths(derivation.link(user, name), derivation.local[user, name]),)))
            by.append(local_reason(desk, user, name))
    if any(by):
        rows = [(*row, rule) for row, rule in zip(rows, by, strict=True)]
    header: tuple[Inlines, ...] = (("equation",), ("derivative",), *((("by",),) if any(by) else ()))
    yield Table(header, tuple(rows), "cll" if any(by) else "cl")
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


def function_blocks(desk: Desk) -> Iterator[Block]:
    """Each function of the network once: σ(z) by its definition, and σ'(z) from there."""
    for node in _functions(desk.derivation.network):
        definition = [] if isinstance(node, SoftmaxComponent) else list(definition_of(node))  # its proof begins with it
        proof = _proof(node)
        if proof:
            letters = indices_of(desk) if isinstance(node, SoftmaxComponent) else {}
            own = [shown_in(shown, letters) for shown in proof]
            yield _with_proof(desk, definition, own, ("function", type(node)))
        elif definition:
            yield Formula((*definition, *_derivatives(node)))


def power_blocks(desk: Desk) -> Iterator[Block]:
    """The derivatives of the powers whose base moves: of squares, roots and reciprocals each by its own proof."""
    letters = letters_of(desk)
    for word, proof in powers_of(desk.derivation).items():
        yield proof_of(desk, [shown_in(shown, letters) for shown in proof], ("function", word))


def powers_of(derivation: Derivation) -> dict[str, tuple[Shown, ...]]:
    """The proofs of the powers with a number above them whose base moves, by what each is called."""
    moved = {*derivation.graph.active, *derivation.wrt}
    exprs = derivation.network.equations.values()
    parts = sorted({part for expr in exprs for part in expr.atoms(Pow)}, key=lambda part: part.sort_key())
    return dict(proof_of_power(part.exp) for part in parts if is_moving_power(part, moved))


def is_moving_power(part: Expr, moved: Collection[Basic]) -> bool:
    """Whether it is a power with a number above it and one of some names below."""
    return isinstance(part, Pow) and part.exp.is_number and not part.base.free_symbols.isdisjoint(moved)


def key_of_function(part: Expr) -> Hashable:
    """Under which the line is remembered that proves the derivative of a function or of a power."""
    return ("function", proof_of_power(part.exp)[0] if isinstance(part, Pow) else type(part))


def function_lines(desk: Desk) -> Iterator[Line]:
    """Each function of the network once: σ(z) by its definition, and σ'(z)."""
    for node in _functions(desk.derivation.network):
        yield from definition_of(node)
        yield from _derivatives(node)


def definition_lines(network: Network) -> Iterator[Line]:
    """Each function of the network once, by its definition alone."""
    for node in _functions(network):
        yield from definition_of(node)


def proof_of(desk: Desk, proof: Sequence[Shown], defines: Hashable) -> Formula:
    """The lines of a proof, the last of them numbered."""
    return _with_proof(desk, [], proof, defines)


def _with_proof(desk: Desk, definition: Sequence[Line], proof: Sequence[Shown], defines: Hashable) -> Formula:
    lines: list[Line] = list(definition)
    for shown in proof:
        left = Raw(shown.left) if shown.left else None
        why = with_mathematics(shown.why)
        last = shown is proof[-1]
        right = Raw(shown.right)
        lines.append(desk.line(left, right, why, defines=defines) if last else Line(right, left, why))
    return Formula(tuple(lines))


def _functions(network: Network) -> Iterator[Expr]:
    """The first application of each function of the network."""
    seen: set[type] = set()
    for expr in network.equations.values():
        for node in (expr, *sorted(expr.atoms(Function), key=str)):
            if type(node) not in seen:
                seen.add(type(node))
                yield node


def _proof(node: Expr) -> tuple[Shown, ...]:
    """The proof of a function's derivative by itself; none of a user's own, whose definition is differentiated."""
    row = primitive_of(node)
    if isinstance(node, SoftmaxComponent):
        return node.proof
    return () if row is None else row.proof


def definition_of(node: Expr) -> Iterator[Line]:
    """What a function is, where it has a definition in others."""
    row = primitive_of(node)
    if isinstance(node, SoftmaxComponent):
        yield Line(node.definition(), node)
    if isinstance(node, UserFunction):
        written = node.func(*node.written)
        yield Line(written.definition(), written)
    elif row is not None and row.definition is not None:
        applied = _applied(node)
        yield Line(row.definition(*applied.args), applied)


def _derivatives(node: Expr) -> Iterator[Line]:
    row = primitive_of(node)
    if isinstance(node, SoftmaxComponent):
        yield from _derivative_lines(node, node.scores[:2])
    elif isinstance(node, UserFunction):
        written = node.func(*node.written)
        yield from _derivative_lines(written, node.written)
    elif row is not None and (row.activation or row.definition is not None):
        yield from _derivative_lines(_applied(node), (Symbol("z"),), row.latex)


def _applied(node: Expr) -> Expr:
    """A function of z, with the settings that it has in the network."""
    return node.func(Symbol("z"), *node.args[1:])


def _derivative_lines(applied: Expr, arguments: tuple[Symbol, ...], name: str = "") -> Iterator[Line]:
    found = local_derivatives(applied, frozenset(arguments), applied)
    for argument in arguments:
        if argument in found:
            prime = Raw(rf"{name}'({argument})") if name and len(applied.args) == 1 else Total(applied, argument)
            yield Line(found[argument], prime)
