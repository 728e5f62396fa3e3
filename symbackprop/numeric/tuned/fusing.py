"""Instructions that work entry by entry and follow one another, put together into one pass over their arrays.

A pass reads each entry once, works all of them out in registers and writes what is needed later. numba compiles it; two
runs of instructions that differ in names alone are one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import factorial
from typing import Any

import numpy as np
from sympy import S, Symbol

from symbackprop.matrices import Shape
from symbackprop.numeric.rendering import rendered
from symbackprop.numeric.tuned.instructions import Instruction, Number, Operand, shape_of_name

_FORMS = {
    "add": "{0} + {1}", "subtract": "{0} - {1}", "multiply": "{0}*{1}", "divide": "{0}/{1}", "negative": "-{0}",
    "copyto": "{0}", "greater": "{0} > {1}", "exp": "exp({0})", "tanh": "tanh({0})", "sqrt": "np.sqrt({0})",
    "absolute": "abs({0})", "maximum": "maximum({0}, {1})", "minimum": "minimum({0}, {1})",
}  # fmt: skip
"""How a pass writes what each function makes of entries; others stay calls of NumPy's."""

_EXACT = 2**53
FAST = {"fastmath": {"contract"}}
"""What numba may do beside: work out x*y + z with one rounding."""

HELPERS = ("parts", "exp", "tanh", "maximum", "minimum")
"""What passes call."""


