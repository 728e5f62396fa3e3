"""Training steps of a matrix network on arrays: prepared once for each size of a batch, then run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.numeric.gradient_function import lambdify
from symbackprop.numeric.loops import UpdateRule
from symbackprop.numeric.sizes import sizes_of_values
from symbackprop.numeric.tuned.source import step_source

Step = Callable[..., float]

_MOST_BATCHES = 2
"""For how many sizes of a batch there are arrays at a time: that of most batches, and the last smaller one."""


@dataclass(frozen=True)
class _Batch:
    """The step for batches of one size; ``room`` has the arrays into which examples are copied by their numbers."""

    step: Step
    room: dict[str, Any] = field(default_factory=dict)


class MatrixStepper:
    """Moves the weights of a matrix network by its derived gradients and an update rule.

    Parameters
    ----------
    derivation
        Gradients by the weights that are moved.
    rule
        How they are moved.
    data
        Inputs, targets and parameters that stay, by name: arrays of one dtype whose shapes have been checked. They are
        never changed.
    weights
        First values of the weights, by name, of that dtype; they are copied.
    axes
        For each name of data that has examples, the axis along which they lie.
    """

    def __init__(
        self,
        derivation: Derivation,
        rule: UpdateRule,
        data: Mapping[str, Any],
        weights: Mapping[str, Any],
        axes: Mapping[str, int],
    ) -> None:
        self.derivation = derivation
        trained = [w.name for w in derivation.wrt if w.name in weights]
        self.written = step_source(derivation, rule, trained)
        self.dtype = np.result_type(*weights.values())
        self.arrays = {name: np.array(weights[name], self.dtype, order="C") for name in self.written.weights}
        self.axes = dict(axes)
        self.data = {name: self._laid(name, data[name]) for name in self.written.data}
        self.states = {
            name: [np.zeros_like(self.arrays[name]) for _ in range(count)]
            for name, count in self.written.states.items()
        }
        self.count = 0
        module: dict[str, Any] = {"__name__": "symbackprop_step"}
        # The source is ours from the first line to the last: names in it have passed the check of names.
        exec(compile(self.written.text, "<symbackprop>", "exec"), module)  # noqa: S102
        self._module = module
        self._all = self._prepared(self.data)
        self._batches: dict[int, _Batch] = {}

    @property
    def source(self) -> str:
        """The module that runs."""
        return self.written.text

    @property
    def weights(self) -> dict[str, Any]:
        """Copies of the weights as they are now; scalars are numbers."""
        return {name: array.copy()[()] for name, array in self.arrays.items()}

    def step(self, rate: float, rows: Any = None) -> float:
        """One update from all the data, or from the examples that a slice or an array of whole numbers tells.

        Returns the loss before it. Where that is not finite, nothing is moved.
        """
        with np.errstate(all="ignore"):
            return self._stepped(rate, rows)

    def run(self, rates: Sequence[float]) -> Any:
        """An update from all the data for each of the rates; the losses before each, until one is not finite."""
        losses = np.empty(len(rates))
        with np.errstate(all="ignore"):
            for k, rate in enumerate(rates):
                losses[k] = loss = self._stepped(rate, None)
                if not math.isfinite(loss):
                    return losses[: k + 1]
        return losses

    def _stepped(self, rate: float, rows: Any) -> float:
        step, values = self._all if rows is None else self._taken(rows)
        try:
            loss: float = step(*values, rate, self.count + 1)
        except ValueError:  # of a matrix, or of what a user's NumPy function gives: the readable functions name it
            lambdify(self.derivation).again({**dict(zip(self.data, values, strict=True)), **self.arrays})
            raise
        self.count += math.isfinite(loss)
        return loss

    def _laid(self, name: str, value: Any) -> Any:
        """Data in the order in which the step reads them fastest."""
        return np.asarray(value, self.dtype, order=self.written.orders[name])

    def _prepared(self, data: Mapping[str, Any]) -> tuple[Step, tuple[Any, ...]]:
        """The step for data of these shapes, and the data in the order of its arguments."""
        sizes = sizes_of_values(self.derivation.network, {**data, **self.arrays})
        states = [state for some in self.states.values() for state in some]
        arguments = [*(sizes[name] for name in self.written.sizes), *self.arrays.values(), *states]
        return self._module["prepared"](self.dtype, *arguments), tuple(data[name] for name in self.written.data)

    def _taken(self, rows: Any) -> tuple[Step, tuple[Any, ...]]:
        """The step for some of the examples, and their data: views of a slice, copies of examples by number."""
        if isinstance(rows, slice):
            data = {name: self._sliced(name, rows) for name in self.written.data}
            count = next(data[name].shape[axis] for name, axis in self.axes.items())
            return self._batch(count, data).step, tuple(data.values())
        batch = self._batches.get(len(rows)) or self._batch(len(rows), self._room(len(rows)))
        if not batch.room:
            batch.room.update(self._room(len(rows)))
        for name, axis in self.axes.items():
            np.take(self.data[name], rows, axis, batch.room[name], mode="clip")
        return batch.step, tuple(batch.room.get(name, self.data[name]) for name in self.written.data)

    def _batch(self, count: int, data: Mapping[str, Any]) -> _Batch:
        """The step for so many examples, made where there is none yet from data of that shape."""
        if count not in self._batches:
            while len(self._batches) >= _MOST_BATCHES:
                self._batches.pop(next(iter(self._batches)))
            self._batches[count] = _Batch(self._prepared(data)[0])
        return self._batches[count]

    def _sliced(self, name: str, rows: slice) -> Any:
        """Some of the examples, where the data have them."""
        if name not in self.axes:
            return self.data[name]
        return self.data[name][(slice(None),) * self.axes[name] + (rows,)]

    def _room(self, count: int) -> dict[str, Any]:
        """Arrays for so many examples, and the data that have none as they are."""
        room = {}
        for name, value in self.data.items():
            shape = tuple(count if axis == self.axes.get(name) else side for axis, side in enumerate(value.shape))
            room[name] = np.empty(shape, self.dtype, order=self.written.orders[name]) if name in self.axes else value
        return room
