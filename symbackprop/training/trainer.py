"""``trainer``: updates one after the other, as fast as they go, without the record that ``train`` keeps."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation, require_loss
from symbackprop.errors import DataError, as_given
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.training.data import Floats, Keyed, checked_rate
from symbackprop.training.engines import Engine, Plan, Rows
from symbackprop.training.examples import require_batches
from symbackprop.training.matrix_engine import MatrixEngine
from symbackprop.training.optimisers import Optimiser
from symbackprop.training.recipe import How, Recipe
from symbackprop.training.scalar_engine import ScalarEngine
from symbackprop.training.start import Initial, start
from symbackprop.training.weights import Weights, first_weights, write_weights

ENGINE: Question[Callable[[Plan], Engine]] = Question(
    __name__, "what makes its updates", {SCALARS: ScalarEngine, MATRICES: MatrixEngine}
)


class Trainer:
    """Weights on their way down. ``trainer`` makes it.

    ``backend`` is what it really uses, "numpy" or "numba"; ``source`` is the generated code that runs.
    """

    def __init__(self, plan: Plan, rate: float) -> None:
        self._derivation, self._data = plan.derivation, plan.data
        self._rate, self._plan = rate, plan
        self._may_be_parted = False
        self._engine = plan.derivation.network.kind[ENGINE](plan)

    def __reduce__(self) -> tuple[Callable[[Plan, float, Any], Trainer], tuple[Plan, float, Any]]:
        """For ``pickle`` and deep copies: what it was made from, and what its updates have left."""
        return _going_on, (self._plan, self._rate, self._engine.memory)

    def step(self, rows: slice | Any = None) -> float:
        """One update from all the data, or from some of the examples; returns the loss before it.

        ``rows`` is a slice, or whole numbers from 0: the examples of a mini-batch, whose mean loss is minimised. Where
        the loss is not finite the weights stay as they are. Raises DataError for rows that are no examples.
        """
        return self._engine.step(self._rate, None if rows is None else self._checked(rows))

    def run(self, updates: int) -> Floats:
        """So many updates from all the data; returns the loss before each of them, shape (updates,).

        It stops where the loss is not finite: the array then ends with that loss. Raises DataError.
        """
        if isinstance(updates, bool) or not isinstance(updates, (int, np.integer)) or updates < 0:
            raise DataError("updates", f"updates = {as_given(updates)} is not a whole number from 0", "give, say, 1000")
        try:
            np.empty(int(updates))
        except (MemoryError, ValueError, OverflowError):
            what = f"the losses of {updates} updates do not fit into memory"
            raise DataError("updates", what, "run fewer at a time") from None
        rates: Any = np.broadcast_to(self._rate, int(updates))
        return self._engine.run(rates)

    @property
    def weights(self) -> dict[str, Any]:
        """The weights as they are now, by name: numbers, and copies of arrays where they are matrices."""
        return self._engine.weights

    def save(self, path: str | os.PathLike[str], metadata: Mapping[str, Any] | None = None) -> None:
        """Write the weights as they are now to a file, as ``TrainingHistory.save`` does."""
        write_weights(path, Weights(self.weights, metadata or {}))

    @property
    def backend(self) -> str:
        """What makes the updates: "numpy" or "numba"."""
        return self._engine.backend

    @property
    def source(self) -> str:
        """The generated code that makes the updates."""
        return self._engine.source

    def _checked(self, rows: Any) -> Rows:
        """Rows that are examples. Raises DataError."""
        if not self._may_be_parted:
            require_batches(self._derivation)
            self._may_be_parted = True
        return checked_rows(rows, self._data.count)

    def __repr__(self) -> str:
        network = self._derivation.network
        return f"<Trainer of {network.name!r}: {self._data.count} examples, by {self.backend}>"


def _going_on(plan: Plan, rate: float, memory: Any) -> Trainer:
    """A trainer that goes on from what another one has left."""
    made = Trainer(plan, rate)
    made._engine.remember(memory)
    return made


def trainer(
    derivation: Derivation,
    data: Mapping[Any, Any] | None = None,
    initial: Initial = None,
    learning_rate: float = 0.1,
    optimiser: Optimiser | str = "gradient-descent",
    seed: int = 0,
    sizes: Mapping[Any, int] | None = None,
    dtype: Any = None,
    backend: str = "auto",
    check_facts: bool = True,
    optimizer: Optimiser | str | None = None,
) -> Trainer:
    """Train at the speed of the machine: the same updates as ``train``, of which nothing but the loss is kept.

    Parameters
    ----------
    derivation, data, initial, learning_rate, optimiser, seed, sizes
        As for ``train``: gradients by every parameter, inputs and targets, first weights, a file of them or the rule by
        which they are drawn, η > 0, how the gradients are used (``optimizer`` is another spelling), and for drawn
        weights the seed and the sizes that data do not tell.
    dtype
        float64 or float32, which all arithmetic is in. None takes float32 where all the arrays given are of it, else
        float64.
    backend
        ``"numpy"``; ``"numba"``, which compiles the whole loop and keeps it in a cache, and which the extra ``fast``
        installs; or ``"auto"``, which takes numba where it is installed and worth it. Weights agree to 1e-12 in
        float64.
    check_facts
        Whether data and first weights are held to the facts of the derivation, once.

    Raises DataError where values are missing, unknown, ragged or not finite and where a choice is none, and
    SymbackpropError where numba is asked for and absent.
    """
    require_loss(derivation, "trainer")
    rate = checked_rate(learning_rate)
    initial = first_weights(initial, derivation.network)
    dtype = _dtype_of(data, initial) if dtype is None else dtype
    recipe = Recipe.of(
        How(
            optimiser=optimiser,
            optimizer=optimizer,
            seed=seed,
            sizes=sizes,
            dtype=dtype,
            backend=backend,
            check_facts=check_facts,
        )
    )
    begun = start(derivation, data, initial, recipe)
    weights = {name: np.array(value, order="C")[()] for name, value in begun.weights.items()}
    plan = Plan(derivation, begun.data, weights, recipe.optimiser, np.dtype(recipe.dtype), recipe.backend)
    return Trainer(plan, rate)


def checked_rows(rows: Any, count: int) -> Rows:
    """Examples out of so many, as a slice or as an array of their numbers. Raises DataError."""
    if isinstance(rows, slice):
        if not range(*_indices(rows, count)):
            raise DataError("rows", f"rows {_spoken(rows)} are none of the {count} examples", "give one at least")
        return rows
    try:
        chosen = np.asarray(rows)
    except ValueError:
        chosen = np.empty((0, 0))
    if chosen.ndim != 1 or (chosen.size and chosen.dtype.kind not in "iu"):
        raise DataError("rows", f"rows are {as_given(rows)}", "give a slice, or a flat array of whole numbers")
    if not chosen.size:
        raise DataError("rows", "there are no rows", "give one example at least")
    outside = chosen[(chosen < 0) | (chosen >= count)]
    if outside.size:
        what = f"row {int(outside[0])} is none of the {count} examples"
        raise DataError("rows", what, f"give numbers from 0 to {count - 1}")
    return chosen.astype(np.intp, copy=False)


def _indices(rows: slice, count: int) -> tuple[int, int, int]:
    try:
        return rows.indices(count)
    except (TypeError, ValueError):
        raise DataError("rows", f"rows {_spoken(rows)} have no whole numbers", "give a slice such as 0:32") from None


def _spoken(rows: slice) -> str:
    parts = [rows.start, rows.stop, *([] if rows.step is None else [rows.step])]
    return ":".join("" if part is None else f"{as_given(part)}" for part in parts)


def _dtype_of(data: Any, initial: Any) -> str:
    """float32 where all the arrays given are of it, else float64."""
    values = [value for given in (data, initial) if isinstance(given, Keyed) for value in _values(given)]
    kinds = {getattr(value, "dtype", None) for value in values if type(value) not in (float, int)}
    return "float32" if kinds == {np.dtype(np.float32)} else "float64"


def _values(given: Any) -> list[Any]:
    return [given[name] for name in given.keys()]  # noqa: SIM118  # tables of pandas have keys, too
