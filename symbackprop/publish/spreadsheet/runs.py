"""The training that a workbook shows: of the network itself, or of the scalar network of a matrix network's entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from symbackprop.calculus import Derivation, derive, require_loss
from symbackprop.errors import NetworkError
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.network.network import Network
from symbackprop.numeric.sizes import sizes_of_values
from symbackprop.publish.choices import is_plain
from symbackprop.publish.material import Material
from symbackprop.publish.spreadsheet.refusing import refused
from symbackprop.training import TrainingHistory
from symbackprop.training.train import descend

MOST_ENTRIES = 250
"""A matrix network with more entries is not written out: nobody could read its table."""
AGREES = 1e-9


@dataclass(frozen=True)
class Runs:
    """A derivation by scalars, its training, and its training at several learning rates."""

    derivation: Derivation
    first: TrainingHistory
    sweep: tuple[TrainingHistory, ...]


def runs_of(material: Material) -> Runs:
    """The training of a report. Raises SymbackpropError where there is none, or one that a workbook does not show."""
    derivation = material.derivation
    require_loss(derivation, "a workbook")
    histories = [*([] if material.history is None else [material.history]), *material.sweep]
    if not histories:
        raise refused("a workbook shows training, and there is none to show", "give --lr and --epochs, or history=")
    for history in histories:
        _check(history)
    first, sweep = histories[0], tuple(material.sweep)
    return derivation.network.kind[SCALAR_RUNS](derivation, first, sweep)


def _check(history: TrainingHistory) -> None:
    if not is_plain(history) or history.schedule.name != "constant":
        raise refused(
            "a workbook trains by gradient descent on all examples, at a constant learning rate",
            "train so, or leave the format xlsx out",
        )
    kept = {np.asarray(values).dtype for values in history.parameters.values()}
    if kept - {np.dtype(np.float64)}:
        raise refused("a workbook computes in float64", f"train in it, not in {min(map(str, kept))}")


def _as_they_are(derivation: Derivation, first: TrainingHistory, sweep: tuple[TrainingHistory, ...]) -> Runs:
    return Runs(derivation, first, sweep)


def _by_entries(derivation: Derivation, first: TrainingHistory, sweep: tuple[TrainingHistory, ...]) -> Runs:
    """The same training of the entries, each a scalar."""
    network = derivation.network
    written = _entries(network, first)
    scalars = derive(written)

    def trained(history: TrainingHistory) -> TrainingHistory:
        values = (written if history is first else _entries(network, history)).values
        data = {s.name: values[s.name] for s in (*written.inputs, *written.constants)}
        weights = {s.name: values[s.name] for s in written.parameters}
        found = descend(scalars, data, weights, history.learning_rate, history.epochs)
        rows = min(len(found), len(history))
        if not np.allclose(found.losses[:rows], history.losses[:rows], rtol=AGREES, atol=0, equal_nan=True):
            raise refused(f"the entries of {network.name} do not train as its matrices do", "leave the format xlsx out")
        return found

    return Runs(scalars, trained(first), tuple(map(trained, sweep)))


def _entries(network: Network, history: TrainingHistory) -> Network:
    """The scalar network of the entries, with data and first weights for its values."""
    values = {**history.data, **{name: array[0] for name, array in history.parameters.items()}}
    known = sizes_of_values(network, values)
    given = Network(
        network.equations, inputs=network.inputs, targets=network.constants, parameters=network.parameters,
        loss=network.loss, name=network.name, facts=network.facts, values=values,
    )  # fmt: skip
    try:
        scalars = given.expand({size.name: known[size.name] for size in network.sizes})
    except NetworkError as error:
        raise refused(f"a workbook has a cell for each entry, and {error.what}", "leave the format xlsx out") from None
    if len(scalars.names) > MOST_ENTRIES:
        raise refused(
            f"{network.name} has {len(scalars.names):,} entries at these sizes, and a workbook has room for "
            f"{MOST_ENTRIES}",
            "give fewer examples, or use symbackprop train NET -o FILE.csv",
        )
    return scalars


SCALAR_RUNS: Question[Callable[[Derivation, TrainingHistory, tuple[TrainingHistory, ...]], Runs]] = Question(
    __name__, "what a workbook shows of it", {SCALARS: _as_they_are, MATRICES: _by_entries}
)
