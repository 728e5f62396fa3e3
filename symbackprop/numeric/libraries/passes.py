"""The lines of a layer in two parts, so that the way back works out nothing again that the way forward has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sympy import Symbol

from symbackprop.numeric.program import FORWARD, GRADIENTS, Line
from symbackprop.numeric.sharing import has_another_name


@dataclass(frozen=True)
class Passes:
    """The lines forward, to the output; those back, to the gradients; and what these are handed of the former."""

    forward: Sequence[Line]
    back: Sequence[Line]
    kept: Sequence[Symbol]


def passes_of(lines: Sequence[Line], output: Symbol, known_late: Iterable[Symbol], numbers: frozenset[str]) -> Passes:
    """Divide the lines of a derivation: what needs something ``known_late``, as an adjoint is, belongs to the way back.

    What costs nothing, views of arrays and what is made of Python's own ``numbers``, is written twice, not handed on.
    The way forward has no lines where the output itself comes late.
    """
    late = set(known_late)
    early: list[Line] = []
    for line in lines:
        if line.part == FORWARD and late.isdisjoint(line.value.free_symbols):
            early.append(line)
        else:
            late.update(line.targets)

    def is_written_back(line: Line) -> bool:
        return (
            line not in early or line.targets[0].name in numbers or (not line.helper and has_another_name(line.value))
        )

    back = needed(lines, (s for line in lines if line.part == GRADIENTS for s in line.targets), is_written_back)
    used = {s for line in back for s in line.value.free_symbols}
    kept = [s for line in early if line not in back for s in line.targets if s in used]
    forward = needed(early, [output, *kept]) if output not in late else []
    return Passes(forward, back, [s for s in kept if s != output])


def needed(
    lines: Sequence[Line], wanted: Iterable[Symbol], may: Callable[[Line], bool] = lambda line: True
) -> list[Line]:
    """The lines by which the wanted names are worked out, of those that may be."""
    names, found = set(wanted), list[Line]()
    for line in reversed(lines):
        if not names.isdisjoint(line.targets) and may(line):
            names |= line.value.free_symbols
            found.append(line)
    return found[::-1]
