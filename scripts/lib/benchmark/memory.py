"""Bytes that a training step takes, beside those that it must hold."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from benchmark.contest import reason
from benchmark.entries import Entry, Running
from benchmark.records import Record
from benchmark.steps import ENTRIES
from benchmark.steps.cases import Layers

TRACED = ("ours, NumPy", "ours, numba", "NumPy by hand", "autograd")
"""Those whose arrays are NumPy's, and so are seen by Python's tracer."""

FLOAT = 4
"""Bytes of a float32."""


def must_hold(case: Layers) -> int:
    """Bytes of activations and gradients: each layer's activations, the error signals of the hidden layers (that of the
    outputs fits where the probabilities were), and the gradient of each weight."""
    hidden, outputs = sum(case.sizes[1:-1]), case.sizes[-1]
    gradients = sum(weights.size for weights in case.weights().values())
    return FLOAT * (case.batch * (2 * hidden + outputs) + gradients)


def memory(cases: Sequence[Layers]) -> list[Record]:
    """What each contestant takes, as ``count``; the row "must hold" as the limit."""
    found = []
    for case in cases:
        limit = Record("memory", case.name, 1, "activations and gradients", "limit", count=must_hold(case))
        found += [_record(case, e) for e in ENTRIES if e.name in TRACED] + [limit]
    return found


def _record(case: Layers, entry: Entry) -> Record:
    try:
        return Record("memory", case.name, 1, entry.name, entry.kind, count=step_bytes(case, entry))
    except Exception as error:  # a library that is absent or does not run here, whatever it raises
        return Record("memory", case.name, 1, entry.name, entry.kind, "missing", reason(error))


def step_bytes(case: Layers, entry: Entry) -> int:
    """Bytes of arrays kept from step to step, but for weights and data, and the peak of a step above them."""
    start = entry.load()
    given = copied_data(case, start) + sum(value.nbytes for value in case.weights().values())
    gc.collect()
    tracemalloc.start()
    try:
        running = start(case)
        running.advance(1)
        gc.collect()
        kept = _arrays() - given
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        running.advance(1)
        _, peak = tracemalloc.get_traced_memory()
        del running
    finally:
        tracemalloc.stop()
    return kept + peak - before


def copied_data(case: Layers, start: Callable[[Layers], Running]) -> int:
    """Bytes of the copy of the data that a contestant makes: with one it trains on when what it was given is wiped.

    What is imported and compiled on the way is so before a step is looked at.
    """
    given = replace(case)  # with arrays of its own
    running = start(given)
    given.inputs[:] = 0
    loss, _ = case.expected(1)
    kept = abs(running.advance(1) - loss) <= case.tolerance * loss
    return given.inputs.nbytes + given.targets.nbytes if kept else 0


def _arrays() -> int:
    """Bytes of NumPy's arrays that were made since tracing began, and are alive."""
    numpy_alone = tracemalloc.DomainFilter(True, np.lib.tracemalloc_domain)
    snapshot = tracemalloc.take_snapshot().filter_traces([numpy_alone])
    return sum(trace.size for trace in snapshot.traces)
