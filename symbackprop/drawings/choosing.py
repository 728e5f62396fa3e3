"""What of a large network is drawn: the columns next to its ends, and of each column a few nodes; dots for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Link = tuple[str, str]

MOST_ROWS, MOST_COLUMNS = 8, 13
"""Of a column and of a picture; a picture that has no more nodes than ``FEW`` is drawn whole."""
FEW = 28
KEPT_ROWS, KEPT_COLUMNS = 5, 9
"""Of a picture that has too many."""
DOTS = "…"
"""The beginning of the names of what stands for nodes that are left out; no name of a network has it."""


@dataclass(frozen=True)
class Chosen:
    """Columns of names from left to right, the links between them, and how many nodes each of the dots stands for."""

    columns: tuple[tuple[str, ...], ...]
    links: tuple[Link, ...]
    left_out: Mapping[str, int]

    @property
    def whole(self) -> bool:
        """Whether everything is drawn."""
        return not self.left_out


def chosen(
    columns: Sequence[Sequence[str]], links: Sequence[Link], most_rows: int = MOST_ROWS, kept_rows: int = KEPT_ROWS
) -> Chosen:
    """Choose what is drawn. Each name stands in one column, and links lead to later ones."""
    tallest = max(map(len, columns), default=0)
    if len(columns) <= MOST_COLUMNS and (tallest <= most_rows or sum(map(len, columns)) <= FEW):
        return Chosen(tuple(map(tuple, columns)), tuple(links), {})
    kept, left_out = _across(columns)
    most_rows = min(most_rows, kept_rows)
    users: dict[str, list[str]] = {}
    for source, target in links:
        users.setdefault(source, []).append(target)
    shown: set[str] = set()
    hidden: set[str] = {name for k, column in enumerate(columns) if k not in kept for name in column}
    rows: list[tuple[str, ...]] = []
    for k in reversed(kept):
        wanted = [
            name
            for name in columns[k]
            if k == kept[-1] or not users.get(name) or any(user in shown or user in hidden for user in users[name])
        ]
        taken = _few(wanted, most_rows)
        missing = len(columns[k]) - len(taken)
        if missing:
            left_out[f"{DOTS}{k}"] = missing
            taken.insert(max(len(taken) - 1, 0), f"{DOTS}{k}")
        shown.update(taken)
        rows.insert(0, tuple(taken))
    found = [link for link in links if link[0] in shown and link[1] in shown]
    at = next((i for i, (a, b) in enumerate(pairwise(kept)) if b != a + 1), None)
    if at is not None:
        gap = next(name for name in left_out if name == DOTS)
        last, first = set(rows[at]), set(rows[at + 1])
        left, right = set().union(*map(set, rows[: at + 1])), set().union(*map(set, rows[at + 1 :]))
        found = [link for link in found if not (link[0] in left and link[1] in right)]
        beyond = {a for a, b in links if a in last and (b in hidden or b in right)}
        found += [(name, gap) for name in rows[at] if name in beyond]
        within = {b for a, b in links if b in first and (a in hidden or a in left)}
        found += [(gap, name) for name in rows[at + 1] if name in within]
        rows.insert(at + 1, (gap,))
    return Chosen(tuple(rows), tuple(dict.fromkeys(found)), left_out)


def _across(columns: Sequence[Sequence[str]]) -> tuple[list[int], dict[str, int]]:
    """The columns that are drawn, and what the dots between them stand for."""
    if len(columns) <= MOST_COLUMNS:
        return list(range(len(columns))), {}
    first, last = KEPT_COLUMNS // 2, KEPT_COLUMNS - KEPT_COLUMNS // 2 - 1
    kept = [*range(first), *range(len(columns) - last, len(columns))]
    return kept, {DOTS: sum(len(columns[k]) for k in range(first, len(columns) - last))}


def _few(names: Sequence[str], most: int) -> list[str]:
    """The first of the names, and the last."""
    return list(names) if len(names) <= most else [*names[: most - 2], names[-1]]
