"""Data from files: CSV, and NumPy's .npz, whose arrays are read as numbers alone."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, overload

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
from symbackprop.training.frames import Dataset, Preparation, dataset, read_table
from symbackprop.training.npz import read_arrays, telling_of

Place = str | os.PathLike[str]
Names = Collection[str] | None
Weights = Mapping[str, Any] | None


@overload
def load_data(source: Place, network: Network | Derivation) -> dict[str, Any]: ...


@overload
def load_data(
    source: Any,
    network: Network | Derivation,
    *,
    target: str | Sequence[str],
    inputs: Sequence[str] | None = None,
    missing: str | None = None,
    standardise: bool = False,
    split: float | None = None,
    seed: int = 0,
    classes: bool | None = None,
) -> Dataset: ...


def load_data(
    source: Any, network: Network | Derivation, *, target: Any = None, **how: Any
) -> dict[str, Any] | Dataset:
    """The inputs and targets of a network, by name, from a file or a table.

    Parameters
    ----------
    source
        A CSV file with a row an example, and a column for each name, or for each entry of an example, X_1, X_2 …, where
        the network is one of matrices; or an ``.npz`` file with an array for each name. For a target with an entry a
        class, whose number the network's own values tell, a file may have the class of each example, 0, 1, 2 …: a flat
        array, or one column. With a ``target``: a CSV file whose columns are called anything, a frame of pandas, Polars
        or Arrow, or a dictionary of flat arrays.
    target
        The column to predict, or several of numbers. What has texts has classes, and so has the target of a network
        with a softmax.
    inputs
        The columns to predict from, in the order of the network's inputs; by default all others.
    missing
        ``"drop"`` leaves out rows in which a value is missing, ``"mean"`` puts the mean of the column in its place;
        otherwise they are refused.
    standardise
        Whether columns of numbers are shifted and scaled to mean 0 and deviation 1, as the rows that are trained on
        have them.
    split
        The share of the rows that is held out, evenly over the classes: ``data.held_out``.
    seed
        Which rows are held out depends on it alone.
    classes
        Whether the target has classes, where it shall be said.

    Returns a dictionary, or with a ``target`` a ``Dataset``, which is one and has ``held_out`` and ``encoding``, too; a
    warning tells where columns are of very different scale. Raises DataError, with the file and the line, where it
    cannot be read or holds something else.
    """
    network = network_of(network, "load_data")
    if target is not None or how:
        return _from_table(source, network, target, how)
    if not isinstance(source, (str, os.PathLike)):
        what = f"load_data has a table, {as_given(source)}, and no target"
        raise DataError("columns", what, "name the column to predict, as in target='species'")
    names = [s.name for s in (*network.inputs, *network.targets)]
    if str(source).lower().endswith(".npz"):
        found = _read_npz(source, names, {name for name in names if name in network.values})
    else:
        found = network.kind[READER](source, network)
    try:
        return _with_classes(network, found)
    except DataError as error:
        error.place = error.place or str(source)
        raise


def _from_table(source: Any, network: Network, target: Any, how: Mapping[str, Any]) -> Dataset:
    """The data in columns of any names. Raises DataError."""
    if target is None:
        what = f"{', '.join(how)} {'is' if len(how) == 1 else 'are'} about a table whose columns are named"
        raise DataError("columns", what, "name the column to predict, as in target='species'")
    found = dataset(read_table(source), network, Preparation.of(target, **how))
    for hint in found.hints:
        warnings.warn(hint, stacklevel=3)
    return found


def load_inputs(
    path: str | os.PathLike[str],
    network: Network,
    names: Collection[str],
    weights: Mapping[str, Any],
) -> dict[str, Any]:
    """The values of some inputs from a file, as ``load_data`` reads them; others and targets may be in it or not.

    ``weights`` tell how many entries an example has. Raises DataError.
    """
    wanted = [s.name for s in network.inputs if s.name in names]
    if not str(path).lower().endswith(".npz"):
        return network.kind[READER](path, network, wanted, weights)
    beside = {s.name for s in (*network.inputs, *network.targets)} - set(wanted)
    return _read_npz(path, wanted, {name for name in wanted if name in network.values}, beside)


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


def _columns(path: Place, network: Network, names: Names = None, weights: Weights = None) -> dict[str, Any]:
    data = [s.name for s in (*network.inputs, *network.targets)]
    wanted = data if names is None else [name for name in data if name in names]
    return dict(read_csv(path, wanted, set(data) - set(wanted)))


def _batch(path: Place, network: Network, names: Names = None, weights: Weights = None) -> dict[str, Any]:
    try:
        return dict(read_batch(path, network, names, weights))
    except SymbackpropError as error:
        error.place = error.place or str(path)
        raise


READER: Question[Callable[..., dict[str, Any]]] = Question(
    __name__, "how the examples in a CSV file are read", {SCALARS: _columns, MATRICES: _batch}
)


def _read_npz(path: Place, names: Sequence[str], optional: set[str], beside: Collection[str] = ()) -> dict[str, Any]:
    """``optional`` names may be missing: the network has values of its own for them. Those ``beside`` are left out."""
    place = str(path)
    with telling_of(path, "an .npz file", "write it with numpy.savez"):
        found = {name: array for name, array in read_arrays(path).items() if name not in beside}
    for name in found:
        if name not in names:
            what = f"the file has {as_given(name)}, which is no input or target"
            raise DataError("unknown-name", what, did_you_mean(name, names), place=place)
    missing = [name for name in names if name not in found and name not in optional]
    if missing:
        what = f"there is no array {missing[0]} in the file"
        raise DataError("missing-value", what, f"write it with numpy.savez(…, {missing[0]}=…)", place=place)
    return found
