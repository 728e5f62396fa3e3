"""What training leaves behind: every number of every epoch."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError
from symbackprop.files import write_atomically
from symbackprop.network.rows import entry_names
from symbackprop.numeric import Predictor, predictor
from symbackprop.numeric.predicting import Names
from symbackprop.training.data import Floats, by_name
from symbackprop.training.examples import example_axes
from symbackprop.training.optimisers import Optimiser, as_optimiser
from symbackprop.training.schedules import Schedule, as_schedule
from symbackprop.training.weights import Weights, write_weights


@dataclass(frozen=True, eq=False)
class TrainingHistory:
    """One row an epoch: row k holds the weights after k epochs, and everything computed from them on all the data.

    ``epochs`` make ``epochs + 1`` rows; the last one shows where training ended. Arrays have the row as their
    first axis; a forward value of a batch has the example as its second, and a matrix its rows and columns as the
    others. ``diverged_at`` is the row whose loss was no longer finite, or None.

    ``losses`` has every epoch. The weights and gradients of a matrix network are kept for each epoch as long as they
    are a million numbers in all; beyond that they have two rows, the first epoch and the last. The same goes for
    forward values. ``weight_epochs`` and ``forward_epochs`` have the epoch of each row.

    ``rates`` has the learning rate of each epoch; ``validation_losses``, ``accuracies`` and ``validation_accuracies``
    are there if asked for. With ``patience``, ``best_epoch`` is the one with the smallest loss (of the validation data,
    where there are any), ``best`` has its weights, and ``stopped`` tells whether there were epochs left.
    """

    network: str
    loss: str
    learning_rate: float
    data: Mapping[str, Floats]
    forward: Mapping[str, Floats]
    losses: Floats
    parameters: Mapping[str, Floats]
    gradients: Mapping[str, Floats]
    weight_epochs: Sequence[int]
    forward_epochs: Sequence[int]
    diverged_at: int | None = None
    rates: Floats = field(default_factory=lambda: np.empty(0))
    validation_losses: Floats | None = None
    accuracies: Floats | None = None
    validation_accuracies: Floats | None = None
    best_epoch: int | None = None
    best: Mapping[str, Any] | None = None
    stopped: bool = False
    optimiser: Optimiser = field(default_factory=lambda: as_optimiser("gradient-descent"))
    schedule: Schedule = field(default_factory=lambda: as_schedule("constant"))
    batch_size: int | None = None
    derivation: Derivation | None = field(default=None, repr=False)
    """The gradients that it went by, of which ``predict`` takes the way forward."""
    _predictors: dict[Any, Predictor] = field(default_factory=dict, init=False, repr=False)

    @property
    def epochs(self) -> int:
        """How many epochs there were: updates, where each is of the whole batch."""
        return len(self.losses) - 1

    @property
    def final(self) -> dict[str, Any]:
        """The parameters that training ends with: numbers, and arrays of their own where they are matrices.

        They are those after the last update, or those of the best epoch where training had ``patience``.
        """
        return {name: np.array(value) if np.ndim(value) else float(value) for name, value in self._last.items()}

    @property
    def _last(self) -> Mapping[str, Any]:
        """The same in the precision in which they were trained."""
        return {name: values[-1] for name, values in self.parameters.items()} if self.best is None else self.best

    def save(self, path: str | os.PathLike[str], metadata: Mapping[str, Any] | None = None) -> None:
        """Write the parameters that training ends with to a file, which appears whole or not at all.

        Its name ends in ``.npz``, or in ``.safetensors`` where that package is installed. ``initial=`` and
        ``read_weights`` take it. ``metadata`` is kept beside them: texts, numbers, lists and dictionaries.
        """
        write_weights(path, Weights(self._last, metadata or {}))

    def predict(self, values: Mapping[Any, Any] | None = None, /, *, names: Names = None, **by_keyword: Any) -> Any:
        """What the trained network gives for inputs, by name: ``history.predict(X=…)``; targets are not needed.

        The value of what the network compares with its targets, or a dictionary of several by name; or of ``names``,
        one or several. Inputs that are no examples, such as a constant, are those of the training where they are not
        given. Raises DataError for missing and unknown names, and shapes that do not fit.
        """
        if self.derivation is None:
            raise DataError("predict", "this history does not know its network", "use sb.predictor and history.final")
        key = names if names is None or isinstance(names, str) else str(names)
        if key not in self._predictors:
            self._predictors[key] = predictor(self.derivation, names)
        axes = example_axes(self.derivation.network, self.data)
        same = {name: value for name, value in self.data.items() if axes and name not in axes}
        given = {} if values is None else by_name("values", values)
        return self._predictors[key](**{**same, **self._last, **given, **by_keyword})

    def __len__(self) -> int:
        return len(self.losses)

    @property
    def whole(self) -> bool:
        """Whether the weights, gradients and forward values of every epoch were kept."""
        return len(self.weight_epochs) == len(self.forward_epochs) == len(self)

    def columns(self) -> list[str]:
        """The heads of the columns: epoch, data, weights, forward values, loss, gradients.

        Behind the loss stand the loss of the validation data, the accuracies, and a learning rate that changes.

        Matrices have a column for each entry, W_1_2 for row 1 and column 2. Their data, which stay the same, have none,
        and neither have values that were not kept for each epoch, and the data of the examples that these are of.
        """
        return ["epoch", *(head for heads, _ in self._columns() for head in heads)]

    def rows(self) -> Iterator[list[float]]:
        """The numbers of each epoch, in the order of ``columns``."""
        columns = [values for _, values in self._columns()]
        for epoch in range(len(self)):
            yield [epoch, *(float(v) for values in columns for v in np.ravel(values[epoch]))]

    def _columns(self) -> Iterator[tuple[list[str], Floats]]:
        """The heads of each value, and its array with the epoch as first axis."""
        rows = len(self)
        kept_weights, kept_forward = (len(epochs) == rows for epochs in (self.weight_epochs, self.forward_epochs))
        for name, values in self.data.items():
            if values.ndim == 0 or (values.ndim == 1 and kept_forward):
                yield _heads(name, values.shape), np.broadcast_to(values, (rows, *values.shape))
        if kept_weights:
            for name, values in self.parameters.items():
                yield _heads(name, values.shape[1:]), values
        if kept_forward:
            for name, values in self.forward.items():
                yield _heads(name, values.shape[1:]), values
        # The mean over a batch stands beside the loss of each example, so it gets a word of its own.
        yield [f"mean {self.loss}" if self.loss in self.forward else self.loss], self.losses
        for head, numbers in self.extras.items():
            yield [head], numbers
        if kept_weights:
            for name, values in self.gradients.items():
                yield _heads(f"d{self.loss}/d{name}", values.shape[1:]), values

    @property
    def extras(self) -> dict[str, Floats]:
        """What was asked for beside the loss, by the heads of its columns."""
        columns = {
            f"validation {self.loss}": self.validation_losses,
            "accuracy": self.accuracies,
            "validation accuracy": self.validation_accuracies,
            "learning rate": None if self.schedule.name == "constant" else self.rates,
        }
        return {head: numbers for head, numbers in columns.items() if numbers is not None}

    def records(self) -> list[dict[str, float]]:
        """One dictionary an epoch, by the heads of the columns: ``pandas.DataFrame(history.records())``."""
        heads = self.columns()
        return [dict(zip(heads, row, strict=True)) for row in self.rows()]

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write all rows; the file appears whole or not at all. Numbers are written in full (17 digits)."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns())
        for epoch, *numbers in self.rows():
            writer.writerow([int(epoch), *(repr(number) for number in numbers)])
        write_atomically(path, text.getvalue())

    def __repr__(self) -> str:
        end = f", diverged at {self.diverged_at}" if self.diverged_at is not None else ""
        best = f", best at {self.best_epoch}" if self.best_epoch is not None else ""
        by = "" if self.optimiser.name == "gradient-descent" else f" of {self.optimiser}"
        return (
            f"<TrainingHistory of {self.network!r}: {self.epochs} epochs{by} at rate {self.learning_rate:g}, "
            f"{self.loss} {self.losses[0]:.6g} → {self.losses[-1]:.6g}{best}{end}>"
        )


def _heads(name: str, shape: tuple[int, ...]) -> list[str]:
    """One head for a number, one an example for a batch, and one an entry for a matrix."""
    if len(shape) == 2:
        return [entry for row in entry_names(name, *shape) for entry in row]
    return [name] if not shape else [f"{name}[{k}]" for k in range(1, shape[0] + 1)]
