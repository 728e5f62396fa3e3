"""What training leaves behind: every number of every epoch."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbackprop.files import write_atomically
from symbackprop.network.rows import entry_names
from symbackprop.training.data import Floats


@dataclass(frozen=True, eq=False)
class TrainingHistory:
    """One row an epoch: row k holds the weights before update k + 1, and everything computed from them.

    ``epochs`` updates make ``epochs + 1`` rows; the last one shows where training ended. Arrays have the row as their
    first axis; a forward value of a batch has the example as its second, and a matrix its rows and columns as the
    others. ``diverged_at`` is the row whose loss was no longer finite, or None.

    ``losses`` has every epoch. The weights and gradients of a matrix network are kept for each epoch as long as they
    are a million numbers in all; beyond that they have two rows, the first epoch and the last. The same goes for
    forward values. ``weight_epochs`` and ``forward_epochs`` have the epoch of each row.
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

    @property
    def epochs(self) -> int:
        """How many updates were made."""
        return len(self.losses) - 1

    @property
    def final(self) -> dict[str, Any]:
        """The parameters after the last update: numbers, and arrays of their own where they are matrices."""
        return {
            name: values[-1].copy() if values.ndim > 1 else float(values[-1])
            for name, values in self.parameters.items()
        }

    def __len__(self) -> int:
        return len(self.losses)

    @property
    def whole(self) -> bool:
        """Whether the weights, gradients and forward values of every epoch were kept."""
        return len(self.weight_epochs) == len(self.forward_epochs) == len(self)

    def columns(self) -> list[str]:
        """The heads of the columns: epoch, data, weights, forward values, loss, gradients.

        Matrices have a column for each entry, W_1_2 for row 1 and column 2. Their data, which stay the same, have none,
        and neither have values that were not kept for each epoch.
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
        for name, values in self.data.items():
            if values.ndim < 2:
                yield _heads(name, values.shape), np.broadcast_to(values, (rows, *values.shape))
        kept_weights, kept_forward = (len(epochs) == rows for epochs in (self.weight_epochs, self.forward_epochs))
        if kept_weights:
            for name, values in self.parameters.items():
                yield _heads(name, values.shape[1:]), values
        if kept_forward:
            for name, values in self.forward.items():
                yield _heads(name, values.shape[1:]), values
        # The mean over a batch stands beside the loss of each example, so it gets a word of its own.
        yield [f"mean {self.loss}" if self.loss in self.forward else self.loss], self.losses
        if kept_weights:
            for name, values in self.gradients.items():
                yield _heads(f"d{self.loss}/d{name}", values.shape[1:]), values

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
        return (
            f"<TrainingHistory of {self.network!r}: {self.epochs} epochs at rate {self.learning_rate:g}, "
            f"{self.loss} {self.losses[0]:.6g} → {self.losses[-1]:.6g}{end}>"
        )


def _heads(name: str, shape: tuple[int, ...]) -> list[str]:
    """One head for a number, one an example for a batch, and one an entry for a matrix."""
    if len(shape) == 2:
        return [entry for row in entry_names(name, *shape) for entry in row]
    return [name] if not shape else [f"{name}[{k}]" for k in range(1, shape[0] + 1)]
