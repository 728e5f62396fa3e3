"""What training leaves behind: every number of every epoch."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from symbackprop.files import write_atomically
from symbackprop.training.data import Floats


@dataclass(frozen=True, eq=False)
class TrainingHistory:
    """One row an epoch: row k holds the weights before update k + 1, and everything computed from them.

    ``epochs`` updates make ``epochs + 1`` rows; the last one shows where training ended. Arrays have the row as their
    first axis; a forward value of a batch has the example as its second. ``diverged_at`` is the row whose loss was no
    longer finite, or None.
    """

    network: str
    loss: str
    learning_rate: float
    data: Mapping[str, Floats]
    forward: Mapping[str, Floats]
    losses: Floats
    parameters: Mapping[str, Floats]
    gradients: Mapping[str, Floats]
    diverged_at: int | None = None

    @property
    def epochs(self) -> int:
        """How many updates were made."""
        return len(self.losses) - 1

    @property
    def final(self) -> dict[str, float]:
        """The parameters after the last update."""
        return {name: float(values[-1]) for name, values in self.parameters.items()}

    def __len__(self) -> int:
        return len(self.losses)

    def columns(self) -> list[str]:
        """The heads of the columns: epoch, data, weights, forward values, loss, gradients."""
        heads = ["epoch"]
        for name, values in self.data.items():
            heads += _heads(name, values.shape)
        heads += self.parameters
        for name, values in self.forward.items():
            heads += _heads(name, values.shape[1:])
        return [*heads, self._loss_column, *(f"d{self.loss}/d{name}" for name in self.gradients)]

    @property
    def _loss_column(self) -> str:
        """The mean over a batch stands beside the loss of each example, so it gets a word of its own."""
        return f"mean {self.loss}" if self.loss in self.forward else self.loss

    def rows(self) -> Iterator[list[float]]:
        """The numbers of each epoch, in the order of ``columns``."""
        data = [float(v) for values in self.data.values() for v in np.ravel(values)]
        for epoch, loss in enumerate(self.losses):
            row: list[float] = [epoch, *data]
            row += [float(values[epoch]) for values in self.parameters.values()]
            row += [float(v) for values in self.forward.values() for v in np.ravel(values[epoch])]
            row += [float(loss), *(float(values[epoch]) for values in self.gradients.values())]
            yield row

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
    return [name] if not shape else [f"{name}[{k}]" for k in range(1, shape[0] + 1)]
