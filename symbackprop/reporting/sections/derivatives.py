"""Local derivatives: what every function's derivative is, and what each equation passes on."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence

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
from symbackprop.reporting.sections.local_reasons import FIRST_CASE, local_key, local_reason
from symbackprop.reporting.writing import Desk

EQUATIONS_SHOWN = 40
FEWEST_OTHERS = 4
"""Fewer local derivatives than these, beside those that were told, have no table."""
DERIVATIVE = r"\frac{\partial"
"""How the left side of a derivative begins, in a proof of more than one."""


def local_table(desk: Desk) -> Iterator[Block]:
    """What every function's derivative is, then every local derivative, an equation a row.

    What was told on the way back is left out; nothing is yielded where that is all, or almost.
    """
    others = desk.tells("derivation")
    if sum(1 for _ in _rows(desk)) < (FEWEST_OTHERS if others else 1):
        return
    yield Heading(1, ("The other local derivatives" if others else "Local derivatives",))
    yield from function_blocks(desk)
    yield Paragraph(_asked_of_all(desk, others))
    rows = list(_rows(desk))  # which cite the proofs of functions
    has_reasons = any(row[2] for row in rows)
    header: tuple[Inlines, ...] = (("equation",), ("derivative",), ("why",))
    if not has_reasons:
        rows, header = [row[:2] for row in rows], header[:2]
    yield Table(header, tuple(rows), "cll" if has_reasons else "cl")
    left = len(desk.derivation.graph.active) - EQUATIONS_SHOWN
    if left > 0:
        yield Paragraph((f"The other {left} equations are alike.",))
    if not others:
        yield from plus_explained(desk)


def _rows(desk: Desk) -> Iterator[tuple[Inlines, ...]]:
    """The equation, the derivative and why it is so, of each that was not told before."""
    derivation = desk.derivation
    for user in derivation.graph.active[:EQUATIONS_SHOWN]:
        new = [name for name in derivation.graph.arguments[user] if local_key(user, name) not in desk.number_of]
        for name in new:
            equation: Inlines = desk.refs((user,)) if name == new[0] else ()
            local = Maths(derivation.link(user, name), derivation.local[user, name])
            yield equation, (local,), local_reason(desk, user, name)


def _asked_of_all(desk: Desk, others: bool) -> Inlines:
    """The question that the table answers, and of which pairs of names."""
    if others:
        asked = "How much does each of the other values move when a value that stands in it moves a little? They go "
        return (f"{asked}like those that were worked out above:",)
    where = "an input or a parameter" if desk.derivation.network.outputs else "a parameter"
    return (
        "How much does each value move when what stands in it moves a little? Each equation, differentiated by each "
        f"name that stands in it and leads to {where}:",
    )


def plus_explained(desk: Desk) -> Iterator[Block]:
    """What a plus at a derivative means, where there is one."""
    detour = next((edge for edge in desk.derivation.local if desk.derivation.graph.has_detour(*edge)), None)
    if detour is not None:
        marked = Maths(desk.derivation.link(*detour))
        words = ", marks a derivative beside which other routes lead from the one to the other."
        yield Paragraph(("A plus, as in ", marked, words))


def function_blocks(desk: Desk, exprs: Iterable[Expr] | None = None) -> Iterator[Formula]:
    """Each function of the network, or of these formulas, that was not told before: its derivative, proved.

    It begins with the definition, where that does not stand below the forward pass.
    """
    defined = desk.derivation.network.kind.one_number and desk.tells("forward")
    for node in _functions(desk.derivation.network.equations.values() if exprs is None else exprs):
        if type(node) in desk.functions_told:
            continue
        desk.functions_told.add(type(node))
        begins = defined or isinstance(node, SoftmaxComponent)  # the proof of a softmax begins with its definition
        definition = [] if begins else list(definition_of(node))
        proof = _proof(node)
        if proof:
            letters = indices_of(desk) if isinstance(node, SoftmaxComponent) else {}
            own = [shown_in(shown, letters) for shown in proof]
            key = ("function", type(node))
            cases = (*key, FIRST_CASE) if isinstance(node, SoftmaxComponent) else None
            yield _with_proof(desk, definition, own, key, cases)
        elif found := [*definition, *_derivatives(node)]:
            yield Formula(tuple(found))


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
    for node in _functions(desk.derivation.network.equations.values()):
        yield from definition_of(node)
        yield from _derivatives(node)


def definition_lines(network: Network) -> Iterator[Line]:
    """Each function of the network once, by its definition alone."""
    for node in _functions(network.equations.values()):
        yield from definition_of(node)


def proof_of(desk: Desk, proof: Sequence[Shown], defines: Hashable) -> Formula:
    """The lines of a proof, the last of them numbered."""
    return _with_proof(desk, [], proof, defines)


def _with_proof(
    desk: Desk, definition: Sequence[Line], proof: Sequence[Shown], defines: Hashable, first_case: Hashable = None
) -> Formula:
    """The lines of a proof, the last of them numbered; and that which ends the case before it, where it has a key."""
    lines: list[Line] = list(definition)
    about = ""
    for shown, after in zip(proof, [*proof[1:], None], strict=True):
        left = Raw(shown.left) if shown.left else None
        about = shown.left or about
        why = with_mathematics(shown.why)
        right = Raw(shown.right)
        if after is None:
            lines.append(desk.line(left, right, why, defines=defines))
        elif first_case is not None and after.left and about.startswith(DERIVATIVE):
            lines.append(desk.line(left, right, why, defines=first_case))
        else:
            lines.append(Line(right, left, why))
    return Formula(tuple(lines))


def _functions(exprs: Iterable[Expr]) -> Iterator[Expr]:
    """The first application of each function in formulas."""
    seen: set[type] = set()
    for expr in exprs:
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


def called(node: Expr) -> Inlines:
    """What a function is called, in a sentence."""
    row = primitive_of(node)
    if isinstance(node, SoftmaxComponent):
        return (node.spoken,)
    if row is None:
        return (str(type(node).__name__),)
    return (Maths(Raw(row.latex)),) if row.latex else (row.name,)


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
