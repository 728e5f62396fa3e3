"""A network that takes tables: its weights, and what is done to columns before and after it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, SymbackpropError, as_given
from symbackprop.network import mlp
from symbackprop.network.network import Network
from symbackprop.numeric import Predictor, predictor
from symbackprop.training.columns import Columns, answers_of, columns_of
from symbackprop.training.data import Floats, network_of
from symbackprop.training.frames.encoding import Encoding
from symbackprop.training.frames.outcome import Outcome, outcome_of
from symbackprop.training.frames.reading import read_table
from symbackprop.training.frames.table import Table
from symbackprop.training.weights import Weights, read_weights, write_weights

BUILDERS = {"mlp": mlp}
"""What a file may say that its network is made by, so that the network need not be given."""
COLUMNS, NETWORK = "columns", "network"


@dataclass(frozen=True, eq=False)
class TableModel:
    """What ``read_model`` gives: ``model.predict(frame)`` has class names, or numbers as the targets had them.

    ``made_by`` is the builder of the network with its arguments, where it is from one: ``{"mlp": {…}}``.
    """

    network: Network
    weights: Mapping[str, Any]
    encoding: Encoding
    made_by: Mapping[str, Any] = field(default_factory=dict)

    def predict(self, source: Any) -> Any:
        """The class of each row of a CSV file or a frame, or its number. Raises DataError."""
        return self.encoding.decoded(self.answers(read_table(source)))

    def outputs(self, source: Any) -> Floats:
        """What the network itself gives for each row: the chances of the classes, where it has a softmax."""
        return self.answers(read_table(source))

    def score(self, source: Any) -> Outcome:
        """Compare with the targets that stand in the table, too. Raises DataError."""
        table = read_table(source)
        return outcome_of(self.answers(table), table, self.encoding)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write weights and encoding to one file, for ``read_model`` and ``symbackprop predict``."""
        write_weights(path, Weights(self.weights, self.metadata))

    @property
    def metadata(self) -> dict[str, Any]:
        """What goes with the weights."""
        made_by = {NETWORK: dict(self.made_by)} if self.made_by else {}
        return {COLUMNS: self.encoding.as_json(), **made_by}

    def answers(self, table: Table) -> Floats:
        """What the network gives for a table that has been read. Raises DataError."""
        network = self.network
        values = {**network.given(network.inputs), **self.weights, **self.given(table)}
        return self._answers.table(self._predictor(**values))

    def given(self, source: Any) -> dict[str, Floats]:
        """The inputs of the network, by name, that a table has. Raises DataError."""
        return self._inputs.given(self.encoding.encoded(read_table(source)))

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """What the columns of ``outputs`` are called: ``P(setosa)`` for a class, the names of targets for numbers."""
        classes, names = self.encoding.classes, self._answers.names
        if classes is None:
            return self.encoding.targets
        if self._answers.axis is None:
            return names
        return tuple(f"{names[0]}({label})" for label in classes)

    @cached_property
    def _answers(self) -> Columns:
        return answers_of(self.network)

    @cached_property
    def _inputs(self) -> Columns:
        return columns_of(self.network, "inputs", self.network.inputs)

    @cached_property
    def _predictor(self) -> Predictor:
        return predictor(self.network, list(self._answers.names))

    def __repr__(self) -> str:
        return f"<TableModel of {self.network.name!r}: {', '.join(self.encoding.targets)} from {_few(self.encoding)}>"


def read_model(path: str | os.PathLike[str], network: Network | Derivation | None = None) -> TableModel:
    """Read a model that ``TableModel.save`` or ``symbackprop train --save`` wrote.

    The network is needed where the file does not say how it is made. Raises DataError, with the file.
    """
    given = None if network is None else network_of(network, "read_model")
    found = read_weights(path, given)
    try:
        return model_of(found, given)
    except SymbackpropError as error:
        error.place = error.place or str(path)
        raise


def model_of(weights: Weights, network: Network | None) -> TableModel:
    """The model that weights tell of beside them. Raises DataError where they do not."""
    if COLUMNS not in weights.metadata:
        what = "the file has weights and nothing of the columns of a table"
        raise DataError("model", what, "give inputs by name, as to history.predict, or train with target=")
    encoding = Encoding.of_json(weights.metadata[COLUMNS])
    made_by = weights.metadata.get(NETWORK, {})
    return TableModel(network or network_made_by(made_by), weights.values, encoding, made_by)


def network_made_by(given: Any) -> Network:
    """The network that a builder makes of arguments that a file has. Raises DataError."""
    if isinstance(given, Mapping) and len(given) == 1:
        ((name, arguments),) = given.items()
        if name in BUILDERS and isinstance(arguments, Mapping):
            try:
                return BUILDERS[name](**arguments)
            except TypeError:
                pass
    what = f"the file does not say how its network is made: {as_given(given)}"
    raise DataError("model", what, "give the network, too")


def _few(encoding: Encoding) -> str:
    names = encoding.inputs
    return ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
