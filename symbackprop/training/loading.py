"""Data from files: CSV, and NumPy's .npz, whose arrays are read as numbers alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sympy import Integer

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, SymbackpropError, as_given, did_you_mean
from symbackprop.matrices import Array
from symbackprop.network.batch import read_batch
from symbackprop.network.data import read_csv
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.network.network import Network
from symbackprop.numeric.sizes import sizes_of_values
from symbackprop.training.accuracy import one_hot
from symbackprop.training.data import network_of
from symbackprop.training.examples import batch_symbol
from symbackprop.training.npz import read_arrays, telling_of


def load_data(path: str | os.PathLike[str], network: Network | Derivation) -> dict[str, Any]:
    """The inputs and targets of a network, by name, from a file.

    A file that ends in ``.npz`` has an array for each; any other is CSV with a row an example: a column for each name,
    or for each entry of an example, X_1, X_2 …, where the network is one of matrices. For a target with an entry a
    class, whose number the network's own values tell, a file may have the class of each example, 0, 1, 2 …: a flat
    array, or one column. Raises DataError, with the file, where it cannot be read or holds something else.
    """
    network = network_of(network, "load_data")
    names = [s.name for s in (*network.inputs, *network.targets)]
    if str(path).lower().endswith(".npz"):
        found = _read_npz(path, names, {name for name in names if name in network.values})
    else:
        found = network.kind[READER](path, network)
    try:
        return _with_classes(network, found)
    except DataError as error:
        error.place = error.place or str(path)
        raise


def _with_classes(network: Network, values: dict[str, Any]) -> dict[str, Any]:
    """The values, with classes as rows or columns of 0 and 1, where the network tells how many there are."""
    sizes = sizes_of_values(network, network.values)
    known = {size: Integer(sizes[size.name]) for size in network.sizes if size.name in sizes}
    batch = batch_symbol(network)
    for target in network.targets:
        flat = isinstance(target, Array) and target.name in values and np.ndim(values[target.name]) == 1
        if flat and batch in target.shape:
            in_rows = target.shape[0] == batch
            classes = target.shape[1 if in_rows else 0].xreplace(known)
            if classes.is_Integer and classes > 1:
                values = {**values, target.name: one_hot(values[target.name], int(classes), columns=not in_rows)}
    return values


def _columns(path: str | os.PathLike[str], network: Network) -> dict[str, Any]:
    return dict(read_csv(path, [s.name for s in (*network.inputs, *network.targets)]))


def _batch(path: str | os.PathLike[str], network: Network) -> dict[str, Any]:
    try:
        return dict(read_batch(path, network))
    except SymbackpropError as error:
        error.place = error.place or str(path)
        raise


READER: Question[Callable[[str | os.PathLike[str], Network], dict[str, Any]]] = Question(
    __name__, "how the examples in a CSV file are read", {SCALARS: _columns, MATRICES: _batch}
)


def _read_npz(path: str | os.PathLike[str], names: Sequence[str], optional: set[str]) -> dict[str, Any]:
    """``optional`` names may be missing: the network has values of its own for them."""
    place = str(path)
    with telling_of(path, "an .npz file", "write it with numpy.savez"):
        found = read_arrays(path)
    for name in found:
        if name not in names:
            what = f"the file has {as_given(name)}, which is no input or target"
            raise DataError("unknown-name", what, did_you_mean(name, names), place=place)
    missing = [name for name in names if name not in found and name not in optional]
    if missing:
        what = f"there is no array {missing[0]} in the file"
        raise DataError("missing-value", what, f"write it with numpy.savez(…, {missing[0]}=…)", place=place)
    return found
