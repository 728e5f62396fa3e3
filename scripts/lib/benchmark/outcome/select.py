"""Picking records out of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmark.records import Record


@dataclass(frozen=True)
class Group:
    """The contestants of one row, with one number of threads."""

    row: str
    threads: int
    records: Sequence[Record]

    def get(self, contestant: str) -> Record | None:
        """The record of a contestant that was measured."""
        return next((r for r in self.measured if r.contestant == contestant), None)

    @property
    def measured(self) -> list[Record]:
        """Those with times."""
        return [r for r in self.records if r.status == "measured"]

    def fastest(self, kind: str) -> Record | None:
        """Of one kind, that with the least median."""
        return min((r for r in self.measured if r.kind == kind), key=lambda r: r.median, default=None)


def groups(records: Iterable[Record], part: str) -> list[Group]:
    """The rows of a part in the order in which they were measured."""
    found: dict[tuple[str, int], list[Record]] = {}
    for record in records:
        if record.part == part:
            found.setdefault((record.row, record.threads), []).append(record)
    return [Group(row, threads, members) for (row, threads), members in found.items()]


def rows(found: Sequence[Group]) -> list[str]:
    """Their names, each once."""
    return list(dict.fromkeys(group.row for group in found))
