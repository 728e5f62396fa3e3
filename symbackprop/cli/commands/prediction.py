"""``symbackprop predict``: what a trained network gives for new inputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symbackprop.cli.options import net_argument
from symbackprop.cli.readers import read_names, read_output
from symbackprop.cli.teaching import TaughtCommand

if TYPE_CHECKING:
    from symbackprop.cli.find_network import Found
    from symbackprop.numeric import Predictor
    from symbackprop.training import TableModel, Weights


@click.command(
    cls=TaughtCommand,
    short_help="What a trained network gives for new inputs.",
    examples=[
        "predict or-gate",
        "predict mlp --names A1,A2 -o out.csv",
    ],
)
@net_argument
@click.option(
    "--weights",
    metavar="FILE",
    help="The weights, as symbackprop train --save wrote them; by default the parameters that NET gives.",
)
@click.option(
    "--data",
    metavar="FILE",
    help="Inputs as CSV: a row an example, a column for each input, or X_1, X_2 … for a matrix X; or an .npz file with "
    "an array for each. Targets may be there and are not read. By default the inputs that NET gives.",
)
@click.option(
    "--names",
    callback=read_names,
    metavar="NAMES",
    help="What to compute, such as P or z1,z2; by default what NET compares with its targets.",
)
@click.option(
    "-o", "--output", callback=read_output(dash=True), metavar="FILE", help="The CSV file to write; - prints it."
)
def predict(
    net: str, weights: str | None, data: str | None, names: tuple[str, ...] | None, output: Path | None
) -> None:
    """Compute what NET predicts, without targets: a row an example, as CSV.

    A matrix has a column for each entry of an example, P_1, P_2 …; numbers are written in full.

    After symbackprop train NET --save w.npz it is symbackprop predict NET --weights w.npz --data new.csv.

    After symbackprop train mlp --hidden … --target … --save w.npz it is symbackprop predict w.npz --data new.csv, whose
    columns may stand in any order; the first column that is written has the class of each row.
    """
    from symbackprop.cli.find_network import find, is_model
    from symbackprop.cli.predictions import as_csv, table_as_csv
    from symbackprop.numeric import predictor
    from symbackprop.training import read_weights

    found = find(net)
    path = net if weights is None and is_model(net) else weights
    trained = None if path is None else read_weights(path, found.network)
    model = _model(found, trained, path, data)
    if model is not None and names is None:
        _give(table_as_csv(model, str(data)), output)
        return
    with found.blamed():
        function = predictor(found.network, None if names is None else list(names))
    given = _given(found, function, trained, data, model)
    with found.blamed():
        text = as_csv(function, function(**given))
    _give(text, output)


def _give(text: str, output: Path | None) -> None:
    """Print what was computed, or write it to a file."""
    from symbackprop.cli.terminal import Terminal
    from symbackprop.files import write_atomically

    if output is None:
        click.echo(text, nl=False)
    else:
        write_atomically(output, text)
        Terminal.now().write(str(output))


def _model(found: Found, weights: Weights | None, path: str | None, data: str | None) -> TableModel | None:
    """The weights with what is done to the columns of a CSV file, where they have that. Raises DataError."""
    from symbackprop.cli.failures import blaming
    from symbackprop.training.frames.model import COLUMNS, model_of

    if weights is None or data is None or data.lower().endswith(".npz") or COLUMNS not in weights.metadata:
        return None
    with blaming(str(path)):
        return model_of(weights, found.network)


def _given(
    found: Found, function: Predictor, weights: Weights | None, data: str | None, model: TableModel | None
) -> dict[str, Any]:
    """The values that a function takes: those of the network, weights and data in the place of its own."""
    from symbackprop.training.loading import load_inputs

    network = found.network
    trained: dict[str, Any] = network.given(network.parameters) if weights is None else dict(weights.values)
    inputs: dict[str, Any] = network.given(network.inputs)
    targets = network.given(network.targets)
    if model is not None:
        inputs |= model.given(str(data))
    elif data is not None:
        inputs |= load_inputs(data, network, function.names, trained)
    return {**inputs, **targets, **trained}