@dataclass(frozen=True)
class Pass:
    """A run of instructions as one call: the ``body`` of a function of the ``arrays``, which are places in memory."""

    start: int
    end: int
    arrays: tuple[Symbol, ...]
    body: tuple[str, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        """What the function calls its arrays."""
        return tuple(f"a{k}" for k in range(1, len(self.arrays) + 1))


@dataclass(frozen=True)
class Setting:
    """What a pass must know of arrays: their places in memory and orders, truth values, numbers, and what is kept."""

    place: Callable[[Symbol], Symbol]
    order: Callable[[Symbol], str]
    masks: Collection[Symbol]
    numbers: Mapping[Symbol, Number]
    kept: Collection[Symbol]


def passes(instructions: Sequence[Instruction], setting: Setting) -> list[Pass]:
    """Every run of two such instructions or more."""
    found = []
    last = {symbol: k for k, one in enumerate(instructions) for symbol in one.reads}
    start = 0
    while start < len(instructions):
        end = start
        while end < len(instructions) and _joins(instructions[end], instructions[start], setting):
            end += 1
        if end - start > 1:
            found.append(_Run(instructions, start, end, setting, last).written())
        start = max(end, start + 1)
    return found


def _joins(one: Instruction, first: Instruction, setting: Setting) -> bool:
    """Whether an instruction can be part of the pass that another begins."""
    if one.kind != "entrywise" or one.function not in _FORMS or len(shape_of_name(one.target)) != 2:
        return False
    shape, order = shape_of_name(first.target), setting.order(first.target)
    same = [one.target, *(o.symbol for o in one.operands if o.shape == shape and len(shape) == 2)]
    fits = all(o.shape in ((), shape, (S.One, shape[1]), (shape[0], S.One)) and not o.transposed for o in one.operands)
    return fits and shape_of_name(one.target) == shape and all(setting.order(s) == order for s in same)


class Passes:
    """The passes of a step, for arrays of one dtype."""

    def __init__(self, found: Sequence[Pass], dtype: np.dtype[Any]) -> None:
        self.found, self.dtype = found, dtype
        bodies = dict.fromkeys((one.parameters, one.body) for one in found)
        self._names = {key: f"pass_{k}" for k, key in enumerate(bodies, start=1)}

    @property
    def names(self) -> tuple[str, ...]:
        """The functions that are called."""
        return tuple(self._names.values())

    def name(self, one: Pass) -> str:
        """The function that does the work of a pass."""
        return self._names[one.parameters, one.body]

    @property
    def text(self) -> str:
        """The module of the functions."""
        functions = [(name, ", ".join(parameters), body) for (parameters, body), name in self._names.items()]
        return rendered("tuned_passes.py.j2", passes=functions, **_FLOATS[self.dtype.name]).rstrip() + "\n"


_FLOATS: Mapping[str, Mapping[str, Any]] = {
    "float32": {
        "real": "float32", "whole": "int32", "bias": 127, "bits": 23, "lowest": -87.33, "highest": 88.37,
        "log_2": 0.693359375, "log_2_rest": -2.12194440e-4, "factorials": [factorial(n) for n in range(1, 8)],
    },
    "float64": {
        "real": "float64", "whole": "int64", "bias": 1023, "bits": 52, "lowest": -708.39, "highest": 709.43,
        "log_2": 6.93147180369123816490e-01, "log_2_rest": 1.90821492927058770002e-10,
        "factorials": [factorial(n) for n in range(1, 14)],
    },
}  # fmt: skip
"""What the code of exp needs to know of floating numbers. log 2 is split, so that k times its first part is exact."""


class _Run:
    """One run on its way to source."""

    def __init__(
        self,
        instructions: Sequence[Instruction],
        start: int,
        end: int,
        setting: Setting,
        last: Mapping[Symbol, int],
    ) -> None:
        self.run = instructions[start:end]
        self.start, self.end, self.setting = start, end, setting
        self.last = last
        self.shape: Shape = shape_of_name(self.run[0].target)
        self.arrays: dict[Symbol, Symbol] = {}
        self.known: dict[Symbol, str] = {}
        self.before: list[str] = []
        self.reads: list[str] = []
        self.count = 0

    def written(self) -> Pass:
        """The pass."""
        work = []
        for one in self.run:
            read = [self._entry(operand) for operand in one.operands]
            value = self._value(one, read)
            self.known[one.target] = self._fresh()
            work.append(f"{self.known[one.target]} = {value}")
        targets = dict.fromkeys(one.target for one in self.run)
        needed = [t for t in targets if t in self.setting.kept or self._is_read_later(t)]
        writes = [f"{self._array(target)}[i, j] = {self.known[target]}" for target in needed]
        whole = self._array(needed[0])
        outer, inner = ("j", "i") if self.setting.order(needed[0]) == "F" else ("i", "j")
        sides = {"i": f"{whole}.shape[0]", "j": f"{whole}.shape[1]"}
        body = (
            *self.before,
            f"for {outer} in range({sides[outer]}):",
            f"    for {inner} in range({sides[inner]}):",
            *(f"        {line}" for line in (*self.reads, *work, *writes)),
        )
        return Pass(self.start, self.end, tuple(self.arrays.values()), body)

    def _is_read_later(self, target: Symbol) -> bool:
        """Whether the value is needed after the pass; what has its place by then is what was written last there."""
        place = self.setting.place(target)
        last = [one.target for one in self.run if self.setting.place(one.target) == place][-1]
        return self.last.get(target, -1) >= self.end and last == target

    def _value(self, one: Instruction, read: list[str]) -> str:
        if one.function == "multiply":
            masks = [k for k, operand in enumerate(one.operands) if operand.symbol in self.setting.masks]
            if masks:
                return f"{read[1 - masks[0]]} if {read[masks[0]]} else real(0)"
        if one.function == "copyto" and one.operands[0].symbol in self.setting.masks:
            return f"real(1) if {read[0]} else real(0)"
        return _FORMS[one.function].format(*read)

    def _entry(self, operand: Operand) -> str:
        """An entry of an operand: what was worked out before in this pass, a number, or what is read."""
        symbol = operand.symbol
        if symbol in self.known:
            return self.known[symbol]
        number = self.setting.numbers.get(symbol)
        if number is not None and number.value.is_Rational and max(abs(number.value.p), number.value.q) < _EXACT:
            return f"real({number.value})"
        name = self.known[symbol] = self._fresh()
        array = self._array(symbol)
        if not operand.shape:
            self.before.append(f"{name} = {array}[()]")
        else:
            rows, columns = ("i", "j") if operand.shape == self.shape else self._places(operand)
            self.reads.append(f"{name} = {array}[{rows}, {columns}]")
        return name

    def _places(self, operand: Operand) -> Iterator[str]:
        return ("0" if side == S.One else index for side, index in zip(operand.shape, "ij", strict=True))

    def _array(self, symbol: Symbol) -> str:
        """What the pass calls the array in which a value has its place."""
        place = self.setting.place(symbol)
        self.arrays.setdefault(place, symbol)
        return f"a{list(self.arrays).index(place) + 1}"

    def _fresh(self) -> str:
        self.count += 1
        return f"x{self.count}"
