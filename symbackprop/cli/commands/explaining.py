"""``symbackprop explain``: the work behind one gradient, all at once or one line at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from symbackprop.cli.completing import names_of
from symbackprop.cli.options import ascii_option, facts_option, net_argument
from symbackprop.cli.teaching import TaughtCommand

if TYPE_CHECKING:
    from symbackprop.calculus import Derivation, Step
    from symbackprop.cli.equations import Equation, Line, Pen

MANY = 40
"""With more equations than this only those are shown that the work cites."""
MOST_STILL = 6
"""Of so many names it is written that they do not change."""


@click.command(
    cls=TaughtCommand,
    short_help="Every line of the work for one gradient.",
    examples=[
        "explain two-layer-sigmoid w1",
        "explain softmax-classifier w1 --ascii",
        "explain or-gate w1 --latex",
        "explain two-layer-sigmoid w1 --step",
        "explain or-gate --step",
    ],
)
@net_argument
@click.argument("name", metavar="[NAME]", required=False, shell_complete=names_of)
@facts_option
@click.option("--latex", "as_latex", is_flag=True, help="Write LaTeX: aligned lines, each with its reason.")
@click.option("--step", "stepping", is_flag=True, help="Show one line at a time with all that it cites, at your keys.")
@ascii_option
@click.pass_context
def explain(
    ctx: click.Context,
    net: str,
    name: str | None,
    facts: tuple[str, ...],
    as_latex: bool,
    stepping: bool,
    ascii_only: bool,
) -> None:
    """Show every line of the work for one gradient of NET, each with its reason.

    NAME is a parameter such as w1, or any other name that reaches the loss. With --step it may be left out: then the
    walk goes from the loss to all gradients. Where no terminal is there to press keys on, --step writes all lines.
    """
    from symbackprop.calculus import work
    from symbackprop.cli.equations import Pen
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import PAGE, Terminal, patience
    from symbackprop.cli.walking import can_walk, walk

    _require_name(ctx, name, as_latex, stepping)
    found = find(net)
    if name is None:
        derivation, asked = found.derive(facts=facts), None
        steps = derivation.steps
    else:
        derivation, asked = found.derive_for(name, facts)
        with found.blamed(), patience("working it out"):
            steps = work(derivation, asked)
    pen = Pen(derivation, Terminal.now(ascii_only, PAGE))
    if as_latex:
        _print_latex(pen, steps)
        return
    remarks = pen.remarks(derivation.wrt if asked is None else [asked])
    if stepping and can_walk():
        goal = "all gradients" if asked is None else pen.formula(pen.gradient(asked))
        walk(pen, f"{found.network.name}: {goal}", steps, remarks)
        return
    _print_work(pen, steps)
    if remarks:
        pen.terminal.write("", *remarks)


def _require_name(ctx: click.Context, name: str | None, as_latex: bool, stepping: bool) -> None:
    """Refuse a command line without a name but for a walk, and a walk through LaTeX."""
    if stepping and as_latex:
        raise click.UsageError("--step is for reading, and --latex for a paper; give one of them", ctx)
    if name is None and not stepping:
        [argument] = [param for param in ctx.command.params if param.name == "name"]
        raise click.MissingParameter(ctx=ctx, param=argument)


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
