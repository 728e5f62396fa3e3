"""How many examples a classifier gets right, and classes as targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Symbol

from symbackprop.errors import DataError, as_given, did_you_mean
from symbackprop.matrices import Array, same_shape, spoken
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.network.network import Network
from symbackprop.training.data import Floats, refuse_masked
from symbackprop.training.examples import batch_symbol

THRESHOLD = 0.5
"""With one output, an example is of the class where the output is above it."""

FLAT = "give a flat array, one label an example"


def chosen(answers: Floats, axis: int = 1) -> NDArray[np.intp]:
    """The number of the class of each example: that of the largest output, or whether the only one is above ½."""
    if answers.shape[axis] == 1:
        found: NDArray[np.intp] = np.asarray(np.take(answers, 0, axis) > THRESHOLD, dtype=np.intp)
    else:
        found = np.asarray(answers.argmax(axis=axis))
    return found


@dataclass(frozen=True)
class Accuracy:
    """Compares outputs with targets: the largest of several, or one with a threshold of ½.

    ``axis`` is the axis along which the classes lie once the arrays of all names are stacked.
    """

    outputs: tuple[str, ...]
    targets: tuple[str, ...]
    axis: int

    def of(self, values: Mapping[str, Any]) -> float:
        """The part of the examples whose class is right, from the values of outputs and targets."""
        found, wanted = (self._stacked(values, names) for names in (self.outputs, self.targets))
        found, wanted = np.broadcast_arrays(found, wanted)
        return float(np.mean(chosen(found, self.axis) == chosen(wanted, self.axis)))

    def _stacked(self, values: Mapping[str, Any], names: Sequence[str]) -> Floats:
        arrays = np.broadcast_arrays(*(np.asarray(values[name], dtype=float) for name in names))
        return arrays[0] if arrays[0].ndim == 2 else np.stack(arrays)


def accuracy_of(network: Network, given: str | Symbol | Sequence[str | Symbol]) -> Accuracy:
    """Compare these outputs with the targets of the network. Raises DataError where they cannot be compared."""
    names = [str(part) for part in (given if isinstance(given, (list, tuple)) else [given])]
    known = {s.name: s for s in network.equations}
    for name in names:
        if name not in known:
            raise DataError(
                "accuracy", f"accuracy is of {as_given(name)}, which is no output", did_you_mean(name, known)
            )
    if not names:
        raise DataError("accuracy", f"accuracy is {as_given(given)}, of no output", "name one, or leave it out")
    outputs = [known[name] for name in names]
    return network.kind[COMPARED](network, outputs)


def _of_scalars(network: Network, outputs: Sequence[Symbol]) -> Accuracy:
    names, targets = [s.name for s in outputs], network.targets
    if len(targets) != len(outputs):
        raise DataError(
            "accuracy",
            f"accuracy compares {', '.join(names)} with {', '.join(map(str, targets)) or 'no target'}",
            "name one output for each target, in the order of the targets",
        )
    return Accuracy(tuple(names), tuple(s.name for s in targets), axis=0)


def _of_matrix(network: Network, outputs: Sequence[Symbol]) -> Accuracy:
    output = outputs[0]
    alike = [
        s for s in network.targets
        if isinstance(s, Array) and isinstance(output, Array) and same_shape(s.shape, output.shape)
    ]  # fmt: skip
    if len(outputs) != 1 or len(alike) != 1:
        shapes = ", ".join(f"{s.name} {spoken(network.shape(s))}".rstrip() for s in (*outputs, *network.targets))
        what = f"accuracy compares one output with one target of its shape, and there are {shapes}"
        raise DataError("accuracy", what, "name an output of the shape of a target")
    in_columns = output.shape[1] == batch_symbol(network)
    return Accuracy((output.name,), (alike[0].name,), axis=0 if in_columns else 1)


COMPARED: Question[Callable[[Network, Sequence[Symbol]], Accuracy]] = Question(
    __name__, "which targets outputs are compared with", {SCALARS: _of_scalars, MATRICES: _of_matrix}
)


def one_hot(labels: Any, classes: int, *, columns: bool = False) -> Floats:
    """Classes 0, 1, 2 … as targets: a row an example, with 1 in the place of its class, else 0.

    ``columns`` puts the examples into columns. Raises DataError where labels are not whole numbers, where there are
    none, and where one is outside of the classes.
    """
    try:
        array = np.asarray(labels)
    except ValueError:
        raise DataError("labels", "the labels are lists of several lengths", FLAT) from None
    refuse_masked("the array of labels", labels)
    if array.ndim != 1:
        raise DataError("labels", f"the labels have shape {array.shape}", FLAT)
    if isinstance(classes, bool) or not isinstance(classes, (int, np.integer)) or classes < 1:
        raise DataError("labels", f"classes = {as_given(classes)} is not a whole number from 1", "give, say, 10")
    if array.size == 0:
        raise DataError("empty", "there are no labels", "give one example at least")
    whole = array.dtype.kind in "biu" or (array.dtype.kind == "f" and bool((array == np.floor(array)).all()))
    if not (whole and np.isfinite(array).all()):
        raise DataError("labels", f"{_first_bad(array)} is not a whole number", "number the classes 0, 1, 2 …")
    outside = np.flatnonzero((array < 0) | (array >= classes))
    if outside.size:
        k = int(outside[0])
        raise DataError(
            "labels",
            f"label {k + 1} is {array[k]:.15g}, and {classes} classes are numbered 0 to {classes - 1}",
            "give more outputs, or other labels",
        )
    try:
        rows = np.zeros((array.size, int(classes)))
    except (MemoryError, ValueError, OverflowError):
        what = f"{array.size} labels of {classes} classes do not fit into memory"
        raise DataError("labels", what, "give fewer classes") from None
    rows[np.arange(array.size), array.astype(int)] = 1
    return np.ascontiguousarray(rows.T) if columns else rows


def _first_bad(array: Any) -> str:
    """Which label is no whole number that a machine counts with."""
    for k, label in enumerate(array.tolist(), 1):
        if not (isinstance(label, int) or (isinstance(label, float) and label.is_integer())):
            return f"label {k}, {as_given(label)},"
    return "a label of so many digits"
