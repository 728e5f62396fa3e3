"""A process whose libraries have a fixed number of threads: measures a part, and prints records as JSON lines.

python -m benchmark.worker steps 2 ROUNDS quick|full
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict

from benchmark.parts import PARTS, Plan
from benchmark.records import Record
from benchmark.threads import environment, stay_on_one_core


def measured(part: str, threads: int, plan: Plan) -> list[Record]:
    """The records of a part, from a process of its own. What that says on standard error is passed on."""
    how = "quick" if plan.quick else "full"
    command = [sys.executable, "-m", "benchmark.worker", part, str(threads), str(plan.rounds), how]
    done = subprocess.run(command, env=environment(threads), stdout=subprocess.PIPE, text=True, check=True)
    return [Record(**json.loads(line)) for line in done.stdout.splitlines()]


def main(part: str, threads: str, rounds: str, how: str) -> None:
    """Measure with standard output kept for records: what libraries print goes to standard error."""
    kept = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if int(threads) == 1:
        stay_on_one_core()
    found = PARTS[part].measure(Plan(int(rounds), how == "quick"), int(threads))
    with os.fdopen(kept, "w", encoding="utf-8") as out:
        for record in found:
            print(json.dumps(asdict(record)), file=out)


if __name__ == "__main__":
    main(*sys.argv[1:])
