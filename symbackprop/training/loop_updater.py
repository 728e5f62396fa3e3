"""What training computes of a scalar network, by the loop of numeric/loops: an epoch at a time, or many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from symbackprop.calculus import Derivation
from symbackprop.numeric import GradientFunction
from symbackprop.numeric.loops import Batch, Choice, Form, Functions, Moved, Record, ScalarLoop
from symbackprop.training.data import Floats
from symbackprop.training.optimisers import State, as_optimiser
from symbackprop.training.recipe import Recipe
from symbackprop.training.scalar_engine import columns
from symbackprop.training.start import Start
from symbackprop.training.updater import Look, Updater, Values, untitled


@dataclass(frozen=True)
class Stretch:
    """Epochs one after the other, each with an update behind it: a row each of what their weights give.

    ``weights`` and ``state`` are those after the last of them.
    """

    losses: Floats
    parameters: Mapping[str, Floats]
    gradients: Mapping[str, Floats]
    forward: Mapping[str, Floats]
    weights: Mapping[str, Any]
    state: State

    @property
    def finite(self) -> int:
        """How many rows there are before the first in which the loss or a gradient is not finite."""
        bad = ~np.isfinite(self.losses)
        for rows in self.gradients.values():
            bad |= ~np.isfinite(rows)
        return int(bad.argmax()) if bad.any() else len(self.losses)

    def weights_at(self, row: int) -> dict[str, Any]:
        """The weights of a row."""
        return {name: rows[row] for name, rows in self.parameters.items()}


@final
class LoopUpdater(Updater):
    """The loop at work, in place of the gradients and then the optimiser.

    The numbers of an epoch do not depend on how many are computed at once. ``epochs`` are planned: with "auto" they
    decide, once for all of them, whether the loop is compiled.
    """

    def __init__(
        self, derivation: Derivation, function: GradientFunction, begun: Start, recipe: Recipe, epochs: int
    ) -> None:
        super().__init__(derivation, function, begun, recipe)
        network = derivation.network
        self.dtype = np.dtype(recipe.dtype)
        self.parameters = [s.name for s in network.parameters]
        self.equations = [s.name for s in network.equations]
        self.leaves = [s.name for s in (*network.inputs, *network.targets)]
        self.columns = columns([begun.data.values[name] for name in self.leaves], self.dtype)
        self.many = self.columns.ndim > 1
        self.numbers = len(self.equations) * begun.data.count + 2 * len(self.parameters)
        functions = functions_of(function, recipe.optimiser.name)
        rule = recipe.optimiser.loop_rule()
        self.form = Form(self.many, False, self.dtype.name)
        wanted = self._settled(recipe, functions, epochs) if recipe.backend == "auto" else recipe.backend
        self.loop = ScalarLoop(derivation, rule, function, self.many, self.dtype, wanted, functions)

    def _settled(self, recipe: Recipe, functions: Functions, epochs: int) -> str:
        count = self.data.count
        examples = min(recipe.batch_size or count, count)
        choice = Choice(functions.source(self.form).size)
        worth = choice.is_worth_it(epochs * -(-count // examples), examples, lambda: functions.is_kept(self.form))
        return "numba" if worth else "numpy"

    @property
    def source(self) -> str:
        """The code of the gradients and that of the loop."""
        return untitled(self.function.source) + untitled(self.loop.functions.source(self.form).text)

    def look(self, data: Values, weights: Values) -> Look:
        """Compute everything by the loop, of all the data."""
        if data is not self.data.values:
            return self.by_gradients(data, weights)
        state = self.start(weights)
        seen = self._recorded(weights, state, np.zeros(1), moves=0)
        forward, gradients = ({name: rows[0] for name, rows in of.items()} for of in (seen.forward, seen.gradients))
        return Look(forward, gradients, seen.losses[0])

    def updated(
        self, weights: Values, state: State, epoch: int, seen: Look, rate: float
    ) -> tuple[Mapping[str, Any], State]:
        """Move the weights by the loop, through all batches of the epoch at once."""
        size = self.recipe.batch_size
        if size is None:
            after = self.several(weights, state, [rate])
            return after.weights, after.state
        order = self.data.order(self.recipe.seed, epoch)
        begins = list(range(0, len(order), size))
        shuffled = np.ascontiguousarray(self.columns[:, order]) if self.many else self.columns
        rates = np.full(len(begins), rate)
        weights, state, losses = self._moved(shuffled, weights, state, rates, begins)
        bad = np.flatnonzero(~np.isfinite(losses))
        if bad.size:
            batch = dict(zip(self.leaves, shuffled[..., begins[bad[0]] : begins[bad[0]] + size], strict=True))
            return self.recipe.optimiser.step(weights, self.by_gradients(batch, weights).gradients, state, rate)
        return weights, state

    def several(self, weights: Values, state: State, rates: Sequence[float]) -> Stretch:
        """Go through an epoch for each of the rates, each with one update from all the data."""
        return self._recorded(weights, state, np.asarray(rates, dtype=float), moves=len(rates))

    def _recorded(self, weights: Values, state: State, rates: Floats, moves: int) -> Stretch:
        rows, equations = len(rates), len(self.equations)
        examples = self.columns.shape[1:]
        record = Record(
            np.empty((rows, *examples, equations), self.dtype),
            np.empty((rows, len(self.parameters)), self.dtype),
            np.empty((rows, len(self.trained)), self.dtype),
            moves,
        )
        weights, state, losses = self._moved(self.columns, weights, state, rates, [0] * rows, record)
        return Stretch(
            losses,
            {name: record.parameters[:, k] for k, name in enumerate(self.parameters)},
            {name: record.gradients[:, k] for k, name in enumerate(self.trained)},
            {name: record.values[..., k] for k, name in enumerate(self.equations)},
            weights,
            state,
        )

    def _moved(
        self,
        data: Floats,
        weights: Values,
        state: State,
        rates: Floats,
        begins: Sequence[int],
        record: Record | None = None,
    ) -> tuple[dict[str, Any], State, Floats]:
        """The weights after updates from the batches that begin there, what is kept then, and the losses before."""
        moved = Moved(
            [float(weights[name]) for name in self.parameters],
            [float(x) for name in self.trained for x in state.kept[name]],
            state.updates,
        )
        losses = np.zeros(len(rates), self.dtype)
        first, last = self._spans(begins if self.many else [])
        self.loop.run(moved, Batch(data, rates, first, last, losses, record))
        number = self.dtype.type
        kept = iter(map(number, moved.kept))
        kinds = {name: [next(kept) for _ in state.kept[name]] for name in self.trained}
        found = dict(zip(self.parameters, map(number, moved.weights), strict=True))
        return found, State(moved.updates, kinds), losses

    def _spans(self, begins: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where batches begin and end: each where the next begins, or behind the last example."""
        first = np.asarray(begins, dtype=np.int64)
        last = np.append(first[1:], self.data.count)[: len(first)]
        return first, np.where(last > first, last, self.data.count)


@lru_cache(maxsize=16)
def functions_of(function: GradientFunction, optimiser: str) -> Functions:
    """The loops of a compiled derivation and an optimiser; its options are arguments of theirs."""
    return Functions(function.derivation, as_optimiser(optimiser).loop_rule())
