"""Tables with columns of any names on the command line: options, the data that they make, and how good a model is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symbackprop.cli.failures import PROGRAM, tell
from symbackprop.cli.options import with_options
from symbackprop.cli.readers import read_names, read_share, read_widths
from symbackprop.errors import DataError

if TYPE_CHECKING:
    from symbackprop.cli.find_network import Found
    from symbackprop.cli.terminal import Terminal
    from symbackprop.training import Dataset, TableModel, TrainingHistory

C = TypeVar("C", bound=Callable[..., Any])

OPTIONS = {
    "target": "--target", "inputs": "--inputs", "missing": "--missing", "standardise": "--standardise",
    "split": "--split", "classes": "--classes", "hidden": "--hidden", "activation": "--activation",
}  # fmt: skip
"""The options about tables, by their parameters."""
BUILT = "mlp"
"""What NET is called where the network is made for the data."""
MAKE_ONE = "give --hidden 16 for a perceptron that is made for the data"
USUAL = {"initial": "normalised-xavier", "optimiser": "adam", "batch_size": 200}
RATE, EPOCHS = 0.02, 200
"""How a network that is made for the data is trained where nobody says it."""
MOST_CLASSES = 20
"""With more classes there is no confusion matrix."""


def table_options(command: C) -> C:
    """The options for data whose columns have names of their own."""
    options = (
        click.option(
            "--target",
            callback=read_names,
            metavar="COLUMNS",
            help="The column of --data to predict; a CSV file may then have columns of any names. Texts are classes.",
        ),
        click.option(
            "--inputs",
            callback=read_names,
            metavar="COLUMNS",
            help="Those to predict from; by default all others.",
        ),
        click.option(
            "--missing",
            type=click.Choice(["refuse", "drop", "mean"]),
            metavar="WAY",
            help="Rows in which a value is missing: refuse them, as by default, drop them, or put the mean there.",
        ),
        click.option(
            "--standardise",
            "--standardize",
            "standardise",
            is_flag=True,
            help="Shift and scale columns of numbers to mean 0 and deviation 1; --save keeps how.",
        ),
        click.option(
            "--split",
            callback=read_share,
            metavar="SHARE",
            help="Hold out so much of the rows, such as 0.2, and tell how good the model is on them.",
        ),
        click.option("--classes", is_flag=True, help="The target has classes, also where it is a column of numbers."),
        click.option(
            "--hidden",
            callback=read_widths,
            metavar="WIDTHS",
            help="With NET mlp: make a perceptron for the data, with hidden layers of so many neurons, such as 32,16.",
        ),
        click.option("--activation", metavar="NAME", help="Of its hidden layers; by default relu."),
    )
    return with_options(command, options)


@dataclass(frozen=True)
class TableData:
    """A network, and the data that a table has for it; ``made_by`` is the builder of the network with its arguments."""

    found: Found
    dataset: Dataset
    made_by: Mapping[str, Any]

    def choices(self, how: Mapping[str, Any]) -> dict[str, Any]:
        """The choices of training, with those that the table makes: what is held out, and the output to compare."""
        from symbackprop.training.columns import answers_of

        made = dict(how)
        if self.dataset.held_out is not None:
            made["validation"] = self.dataset.held_out
        if self.dataset.encoding.classes is not None and made.get("accuracy") is None:
            made["accuracy"] = answers_of(self.found.network).names
        return made

    def model(self, history: TrainingHistory) -> TableModel:
        """What was trained, with what was done to the columns."""
        from symbackprop.training import TableModel

        return TableModel(self.found.network, history.final, self.dataset.encoding, self.made_by)

    def tell(self) -> None:
        """Say on standard error what was left out, and what is likely to make training slow."""
        dropped = self.dataset.dropped
        if dropped:
            rows = (
                "1 row has a value missing and is" if dropped == 1 else f"{dropped} rows have a value missing and are"
            )
            tell(f"{rows} left out")
        for hint in self.dataset.hints:
            tell(f"hint: {hint}")


def table_data(
    net: str, data: str | None, validation: str | None, seed: int | None, asked: Mapping[str, Any]
) -> TableData | None:
    """The network and its data, or None where nothing is asked of a table. Raises what reading does, and UsageError."""
    given = {name: value for name, value in asked.items() if value not in (None, False)}
    if not given:
        return None
    context = click.get_current_context()
    if "target" not in given:
        words = f"{OPTIONS[next(iter(given))]} is about a table, and no column is the target; give --target NAME"
        raise click.UsageError(words, context)
    if data is None:
        raise click.UsageError("--target is a column of --data, and there is none; give --data FILE.csv", context)
    if "hidden" in given and net != BUILT:
        raise click.UsageError(f"--hidden is about a perceptron, and NET is {net}; write {BUILT} for NET", context)
    if "activation" in given and "hidden" not in given:
        raise click.UsageError("--activation is about a perceptron that --hidden makes; give --hidden 16", context)
    if "split" in given and validation is not None:
        words = "--split and --validation both say what is held out; give one of them"
        raise click.UsageError(words, context)
    return _read(net, data, validation, seed, given)


def _read(net: str, data: str, validation: str | None, seed: int | None, given: Mapping[str, Any]) -> TableData:
    from symbackprop.cli.find_network import find
    from symbackprop.training.frames import Preparation, dataset, read_table
    from symbackprop.training.frames.dataset import held_out_of, prepared

    how = {name: given.get(name) for name in ("inputs", "missing", "split")}
    preparation = Preparation.of(
        given["target"], standardise="standardise" in given, seed=seed or 0, classes=given.get("classes"), **how
    )
    table = read_table(data)
    made_by: dict[str, Any] = {}
    if "hidden" in given:
        ready = prepared(table, preparation, classes=False)
        made_by = {BUILT: _arguments(ready.encoding.classes is not None, given)}
        found = _built(made_by)
        values = ready.dataset(found.network)
    else:
        found = find(net)
        values = _fitting(net, lambda: dataset(table, found.network, preparation))
    if validation is not None:
        values = held_out_of(values, read_table(validation), found.network)
    return TableData(found, values, made_by)


def _fitting(net: str, made: Callable[[], Dataset]) -> Dataset:
    """Data for a network that was there before them. Raises DataError, which tells of --hidden where that would do."""
    try:
        return made()
    except DataError as error:
        if net == BUILT and error.code in ("columns", "classes") and " perceptron " in error.what:
            error = DataError(error.code, error.what, MAKE_ONE, place=error.place)
        raise error from None


def _arguments(classes: bool, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a perceptron for classes or for numbers."""
    arguments = {"sizes": ["n", *given["hidden"], "k"], "activation": given.get("activation") or "relu"}
    arguments |= {"loss": "cross_entropy"} if classes else {"loss": "squared_error", "output": "identity"}
    return {**arguments, "notation": "matrix", "name": "perceptron"}


