"""What is measured: verdicts on what is right, verdicts on faults, and what other checkers say of the same faults."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import symbackprop as sb
from reliability import matrices, rivals, scalars
from reliability.faults import KINDS, Fault, fault
from reliability.truth import differs
from symbackprop.judge import Gradients, Verdict, judge

FAMILIES: Mapping[str, Callable[[str, int], sb.Network]] = {
    **dict.fromkeys(scalars.FAMILIES, scalars.scalar_network),
    **dict.fromkeys(matrices.FAMILIES, matrices.matrix_network),
}
SEEDS = 1000
"""Networks of one ``--seed`` start at that many times the seed."""


@dataclass
class Measured:
    """Verdicts, counted; and for each kind of fault how many there were and how many each checker objected to."""

    right: Counter[str] = field(default_factory=Counter)
    faults: dict[str, Counter[str]] = field(default_factory=dict)


@cache
def derivation(family: str, seed: int) -> sb.Derivation:
    """A network of a family, derived."""
    return sb.derive(FAMILIES[family](family, seed))


def networks(count: int, seed: int) -> Iterator[tuple[str, int]]:
    """Family and seed of so many networks, one of each family in turn."""
    names = list(FAMILIES)
    for number in range(count):
        yield names[number % len(names)], SEEDS * seed + number // len(names)


def faults(count: int, seed: int) -> Iterator[Fault]:
    """So many faults that have a true witness, of each kind in turn, each kind through all the families."""
    kinds = {kind: _of_kind(kind, seed) for kind in KINDS}
    for number in range(count):
        yield next(kinds[list(KINDS)[number % len(KINDS)]])


def _of_kind(kind: str, seed: int) -> Iterator[Fault]:
    rng = random.Random(f"{kind} {seed}")
    for family, place in networks(10**9, seed):
        found = fault(kind, derivation(family, place), rng)
        if found is not None and differs(found):
            yield found


def judged(d: sb.Derivation, wrong: Fault | None = None) -> Verdict:
    """The verdict on all gradients of a network, or on a fault in one."""
    formulas = dict(d.shared.items()) if wrong is None else {wrong.name: wrong.formula}
    return judge(Gradients(d.network, formulas, signals=d.backward, facts=d.facts))


def measure(right: int, wrong: int, seed: int, say: Callable[[str], None]) -> Measured:
    """Judge so many networks and so many faults, and show the faults to the other checkers that are installed.

    ``say`` hears how far it is, and of each verdict that is not the one hoped for.
    """
    found = Measured()
    for number, (family, place) in enumerate(networks(right, seed)):
        _tell(say, "networks", number, right)
        verdict = judged(derivation(family, place))
        found.right[str(verdict.ruling)] += 1
        if not verdict.proved:
            say(f"{family} {place}: {verdict}")
    others = rivals.installed()
    for number, one in enumerate(faults(wrong, seed)):
        _tell(say, "faults", number, wrong)
        row = found.faults.setdefault(one.kind, Counter())
        row["all"] += 1
        verdict = judged(one.derivation, one)
        row[str(verdict.ruling)] += 1
        if not verdict.wrong:
            say(f"{one.kind}, by {one.name}: {one.formula}: {verdict}")
        for name, checker in others.items():
            row[name] += rivals.objects(checker, one.derivation, one.name, one.formula)
    return found


def _tell(say: Callable[[str], None], what: str, number: int, count: int) -> None:
    if number % 50 == 0:
        say(f"{what}: {number} of {count}")
