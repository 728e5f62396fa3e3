"""What is done to the columns of a table before a network has them, and undone to what the network answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import DataError, quote
from symbackprop.training.accuracy import chosen, one_hot
from symbackprop.training.data import Floats
from symbackprop.training.frames.table import Table

Label = str | int | float


@dataclass(frozen=True)
class Scale:
    """What is taken off each column, and by what it is divided then."""

    means: tuple[float, ...]
    scales: tuple[float, ...]

    @classmethod
    def of(cls, table: Floats) -> Scale:
        """The means and the deviations of the columns; one for those that are always the same."""
        deviations = table.std(axis=0)
        scales = np.where(deviations > 0, deviations, 1)
        return cls(tuple(table.mean(axis=0).tolist()), tuple(scales.tolist()))

    def standardised(self, table: Floats) -> Floats:
        """Columns of mean 0 and deviation 1."""
        found: Floats = (table - np.array(self.means)) / np.array(self.scales)
        return found

    def restored(self, table: Floats) -> Floats:
        """The columns as they were."""
        found: Floats = table * np.array(self.scales) + np.array(self.means)
        return found


@dataclass(frozen=True)
class Encoding:
    """The columns of inputs and targets, the classes by name, and the numbers found in the rows that are trained on.

    ``fill`` has what stands for a missing input, where it is its mean.
    """

    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    classes: tuple[Label, ...] | None = None
    input_scale: Scale | None = None
    target_scale: Scale | None = None
    fill: tuple[float, ...] | None = None

    def encoded(self, table: Table) -> Floats:
        """The inputs of a table, a row an example. Raises DataError where a column or a value is missing."""
        absent = table.missing(self.inputs)
        if self.fill is None and absent.any():
            raise table.gap(self.inputs, absent)
        found = table.numbers(self.inputs)
        if self.fill is not None:
            found = np.where(absent, np.array(self.fill), found)
        return found if self.input_scale is None else self.input_scale.standardised(found)

    def encoded_targets(self, table: Table, width: int | None = None) -> Floats:
        """The targets of a table, a row an example: 0 and 1 for classes, in one column where the width is 1.

        Raises DataError for a class that is not known.
        """
        if self.classes is None:
            found = table.numbers(self.targets)
            return found if self.target_scale is None else self.target_scale.standardised(found)
        numbers = self.numbered(table)
        return numbers[:, None].astype(float) if width == 1 else one_hot(numbers, len(self.classes))

    def numbered(self, table: Table) -> NDArray[np.intp]:
        """The number of the class of each row. Raises DataError for a class that was not seen in training."""
        assert self.classes is not None
        (name,) = self.targets
        known = {label: k for k, label in enumerate(self.classes)}
        labels = labels_of(table, name)
        for k, label in enumerate(labels):
            if label not in known:
                what = f"{name} is {quote(label)}, a class that was not seen in training"
                raise table.refusal("classes", k, what, f"known classes: {self.spoken_classes()}")
        return np.array([known[label] for label in labels], dtype=np.intp)

    def decoded(self, answers: Floats) -> Any:
        """What answers mean, a row an example: class names in a flat array, or numbers as the targets had them."""
        if self.classes is not None:
            return np.array(self.classes)[chosen(answers)]
        found = answers if self.target_scale is None else self.target_scale.restored(answers)
        return found[:, 0] if found.shape[1] == 1 else found

    def spoken_classes(self) -> str:
        """The classes as messages list them."""
        words = [str(label) for label in self.classes or ()]
        return ", ".join(words[:12]) + (", …" if len(words) > 12 else "")

    def as_json(self) -> dict[str, Any]:
        """All of it in the terms of JSON."""
        return asdict(self)

    @classmethod
    def of_json(cls, given: Mapping[str, Any]) -> Encoding:
        """An encoding from the terms of JSON. Raises DataError where they are none."""
        try:
            scales = [
                None if given[key] is None else Scale(_numbers(given[key]["means"]), _numbers(given[key]["scales"]))
                for key in ("input_scale", "target_scale")
            ]
            fill = None if given["fill"] is None else _numbers(given["fill"])
            classes = None if given["classes"] is None else tuple(given["classes"])
            found = cls(_texts(given["inputs"]), _texts(given["targets"]), classes, scales[0], scales[1], fill)
            sides = [(found.inputs, scales[0]), (found.targets, scales[1])]
            fits = all(
                scale is None or len(scale.means) == len(scale.scales) == len(names) for names, scale in sides
            ) and (fill is None or len(fill) == len(found.inputs))
            if not (found.inputs and found.targets and fits and (classes is None or len(found.targets) == 1)):
                raise ValueError
        except (KeyError, TypeError, ValueError):
            fix = "write it with symbackprop train --save, or TableModel.save"
            raise DataError("model", "what is kept of the columns beside the weights is damaged", fix) from None
        return found


def labels_of(table: Table, name: str) -> list[Label]:
    """The class of each row: a text, or a number, which is whole where it can be."""
    return [label if isinstance(label, str) else _whole(label) for label in table.column(name).tolist()]


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def _numbers(given: Sequence[Any]) -> tuple[float, ...]:
    found = tuple(float(number) for number in given)
    if not np.isfinite(found).all():
        raise ValueError
    return found


def _texts(given: Sequence[Any]) -> tuple[str, ...]:
    if isinstance(given, str) or not all(isinstance(name, str) for name in given):
        raise TypeError
    return tuple(given)
