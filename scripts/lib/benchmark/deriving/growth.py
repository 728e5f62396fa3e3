"""Deriving as networks grow: depth, width, matrices; the cost of the import, and of a whole report."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from sympy import Symbol
from sympy.core.cache import clear_cache

import symbackprop as sb
from benchmark.records import Record
from benchmark.rounds import rotated, seconds

Task = Callable[[], object]


def chain(length: int) -> sb.Network:
    """One sigmoid neuron a layer."""
    value, target, loss = Symbol("x"), Symbol("t"), Symbol("L")
    equations, weights = {}, []
    for k in range(1, length + 1):
        weight, z, a = Symbol(f"w{k}"), Symbol(f"z{k}"), Symbol(f"a{k}")
        weights.append(weight)
        equations |= {z: weight * value, a: sb.sigmoid(z)}
        value = a
    equations[loss] = (target - value) ** 2 / 2
    return sb.Network(equations, inputs=[Symbol("x")], targets=[target], parameters=weights, loss=loss)


def networks(*, quick: bool) -> dict[str, sb.Network]:
    """Chains and matrices."""
    sizes: dict[str, list[object]] = {
        "matrices, 2 layers of any size": ["n", "h", "k"],
        "matrices, 2 layers of width 2": [2, 2, 2],
        "matrices, 2 layers of width 10,000": [10_000, 10_000, 10_000],
    }
    if not quick:
        sizes |= {f"matrices, {n} layers": ["n", *["h"] * (n - 1), "k"] for n in (10, 25, 50, 100)}
    length = 20 if quick else 500
    matrices = {name: sb.mlp(given, activation="tanh", notation="matrix") for name, given in sizes.items()}
    return {f"a chain of {length} neurons": chain(length), **matrices}


def process(*arguments: str) -> Task:
    """A call that runs a Python process."""
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def growth(rounds: int, *, quick: bool) -> list[Record]:
    """Rounds of all tasks."""
    with tempfile.TemporaryDirectory() as folder:
        report = ("-m", "symbackprop", "report", "two-layer-sigmoid", "-o", str(Path(folder)))
        tasks: dict[str, Task] = {
            **{f"derive {name}": _derive(net) for name, net in networks(quick=quick).items()},
            "python -c 'import sympy'": process("-c", "import sympy"),
            "python -c 'import symbackprop'": process("-c", "import symbackprop"),
            "symbackprop report two-layer-sigmoid": process(*report),
        }
        times = _times(tasks, rounds)
    return [
        Record(part="growth", row=name, threads=1, contestant="ours", kind="ours", seconds=found)
        for name, found in times.items()
    ]


def _derive(net: sb.Network) -> Task:
    """Without SymPy's memory of the round before."""

    def work() -> object:
        clear_cache()
        return sb.derive(net)

    return work


def _times(tasks: Mapping[str, Task], rounds: int) -> dict[str, list[float]]:
    """Seconds of each task, one number a round."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for k in range(rounds):
        for name in rotated(list(tasks), k):
            times[name].append(seconds(tasks[name]))
    return times
