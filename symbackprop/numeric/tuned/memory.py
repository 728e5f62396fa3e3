"""Which arrays share memory, and in which order their entries lie.

An array lives from the first instruction that writes it to the last that reads it. What begins where another of its
shape ends takes the other's place, entry by entry even within one instruction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from sympy import Symbol

from symbackprop.numeric.tuned.instructions import Instruction, whole

Groups = list[list[Symbol]]
Layout = Literal["C", "F"]


def orders(instructions: Sequence[Instruction], rows: Collection[Symbol]) -> dict[Symbol, Layout]:
    """The order of each array, "C" or "F": along an axis 1 of a few entries NumPy is fast where that is the outer one.

    Arrays that meet entry by entry have one order. ``rows`` are those that come with their rows in one piece.
    """
    families = _Families()
    for instruction in instructions:
        if instruction.kind in ("entrywise", "along"):
            met = [whole(instruction.target), *instruction.operands]
            widest = met[0].shape if instruction.kind == "entrywise" else met[1].shape
            families.join([o.symbol for o in met if o.shape == widest and len(widest) == 2 and not o.transposed])
    columns = {
        families.of(instruction.operands[0].symbol)
        for instruction in instructions
        if instruction.kind == "along" and instruction.axis == 1
    } - {families.of(symbol) for symbol in rows}
    return {symbol: "F" if families.of(symbol) in columns else "C" for symbol in families.parents}


class _Families:
    """Symbols in disjoint sets."""

    def __init__(self) -> None:
        self.parents: dict[Symbol, Symbol] = {}

    def of(self, symbol: Symbol) -> Symbol:
        """The one that stands for the set."""
        while (parent := self.parents.setdefault(symbol, symbol)) != symbol:
            symbol = parent
        return symbol

    def join(self, symbols: Sequence[Symbol]) -> None:
        """Make one set of the sets of these."""
        for symbol in symbols:
            self.parents[self.of(symbol)] = self.of(symbols[0])


def sharing(instructions: Sequence[Instruction], kept: Collection[Symbol], kind: Callable[[Symbol], object]) -> Groups:
    """The arrays in groups of which each has one place in memory. ``kept`` have their own, and are in no group.

    ``kind`` says what must be the same in arrays that share memory.
    """
    last = {symbol: k for k, instruction in enumerate(instructions) for symbol in _names(instruction)}
    free: dict[object, Groups] = {}
    place: dict[Symbol, list[Symbol]] = {}
    groups: Groups = []
    for k, instruction in enumerate(instructions):
        ending = [s for s in dict.fromkeys(_names(instruction)) if s not in kept and last[s] == k and s in place]
        for target in instruction.targets:
            if target in kept or target in place:
                continue
            group = _taken_over(target, instruction, [s for s in ending if kind(s) == kind(target)], place)
            if group is None:
                group = free[kind(target)].pop() if free.get(kind(target)) else []
            if not group:
                groups.append(group)
            group.append(target)
            place[target] = group
        for symbol in dict.fromkeys([*ending, *(t for t in instruction.targets if last[t] == k and t in place)]):
            if place[symbol][-1] == symbol:
                free.setdefault(kind(symbol), []).append(place[symbol])
    return groups


def _taken_over(
    target: Symbol, instruction: Instruction, ending: Iterable[Symbol], place: Mapping[Symbol, list[Symbol]]
) -> list[Symbol] | None:
    """The place of an operand that is read for the last time, entry by entry, as the target is written."""
    if instruction.kind != "entrywise":
        return None
    turned = {operand.symbol for operand in instruction.operands if operand.transposed}
    return next((place[s] for s in ending if s not in turned and place[s][-1] == s), None)


def _names(instruction: Instruction) -> Iterator[Symbol]:
    yield from instruction.reads
    yield from instruction.targets
