"""Rounds of derivations, each in a process of its own that is stopped at a time limit."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

from benchmark.deriving import LAYERS, TOOLS
from benchmark.deriving.scalars import network
from benchmark.records import Record
from benchmark.rounds import rotated
from benchmark.threads import environment

BATCH = "softmax and cross-entropy, any batch"
BATCH_TOOLS = {"ours": "ours", "tensorgrad": "tensorgrad"}
REPEATS = 3
"""Derivations in a process, of which the median counts; fewer where they are long."""


def race(rounds: int, limit: float, *, quick: bool) -> list[Record]:
    """Every tool on every network."""
    found = []
    for sizes in LAYERS[:1] if quick else LAYERS:
        given = "-".join(map(str, sizes))
        found += row(f"{given}, {len(network(sizes).parameters):,} weights", given, TOOLS, rounds, limit)
    return found + row(BATCH, "batch", BATCH_TOOLS, rounds, limit)


def row(name: str, given: str, tools: Mapping[str, str], rounds: int, limit: float) -> list[Record]:
    """Rounds of one network; who is missing, wrong or over the limit once is not asked again."""
    answers: dict[str, list[dict]] = {tool: [] for tool in tools}
    failed: dict[str, tuple[str, str]] = {}
    for k in range(rounds):
        for tool in rotated(list(tools), k):
            if tool not in failed:
                _ask(tool, tools[tool], given, limit, answers[tool], failed)
    return [_record(name, tool, answers[tool], failed.get(tool), limit) for tool in tools]


def _ask(
    tool: str, module: str, given: str, limit: float, answers: list[dict], failed: dict[str, tuple[str, str]]
) -> None:
    """One process: its answer, or why there is none."""
    command = [sys.executable, "-m", "benchmark.deriving.one", module, given, str(REPEATS)]
    try:
        done = subprocess.run(command, env=environment(1), capture_output=True, text=True, check=False, timeout=limit)
    except subprocess.TimeoutExpired:
        failed[tool] = ("over", "")
        return
    if done.returncode:
        words = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        failed[tool] = ("wrong" if words.startswith("its gradients") else "missing", words[:160])
        return
    answers.append(json.loads(done.stdout))


def _record(row: str, tool: str, answers: list[dict], failed: tuple[str, str] | None, limit: float) -> Record:
    seconds = [answer["seconds"] for answer in answers]
    status, reason = failed or ("measured", answers[0]["words"])
    return Record(
        part="derive", row=row, threads=1, contestant=tool, kind="ours" if tool == "ours" else "peer",
        status=status, reason=reason, seconds=[limit] if status == "over" else seconds,
        count=answers[0]["operations"] if answers and not failed else None,
    )  # fmt: skip
