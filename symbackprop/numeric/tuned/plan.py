"""The plan of a tuned step: its instructions, and where in memory each value is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from sympy import Symbol

from symbackprop.calculus import Derivation
from symbackprop.numeric.loops import UpdateRule
from symbackprop.numeric.program.line import Line
from symbackprop.numeric.stable import computed
from symbackprop.numeric.tuned.fusing import Passes, Setting, passes
from symbackprop.numeric.tuned.instructions import Instruction, shape_of_name, whole
from symbackprop.numeric.tuned.lowering import Lowering
from symbackprop.numeric.tuned.memory import Layout, orders, sharing
from symbackprop.numeric.tuned.program import program_of


class StepPlan:
    """What a step does, before it is written down.

    ``lowered`` are the lines with their instructions, ``numbers`` and ``groups`` the arrays that it has: those in one
    group share their memory. ``data``, ``weights`` and ``states`` come from outside. ``found`` are the passes that
    stand in place of single instructions, where the step is fused; ``passes`` has those that could.
    """

    def __init__(
        self, derivation: Derivation, rule: UpdateRule, trained: Collection[str], dtype: np.dtype[Any], fused: bool
    ) -> None:
        asked, derivation = derivation, computed(derivation)
        self.network = network = derivation.network
        self.program = program = program_of(derivation, rule, trained, accurate=derivation is not asked)
        self.data = [s for s in network.leaves if s.name not in trained]
        self.weights = [w for w in derivation.wrt if w.name in trained]
        self.states = [state for w in self.weights for state in program.states[w.name]]
        limit = int(np.log(np.finfo(dtype).max))
        lowering = Lowering(program.fixed, (program.rate, program.count), program.fresh, limit)
        self.lowered = list(self._lowered(lowering))
        self.numbers, self.masks = list(lowering.numbers.values()), lowering.masks
        self.instructions = [one for _, ones in self.lowered for one in ones]
        self._orders = orders(self.instructions, [*self.weights, *self.states])
        known = {number.symbol: number for number in self.numbers}
        self.groups = sharing(self.instructions, {*network.leaves, *self.states, *known}, self._kind)
        self._places = {symbol: group[0] for group in self.groups for symbol in group}
        setting = Setting(self.place, self.order, self.masks, known, {*self.weights, *self.states})
        self.passes = Passes(passes(self.instructions, setting), dtype)
        self.found = self.passes.found if fused else ()

    def _lowered(self, lowering: Lowering) -> Iterator[tuple[Line, list[Instruction]]]:
        """Each line with its instructions; after the loss is known, the one that looks at it."""
        loss = self.network.loss
        for line in self.program.lines:
            looks = [Instruction("loss", "", (), (whole(loss),))] if loss in line.targets else []
            yield line, [*lowering.line(line), *looks]

    def _kind(self, symbol: Symbol) -> tuple[Any, ...]:
        """What arrays that share memory have in common."""
        return shape_of_name(symbol), self.order(symbol), symbol in self.masks

    def place(self, symbol: Symbol) -> Symbol:
        """The first of the names that share its memory."""
        return self._places.get(symbol, symbol)

    def order(self, symbol: Symbol) -> Layout:
        """In which order the entries of an array lie."""
        return self._orders.get(symbol, "C")

    def alone(self) -> list[Instruction]:
        """The instructions that are in no pass."""
        inside = {k for one in self.found for k in range(one.start, one.end)}
        return [one for k, one in enumerate(self.instructions) if k not in inside]

    def touched(self) -> set[Symbol]:
        """The places in memory that the step reads or writes; what lives within a pass alone has none."""
        names = [symbol for one in self.alone() for symbol in (*one.reads, *one.targets)]
        return {self.place(symbol) for symbol in (*names, *(array for one in self.found for array in one.arrays))}