def _built(made_by: Mapping[str, Any]) -> Found:
    from symbackprop.cli.find_network import Found
    from symbackprop.network.spec import Spec, Training
    from symbackprop.training.frames.model import network_made_by

    training = Training(RATE, EPOCHS, how=USUAL)
    return Found(Spec(network_made_by(made_by), training, {}), PROGRAM, BUILT)


def show_outcome(data: TableData, history: TrainingHistory, terminal: Terminal) -> None:
    """How good the model is on the rows that were held out: accuracy and confusion matrix, or errors."""
    rows = data.dataset.held_out_rows
    if rows is None:
        return
    outcome = data.model(history).score(rows)
    terminal.write("")
    if outcome.confusion is None:
        table = terminal.table(f"of {outcome.count} held out", ">root mean square error", ">explained")
        for name, error, explained in zip(outcome.targets, outcome.errors, outcome.explained, strict=True):
            table.add_row(terminal.fit(name), f"{error:.6g}", f"{explained:.1%}")
        terminal.show(table)
        return
    right = int(outcome.confusion.trace())
    terminal.write(f"{right} of {outcome.count} held-out rows are right: {outcome.accuracy:.1%}")
    labels = [terminal.fit(str(label)) for label in outcome.classes or ()]
    if len(labels) > MOST_CLASSES or sum(len(label) + 2 for label in [*labels, labels[0]]) > terminal.width:
        return
    table = terminal.table(f"{outcome.targets[0]}, found as", *(f">{label}" for label in labels))
    for label, counts in zip(labels, outcome.confusion.tolist(), strict=True):
        table.add_row(label, *map(str, counts))
    terminal.write("")
    terminal.show(table)
