"""``symbackprop train`` and ``symbackprop sweep``: gradient descent, at one learning rate and at several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from symbackprop.cli.failures import logged
from symbackprop.cli.histories import show_history, show_sweep, write_losses
from symbackprop.cli.options import (
    ascii_option,
    checkpoint_options,
    choices_options,
    data_option,
    epochs_option,
    net_argument,
    require_checkpoint,
)
from symbackprop.cli.readers import read_output, read_rate, read_rates, read_weights_file
from symbackprop.cli.tables import OPTIONS, show_outcome, table_data, table_options
from symbackprop.cli.teaching import TaughtCommand
from symbackprop.cli.training_options import Plan, kept
from symbackprop.errors import Diverged


@click.command(
    cls=TaughtCommand,
    short_help="Gradient descent, and its history.",
    examples=[
        "train two-layer-sigmoid --lr 0.5 --epochs 45",
        "train two-layer-sigmoid --lr 2 --epochs 500 -o run.csv",
        "train mlp --initial xavier --optimiser adam --lr 0.05 --epochs 200 --accuracy A2",
        "train mlp --lr 0.1 --epochs 500 --checkpoint run.ckpt",
        "train mlp --lr 0.1 --epochs 500 --save w.npz",
    ],
)
@net_argument
@click.option(
    "--lr", callback=read_rate, metavar="RATE", help="The learning rate; by default as NET's [training] says."
)
@epochs_option
@data_option
@table_options
@choices_options
@checkpoint_options
@click.option(
    "-o", "--output", callback=read_output(), metavar="FILE", help="Write every number of every epoch here, as CSV."
)
@click.option(
    "--save",
    callback=read_weights_file,
    metavar="FILE",
    help="Write the weights that training ends with here: w.npz, or w.safetensors where that package is installed.",
)
@ascii_option
def train(
    net: str,
    lr: float | None,
    epochs: int | None,
    data: str | None,
    validation: str | None,
    output: Path | None,
    save: Path | None,
    ascii_only: bool,
    **how: Any,
) -> None:
    """Train NET, by default by gradient descent from the parameters that it gives.

    Training that diverges stops: its history is written all the same, and the exit status is 1.

    With --target the columns of --data may have any names; NET mlp with --hidden is a perceptron made for them:
    symbackprop train mlp --hidden 16 --data iris.csv --target species --standardise --split 0.2 --save iris.npz

    With --checkpoint and --resume the same command, given again, goes on where training was killed.
    """
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import PAGE, Terminal

    require_checkpoint(how)
    table = table_data(net, data, validation, how["seed"], {name: how.pop(name) for name in OPTIONS})
    if table is None:
        found = find(net)
        choices = {**how, "validation": found.data(validation)}
    else:
        found, choices = table.found, table.choices(how)
        table.tell()
    plan = Plan.of(found, lr, epochs, None, choices).require_rate()
    values = found.data(data) if table is None else table.dataset
    derivation = found.derive()
    terminal = Terminal.now(ascii_only, PAGE)
    try:
        with logged():
            history = plan.train(derivation, values)
    except Diverged as error:
        show_history(kept(error), derivation, terminal, output)
        raise
    if save is not None:
        history.save(save, None if table is None else table.model(history).metadata)
    show_history(history, derivation, terminal, output)
    if table is not None:
        show_outcome(table, history, terminal)
    if save is not None:
        terminal.write(*([""] if output is None else []), str(save))


@click.command(
    cls=TaughtCommand,
    short_help="Compare learning rates.",
    examples=[
        "sweep two-layer-sigmoid --lr 0.1,0.2,0.5,0.8,1,2 --epochs 45",
        "sweep or-gate --lr 0.1,1,10 --epochs 100 -o sweep.csv",
    ],
)
@net_argument
@click.option("--lr", "rates", callback=read_rates, metavar="RATES", help="Learning rates with commas between them.")
@epochs_option
@data_option
@click.option(
    "-o", "--output", callback=read_output(), metavar="FILE", help="Write the loss of every epoch here, as CSV."
)
@ascii_option
def sweep(
    net: str,
    rates: tuple[float, ...] | None,
    epochs: int | None,
    data: str | None,
    output: Path | None,
    ascii_only: bool,
) -> None:
    """Train NET once at each of several learning rates, and compare the losses."""
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import Terminal

    found = find(net)
    plan = Plan.of(found, None, epochs, rates).require_rates()
    values = found.data(data)
    derivation = found.derive()
    result = plan.sweep(derivation, values)
    assert result
    if output is not None:
        write_losses(result, output)
    show_sweep(result, derivation, Terminal.now(ascii_only), plan.epochs or 0)
    if output is not None:
        Terminal.now().write("", str(output))
