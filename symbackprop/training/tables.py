"""The numbers of training while it goes on: a row an epoch, or the first and the last where they would be too many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from symbackprop.errors import DataError
from symbackprop.training.data import Floats

MOST_NUMBERS = 1_000_000
"""No more numbers than this are kept of the weights and gradients of all epochs; of forward values as many again."""
MOST_OF_EXAMPLES = 10_000_000
"""No more than this of the forward values that many examples have in a network of scalars."""


class Table:
    """Values by name; their arrays have the epoch as their first axis.

    ``every`` tells whether each epoch has a row; otherwise there are two, of the first and of the last epoch so far.
    """

    def __init__(self, first: Mapping[str, Any], rows: int, every: bool) -> None:
        self.every = every
        self.written = 0
        kept = rows if every else min(rows, 2)
        self._values = {name: np.empty((kept, *np.shape(x)), np.asarray(x).dtype) for name, x in first.items()}

    def write(self, values: Mapping[str, Any]) -> None:
        """Write down the next epoch."""
        self.written += 1
        self.correct(values)

    def correct(self, values: Mapping[str, Any]) -> None:
        """Write the row of the last epoch so far anew; what has no value here stays as it is."""
        row = self.written - 1 if self.every else min(self.written - 1, 1)
        for name, value in values.items():
            self._values[name][row] = value

    def write_rows(self, values: Mapping[str, Floats], count: int) -> None:
        """Write down so many epochs, the first of which is not the first of all."""
        rows = slice(self.written, self.written + count) if self.every else slice(1, 2)
        for name, kept in self._values.items():
            kept[rows] = values[name] if self.every else values[name][-1:]
        self.written += count

    def before(self, epoch: int) -> dict[str, Floats]:
        """The rows that stay once this epoch has been written: of all those before, or of the first one alone."""
        return {name: kept[: epoch if self.every else min(epoch, 1)] for name, kept in self._values.items()}

    @property
    def values(self) -> dict[str, Floats]:
        """What has been kept so far."""
        return {name: kept[: self.written] for name, kept in self._values.items()}

    @property
    def epochs(self) -> Sequence[int]:
        """The epoch of each row."""
        return range(self.written) if self.every else tuple(sorted({0, self.written - 1}))


class Tables:
    """What training leaves behind, made at the first epoch.

    ``most`` is how many numbers the tables of weights and gradients may hold, ``most_forward`` that of forward values;
    ``told`` are the names of further numbers, one each epoch.
    """

    def __init__(
        self,
        rows: int,
        weights: Mapping[str, Any],
        forward: Mapping[str, Any],
        gradients: Mapping[str, Any],
        most: float,
        most_forward: float,
        told: Iterable[str],
    ) -> None:
        every = rows * _count([*weights.values(), *gradients.values()]) <= most
        try:
            self.losses = np.empty(rows)
            self.told = {name: np.empty(rows) for name in told}
        except (MemoryError, ValueError, OverflowError):
            what = f"the losses of {rows - 1} epochs do not fit into memory"
            raise DataError("epochs", what, "give fewer epochs, or use trainer, which keeps no history") from None
        self.parameters = Table(weights, rows, every)
        self.gradients = Table(gradients, rows, every)
        self.forward = Table(forward, rows, rows * _count(forward.values()) <= most_forward)

    def write(
        self,
        weights: Mapping[str, Any],
        forward: Mapping[str, Any],
        gradients: Mapping[str, Any],
        loss: Any,
        told: Mapping[str, Any],
    ) -> None:
        """Write down the next epoch."""
        self.losses[self.parameters.written] = loss
        for name, number in told.items():
            self.told[name][self.parameters.written] = number
        self.parameters.write(weights)
        self.gradients.write(gradients)
        self.forward.write(forward)

    def before(self, epoch: int) -> dict[str, Floats]:
        """Room for all that is kept of the epochs before this one: views of the arrays, by names with slashes."""
        parts = {"weights": self.parameters, "gradients": self.gradients, "values": self.forward}
        return {
            "loss": self.losses[:epoch],
            **{f"told/{name}": numbers[:epoch] for name, numbers in self.told.items()},
            **{f"{part}/{name}": rows for part, table in parts.items() for name, rows in table.before(epoch).items()},
        }

    def go_on(self, epoch: int) -> None:
        """The next row to be written is that of this epoch."""
        for table in (self.parameters, self.gradients, self.forward):
            table.written = epoch


def _count(values: Iterable[Any]) -> int:
    return sum(int(np.size(value)) for value in values)
