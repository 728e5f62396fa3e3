"""``symbackprop check`` and ``symbackprop verify``: are the gradients right?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from symbackprop.cli.failures import WRONG
from symbackprop.cli.homework import status_of_verdict
from symbackprop.cli.options import ascii_option, facts_option, net_argument
from symbackprop.cli.readers import read_names, read_settings, read_whole
from symbackprop.cli.teaching import FormulaCommand, TaughtCommand

if TYPE_CHECKING:
    from symbackprop.calculus import Derivation
    from symbackprop.cli.place import Found
    from symbackprop.cli.terminal import Terminal
    from symbackprop.verification import CheckReport, Verification

POINTS = read_whole(1, 1_000, 5)
SEED = read_whole(0, 2**32 - 1, 0)


@click.command(
    cls=TaughtCommand,
    short_help="Compare gradients with numeric derivatives.",
    examples=["check two-layer-sigmoid", "check softmax-classifier --points 20 --seed 7"],
)
@net_argument
@click.option("--points", callback=POINTS, default="5", show_default=True, metavar="N", help="How many random points.")
@click.option(
    "--seed", callback=SEED, default="0", show_default=True, metavar="N", help="What the points are drawn from."
)
@click.option("--wrt", callback=read_names, metavar="NAMES", help="Check the gradients by these names alone.")
@facts_option
@ascii_option
def check(
    net: str, points: int, seed: int, wrt: tuple[str, ...] | None, facts: tuple[str, ...], ascii_only: bool
) -> None:
    """Compare the gradients of NET with numeric derivatives, at random points.

    The table shows the worst relative error of each gradient: of the compiled code against a complex step or a central
    difference, and of the shared, closed and expanded forms against the compiled code. The exit status is 1 where
    anything disagrees.
    """
    from symbackprop.cli.place import find
    from symbackprop.cli.terminal import Terminal

    found = find(net)
    derivation = found.derive(wrt, facts)
    checked = _checked(found, derivation, points, seed)
    _show(checked, derivation, Terminal.now(ascii_only))
    if not checked.ok:
        click.get_current_context().exit(WRONG)


def _checked(found: Found, derivation: Derivation, points: int, seed: int) -> CheckReport:
    from symbackprop.cli.terminal import patience
    from symbackprop.verification import check

    with found.blamed(), patience("checking"):
        return check(derivation, points=points, seed=seed)


def stop_if_wrong(found: Found, derivation: Derivation) -> CheckReport:
    """What the checks found; where a gradient is wrong, show the table and leave with status 1."""
    from symbackprop.cli.terminal import Terminal

    checked = _checked(found, derivation, 5, 0)
    if not checked.ok:
        _show(checked, derivation, Terminal.now())
        click.get_current_context().exit(WRONG)
    return checked


def _show(checked: CheckReport, derivation: Derivation, terminal: Terminal) -> None:
    from rich.text import Text

    from symbackprop.cli.equations import Pen
    from symbackprop.cli.terminal import BAD, GOOD

    pen = Pen(derivation, terminal)
    table = terminal.table("gradient", "method", ">numeric", *(f">{form}" for form in checked.forms), "verdict")
    for w, row in zip(derivation.wrt, checked.rows, strict=True):
        verdict = Text("ok", GOOD) if row.ok else Text("WRONG", BAD)
        errors = [f"{row.error:.1e}", *(f"{row.forms[form]:.1e}" for form in checked.forms)]
        table.add_row(pen.formula(pen.gradient(w)), row.method, *errors, verdict)
    terminal.show(table)
    wrong = sum(not row.ok for row in checked.rows)
    at = "1 point" if checked.points == 1 else f"{checked.points} points"
    if wrong:
        terminal.write("", Text(f"{checked.network}: {wrong} of {len(checked.rows)} gradients are WRONG at {at}", BAD))
    else:
        terminal.write("", Text(f"{checked.network}: all gradients agree at {at}", GOOD))
    if checked.sizes:
        terminal.write(*pen.wrapped(f"sizes tried: {checked.sizes_tried}", terminal.width))


@click.command(
    cls=FormulaCommand,
    short_help="Is a gradient that you derived right?",
    examples=[
        'verify two-layer-sigmoid --gradient w5 "(a_o1 - t1)*a_o1*(1 - a_o1)*a_h1"',
        'verify two-layer-sigmoid "∂E/∂w₁ = δₕ₁·i₁"',
        'verify mlp --gradient W1 "X.T @ Delta_Z1"',
        "verify two-layer-sigmoid --gradient w5 --at-values 0.072157",
    ],
)
@net_argument
@click.option("--gradient", metavar="NAME", help="Which gradient: w5 for ∂E/∂w₅; not needed for a whole line.")
@click.argument("formula", metavar="[FORMULA]", required=False)
@click.option("--file", metavar="FILE", help="Verify a file of lines, such as homework.txt.")
@click.option("--at-values", is_flag=True, help="Compare at the network's values alone; FORMULA may be a number.")
@click.option(
    "--set",
    "settings",
    callback=read_settings,
    multiple=True,
    metavar="NAME=NUMBER",
    help="Another value for a name, with --at-values: w1=.15.",
)
@click.option(
    "--seed", callback=SEED, default="0", show_default=True, metavar="N", help="What the points are drawn from."
)
@facts_option
@ascii_option
def verify(
    net: str,
    gradient: str | None,
    formula: str | None,
    file: str | None,
    at_values: bool,
    settings: dict[str, float],
    seed: int,
    facts: tuple[str, ...],
    ascii_only: bool,
) -> None:
    """Tell whether a gradient that you derived by hand is right.

    FORMULA is written as this program prints it, or as in papers and in NumPy, in names of the forward pass, error
    signals such as delta_o1, weights, inputs and targets. It may be a whole line, dE/dw5 = …; with --at-values also a
    number, which is right within its digits. A FILE has one line for each gradient or error signal; blank lines and
    what stands behind # are skipped.

    The exit status is 0 where it is right and 1 where it is wrong; then a point is shown where it differs. It is 2 for
    what cannot be read. Of a file it is that of its worst line.
    """
    from symbackprop.cli.homework import Homework
    from symbackprop.cli.place import find
    from symbackprop.cli.terminal import Terminal, patience

    if (formula is None) is (file is None):
        what = "there are both a formula and a file; give one of them"
        if file is None:
            what = "the formula is missing; give FORMULA, or --file with a file of lines"
        raise click.UsageError(what, click.get_current_context())
    if settings and not at_values:
        raise click.UsageError("--set is for --at-values; add it", click.get_current_context())
    homework = Homework(find(net), facts, seed, settings if at_values else None)
    terminal = Terminal.now(ascii_only)
    if file is not None:
        status = homework.judge_file(file, gradient, terminal)
    else:
        with patience("comparing"):
            derivation, verdict = homework.judge(str(formula), gradient)
        _tell(verdict, derivation, terminal)
        status = status_of_verdict(verdict)
    if status:
        click.get_current_context().exit(status)


def _tell(verdict: Verification, derivation: Derivation, terminal: Terminal) -> None:
    """Say right or wrong; where it is wrong say at which point, both values there, and what the slip may be."""
    from rich.text import Text
    from sympy import Symbol

    from symbackprop.cli.equations import Pen
    from symbackprop.cli.terminal import BAD, GOOD, VALUE

    pen = Pen(derivation, terminal)
    gradient = pen.formula(pen.gradient(derivation.symbol(verdict.gradient.rpartition("/d")[2])))
    if verdict.ok:
        terminal.write(Text.assemble(("right", GOOD), f": {gradient} = {verdict.formula}"))
        return
    terminal.write(Text.assemble(("wrong", BAD), f": {gradient} is not {verdict.formula}"))
    point = ", ".join(f"{pen.formula(Symbol(name))} = {value:.6g}" for name, value in verdict.numbers.items())
    if point:
        terminal.write(*pen.wrapped(f"at {point}", terminal.width - 2, indent=2))
    if verdict.entry:
        terminal.write(f"  in entry {verdict.entry}")
    terminal.write(Text.assemble("  the gradient is    ", (f"{verdict.expected:.12g}", VALUE)))
    terminal.write(Text.assemble("  the formula gives  ", (f"{verdict.found:.12g}", VALUE)))
    if verdict.hint:
        terminal.write(f"  {verdict.hint}")
