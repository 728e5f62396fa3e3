"""``symbackprop derive``: gradients as formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from symbackprop.cli.options import ascii_option, facts_option, net_argument
from symbackprop.cli.readers import read_names
from symbackprop.cli.teaching import TaughtCommand

if TYPE_CHECKING:
    from sympy import Symbol

    from symbackprop.calculus import Derivation
    from symbackprop.cli.equations import Equation, Pen
    from symbackprop.network import Network

MOST_CHANGES = 8
"""So many changes of one pass are shown one by one."""


@click.command(
    cls=TaughtCommand,
    short_help="Gradients as formulas.",
    examples=[
        "derive two-layer-sigmoid",
        "derive two-layer-sigmoid --wrt w1,w5 --form shared",
        'derive softmax-classifier --facts "t1 + t2 + t3 = 1"',
        "derive or-gate --latex",
        "derive mlp --form shared --shapes",
        "derive softmax-classifier --passes",
    ],
)
@net_argument
@click.option("--wrt", callback=read_names, metavar="NAMES", help="Differentiate by these names alone, such as w1,w5.")
@click.option(
    "--form",
    type=click.Choice(["closed", "shared", "published", "expanded"]),
    default="closed",
    show_default=True,
    help="closed: in names of the forward pass; shared: in error signals δ, which are written first; "
    "published: the same, as short as a search finds it; expanded: in "
    "weights, inputs and targets alone.",
)
@facts_option
@click.option("--latex", "as_latex", is_flag=True, help="Write LaTeX, one line an equation.")
@click.option("--shapes", is_flag=True, help="List each name with its shape first.")
@click.option("--passes", is_flag=True, help="Show which passes ran, and what each changed, in place of the gradients.")
@ascii_option
def derive(
    net: str,
    wrt: tuple[str, ...] | None,
    form: str,
    facts: tuple[str, ...],
    as_latex: bool,
    shapes: bool,
    passes: bool,
    ascii_only: bool,
) -> None:
    """Derive the gradient of the loss by each parameter of NET."""
    from symbackprop.cli.equations import Pen
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import GRADIENT, Terminal, patience

    found = find(net)
    _require_form(found.network, form)
    derivation = found.derive(wrt, facts, "published" if form == "published" else "textbook")
    pen = Pen(derivation, Terminal.now(ascii_only))
    with found.blamed(), patience("writing"):
        gradients = _gradients(derivation, pen, form)
    if passes:
        _show_passes(pen)
        return
    signals = list(derivation.backward.items()) if form in ("shared", "published") else []
    if shapes:
        _show_shapes(pen, [name for name, _ in signals])
        pen.terminal.write("")
    for group in filter(None, (signals, gradients)):
        if group is gradients and signals:
            pen.terminal.write("")
        lines = map(pen.latex, group) if as_latex else pen.equations(group, GRADIENT)
        pen.terminal.write(*lines)
    remarks = [] if as_latex else pen.remarks(derivation.wrt)
    if remarks:
        pen.terminal.write("", *remarks)
    if not as_latex:
        tell_facts(pen)


def tell_facts(pen: Pen) -> None:
    """Say which facts changed no gradient, so that none is accepted in silence."""
    from symbackprop.network.facts import equations_in, is_in_words

    unused = pen.derivation.unused_facts
    for said in pen.derivation.stated:
        idle = [fact for fact in equations_in(said.facts) if fact in unused]
        told = [f"{pen.formula(fact.lhs)} = {pen.formula(fact.rhs)}" for fact in idle]
        if is_in_words(said.words):  # of which one part may do what another says as well
            told = [said.words] if idle and idle == list(equations_in(said.facts)) else []
        for words in told:
            pen.terminal.write("", *pen.wrapped(f"the fact {words} changed no gradient", pen.terminal.width))


def _require_form(network: Network, form: str) -> None:
    """Refuse the one form that networks of matrices do not have."""
    if form == "expanded" and not network.kind.has_routes:
        raise click.UsageError(
            f"--form expanded is for scalars, and {network.name!r} has matrices; give --form closed or --form shared",
            click.get_current_context(),
        )


def _show_shapes(pen: Pen, signals: Sequence[Symbol]) -> None:
    """A table of the names, what each is, and its shape."""
    from symbackprop.matrices import shape_of

    network = pen.derivation.network
    roles = [
        ("input", network.inputs),
        ("constant" if network.outputs else "target", network.constants),
        ("parameter", network.parameters),
        ("value", [name for name in network.equations if name not in (network.loss, *network.outputs)]),
        ("loss", [] if network.outputs else [network.loss]),
        ("output", list(network.outputs)),
        ("adjoint, given", list(network.outputs.values())),
        ("error signal", signals),
    ]
    table = pen.terminal.table("name", "what it is", "shape")
    for role, names in roles:
        for name in names:
            table.add_row(pen.formula(name), role, pen.shape(shape_of(name)))
    pen.terminal.show(table)


def _show_passes(pen: Pen) -> None:
    """A table of the passes in the order in which they ran: what each is for, and what it noted."""
    table = pen.terminal.table("pass", "~what it does", "~what it changed")
    for ran in pen.derivation.passes:
        rows = [pen.words(change) for change in ran.changes[:MOST_CHANGES]]
        if len(ran.changes) > MOST_CHANGES:
            rows.append(f"and {len(ran.changes) - MOST_CHANGES:,} more")
        table.add_row(ran.name, pen.terminal.fit(ran.says), "\n".join(rows) or "nothing")
    pen.terminal.show(table)
    pen.terminal.write("", *pen.wrapped(str(pen.derivation.operations), pen.terminal.width))


def _gradients(derivation: Derivation, pen: Pen, form: str) -> list[Equation]:
    forms = {
        "closed": derivation.gradients.__getitem__,
        "shared": derivation.shared.__getitem__,
        "published": derivation.shared.__getitem__,
        "expanded": derivation.expanded_to_read,
    }
    return [(pen.gradient(w), forms[form](w)) for w in derivation.wrt]
