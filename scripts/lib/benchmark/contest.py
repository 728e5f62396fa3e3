"""One row of the table: all contestants started, compared in what they compute, then timed in rounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmark import agreement
from benchmark.entries import Entry, Running
from benchmark.records import Record
from benchmark.rounds import Pace, measure


def contest(part: str, row: str, case: Any, entries: Sequence[Entry], threads: int, pace: Pace) -> list[Record]:
    """What came of each contestant, in their order: measured, missing, or wrong (and then not measured)."""
    running: dict[str, Running] = {}
    setups: dict[str, float] = {}
    failed: dict[str, tuple[str, str]] = {}
    for entry in entries:
        try:
            start = entry.load()
            started, setups[entry.name] = _begun(start, case)
            agreement.check(case, start(case))
            running[entry.name] = started
        except agreement.Disagreement as error:
            failed[entry.name] = ("wrong", str(error))
        except Exception as error:  # a library that is absent or does not run here, whatever it raises
            failed[entry.name] = ("missing", reason(error))
    times = measure(running, pace) if running else {}
    return [
        Record(
            part=part, row=row, threads=threads, contestant=entry.name, kind=entry.kind,
            status=failed.get(entry.name, ("measured", ""))[0], reason=failed.get(entry.name, ("", ""))[1],
            seconds=times.get(entry.name, []), setup=setups.get(entry.name),
        )
        for entry in entries
    ]  # fmt: skip


def _begun(start: Callable[[Any], Running], case: Any) -> tuple[Running, float]:
    """A contestant after its first update (or chunk), in which code is compiled, and the seconds that this took."""
    before = time.perf_counter()
    running = start(case)
    running.advance(running.chunk)
    return running, time.perf_counter() - before


def reason(error: Exception) -> str:
    """Why a contestant is missing, in one line without the places of files on this machine."""
    line = (str(error).strip().splitlines() or [""])[0]
    words = [word for word in line.split() if "/" not in word]
    return " ".join([f"{type(error).__name__}:", *words])[:160]
