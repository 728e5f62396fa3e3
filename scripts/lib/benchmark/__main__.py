"""Measures, and writes records, a table and plots into a folder; or makes table and plots of old records again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from benchmark.machine import describe
from benchmark.outcome.table import report
from benchmark.parts import PARTS, ROUNDS, Plan
from benchmark.records import Record, read_lines, write_csv, write_lines
from benchmark.worker import measured

WHOLE, PARTIAL = Path("reports/benchmarks"), Path("out/benchmarks")
"""Where a full run goes, and where one goes that leaves something out: it does not replace a full one."""

RECORDS, TABLE, SHEET = "measurements.jsonl", "README.md", "medians.csv"


def run(plan: Plan, parts: list[str], file: Path) -> tuple[dict[str, Any], list[Record]]:
    """Every part with each number of threads, one process after the other; the file has what is there so far."""
    machine, found = describe(), []
    for part in parts:
        for threads in PARTS[part].threads[: 1 if plan.quick else None]:
            print(f"measuring: {part}, {threads} thread{'s' if threads > 1 else ''} …", file=sys.stderr, flush=True)
            found += measured(part, threads, plan)
            write_lines(file, machine, found)
    return machine, found


def drawn(records: list[Record], folder: Path) -> list[str]:
    """The plots, or none and a word about it where Matplotlib is absent."""
    try:
        from benchmark.outcome.plot import draw
    except ImportError as error:
        print(f"no plots: {error}", file=sys.stderr)
        return []
    return draw(records, folder)


def main(arguments: list[str]) -> int:
    """The exit status is 1 where a contestant computes something else than ours."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark", description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, help=f"by default {ROUNDS}, or 3 of a quick run")
    parser.add_argument("--quick", action="store_true", help="the tiniest networks alone, three rounds")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    parser.add_argument("--remake", action="store_true", help="table and plots of the records that are there")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER", help=f"by default {WHOLE}, or {PARTIAL} of a part"
    )
    chosen = parser.parse_args(arguments)
    rounds = chosen.rounds if chosen.rounds is not None else 3 if chosen.quick else ROUNDS
    if rounds < 1:
        parser.error(f"{rounds} rounds are none; give 1 or more")
    folder: Path = chosen.output or (PARTIAL if chosen.quick or chosen.only else WHOLE)
    folder.mkdir(parents=True, exist_ok=True)
    if chosen.remake:
        machine, records = read_lines(folder / RECORDS)
    else:
        parts = [chosen.only] if chosen.only else list(PARTS)
        machine, records = run(Plan(rounds, chosen.quick), parts, folder / RECORDS)
    write_csv(folder / SHEET, records)
    (folder / TABLE).write_text(report(machine, records, drawn(records, folder)), encoding="utf-8")
    wrong = [r for r in records if r.status == "wrong"]
    for r in wrong:
        print(f"error: {r.contestant} disagrees on {r.row}: {r.reason}", file=sys.stderr)
    print(f"written to {folder}/", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
