"""The benchmark compares like with like, and says what it found. What it measures is not tested: machines differ."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))

from benchmark import agreement, records, rounds  # noqa: E402
from benchmark.contest import contest, reason  # noqa: E402
from benchmark.deriving import TOOLS, race  # noqa: E402
from benchmark.deriving.one import scalar  # noqa: E402
from benchmark.entries import Running, entry  # noqa: E402
from benchmark.memory import copied_data, must_hold, step_bytes  # noqa: E402
from benchmark.outcome.table import report  # noqa: E402
from benchmark.outcome.targets import verdicts  # noqa: E402
from benchmark.records import Record, ratio  # noqa: E402
from benchmark.steps import ENTRIES, cases  # noqa: E402
from benchmark.tiny.case import Tiny  # noqa: E402

BRIEF = rounds.Pace(seconds=0.001, rounds=2)
MACHINE = {
    "processor": "a processor", "cores": 2, "load": 0.5, "system": "Linux", "date": "2026-01-01", "blas": None,
    "versions": {"numpy": "2.0", "torch": None},
}  # fmt: skip


def benchmark(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "scripts" / "lib"), str(ROOT)])}
    command = [sys.executable, "-m", "benchmark", *map(str, arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=600)


@pytest.mark.slow
def test_a_quick_run_agrees_and_writes_a_table(tmp_path: Path) -> None:
    done = benchmark("1", "--quick", "--only", "tiny", "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    _, found = records.read_lines(tmp_path / "measurements.jsonl")
    by_name = {r.contestant: r for r in found}
    assert {r.status for r in found} <= {"measured", "missing"}
    assert by_name["ours, plain Python"].status == by_name["Python math by hand"].status == "measured"
    table = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "| **ours, plain Python** |" in table
    assert "plain Python: at most 1.1 times code by hand" in table
    assert str(ROOT) not in table
    assert (tmp_path / "medians.csv").read_text(encoding="utf-8").count("\n") == len(found) + 1


@pytest.mark.slow
def test_a_table_can_be_made_again(tmp_path: Path) -> None:
    records.write_lines(tmp_path / "measurements.jsonl", MACHINE, STEPS)
    assert benchmark("--remake", "-o", tmp_path).returncode == 0
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert benchmark("--remake", "-o", tmp_path).returncode == 0
    assert first == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert b"generated NumPy: at most 1.0 times NumPy written by hand" in first["README.md"]


@pytest.mark.parametrize("rounds", ["0", "-1"])
def test_no_rounds_are_refused(rounds: str, tmp_path: Path) -> None:
    done = benchmark(rounds, "-o", tmp_path)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, f"scripts/benchmark: error: {DID[rounds]}")


DID = {"0": "0 rounds are none; give 1 or more", "-1": "-1 rounds are none; give 1 or more"}


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(2, 16, 16, 2), (5, 4, 3)])
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("who", ["ours, NumPy", "NumPy by hand"])
def test_contestants_of_matrices_agree(who: str, activation: str, sizes: tuple[int, ...]) -> None:
    case = cases.Layers(sizes, 8, activation)
    [found] = contest("steps", case.name, case, [e for e in ENTRIES if e.name == who], 1, BRIEF)
    assert (found.status, found.reason) == ("measured", "")
    assert len(found.seconds) == BRIEF.rounds


def test_who_computes_something_else_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Tiny()
    monkeypatch.setattr("benchmark.tiny.by_hand.RATE", 0.25)
    [found] = contest("tiny", case.name, case, [entry("halved", "tiny.by_hand")], 1, BRIEF)
    assert (found.status, found.seconds) == ("wrong", [])
    assert found.reason.startswith("the loss is off by 4.7e-02 of its size")
    table = report(MACHINE, [found], [])
    assert "| halved | wrong |" in table
    assert f"halved: wrong, {found.reason}" in table


@pytest.mark.parametrize(
    ("loss", "weights", "words"),
    [
        (1.0, {"w": np.ones(2)}, ""),
        (1.1, {"w": np.ones(2)}, "the loss is off by 1.0e-01 of its size"),
        (math.nan, {"w": np.ones(2)}, "the loss is off by nan"),
        (1.0, {"w": np.array([1.0, 1.2])}, "w is off by 2.0e-01 of its size"),
        (1.0, {"w": np.ones(3)}, "w has shape (3,), not (2,)"),
        (1.0, {"v": np.ones(2)}, "it trains ['v'], not ['w']"),
    ],
)
def test_losses_and_weights_are_compared(loss: float, weights: dict[str, np.ndarray], words: str) -> None:
    class Ones:
        tolerance = 1e-6

        def expected(self, updates: int) -> tuple[float, dict[str, np.ndarray]]:
            return 1.0, {"w": np.ones(2)}

    running = Running(lambda updates: loss, lambda: weights)
    if not words:
        agreement.check(Ones(), running)
        return
    with pytest.raises(agreement.Disagreement) as raised:
        agreement.check(Ones(), running)
    assert str(raised.value).startswith(words)


@pytest.mark.slow
def test_an_absent_library_is_missed_by_its_own_contestants(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "micrograd"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "micrograd", None)
    monkeypatch.delitem(sys.modules, "benchmark.tiny.micrograd_values", raising=False)
    case, both = Tiny(), [entry("micrograd", "tiny.micrograd_values"), entry("by hand", "tiny.plain_math")]
    missing, measured = contest("tiny", case.name, case, both, 1, BRIEF)
    assert (missing.status, measured.status) == ("missing", "measured")
    assert "micrograd" in missing.reason


def test_reasons_keep_places_on_this_machine_to_themselves() -> None:
    assert reason(OSError("cannot open /some/where/lib.so: no such file\nand more")) == (
        "OSError: cannot open no such file"
    )


@pytest.mark.slow
def test_rounds_rotate_and_turns_are_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "PAUSE", 0.0)
    now, order = [0.0], []

    def running(name: str, seconds: float, chunk: int) -> Running:
        def advance(updates: int) -> float:
            assert updates % chunk == 0
            now[0] += updates * seconds
            order.append(name)
            return 0.0

        return Running(advance, None, chunk)

    monkeypatch.setattr(rounds.time, "perf_counter", lambda: now[0])
    both = {"slow": running("slow", 0.004, 1), "fast": running("fast", 1e-6, 100)}
    assert rounds.calibrated(both["slow"], 0.02) == 5
    assert rounds.calibrated(both["fast"], 0.02) == 20_000
    times = rounds.measure(both, rounds.Pace(0.06, 3))
    assert [f"{t:.3g}" for t in times["slow"]] == ["0.004"] * 3
    assert [f"{t:.3g}" for t in times["fast"]] == ["1e-06"] * 3
    assert [name for name, _ in groupby(order)][-4:] == ["slow", "fast", "slow", "fast"]  # slow began two rounds


def test_a_turn_on_a_machine_that_stalls_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "PAUSE", 0.0)
    now = [0.0]

    def advance(updates: int) -> float:
        now[0] += updates * 0.3
        return 0.0

    monkeypatch.setattr(rounds.time, "perf_counter", lambda: now[0])
    assert rounds.turn(Running(advance, None), 300, target=0.01) == pytest.approx(0.3)
    assert now[0] < 5


def test_ratios_are_taken_within_rounds() -> None:
    ours = Record("steps", "row", 1, "ours", "ours", seconds=[1, 20, 3])
    peer = Record("steps", "row", 1, "peer", "peer", seconds=[2, 40, 2])
    assert ratio(ours, peer) == records.Ratio(0.5, 0.5, 1.0)


ROW = "2-16-16-2, batch 32, sigmoid"
STEPS = [
    Record("steps", ROW, 1, "ours, NumPy", "ours", seconds=[1.0, 1.1, 0.98], setup=0.1),
    Record("steps", ROW, 1, "ours, numba", "ours", "missing", "ImportError: no numba"),
    Record("steps", ROW, 1, "NumPy by hand", "peer", seconds=[1.0, 1.0, 1.0], setup=0.0),
    Record("steps", ROW, 1, "PyTorch eager", "peer", seconds=[0.5, 0.5, 0.5], setup=0.0),
    Record("memory", ROW, 1, "ours, NumPy", "ours", count=110),
    Record("memory", ROW, 1, "activations and gradients", "limit", count=100),
    Record("derive", "2-2-2, 12 weights", 1, "ours", "ours", seconds=[0.002], count=67),
    Record("derive", "2-2-2, 12 weights", 1, "SymPy, diff and cse", "peer", "over", seconds=[60.0]),
]


def test_promises_are_held_against_the_bound_by_the_median() -> None:
    found = [(v.promise, v.holds) for v in verdicts(STEPS)]
    assert found == [
        ("generated NumPy: at most 1.0 times NumPy written by hand", "yes"),
        ("generated NumPy: at most 1.0 times PyTorch eager", "no"),
        (
            "the best backend: at most 1.0 times the fastest of the others (ours, NumPy against PyTorch eager)",
            "no",
        ),
        ("memory of a step: at most 1.2 times what it must hold", "yes"),
    ]
    slower = [replace(STEPS[0], seconds=[0.9, 1.1, 1.2]), *STEPS[1:]]
    assert verdicts(slower)[0].holds == "even"
    assert verdicts(STEPS[1:3])[0].holds == "not measured"


def test_a_promise_from_below() -> None:
    tiny = [
        Record("tiny", "2-2-2", 1, "ours, plain Python", "ours", seconds=[1.0, 1.0]),
        Record("tiny", "2-2-2", 1, "PyTorch eager", "peer", seconds=[150.0, 150.0]),
        Record("tiny", "2-2-2", 1, "JAX jit call", "peer", seconds=[4.0, 4.0]),
    ]
    found = {v.promise: v.holds for v in verdicts(tiny)}
    assert found["plain Python: at least 100 times as fast as PyTorch eager"] == "yes"
    assert found["plain Python: at least 5 times as fast as a compiled call of JAX"] == "no"


def test_the_table_tells_what_is_missing_and_what_took_too_long() -> None:
    table = report(MACHINE, STEPS, [])
    assert "ours, numba: missing, ImportError: no numba" in table
    assert "| SymPy, diff and cse | over 60 s |" in table
    assert "| 2-16-16-2, batch 32, sigmoid | 110 | 100 | 1.10 |" in table
    assert "torch" not in table.partition("##")[0]


@pytest.mark.slow
def test_derivations_agree_or_are_missing() -> None:
    found = race.row("2-3-1", "2-3-1", TOOLS, rounds=1, limit=600.0)
    assert [r.contestant for r in found] == list(TOOLS)
    for record in found:
        installed = record.kind == "ours" or find_spec(record.contestant.split()[0].rstrip(",").lower()) is not None
        assert record.status == ("measured" if installed else "missing"), record.reason
        assert (record.count is not None) == installed
        assert not installed or record.count > 50


def test_a_derivation_is_stopped_at_the_limit() -> None:
    [found] = race.row("2-3-1", "2-3-1", {"SymPy": "sympy_diff"}, rounds=2, limit=0.01)
    assert (found.status, found.seconds) == ("over", [0.01])


def test_operations_of_the_sweep_count_a_sigmoid_as_four() -> None:
    assert scalar("ours_sweep", [2, 2, 2], 1)["operations"] == 67


@pytest.mark.slow
def test_a_step_must_hold_activations_signals_and_gradients() -> None:
    case, by_name = cases.Layers((2, 3, 2), 10, "sigmoid"), {e.name: e for e in ENTRIES}
    assert must_hold(case) == 4 * (10 * (3 + 2 + 3) + 2 * 3 + 3 + 3 * 2 + 2)
    assert copied_data(case, by_name["NumPy by hand"].load()) == 0
    assert copied_data(case, by_name["ours, NumPy"].load()) == 4 * 10 * (2 + 2)
    assert step_bytes(case, by_name["NumPy by hand"]) > must_hold(case) / 2


def test_records_survive_a_file(tmp_path: Path) -> None:
    records.write_lines(tmp_path / "r.jsonl", MACHINE, STEPS)
    assert records.read_lines(tmp_path / "r.jsonl") == (MACHINE, STEPS)
    assert all(json.loads(line) for line in (tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines())
