"""Where the columns of a table go in a network: into its inputs and its targets, and which outputs answer them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Integer, Symbol

from symbackprop.errors import DataError, as_given, did_you_mean
from symbackprop.matrices import Array, spoken
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.network.network import Network
from symbackprop.network.predictions import predictions_of
from symbackprop.numeric.sizes import sizes_of_values
from symbackprop.training.data import Floats
from symbackprop.training.examples import batch_symbol


@dataclass(frozen=True)
class Columns:
    """The names that hold the numbers of an example: one matrix for all of them, or a scalar for each.

    ``axis`` is the axis of a matrix along which the examples lie; None of scalars.
    """

    names: tuple[str, ...]
    axis: int | None

    def given(self, table: Floats) -> dict[str, Floats]:
        """A table with a row an example, by the names. Raises DataError where it has not a column for each scalar."""
        if self.axis is not None:
            return {self.names[0]: table if self.axis == 0 else np.ascontiguousarray(table.T)}
        if table.shape[1] != len(self.names):
            what = f"there are {table.shape[1]} columns for {', '.join(self.names)}"
            raise DataError("columns", what, "give one for each, in this order")
        return {name: np.ascontiguousarray(table[:, k]) for k, name in enumerate(self.names)}

    def table(self, values: Mapping[str, Any]) -> Floats:
        """The table of these names, a row an example, out of the values of a network."""
        if self.axis is not None:
            found = np.asarray(values[self.names[0]])
            return found if self.axis == 0 else found.T
        return np.stack(np.broadcast_arrays(*(np.atleast_1d(values[name]) for name in self.names)), axis=1)


def columns_of(network: Network, role: str, names: Sequence[Symbol]) -> Columns:
    """Where the columns go for names of one role, which is what errors call them. Raises DataError."""
    if not names:
        raise DataError("columns", f"{network.name} has no {role}", "name one, or give the data by name")
    return network.kind[PLACES](network, role, names)


def _of_scalars(network: Network, role: str, names: Sequence[Symbol]) -> Columns:
    return Columns(tuple(name.name for name in names), None)


def _of_matrix(network: Network, role: str, names: Sequence[Symbol]) -> Columns:
    size = batch_symbol(network)
    found = [name for name in names if isinstance(name, Array) and size is not None and size in name.shape]
    if len(found) != 1:  # what has no examples, such as a constant, has its value from the network
        shapes = ", ".join(f"{name.name} {spoken(network.shape(name))}".rstrip() for name in names)
        what = f"columns go into one {role.removesuffix('s')} with a row or a column an example, and there are {shapes}"
        raise DataError("columns", what, "give the data by name")
    return Columns((found[0].name,), list(found[0].shape).index(size))


PLACES: Question[Callable[[Network, str, Sequence[Symbol]], Columns]] = Question(
    __name__, "where the columns of a table go", {SCALARS: _of_scalars, MATRICES: _of_matrix}
)


def answers_of(network: Network, output: str | Sequence[str] | None = None) -> Columns:
    """The outputs that are compared with the targets: those named, or those that stand beside them in the loss.

    Raises DataError where the network does not tell which they are.
    """
    if output is not None:
        names = [output] if isinstance(output, str) else [str(name) for name in output]
        known = {name.name: name for name in network.equations}
        for name in names:
            if name not in known:
                what = f"the output is {as_given(name)}, which no equation is of"
                raise DataError("output", what, did_you_mean(name, known))
        return columns_of(network, "outputs", [known[name] for name in names])
    found = predictions_of(network)
    if not found or len(found) != (1 if isinstance(found[0], Array) else len(network.targets)):
        what = f"{network.name} does not tell which output its targets are compared with"
        raise DataError("output", what, f"name it, as in output={as_given(_example(network))}")
    return columns_of(network, "outputs", found)


def _example(network: Network) -> str:
    inner = [name for name in network.equations if name != network.loss]
    return str(inner[-1] if inner else network.loss)


def width_of(network: Network, columns: Columns, values: Mapping[str, Any]) -> int | None:
    """How many numbers an example has in some columns; None where the network leaves that to the data.

    ``values`` are those of parameters whose shapes tell sizes.
    """
    if columns.axis is None:
        return len(columns.names)
    side = network.shape(columns.names[0])[1 - columns.axis]
    known = sizes_of_values(network, values)
    told = side.xreplace({size: Integer(known[size.name]) for size in network.sizes if size.name in known})
    return int(told) if told.is_Integer else None
