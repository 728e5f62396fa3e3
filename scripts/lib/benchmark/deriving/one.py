"""One derivation in a process of its own, which can be stopped: prints what came of it as a line of JSON.

python -m benchmark.deriving.one TOOL 4-8-3 REPEATS
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from statistics import median
from typing import Any

import numpy as np
from sympy.core.cache import clear_cache

import symbackprop as sb
from benchmark.deriving import batched, scalars

TOLERANCE = 1e-8
ENOUGH = 5.0
"""Seconds after which a derivation is not repeated."""


def timed(work: Any, repeats: int) -> tuple[list[float], Any]:
    """Seconds of each call, and the last result; SymPy's memory of earlier calls is wiped before each."""
    times: list[float] = []
    found = None
    while len(times) < repeats and sum(times) < ENOUGH:
        clear_cache()
        start = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - start)
    return times, found


def scalar(tool: str, sizes: list[int], repeats: int) -> dict[str, Any]:
    """Seconds, operations, and how far its gradients are from ours."""
    module, net = import_module(f"benchmark.deriving.{tool}"), scalars.network(sizes)
    forward = module.forward(net)
    times, found = timed(lambda: module.derive(forward), repeats)
    at = scalars.numbers(net)
    ours = sb.lambdify(sb.derive(net))(**at)[1]
    theirs = module.gradients(forward, found, at)
    largest = max(abs(float(value)) for value in ours.values())
    gap = max(abs(float(ours[name]) - theirs[name]) for name in ours) / largest
    if not gap <= TOLERANCE:
        raise SystemExit(f"its gradients are off by {gap:.1e}")
    return {"seconds": median(times), "operations": module.operations(forward, found), "words": ""}


def batch(tool: str, repeats: int) -> dict[str, Any]:
    """Seconds, and what was found in words."""
    derive, words = getattr(batched, tool)()
    times, found = timed(derive, repeats)
    return {"seconds": median(times), "operations": None, "words": words(found)}


def main(tool: str, sizes: str, repeats: str) -> None:
    """Derive, compare, print."""
    np.seterr(all="raise")
    count = int(repeats)
    done = batch(tool, count) if sizes == "batch" else scalar(tool, [int(n) for n in sizes.split("-")], count)
    print(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
