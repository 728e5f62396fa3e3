"""``symbackprop study loss-curve``: the loss of a network NET along one parameter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symbackprop.cli.commands.study.group import check_report, finite, read_numbers, report_options, write_report
from symbackprop.cli.options import data_option, net_argument
from symbackprop.cli.readers import read_rates, read_whole
from symbackprop.cli.teaching import TaughtCommand

if TYPE_CHECKING:
    from symbackprop.cli.terminal import Terminal
    from symbackprop.studies import LossCurveStudy

PLACES = 9


@click.command(
    "loss-curve",
    cls=TaughtCommand,
    short_help="The loss as a function of one parameter, and descent on it.",
    examples=["study loss-curve or-gate --parameter b", "study loss-curve or-gate --parameter b --example 1 --lr 5,50"],
)
@net_argument
@click.option("--parameter", required=True, metavar="NAME", help="The parameter that moves; the others stay.")
@click.option("--example", callback=read_whole(1, 10**9, 1), metavar="N", help="Of this example alone, from 1 on.")
@click.option("--lr", "rates", callback=read_rates, metavar="RATES", help="Descend at these learning rates.")
@click.option("--epochs", callback=read_whole(0, 100_000, 50), metavar="N", help="Updates at each; by default 50.")
@click.option(
    "--interval", callback=read_numbers("-4,4", finite, "two numbers"), metavar="LOW,HIGH", help="From where to where."
)
@data_option
@report_options
def loss_curve(
    net: str,
    parameter: str,
    example: int | None,
    rates: tuple[float, ...] | None,
    epochs: int | None,
    interval: tuple[float, float] | None,
    data: str | None,
    output: Path | None,
    formats: tuple[str, ...] | None,
    ascii_only: bool,
) -> None:
    """Draw the loss of NET as a function of one parameter, and descend on it from the parameter's own value."""
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import Terminal
    from symbackprop.studies import loss_curve as look

    check_report(output, formats)
    found = find(net)
    values, derivation = found.data(data), found.derive()
    steps = rates if rates is not None else found.spec.training.learning_rates
    given: dict[str, Any] = {"example": example, "epochs": epochs, "interval": interval}
    with found.blamed():
        study = look(derivation, parameter, values, rates=steps, **{k: v for k, v in given.items() if v is not None})
    terminal = Terminal.now(ascii_only)
    _show_curve(study, terminal)
    which = "" if example is None else f"-example-{example}"
    write_report(study, output, f"{study.kind}-{found.stem}-{parameter}{which}", formats, terminal)


def _show_curve(study: LossCurveStudy, terminal: Terminal) -> None:
    import numpy as np

    loss, name = study.derivation.network.loss.name, study.parameter
    table = terminal.table(f">{name}", f">{loss}", f">d{loss}/d{name}")
    for place in np.linspace(study.places[0], study.places[-1], PLACES):
        at, slope = study.at(float(place))
        table.add_row(f"{place:.6g}", f"{at:.6g}", f"{slope:.6g}")
    terminal.show(table)
    places = [f"{name} = {place:.6g}, where {loss} = {least:.6g}" for place, least in study.minima]
    terminal.say("", f"Minimum at {'; '.join(places)}." if places else "There is no minimum in this interval.")
    if study.descents:
        terminal.write("")
        table = terminal.table(
            ">learning rate", f">{name} after 1", f">{name} at the end", f">{loss} at the end", "the loss"
        )
        for one in study.descents:
            moved = f"{one.places[1]:.6g}" if len(one.places) > 1 else ""
            ends = (f"{one.places[-1]:.6g}", f"{one.course.last:.6g}")
            table.add_row(f"{one.rate:g}", moved, *ends, one.course.verdict)
        terminal.show(table)
