"""Interleaved rounds: in each, every contestant runs for a moment; what is compared was measured side by side."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmark.entries import Running

PAUSE = 0.03
"""Seconds of rest before a turn: the threads of the contestant before spin for a while before they sleep."""


BURSTS = 3
"""A turn is timed in so many pieces, and the quickest counts: other work on the machine disturbs one, seldom all."""


@dataclass(frozen=True)
class Pace:
    """How long a turn takes: about so many ``seconds`` are timed, after a ninth of them to warm up."""

    seconds: float
    rounds: int


def measure(contestants: Mapping[str, Running], pace: Pace) -> dict[str, list[float]]:
    """Seconds an update of each contestant, one number a round. The order moves on by one from round to round."""
    updates = {name: calibrated(running, pace.seconds / BURSTS) for name, running in contestants.items()}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    names = list(contestants)
    for k in range(pace.rounds):
        for name in rotated(names, k):
            times[name].append(turn(contestants[name], updates[name], pace.seconds / BURSTS))
    return times


def rotated(names: Sequence[str], by: int) -> list[str]:
    """The same names, begun further on."""
    by %= len(names)
    return [*names[by:], *names[:by]]


def turn(running: Running, updates: int, target: float) -> float:
    """Seconds an update in a burst of so many, after a rest and a little of the same work untimed.

    The garbage collector waits. Where updates take ten times as long as when they were calibrated, as threads that wait
    for each other do on a busy machine, there are fewer of them, so that a burst takes about as long as it should.
    """
    time.sleep(PAUSE)
    gc.collect()
    gc.disable()
    try:
        lately = warmed(running, updates, target)
        if lately * updates > 10 * target:
            updates = max(1, int(target / lately / running.chunk)) * running.chunk
        return min(seconds(running.advance, updates) for _ in range(BURSTS)) / updates
    finally:
        gc.enable()


def warmed(running: Running, updates: int, target: float) -> float:
    """Seconds an update, of a third of a burst at most."""
    piece = max(1, updates // running.chunk // 30) * running.chunk
    done, taken = 0, 0.0
    while done == 0 or (3 * done < updates and taken < target):
        taken += seconds(running.advance, piece)
        done += piece
    return taken / done


def calibrated(running: Running, target: float) -> int:
    """How many updates take so many seconds, whole chunks of them."""
    chunks = 1
    while True:
        taken = seconds(running.advance, chunks * running.chunk)
        if taken >= target / 2:
            return max(1, round(chunks * target / taken)) * running.chunk
        chunks = max(2 * chunks, min(100 * chunks, round(0.7 * target / max(taken, 1e-7) * chunks)))


def seconds(work: Callable[..., object], *arguments: object) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start
