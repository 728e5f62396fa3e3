"""Every function and every loss, from the files in ``entrywise`` and ``losses``: a file there is all it takes."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType

from sympy import Basic

from symbackprop.functions import entrywise, losses
from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.functions.loss import Loss
from symbackprop.functions.softmax import LOG_SUM_EXP


def _modules(room: ModuleType) -> Iterator[ModuleType]:
    for name in sorted(found.name for found in pkgutil.iter_modules(room.__path__)):
        yield import_module(f"{room.__name__}.{name}")


ROWS: tuple[Primitive, ...] = (*(module.ROW for module in _modules(entrywise)), LOG_SUM_EXP)
"""All records, in the order of the names of their files."""
VOCABULARY: tuple[Primitive, ...] = tuple(row for row in ROWS if row.latex or row.unicode)
"""The functions that a network may be written with."""
LOSSES: tuple[Loss, ...] = tuple(module.LOSS for module in _modules(losses))
"""The losses of one example."""
BY_NAME: Mapping[str, Primitive] = {row.name: row for row in ROWS}
"""The records by the names of the functions."""


@cache
def _by_class() -> Mapping[type, Primitive]:
    return {row.cls: row for row in ROWS}


def primitive_of(expr: Basic) -> Primitive | None:
    """The record that ``expr``, an applied function, belongs to, or ``None``."""
    return _by_class().get(type(expr))


for _row in ROWS:
    if issubclass(_row.cls, VocabularyFunction):
        _row.cls.row = _row  # so that SymPy's own diff and evalf know these functions too
