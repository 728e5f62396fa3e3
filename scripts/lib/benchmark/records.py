"""What was measured, as JSON lines from which table and plots can be made again, and as CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Record:
    """One contestant in one row: ``seconds`` of work, one number a round (an update, or a derivation).

    ``status`` is "measured", "missing", "wrong" or "over" (a time limit, in ``seconds[0]``), and ``reason`` why, or a
    word on what was found; ``setup`` are the seconds of getting ready and of the first update, where code is compiled;
    ``count`` are operations or bytes.
    """

    part: str
    row: str
    threads: int
    contestant: str
    kind: str
    status: str = "measured"
    reason: str = ""
    seconds: Sequence[float] = field(default_factory=list)
    setup: float | None = None
    count: int | None = None

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return float(np.median(self.seconds))


@dataclass(frozen=True)
class Ratio:
    """How many times as long one takes as another: the quartiles over the rounds."""

    low: float
    median: float
    high: float


def ratio(above: Record, below: Record) -> Ratio:
    """Quartiles of the ratios within each round."""
    found = np.asarray(above.seconds) / np.asarray(below.seconds)
    low, median, high = np.percentile(found, [25, 50, 75])
    return Ratio(float(low), float(median), float(high))


def write_lines(path: Path, machine: dict[str, Any], records: Iterable[Record]) -> None:
    """The machine in the first line, then a record a line."""
    lines = [json.dumps({"machine": machine}, ensure_ascii=False)]
    lines += [json.dumps(asdict(record), ensure_ascii=False) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_lines(path: Path) -> tuple[dict[str, Any], list[Record]]:
    """What ``write_lines`` wrote."""
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    return json.loads(first)["machine"], [Record(**json.loads(line)) for line in lines]


def write_csv(path: Path, records: Iterable[Record]) -> None:
    """A line a contestant: medians, for a spreadsheet."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow("part row threads contestant kind status median_seconds rounds setup_seconds count".split())
        for r in records:
            measured = r.status == "measured" and len(r.seconds) > 0
            middle = f"{r.median:.6g}" if measured else ""
            setup = "" if r.setup is None else f"{r.setup:.3g}"
            count = "" if r.count is None else r.count
            writer.writerow(
                [r.part, r.row, r.threads, r.contestant, r.kind, r.status, middle, len(r.seconds), setup, count]
            )
