"""From a table to data that a network trains on: rows without gaps, classes as numbers, one scale, some held out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import DataError
from symbackprop.functions.softmax import log_softmax_component, softmax_component
from symbackprop.matrices.operations.log_softmax import LogSoftmax
from symbackprop.matrices.operations.softmax import Softmax
from symbackprop.network.network import Network
from symbackprop.network.predictions import predictions_of
from symbackprop.training.columns import Columns, columns_of, width_of
from symbackprop.training.data import Floats
from symbackprop.training.frames.choices import Preparation
from symbackprop.training.frames.encoding import Encoding, Label, Scale, labels_of
from symbackprop.training.frames.table import Table

SOFTMAXES = (softmax_component, log_softmax_component, Softmax, LogSoftmax)
VERY_DIFFERENT = 100
"""How many times the spread of one column may be that of another before a hint is due."""
MOST_KINDS = 20
"""A column of more whole numbers than this is hardly one of classes."""
DROP = 'leave such rows out with missing="drop" (--missing drop)'


@dataclass(frozen=True, eq=False)
class Dataset(Mapping[str, Floats]):
    """Values by the names of a network, as ``train`` takes them; ``held_out`` has the other rows, for ``validation``.

    ``encoding`` is what was done to the columns, ``dropped`` how many rows had a value missing and were left out, and
    ``hints`` say what is likely not to be meant, or to make training slow. ``rows`` and ``held_out_rows`` are the rows
    of the table.
    """

    arrays: Mapping[str, Floats]
    held_out: Mapping[str, Floats] | None
    encoding: Encoding
    rows: Table
    held_out_rows: Table | None
    dropped: int = 0
    hints: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Floats:
        return self.arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def __repr__(self) -> str:
        held_out = f", {self.held_out_rows.count} held out" if self.held_out_rows is not None else ""
        names = self.encoding
        return (
            f"<Dataset: {self.rows.count} rows of {len(names.inputs)} inputs for {', '.join(names.targets)}{held_out}>"
        )


def held_out_of(data: Dataset, table: Table, network: Network) -> Dataset:
    """The same data, with another table for what is held out. Raises DataError."""
    places = _places(network, data.encoding, table.place)
    absent = table.missing(data.encoding.targets)
    if absent.any():
        raise table.gap(data.encoding.targets, absent)
    return replace(data, held_out=values_of(table, data.encoding, network, places), held_out_rows=table)


@dataclass(frozen=True)
class Prepared:
    """The rows of a table to train on and those held out, and the encoding that the former give."""

    kept: Table
    held_out: Table | None
    encoding: Encoding
    dropped: int
    hints: tuple[str, ...]

    def dataset(self, network: Network) -> Dataset:
        """The data by the names of a network. Raises DataError where its inputs or targets take other columns."""
        places = _places(network, self.encoding, self.kept.place)
        values = values_of(self.kept, self.encoding, network, places)
        held_out = None if self.held_out is None else values_of(self.held_out, self.encoding, network, places)
        return Dataset(values, held_out, self.encoding, self.kept, self.held_out, self.dropped, self.hints)


def dataset(table: Table, network: Network, how: Preparation) -> Dataset:
    """The data that a table has for a network. Raises DataError, with the file and the line where there are such."""
    return prepared(table, how, _has_softmax(network)).dataset(network)


def prepared(table: Table, how: Preparation, classes: bool) -> Prepared:
    """Do to a table what is asked; ``classes`` says what targets of numbers are where nobody does. Raises DataError."""
    inputs = how.inputs or tuple(name for name in table.columns if name not in how.targets)
    for name in (*how.targets, *inputs):
        table.column(name)
    if not inputs:
        raise DataError("columns", "there are no columns but the targets", "add some", place=table.place)
    whole = _without_gaps(table, inputs, how)
    kinds = _classes(whole, how, classes)
    numbers = None if kinds is None else Encoding(inputs, how.targets, kinds).numbered(whole)
    whole.numbers(inputs)
    kept, held_out = whole, None
    if how.split is not None:
        out = _held_out(whole.count, how.split, how.seed, numbers)
        if not out.any() or out.all():
            what = f"{how.split:g} of {whole.count} rows is none of them, or all"
            raise DataError("split", what, "give another share, or more rows", place=table.place)
        kept, held_out = whole.rows(~out), whole.rows(out)
    found = kept.numbers(inputs)
    fill = _means(found, inputs, table) if how.missing == "mean" else None
    filled = found if fill is None else np.where(np.isnan(found), np.array(fill), found)
    encoding = Encoding(
        inputs,
        how.targets,
        kinds,
        Scale.of(filled) if how.standardise else None,
        Scale.of(kept.numbers(how.targets)) if how.standardise and kinds is None else None,
        fill,
    )
    hints = [] if how.standardise else _different_scales(filled, inputs)
    if kinds is None and how.classes is None:
        hints += _like_classes(kept, how.targets)
    return Prepared(kept, held_out, encoding, table.count - whole.count, tuple(hints))


def values_of(table: Table, encoding: Encoding, network: Network, places: tuple[Columns, Columns]) -> dict[str, Floats]:
    """The inputs and targets of a table by the names of a network."""
    inputs, targets = places
    width = width_of(network, targets, network.values)
    return {**inputs.given(encoding.encoded(table)), **targets.given(encoding.encoded_targets(table, width))}


def _places(network: Network, encoding: Encoding, place: str) -> tuple[Columns, Columns]:
    """Where inputs and targets go. Raises DataError where they are too few or too many."""
    inputs = columns_of(network, "inputs", network.inputs)
    targets = columns_of(network, "targets", network.targets)
    width = width_of(network, inputs, network.values)
    if width not in (None, len(encoding.inputs)):
        given = _listed(encoding.inputs)
        what = f"{', '.join(inputs.names)} of {network.name} takes {width} columns, and there are {given}"
        raise DataError(
            "columns", what, "name those that it takes (inputs=[…], --inputs), or take another network", place=place
        )
    width = width_of(network, targets, network.values)
    names = ", ".join(targets.names)
    if encoding.classes is None:
        if width not in (None, len(encoding.targets)):
            what = f"{names} of {network.name} takes {width} numbers, and there are {_listed(encoding.targets)}"
            raise DataError("columns", what, "name as many targets as it has, or take another network", place=place)
    elif width not in (None, len(encoding.classes)) and (width, len(encoding.classes)) != (1, 2):
        what = f"{encoding.targets[0]} has {len(encoding.classes)} classes, and {names} of {network.name} {width}"
        raise DataError("classes", what, "take a network with an output for each class", place=place)
    return inputs, targets


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:6]) + (", …" if len(names) > 6 else "")
    return f"{len(names)}: {shown}"


def _without_gaps(table: Table, inputs: tuple[str, ...], how: Preparation) -> Table:
    """The rows in which no value is missing that is needed. Raises DataError."""
    names = (*how.targets, *inputs) if how.missing != "mean" else how.targets
    absent = table.missing(names)
    if not absent.any():
        return table
    if how.missing == "drop":
        whole: NDArray[np.bool_] = np.logical_not(absent.any(axis=1))
        if not whole.any():
            raise DataError("missing", "there is no row without a missing value", "fill some in", place=table.place)
        return table.rows(whole)
    fix = DROP if how.missing == "mean" else f'{DROP}, or put the mean of the column there with "mean"'
    raise table.gap(names, absent, fix)


def _classes(table: Table, how: Preparation, usual: bool) -> tuple[Label, ...] | None:
    """The classes in their order, or None where the targets are numbers. Raises DataError."""
    texts = [name for name in how.targets if table.is_text(name)]
    wanted = (bool(texts) or (usual and len(how.targets) == 1)) if how.classes is None else how.classes
    if not wanted:
        return None
    if len(how.targets) > 1:
        what = f"{', '.join(texts or how.targets)} {'has' if len(texts) == 1 else 'have'} classes beside other targets"
        raise DataError("classes", what, "name one target, or targets of numbers alone", place=table.place)
    found: list[Any] = sorted(set(labels_of(table, how.targets[0])))
    if len(found) < 2:
        what = f"{how.targets[0]} is the same in every row: {found[0]}"
        raise DataError("classes", what, "give rows of two classes at least", place=table.place)
    return tuple(found)


def _held_out(count: int, share: float, seed: int, classes: NDArray[np.intp] | None) -> NDArray[np.bool_]:
    """Which rows are held out: so large a share of them, spread evenly over the classes."""
    order = np.random.default_rng(seed).permutation(count)
    if classes is not None:
        order = order[np.argsort(classes[order], kind="stable")]
    steps = np.floor(np.arange(count + 1) * share + 0.5)
    out = np.zeros(count, dtype=bool)
    out[order[np.diff(steps) > 0]] = True
    return out


def _means(found: Floats, inputs: tuple[str, ...], table: Table) -> tuple[float, ...]:
    """The mean of each column over what is there. Raises DataError where nothing is."""
    for name, column in zip(inputs, found.T, strict=True):
        if np.isnan(column).all():
            raise DataError("missing", f"{name} has no values", "leave the column out", place=table.place)
    return tuple(np.nanmean(found, axis=0).tolist())


def _like_classes(table: Table, targets: tuple[str, ...]) -> list[str]:
    """What to do where a target of numbers looks like the numbers of classes."""
    if len(targets) > 1:
        return []
    kinds = np.unique(table.numbers(targets))
    if len(kinds) > MOST_KINDS or len(kinds) ** 2 > table.count or (kinds != np.floor(kinds)).any():
        return []
    return [f"{targets[0]} has {len(kinds)} whole numbers; classes=True (--classes) if they are classes"]


def _different_scales(found: Floats, inputs: tuple[str, ...]) -> list[str]:
    """What to do where columns spread very differently."""
    spreads = {name: float(spread) for name, spread in zip(inputs, found.std(axis=0), strict=True) if spread > 0}
    if len(spreads) < 2:
        return []
    least, most = min(spreads, key=spreads.__getitem__), max(spreads, key=spreads.__getitem__)
    if spreads[most] < VERY_DIFFERENT * spreads[least]:
        return []
    return [
        f"{most} spreads over {spreads[most]:.3g} and {least} over {spreads[least]:.3g}, which trains slowly; "
        "standardise=True (--standardise) puts all columns on one scale"
    ]


def _has_softmax(network: Network) -> bool:
    """Whether what the network compares with its targets comes from a softmax."""
    return any(isinstance(network.equations[name], SOFTMAXES) for name in predictions_of(network))
