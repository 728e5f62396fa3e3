"""``symbackprop derive`` and ``symbackprop explain``: gradients as formulas, and the work behind one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from symbackprop.cli.completing import names_of
from symbackprop.cli.options import ascii_option, facts_option, net_argument
from symbackprop.cli.readers import read_names
from symbackprop.cli.teaching import TaughtCommand

if TYPE_CHECKING:
    from sympy import Symbol

    from symbackprop.calculus import Derivation, Step
    from symbackprop.cli.equations import Equation, Line, Pen
    from symbackprop.network import Network

MANY = 40
"""With more equations than this only those are shown that the work cites."""
MOST_CHANGES = 8
"""So many changes of one pass are shown one by one."""
MOST_STILL = 6
"""Of so many names it is written that they do not change."""


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
    type=click.Choice(["closed", "shared", "expanded"]),
    default="closed",
    show_default=True,
    help="closed: in names of the forward pass; shared: in error signals δ, which are written first; expanded: in "
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
    derivation = found.derive(wrt, facts)
    pen = Pen(derivation, Terminal.now(ascii_only))
    with found.blamed(), patience("writing"):
        gradients = _gradients(derivation, pen, form)
    if passes:
        _show_passes(pen)
        return
    signals = list(derivation.backward.items()) if form == "shared" else []
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
    for fact in pen.derivation.unused_facts:
        words = f"the fact {pen.formula(fact.lhs)} = {pen.formula(fact.rhs)} changed no gradient"
        pen.terminal.write("", *pen.wrapped(words, pen.terminal.width))


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


def _gradients(derivation: Derivation, pen: Pen, form: str) -> list[Equation]:
    forms = {
        "closed": derivation.gradients.__getitem__,
        "shared": derivation.shared.__getitem__,
        "expanded": derivation.expanded_to_read,
    }
    return [(pen.gradient(w), forms[form](w)) for w in derivation.wrt]


@click.command(
    cls=TaughtCommand,
    short_help="Every line of the work for one gradient.",
    examples=[
        "explain two-layer-sigmoid w1",
        "explain softmax-classifier w1 --ascii",
        "explain or-gate w1 --latex",
    ],
)
@net_argument
@click.argument("name", metavar="NAME", shell_complete=names_of)
@facts_option
@click.option("--latex", "as_latex", is_flag=True, help="Write LaTeX: aligned lines, each with its reason.")
@ascii_option
def explain(net: str, name: str, facts: tuple[str, ...], as_latex: bool, ascii_only: bool) -> None:
    """Show every line of the work for one gradient of NET, each with its reason.

    NAME is a parameter such as w1, or any other name that reaches the loss.
    """
    from symbackprop.calculus import work
    from symbackprop.cli.equations import Pen
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import PAGE, Terminal, patience

    found = find(net)
    derivation, symbol = found.derive_for(name, facts)
    with found.blamed(), patience("working it out"):
        steps = work(derivation, symbol)
    pen = Pen(derivation, Terminal.now(ascii_only, PAGE))
    if as_latex:
        _print_latex(pen, steps)
        return
    _print_work(pen, steps)
    remarks = pen.remarks([symbol])
    if remarks:
        pen.terminal.write("", *remarks)


def _print_work(pen: Pen, steps: tuple[Step, ...]) -> None:
    from symbackprop.cli.terminal import GRADIENT
    from symbackprop.notation import Differential, Immediate

    network = pen.derivation.network
    adjoints = [(adjoint, pen.gradient(output)) for output, adjoint in network.outputs.items()]
    given = (f"Given, whatever the loss {pen.formula(network.loss)} that follows", pen.equations(adjoints, indent=2))
    title, forward = _forward(pen, steps)
    work = pen.lines(list(_lines(pen, steps)), GRADIENT, indent=2)
    signals = pen.equations(_signals(pen.derivation, steps), GRADIENT, indent=2)
    immediate = any(step.rhs.has(Immediate) for step in steps)
    changes = any(step.lhs.has(Differential) for step in steps)
    heading = (
        "Work (∂⁺ is the derivative in one equation alone, where other routes lead there too)"
        if immediate
        else f"Work{_what_stays(pen) if changes else ''}"
    )
    pen.sections([given, (title, pen.equations(forward, indent=2)), (heading, work), ("Error signals", signals)])


def _forward(pen: Pen, steps: tuple[Step, ...]) -> tuple[str, list[Equation]]:
    """The equations of the forward pass, all or those that are cited, under what they are called."""
    equations = pen.derivation.network.equations
    cited = {name for step in steps for name in step.uses}
    few = len(equations) <= MANY
    forward = [(name, expr) for name, expr in equations.items() if few or name in cited]
    return "Forward pass" if few else f"Forward pass: the {len(forward)} equations cited, of {len(equations)}", forward


def _print_latex(pen: Pen, steps: tuple[Step, ...]) -> None:
    """The same sections for a paper."""
    from symbackprop.cli.latex_work import display, equations, work

    title, forward = _forward(pen, steps)
    signals = _signals(pen.derivation, steps)
    sections = [
        (title, equations(pen, forward)),
        ("Work", work(pen, steps)),
        ("Error signals", equations(pen, signals)),
    ]
    written = list(filter(None, (display(title, rows) for title, rows in sections)))
    for position, lines in enumerate(written):
        pen.terminal.write(*([""] if position else []), *lines)


def _what_stays(pen: Pen) -> str:
    """Which names do not change, so that the changes written are whole."""
    from symbackprop.calculus.step import listed
    from symbackprop.notation import Differential

    still = pen.derivation.still
    if not still:
        return ""
    if len(still) > MOST_STILL:
        return " (inputs, targets and parameters that it is not derived by do not change)"
    zero = " = ".join(pen.formula(Differential(name)) for name in still)
    return f" ({pen.words(listed(still))} {'do' if len(still) > 1 else 'does'} not change: {zero} = 0)"


def _lines(pen: Pen, steps: tuple[Step, ...]) -> Iterator[Line]:
    """The left side once, then a line a step."""
    from symbackprop.cli.equations import Line
    from symbackprop.cli.latex_work import because

    before = None
    for step in steps:
        left = "" if step.lhs == before else pen.formula(step.lhs)
        before = step.lhs
        yield Line(left, pen.formula(step.rhs), f"({step.number}) {pen.words(because(step))}")


def _signals(derivation: Derivation, steps: tuple[Step, ...]) -> list[Equation]:
    """The error signals in the work, and those in their definitions, in the order of computation."""
    wanted = {symbol for step in steps for symbol in step.rhs.free_symbols}
    for delta, definition in reversed(list(derivation.backward.items())):
        if delta in wanted:
            wanted |= definition.free_symbols
    return [(delta, definition) for delta, definition in derivation.backward.items() if delta in wanted]
