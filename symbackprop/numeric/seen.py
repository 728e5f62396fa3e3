"""Arrays that have been checked, so that they are not checked again."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any


class Seen:
    """Groups of arrays, told by which objects they are. None is kept alive: one that is gone is forgotten."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], list[weakref.ref[Any]]] = {}

    def knows(self, arrays: Sequence[Any]) -> bool:
        """Whether these very objects were added together."""
        found = self._known.get(tuple(map(id, arrays)))
        return found is not None and all(held() is array for held, array in zip(found, arrays, strict=True))

    def add(self, arrays: Sequence[Any]) -> None:
        """Remember objects; those that cannot be held weakly, as plain numbers cannot, are not remembered."""
        key, known = tuple(map(id, arrays)), self._known
        try:
            known[key] = [weakref.ref(array, lambda _: known.pop(key, None)) for array in arrays]
        except TypeError:
            known.pop(key, None)
