"""What the project promises of its speed and memory, and whether a run bears it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmark.outcome.select import Group, groups
from benchmark.records import Ratio, Record, ratio

AT_MOST = {"at most", "below"}


@dataclass(frozen=True)
class Verdict:
    """A promise: ``measured`` compared with ``bound``, where "at least" is a promise from below."""

    promise: str
    where: str
    relation: str
    bound: float
    measured: Ratio | None

    @property
    def holds(self) -> str:
        """Yes or no by the median; "even" where the middle half of the rounds lies on both sides of the bound."""
        if self.measured is None:
            return "not measured"
        r, upper = self.measured, self.relation in AT_MOST
        if (r.median <= self.bound) if upper else (r.median >= self.bound):
            return "yes"
        return "even" if (r.low <= self.bound if upper else r.high >= self.bound) else "no"


def verdicts(records: Sequence[Record]) -> list[Verdict]:
    """All promises about what was measured."""
    return [
        *(v for group in groups(records, "tiny") for v in _tiny(group)),
        *(v for group in groups(records, "steps") for v in _steps(group)),
        *(v for group in groups(records, "memory") for v in _memory(group)),
    ]


def _tiny(group: Group) -> Iterator[Verdict]:
    promises = [
        ("ours, numba", "C -O3, whole loop", "the compiled loop: at most 1.2 times C", "at most", 1.2),
        ("ours, numba", "JAX scan", "the compiled loop: ahead of JAX's scan", "below", 1.0),
        ("ours, plain Python", "Python math by hand", "plain Python: at most 1.1 times code by hand", "at most", 1.1),
    ]
    for ours, other, words, relation, bound in promises:
        yield Verdict(words, _where(group), relation, bound, _between(group.get(ours), group.get(other)))
    for other, bound in (("PyTorch eager", 100), ("PyTorch eager, matrices", 100), ("JAX jit call", 5)):
        words = f"plain Python: at least {bound} times as fast as {_called(other)}"
        measured = _between(group.get(other), group.get("ours, plain Python"))
        yield Verdict(words, _where(group), "at least", bound, measured)


def _steps(group: Group) -> Iterator[Verdict]:
    ours = group.get("ours, NumPy")
    for other in ("NumPy by hand", "PyTorch eager"):
        words = f"generated NumPy: at most 1.0 times {_called(other)}"
        yield Verdict(words, _where(group), "at most", 1.0, _between(ours, group.get(other)))
    best, peer = group.fastest("ours"), group.fastest("peer")
    names = f" ({best.contestant} against {peer.contestant})" if best and peer else ""
    words = f"the best backend: at most 1.0 times the fastest of the others{names}"
    yield Verdict(words, _where(group), "at most", 1.0, _between(best, peer))


def _memory(group: Group) -> Iterator[Verdict]:
    ours, limit = group.get("ours, NumPy"), group.get("activations and gradients")
    measured = None
    if ours and limit and ours.count and limit.count:
        measured = Ratio(*[ours.count / limit.count] * 3)
    yield Verdict("memory of a step: at most 1.2 times what it must hold", group.row, "at most", 1.2, measured)


def _called(contestant: str) -> str:
    return {"NumPy by hand": "NumPy written by hand", "JAX jit call": "a compiled call of JAX"}.get(
        contestant, contestant
    )


def _where(group: Group) -> str:
    return f"{group.row}, {group.threads} thread{'s' if group.threads > 1 else ''}"


def _between(above: Record | None, below: Record | None) -> Ratio | None:
    return ratio(above, below) if above and below else None
