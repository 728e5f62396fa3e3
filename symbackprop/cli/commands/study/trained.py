"""``symbackprop study learning-rates`` and ``boundary``: studies that train a network NET."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symbackprop.cli.commands.study.group import check_report, report_options, write_report
from symbackprop.cli.options import choices_options, data_option, epochs_option, net_argument
from symbackprop.cli.readers import read_rate, read_rates
from symbackprop.cli.teaching import TaughtCommand
from symbackprop.cli.training_options import Plan

if TYPE_CHECKING:
    from symbackprop.cli.terminal import Terminal
    from symbackprop.studies import BoundaryStudy, LearningRateStudy

MOST_EXAMPLES = 20
"""How many examples a table shows."""


@click.command(
    "learning-rates",
    cls=TaughtCommand,
    short_help="The loss at several learning rates, and which diverge.",
    examples=["study learning-rates two-layer-sigmoid", "study learning-rates linear-neuron --lr 0.1,0.5,50 -o out"],
)
@net_argument
@click.option("--lr", "rates", callback=read_rates, metavar="RATES", help="Learning rates with commas between them.")
@epochs_option
@data_option
@choices_options
@report_options
def learning_rates(
    net: str,
    rates: tuple[float, ...] | None,
    epochs: int | None,
    data: str | None,
    validation: str | None,
    output: Path | None,
    formats: tuple[str, ...] | None,
    ascii_only: bool,
    **how: Any,
) -> None:
    """Train NET at several learning rates from the same first weights, and compare the losses."""
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import Terminal
    from symbackprop.studies import learning_rates as look

    check_report(output, formats)
    found = find(net)
    plan = Plan.of(found, None, epochs, rates, {**how, "validation": found.data(validation)}).require_rates()
    values, derivation, steps = found.data(data), found.derive(), plan.epochs or 0
    with found.blamed():
        study = look(derivation, values, rates=plan.rates, epochs=steps, progress=True, **plan.how)
    terminal = Terminal.now(ascii_only)
    _show_rates(study, terminal)
    write_report(study, output, f"{study.kind}-{found.stem}", formats, terminal)


def _show_rates(study: LearningRateStudy, terminal: Terminal) -> None:
    loss = study.derivation.network.loss.name
    moments = sorted({0, min(1, study.epochs), study.epochs})
    table = terminal.table(">learning rate", *(f">{loss} {'after' if k else 'at'} {k}" for k in moments), "the loss")
    for rate, course in study.courses.items():
        losses = (f"{course.losses[k]:.6g}" if k < len(course.losses) else "" for k in moments)
        table.add_row(f"{rate:g}", *losses, course.verdict)
    terminal.show(table)
    best = "Every learning rate diverged; try smaller ones."
    if study.best is not None:
        best = f"Smallest at the end: learning rate {study.best:g}."
    terminal.say("", best)


@click.command(
    cls=TaughtCommand,
    short_help="The decision boundary of two inputs, and the cost curve.",
    examples=["study boundary or-gate", "study boundary xor --lr 2 --epochs 2000 -o out"],
)
@net_argument
@click.option(
    "--lr", callback=read_rate, metavar="RATE", help="The learning rate; by default as NET's [training] says."
)
@epochs_option
@data_option
@choices_options
@click.option(
    "--compare", metavar="NAME", help="The value that is compared with the target; by default as the loss does."
)
@report_options
def boundary(
    net: str,
    lr: float | None,
    epochs: int | None,
    data: str | None,
    validation: str | None,
    compare: str | None,
    output: Path | None,
    formats: tuple[str, ...] | None,
    ascii_only: bool,
    **how: Any,
) -> None:
    """Train NET, which has two inputs and one target, and show where its output is one half."""
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import Terminal
    from symbackprop.studies import boundary as look

    check_report(output, formats)
    found = find(net)
    plan = Plan.of(found, lr, epochs, None, {**how, "validation": found.data(validation)}).require_rate()
    values, derivation, steps = found.data(data), found.derive(), plan.epochs or 0
    assert plan.rate is not None
    with found.blamed():
        study = look(
            derivation, values, learning_rate=plan.rate, epochs=steps, output=compare, progress=True, **plan.how
        )
    terminal = Terminal.now(ascii_only)
    _show_boundary(study, terminal)
    write_report(study, output, f"{study.kind}-{found.stem}", formats, terminal)


def _show_boundary(study: BoundaryStudy, terminal: Terminal) -> None:
    first, second = study.inputs
    table = terminal.table(f">{first}", f">{second}", f">{study.target}", f">{study.output}", "")
    examples = list(zip(study.examples, study.targets, study.outputs, study.right, strict=True))
    for point, target, output, right in examples[:MOST_EXAMPLES]:
        numbers = (*(f"{value:g}" for value in (*point, target)), f"{output:.6f}")
        table.add_row(*numbers, "right" if right else "wrong")
    terminal.show(table)
    if len(examples) > MOST_EXAMPLES:
        terminal.say(f"… and {len(examples) - MOST_EXAMPLES} examples more")
    loss, course = study.derivation.network.loss.name, study.course
    lines = [
        f"{sum(study.right)} of {len(study.right)} examples are right.",
        f"Mean {loss} {course.verdict}: {course.first:.6g} at first, {course.last:.6g} after {course.updates} epochs.",
    ]
    if study.line is not None:
        constant, one, other = study.line
        lines.append(f"Boundary: {one:.6g}*{first} {other:+.6g}*{second} {constant:+.6g} = 0")
    if study.flat:
        lines.append(f"{study.output} is 1/2 everywhere: there is no boundary.")
    if study.shared is not None:
        x, y = study.shared.point
        lines.append(f"No straight line separates the classes: ({x:g}, {y:g}) lies between points of both.")
    terminal.say("", *lines)
