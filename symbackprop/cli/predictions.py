"""Predictions as CSV: a row an example, a column for each entry of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from symbackprop.errors import DataError

if TYPE_CHECKING:
    from symbackprop.numeric import Predictor
    from symbackprop.training import TableModel


def as_csv(function: Predictor, found: Any) -> str:
    """What a function of one name or several has found. Raises DataError where they have several numbers of rows."""
    results = found if function.several else {function.predicts[0]: found}
    columns: dict[str, list[str]] = {}
    lengths: dict[int, str] = {}
    for name, value in results.items():
        entries = dict(_columns(function, name, value))
        columns |= entries
        lengths |= {len(column): name for column in entries.values()}
    if len(lengths) > 1:
        (m, first), (n, second), *_ = lengths.items()
        what = f"{first} has {_rows(m)} and {second} has {_rows(n)}"
        raise DataError("names", what, "ask for one of them at a time, with --names")
    return _written(list(columns), zip(*columns.values(), strict=True))


def table_as_csv(model: TableModel, path: str) -> str:
    """What a model makes of the rows of a CSV file: the class of each, and behind it the outputs. Raises DataError."""
    from symbackprop.training.frames import read_table

    answers = model.answers(read_table(path))
    decoded = model.encoding.decoded(answers)
    if model.encoding.classes is None:
        return _written(model.heads, (map(repr, row) for row in decoded.reshape(len(answers), -1).tolist()))
    rows = zip(decoded.tolist(), answers.tolist(), strict=True)
    return _written([*model.encoding.targets, *model.heads], ([label, *map(repr, row)] for label, row in rows))


def _written(heads: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue()


def _columns(function: Predictor, name: str, value: Any) -> list[tuple[str, list[str]]]:
    """The columns of one name, X_1, X_2 … of a matrix, each entry written in full."""
    import numpy as np

    from symbackprop.training.examples import batch_symbol

    network = function.derivation.network
    array = np.asarray(value)
    if array.ndim == 2:
        shape = network.shape(name)
        rows = array.T if shape[1] == batch_symbol(network) else array
        heads = [f"{name}_{k}" for k in range(1, rows.shape[1] + 1)]
    else:
        rows, heads = array.reshape(-1, 1), [name]
    return [(head, [repr(entry) for entry in column]) for head, column in zip(heads, rows.T.tolist(), strict=True)]


def _rows(count: int) -> str:
    return f"{count} row{'s' * (count != 1)}"
