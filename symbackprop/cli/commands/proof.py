"""``symbackprop check`` and ``symbackprop verify``: are the gradients right?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from symbackprop.cli.failures import UNDECIDED, WRONG
from symbackprop.cli.homework import status_of_verdict
from symbackprop.cli.options import ascii_option, facts_option, net_argument
from symbackprop.cli.readers import read_names, read_settings, read_whole
from symbackprop.cli.teaching import FormulaCommand, TaughtCommand

if TYPE_CHECKING:
    from symbackprop.calculus import Derivation
    from symbackprop.cli.find_network import Found
    from symbackprop.cli.terminal import Terminal
    from symbackprop.verification import CheckReport, Verification

POINTS = read_whole(1, 1_000, 5)
SEED = read_whole(0, 2**32 - 1, 0)


@click.command(
    cls=TaughtCommand,
    short_help="Prove gradients, and try the code.",
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
    """Judge the gradients of NET, and try the code made of them at random points.

    The table has a verdict on each form of each gradient: proved (by exact arithmetic, from the equations alone),
    wrong, or undecided; and the worst relative error of the generated code, against fifty digits.

    The exit status is 0 where all is proved, 1 where anything is wrong, 3 where anything is undecided, and 2 for bad
    input.
    """
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import Terminal

    found = find(net)
    derivation = found.derive(wrt, facts)
    checked = _checked(found, derivation, points, seed)
    _show(checked, derivation, Terminal.now(ascii_only))
    if not checked.proved:
        click.get_current_context().exit(UNDECIDED if checked.ok else WRONG)


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

    from symbackprop.cli.commands.formulas import tell_facts
    from symbackprop.cli.equations import Pen
    from symbackprop.cli.terminal import BAD, GOOD

    pen = Pen(derivation, terminal)
    table = terminal.table("gradient", *checked.forms, ">code", "")
    styles = {"proved": GOOD, "wrong": BAD, "undecided": ""}
    for w, row in zip(derivation.wrt, checked.rows, strict=True):
        rulings = [row.verdicts[form].ruling for form in checked.forms]
        cells = [Text(str(ruling), styles[ruling]) for ruling in rulings]
        last = Text("ok", GOOD) if row.ok else Text("WRONG", BAD)
        table.add_row(pen.formula(pen.gradient(w)), *cells, f"{row.error:.1e}", last)
    terminal.show(table)
    summary = pen.wrapped(f"{checked.network}: {checked.summary}", terminal.width)
    terminal.write("", *(Text(row, GOOD if checked.ok else BAD) for row in summary))
    lines = [] if checked.verdict is None else [f"proved: {checked.verdict.method}"]
    lines += [f"undecided: {reason}" for reason in checked.reasons]
    lines += [f"left out, as too many routes lead to the loss: {form} forms" for form in checked.left_out]
    lines += [f"sizes tried: {checked.sizes_tried}"] if checked.sizes else []
    for line in lines:
        terminal.write(*pen.wrapped(line, terminal.width))
    remarks = pen.remarks(derivation.wrt)
    if remarks:
        terminal.write(*remarks)
    tell_facts(pen)


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
    what stands behind # are skipped. Or it has the answers to a worksheet, which are marked.

    It is proved by exact arithmetic, or wrong, and then a point shows it; or undecided, with the reason.

    The exit status is 0 where it is proved, 1 where it is wrong, 3 where it is undecided, and 2 for bad input. Of a
    file it is that of its worst line; an empty answer counts as wrong.
    """
    from symbackprop.cli.find_network import find
    from symbackprop.cli.homework import Homework, content_of
    from symbackprop.cli.submissions import is_submission, mark_file, refuse_options
    from symbackprop.cli.terminal import PAGE, Terminal, patience

    if (formula is None) is (file is None):
        what = "there are both a formula and a file; give one of them"
        if file is None:
            what = "the formula is missing; give FORMULA, or --file with a file of lines"
        raise click.UsageError(what, click.get_current_context())
    if settings and not at_values:
        raise click.UsageError("--set is for --at-values; add it", click.get_current_context())
    homework = Homework(find(net), facts, seed, settings if at_values else None)
    terminal = Terminal.now(ascii_only, PAGE)
    content = "" if file is None else content_of(file)
    if file is not None and is_submission(content):
        refuse_options({"--gradient": gradient, "--at-values": at_values})
        status = mark_file(homework.found, facts, content, file, terminal)
    elif file is not None:
        status = homework.judge_lines(content, file, gradient, terminal)
    else:
        with patience("comparing"):
            derivation, verdict = homework.judge(str(formula), gradient)
        _tell(verdict, derivation, terminal)
        status = status_of_verdict(verdict)
    if status:
        click.get_current_context().exit(status)


def _tell(verdict: Verification, derivation: Derivation, terminal: Terminal) -> None:
    """Say what is ruled and how; where it is wrong at which point, both values there, and what the slip may be."""
    from rich.text import Text
    from sympy import Symbol

    from symbackprop.cli.equations import Pen
    from symbackprop.cli.terminal import BAD, GOOD, VALUE

    pen = Pen(derivation, terminal)
    gradient = pen.formula(pen.gradient(derivation.symbol(verdict.gradient.rpartition("/d")[2])))
    if verdict.ok:
        terminal.write(*pen.claim("proved", GOOD, f"{gradient} =", verdict.formula))
        terminal.write(*pen.wrapped(verdict.verdict.method, terminal.width - 2, indent=2))
        return
    if not verdict.verdict.wrong:
        terminal.write(*pen.claim("undecided", "", f"whether {gradient} is", verdict.formula))
        terminal.write(*pen.wrapped(verdict.verdict.reason, terminal.width - 2, indent=2))
        return
    terminal.write(*pen.claim("wrong", BAD, f"{gradient} is not", verdict.formula))
    point = ", ".join(f"{pen.formula(Symbol(name))} = {value:.6g}" for name, value in verdict.numbers.items())
    if point:
        terminal.write(*pen.wrapped(f"at {point}", terminal.width - 2, indent=2))
    if verdict.entry:
        terminal.write(f"  in entry {verdict.entry}")
    terminal.write(Text.assemble("  the gradient is    ", (verdict.digits[0], VALUE)))
    terminal.write(Text.assemble("  the formula gives  ", (verdict.digits[1], VALUE)))
    if verdict.hint:
        terminal.write(*pen.wrapped(verdict.hint, terminal.width, indent=2))
