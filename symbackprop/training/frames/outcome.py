"""How good answers are: of classes the accuracy and the confusion matrix, of numbers how far off they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbackprop.training.accuracy import chosen
from symbackprop.training.data import Floats
from symbackprop.training.frames.encoding import Encoding, Label
from symbackprop.training.frames.table import Table


@dataclass(frozen=True)
class Outcome:
    """What a model made of rows whose targets are known.

    With ``classes``, ``confusion`` counts the rows of each class (a row of it) by the class that was predicted (a
    column), and ``accuracy`` is the share on its diagonal. Of numbers ``errors`` has the root of the mean squared error
    of each target, in its own unit, and ``explained`` the share of its variance that is explained.
    """

    targets: tuple[str, ...]
    count: int
    classes: tuple[Label, ...] | None = None
    confusion: NDArray[np.intp] | None = None
    errors: tuple[float, ...] = ()
    explained: tuple[float, ...] = ()

    @property
    def accuracy(self) -> float | None:
        """The share of the rows whose class is right; None of numbers."""
        return None if self.confusion is None else float(np.trace(self.confusion) / self.count)


def outcome_of(answers: Floats, table: Table, encoding: Encoding) -> Outcome:
    """Compare answers with the targets of a table. Raises DataError for a class that is not known."""
    if encoding.classes is not None:
        size = len(encoding.classes)
        pairs = encoding.numbered(table) * size + chosen(answers)
        confusion = np.bincount(pairs, minlength=size * size).reshape(size, size)
        return Outcome(encoding.targets, table.count, encoding.classes, confusion)
    wanted = table.numbers(encoding.targets)
    found = np.reshape(encoding.decoded(answers), wanted.shape)
    squares, spread = ((found - wanted) ** 2).mean(axis=0), wanted.var(axis=0)
    explained = 1 - np.divide(squares, spread, out=np.full_like(squares, np.nan), where=spread > 0)
    errors = tuple(np.sqrt(squares).tolist())
    return Outcome(encoding.targets, table.count, errors=errors, explained=tuple(explained.tolist()))
