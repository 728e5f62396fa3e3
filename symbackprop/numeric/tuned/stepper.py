"""Training steps of a matrix network on arrays: prepared once for each size of a batch, then run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.numeric.compiled import compiled
from symbackprop.numeric.emitters import lambdify
from symbackprop.numeric.loops import UpdateRule
from symbackprop.numeric.module_errors import importing
from symbackprop.numeric.rendering import run
from symbackprop.numeric.sizes import sizes_of_values
from symbackprop.numeric.tuned.fusing import FAST, HELPERS
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
    fused
        Whether numba puts together what works entry by entry. Raises SymbackpropError where it is not installed.
    """

    def __init__(
        self,
        derivation: Derivation,
        rule: UpdateRule,
        data: Mapping[str, Any],
        weights: Mapping[str, Any],
        axes: Mapping[str, int],
        fused: bool = False,
    ) -> None:
        self.derivation, self.rule = derivation, rule
        self.trained = [w.name for w in derivation.wrt if w.name in weights]
        self.dtype = np.result_type(*data.values(), *weights.values())
        self.arrays = {name: np.array(weights[name], self.dtype, order="C") for name in self.trained}
        self.states = {name: [np.zeros_like(array) for _ in rule.kept] for name, array in self.arrays.items()}
        self.axes = dict(axes)
        self.given = data
        self.count = 0
        self.write(fused)

    def write(self, fused: bool) -> None:
        """Write the code anew, with passes for numba or without; the weights stay as they are."""
        self.written = step_source(self.derivation, self.rule, self.trained, self.dtype, fused)
        orders = self.written.orders
        self.data = {name: np.asarray(self.given[name], self.dtype, order=orders[name]) for name in self.written.data}
        module: dict[str, Any] = {"__name__": "symbackprop_step"}
        passes = self.written.passes
        if self.written.fused:
            functions = compiled(passes.text, passes.names, HELPERS, FAST)
            module |= {name: functions[name] for name in passes.names}
        with importing():
            run(self.written.text, module)
        self._module = module
        self._all: Step | None = None  # made when it is first used: training may be by batches alone
        self._values = tuple(self.data.values())
        self._batches: dict[int, _Batch] = {}

    @property
    def moving(self) -> list[Any]:
        """The arrays that updates write to: the weights, then what the rule keeps of each."""
        return [*self.arrays.values(), *(state for some in self.states.values() for state in some)]

    @property
    def examples(self) -> int:
        """How many examples there are; 1 where no array tells."""
        return next((self.data[name].shape[axis] for name, axis in self.axes.items()), 1)

    @property
    def sizes(self) -> dict[str, int]:
        """The sizes that the network has in all the data."""
        return self._sizes_in(self.data)

    @property
    def source(self) -> str:
        """The module that runs."""
        written = self.written
        return f"{written.passes.text}\n\n{written.text}" if written.fused else written.text

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
        losses = np.empty(len(rates), self.dtype)
        with np.errstate(all="ignore"):
            for k, rate in enumerate(rates):
                losses[k] = loss = self._stepped(rate, None)
                if not math.isfinite(loss):
                    return losses[: k + 1]
        return losses

    def _stepped(self, rate: float, rows: Any) -> float:
        step, values = self._whole() if rows is None else self._taken(rows)
        try:
            loss: float = step(*values, rate, self.count + 1)
        except ValueError:  # of a matrix, or of what a user's NumPy function gives: the readable functions name it
            lambdify(self.derivation).again({**dict(zip(self.data, values, strict=True)), **self.arrays})
            raise
        self.count += math.isfinite(loss)
        return loss

    def _sizes_in(self, data: Mapping[str, Any]) -> dict[str, int]:
        return sizes_of_values(self.derivation.network, {**data, **self.arrays})

    def _prepared(self, data: Mapping[str, Any]) -> Step:
        """The step for data of these shapes."""
        sizes = self._sizes_in(data)
        arguments = [*(sizes[name] for name in self.written.sizes), *self.moving]
        step: Step = self._module["prepared"](self.dtype, *arguments)
        return step

    def _whole(self) -> tuple[Step, tuple[Any, ...]]:
        """The step for all the examples, and their data."""
        if self._all is None:
            self._all = self._prepared(self.data)
        return self._all, self._values

    def _taken(self, rows: Any) -> tuple[Step, tuple[Any, ...]]:
        """The step for some of the examples, and their data."""
        count = len(range(*rows.indices(self.examples))) if isinstance(rows, slice) else len(rows)
        if count not in self._batches:
            while len(self._batches) >= _MOST_BATCHES:
                self._batches.pop(next(iter(self._batches)))
            self._batches[count] = _Batch(self._prepared(self._shapes(count)))
        batch = self._batches[count]
        return batch.step, tuple(self._chosen(name, rows, count, batch.room) for name in self.written.data)

    def _chosen(self, name: str, rows: Any, count: int, room: dict[str, Any]) -> Any:
        """The examples of one array: a view where they lie together in the right order, else a copy in the room."""
        value, axis, order = self.data[name], self.axes.get(name), self.written.orders[name]
        if axis is None:
            return value
        part = value[(slice(None),) * axis + (rows,)] if isinstance(rows, slice) else None
        if part is not None and part.flags[order]:
            return part
        if name not in room:
            room[name] = np.empty(self._shape(name, count), self.dtype, order=order)
        if part is None:
            np.take(value, rows, axis, room[name], mode="clip")  # rows are checked; "raise" would copy once more
        else:
            np.copyto(room[name], part)
        return room[name]

    def _shape(self, name: str, count: int) -> tuple[int, ...]:
        """The shape of so many examples."""
        axis = self.axes.get(name)
        return tuple(count if k == axis else side for k, side in enumerate(self.data[name].shape))

    def _shapes(self, count: int) -> dict[str, Any]:
        """Arrays of the shapes of so many examples, which take no memory."""
        return {name: np.broadcast_to(0, self._shape(name, count)) for name in self.written.data}
