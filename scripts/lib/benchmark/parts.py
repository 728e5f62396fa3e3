"""The parts of a run, and what each measures in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmark.records import Record
from benchmark.rounds import Pace

THREADS = (1, 2)
ROUNDS = 15


@dataclass(frozen=True)
class Plan:
    """How much is measured: rounds, seconds a turn, seconds that a derivation may take, and whether it is a look alone.

    A quick run has the tiniest network of each part, and one thread.
    """

    rounds: int
    quick: bool
    seconds: float = 0.03
    limit: float = 60.0

    @property
    def pace(self) -> Pace:
        """For contests of updates."""
        return Pace(self.seconds, self.rounds)


def steps(plan: Plan, threads: int) -> list[Record]:
    """Training steps of perceptrons of matrices."""
    from benchmark.contest import contest
    from benchmark.steps import ENTRIES
    from benchmark.steps.cases import CASES, TINIEST

    cases = [TINIEST] if plan.quick else CASES
    return [r for case in cases for r in contest("steps", case.name, case, ENTRIES, threads, plan.pace)]


def tiny(plan: Plan, threads: int) -> list[Record]:
    """Training steps of the 2-2-2 network."""
    from benchmark.contest import contest
    from benchmark.tiny import ENTRIES
    from benchmark.tiny.case import Tiny

    return contest("tiny", Tiny.name, Tiny(), ENTRIES, threads, plan.pace)


def memory(plan: Plan, threads: int) -> list[Record]:
    """Bytes of a step."""
    from benchmark.memory import memory
    from benchmark.steps.cases import CASES, TINIEST

    return memory([TINIEST] if plan.quick else CASES)


def derive(plan: Plan, threads: int) -> list[Record]:
    """Deriving: ours beside others, and as networks grow."""
    from benchmark.deriving.growth import growth
    from benchmark.deriving.race import race

    rounds = min(plan.rounds, 5)
    return race(rounds, plan.limit, quick=plan.quick) + growth(rounds, quick=plan.quick)


@dataclass(frozen=True)
class Part:
    """What measures, and with how many threads; a quick run has the first number alone."""

    measure: Callable[[Plan, int], list[Record]]
    threads: tuple[int, ...]


PARTS: Mapping[str, Part] = {
    "steps": Part(steps, THREADS),
    "tiny": Part(tiny, THREADS),
    "memory": Part(memory, (1,)),
    "derive": Part(derive, (1,)),
}
