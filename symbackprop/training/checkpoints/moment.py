"""Where training stands, and the rows that it has written: what a checkpoint holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from symbackprop.training.checkpoints.archive import Content, damaged
from symbackprop.training.optimisers import State
from symbackprop.training.stopping import Best
from symbackprop.training.tables import Tables

Arrays = Mapping[str, NDArray[Any]]
_ROWS = "history/"


@dataclass(frozen=True)
class Moment:
    """The start of an epoch: all that the epochs from here on follow from, beside the rows of those before.

    Nothing else has a state: the examples of each epoch are shuffled by the seed and the epoch alone, and the learning
    rate is told by the epoch and the losses before.
    """

    epoch: int
    weights: Mapping[str, Any]
    state: State
    best: Best


@dataclass(frozen=True)
class Rows:
    """What the epochs before a moment have left in the tables of a history, by the names in the file at ``place``."""

    arrays: Arrays
    place: str

    def put_into(self, tables: Tables, epoch: int) -> None:
        """Fill in the rows of the epochs before this one. Raises CheckpointError where they are not as they should."""
        for name, room in tables.before(epoch).items():
            kept = self.arrays.get(_ROWS + name)
            # A longer run may keep the first row alone where a shorter one kept all of them.
            if kept is None or kept.dtype != room.dtype or kept.shape[1:] != room.shape[1:] or len(kept) < len(room):
                raise damaged(self.place)
            room[...] = kept[: len(room)]
        tables.go_on(epoch)


def as_arrays(moment: Moment, tables: Tables) -> dict[str, Any]:
    """Every array of a checkpoint, by the name that it has in the file."""
    best = moment.best.weights or {}
    return {
        **{f"weights/{name}": value for name, value in moment.weights.items()},
        **{f"optimiser/{name}/{k}": x for name, kept in moment.state.kept.items() for k, x in enumerate(kept)},
        **{f"best/{name}": value for name, value in best.items()},
        **{_ROWS + name: rows for name, rows in tables.before(moment.epoch).items()},
    }


def as_words(moment: Moment) -> dict[str, Any]:
    """The numbers of a moment that are no arrays."""
    return {
        "epoch": moment.epoch,
        "updates": moment.state.updates,
        "best": None if moment.best.epoch is None else [moment.best.epoch, moment.best.loss],
    }


def read_moment(content: Content, like: Moment, place: str) -> tuple[Moment, Rows]:
    """The moment in a file, and its rows; ``like`` is the start of the same training.

    Raises CheckpointError where anything is missing or has another shape or dtype.
    """
    about, arrays = content
    epoch, updates, best = about.get("epoch"), about.get("updates"), about.get("best")
    if not (_is_count(epoch) and _is_count(updates) and (best is None or _is_best(best))):
        raise damaged(place)

    def array(name: str, model: Any) -> Any:
        found = arrays.get(name)
        if found is None or found.shape != np.shape(model) or found.dtype != np.asarray(model).dtype:
            raise damaged(place)
        return found

    def weights(folder: str) -> dict[str, Any]:
        return {name: array(f"{folder}/{name}", value) for name, value in like.weights.items()}

    kept = {
        name: [array(f"optimiser/{name}/{k}", x) for k, x in enumerate(memory)]
        for name, memory in like.state.kept.items()
    }
    patience = like.best.patience
    known = Best(patience) if best is None else Best(patience, best[0], float(best[1]), weights("best"))
    return Moment(epoch, weights("weights"), State(updates, kept), known), Rows(arrays, place)


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_best(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and _is_count(value[0]) and isinstance(value[1], (int, float))
