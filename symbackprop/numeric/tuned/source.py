"""The source of a tuned step: a module of NumPy calls, each of which writes into an array that is there already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.functions import primitive_of
from symbackprop.matrices import Identity, Operation, Shape, UserOperation
from symbackprop.notation import NameTable, python, python_assignment
from symbackprop.numeric.helpers import ARRAY_HELPERS, with_needs
from symbackprop.numeric.loops import UpdateRule
from symbackprop.numeric.program import BACKWARD, FORWARD, Line, parts_of
from symbackprop.numeric.source import rendered
from symbackprop.numeric.tuned.fusing import Passes, Setting, passes
from symbackprop.numeric.tuned.instructions import Instruction, Number, Operand, shape_of_name
from symbackprop.numeric.tuned.lowering import Lowering
from symbackprop.numeric.tuned.memory import Layout, orders, sharing
from symbackprop.numeric.tuned.program import Program, program_of
from symbackprop.numeric.wrapping import WIDTH, folded, quoted

FUNCTIONS = frozenset(
    "absolute add arccos arccosh arcsin arcsinh arctan arctanh copyto cos cosh divide exp greater log log1p matmul "
    "maximum minimum multiply negative power sign sin sinh sqrt subtract tan tanh".split()
)
"""What is imported from NumPy by name, if it is used."""

RESERVED = frozenset(ARRAY_HELPERS) | FUNCTIONS | {"np", "math", "prepared", "step", "dtype", "declared", "isfinite"}
"""What generated modules call their own, so that no name of a network may."""

_OUT_BY_NAME = {"maximum", "minimum"}
"""Functions whose third argument NumPy wants by name."""

_HEADINGS = {FORWARD: "forward pass", BACKWARD: "backward pass, gradients and updates"}


@dataclass(frozen=True)
class StepSource:
    """A module with ``prepared(dtype, sizes…, weights…, states…)``, which returns ``step(data…, rate, count)``.

    The names are the network's, in the order of the arguments. ``states`` tells how many arrays an optimiser keeps for
    each weight, ``orders`` in which order, "C" or "F", each array of data is read fastest. The module needs the
    functions of ``passes``, compiled by numba, if it is ``fused``. ``entrywise`` has the shape of what each instruction
    writes that is in a pass, or could be.
    """

    text: str
    passes: Passes
    fused: bool
    data: tuple[str, ...]
    sizes: tuple[str, ...]
    weights: tuple[str, ...]
    states: Mapping[str, int]
    orders: Mapping[str, Layout]
    entrywise: tuple[Shape, ...]


def step_source(
    derivation: Derivation, rule: UpdateRule, trained: Collection[str], dtype: np.dtype[Any], fused: bool
) -> StepSource:
    """Write the module for arrays of that dtype; with passes for numba in place of single calls, if it is ``fused``.

    Every name in it has passed the check of names; the network's title is quoted.
    """
    return _Writer(derivation, program_of(derivation, rule, trained), trained, dtype, fused).source()


class _Writer:
    def __init__(
        self, derivation: Derivation, program: Program, trained: Collection[str], dtype: np.dtype[Any], fused: bool
    ) -> None:
        self.derivation, self.network, self.program = derivation, derivation.network, program
        leaves = [s for s in self.network.leaves if s.name not in trained]
        self.data, self.weights = leaves, [w for w in derivation.wrt if w.name in trained]
        lowering = Lowering(program.fixed, (program.rate, program.count), program.fresh)
        self.lowered = list(self._lowered(lowering))
        self.numbers = list(lowering.numbers.values())
        self.instructions = [one for _, some in self.lowered for one in some]
        states = [state for some in program.states.values() for state in some]
        self.orders = orders(self.instructions, [*self.weights, *states])
        self.masks = lowering.masks
        kept = {*self.network.leaves, *states, *(number.symbol for number in self.numbers)}
        self.groups = sharing(self.instructions, kept, self._kind)
        self.places = {symbol: k for k, group in enumerate(self.groups) for symbol in group}
        own = [*self.network.names, *self.network.sizes, *derivation.backward, *self.places, *states]
        known = [*own, *program.fixed, *(number.symbol for number in self.numbers)]
        setting = Setting(self._place, self._order, self.masks, lowering.by_symbol(), {*self.weights, *states})
        self.passes = Passes(passes(self.instructions, setting), dtype)
        self.found = self.passes.found if fused else ()
        reserved = RESERVED | frozenset(self.passes.names)
        self.names = NameTable.of([s.name for s in known], reserved=reserved)

    def _place(self, symbol: Symbol) -> Symbol:
        """The first of the names that share its memory."""
        return self.groups[self.places[symbol]][0] if symbol in self.places else symbol

    def _order(self, symbol: Symbol) -> Layout:
        return self.orders.get(symbol, "C")

    def _kind(self, symbol: Symbol) -> tuple[Any, ...]:
        """What arrays that share memory have in common."""
        return shape_of_name(symbol), self._order(symbol), symbol in self.masks

    def _lowered(self, lowering: Lowering) -> Iterator[tuple[Line, list[Instruction]]]:
        """Each line with its instructions; after the loss is known, the one that looks at it."""
        loss = self.network.loss
        for line in self.program.lines:
            instructions = lowering.line(line)
            if loss in line.targets:
                instructions = [*instructions, Instruction("loss", "", (), (Operand(loss, ()),))]
            yield line, instructions

    def source(self) -> StepSource:
        """The module."""
        sizes = list(self.network.sizes)
        states = [state for w in self.weights for state in self.program.states[w.name]]
        body = list(self._body())
        helpers = with_needs(self._helper_names(), ARRAY_HELPERS)
        alone = list(self._alone())
        used = {one.function.partition(".")[0] for one in alone}
        touched = {self._place(s) for one in alone for s in (*one.reads, *one.targets)}
        touched |= {self._place(array) for one in self.found for array in one.arrays}
        text = rendered(
            "tuned_step.py.j2",
            title=quoted(f"A training step of {self.network.loss.name} for the network {self.network.name}."),
            imports=", ".join(sorted(used & FUNCTIONS)),
            blocks=[ARRAY_HELPERS[name].source for name in helpers],
            declares=any(isinstance(node, UserOperation) for node in self._readable_parts()),
            arguments=folded(["dtype", *map(self._code, (*sizes, *self.weights, *states))], "    "),
            options=[f"{self._code(name)} = {value!r}" for name, value in self.program.options.items()],
            numbers=[self._number_line(number) for number in self.numbers if number.symbol in touched],
            arrays=[self._array_line(group) for group in self.groups if group[0] in touched],
            data=folded([*map(self._code, (*self.data, self.program.rate, self.program.count))], "        "),
            changing=[
                f"{self._code(n.symbol)}[()] = {self._written(n.value)}"
                for n in self.numbers
                if n.changing and n.symbol in touched
            ],
            body=body,
        )
        return StepSource(
            text=text.rstrip() + "\n",
            passes=self.passes,
            fused=bool(self.found),
            data=tuple(s.name for s in self.data),
            sizes=tuple(s.name for s in sizes),
            weights=tuple(w.name for w in self.weights),
            states={w.name: len(self.program.states[w.name]) for w in self.weights},
            orders={s.name: self._order(s) for s in self.data},
            entrywise=tuple(
                shape_of_name(one.target) for run in self.passes.found for one in self.instructions[run.start : run.end]
            ),
        )

    # Pieces

    def _code(self, symbol: Symbol) -> str:
        return self.names.code(symbol.name)

    def _written(self, expr: Expr) -> str:
        return python(expr, self.names, self.program.order, self._call)

    def _call(self, function: Any, arguments: Sequence[str]) -> str | None:
        """NumPy's own function for an operation of the user's; arrays that are made get the right dtype."""
        if isinstance(function, UserOperation):
            sizes = ", ".join(python(size, self.names, self.program.order) for size in function.shape)
            return f'declared("{function.spoken}", {function.numpy}({", ".join(arguments)}), {sizes})'
        if isinstance(function, Identity):
            return f"np.eye({', '.join(arguments)}, dtype=dtype)"
        return None

    def _shape(self, shape: Shape) -> str:
        sides = [self._written(side) for side in shape]
        return f"({', '.join(sides)})"

    def _number_line(self, number: Number) -> str:
        name, shape = self._code(number.symbol), self._shape(number.shape)
        if number.changing:
            return f"{name} = np.empty({shape}, dtype)"
        return f"{name} = np.full({shape}, {self._written(number.value)}, dtype)"

    def _array_line(self, group: Sequence[Symbol]) -> str:
        first = group[0]
        kind = "bool" if first in self.masks else "dtype"
        order = ', order="F"' if self.orders.get(first) == "F" else ""
        names = " = ".join(map(self._code, group))
        return f"{names} = np.empty({self._shape(shape_of_name(first))}, {kind}{order})"

    def _body(self) -> Iterator[str]:
        """The lines of a step, each under the equation that it works out; a pass stands under all of its equations."""
        flat = [(line, k, one) for line, ones in self.lowered for k, one in enumerate(ones)]
        calls = {one.start: one for one in self.found}
        part, at = "", 0
        while at < len(flat):
            call = calls.get(at)
            here = flat[at : call.end if call else at + 1]
            for line, _, one in (item for item in here if item[1] == 0):
                heading = FORWARD if line.part == FORWARD else BACKWARD
                if heading != part:
                    part = heading
                    yield from ("", f"# {_HEADINGS[part].capitalize()}")
                if one.kind != "readable" or one.line is None or one.line.value != line.value:
                    yield from self._equation(line)
            if call:
                yield f"{self.passes.name(call)}({', '.join(map(self._code, call.arrays))})"
            else:
                yield from self._instruction(here[0][2])
            at += len(here)

    def _alone(self) -> Iterator[Instruction]:
        """The instructions that are in no pass."""
        inside = {k for one in self.found for k in range(one.start, one.end)}
        return (one for k, one in enumerate(self.instructions) if k not in inside)

    def _equation(self, line: Line) -> Iterator[str]:
        targets = ", ".join(map(self._code, line.targets))
        if line.helper:
            yield f"# {targets} = {self._helper_call(line)}"
            return
        for text in python_assignment(targets, line.value, self.names, self.program.order, self._call, WIDTH - 8):
            yield f"# {text}"

    def _helper_call(self, line: Line) -> str:
        scores = [self._written(score) for score in getattr(line.value, "scores", (line.value,))]
        return f"{line.helper}({', '.join([*scores, *line.settings])})"

    def _instruction(self, one: Instruction) -> Iterator[str]:
        """One instruction as source; a copy of an array onto itself is none."""
        read = [self._code(o.symbol) + ".T" * o.transposed for o in one.operands]
        if one.kind == "loss":
            yield f"loss = {read[0]}.item()"
            yield "if not isfinite(loss):"
            yield "    return loss"
        elif one.kind == "readable":
            assert one.line is not None
            targets = ", ".join(f"{self._code(target)}[...]" for target in one.targets)
            value = self._helper_call(one.line) if one.line.helper else self._written(one.line.value)
            yield f"{targets} = {value}"
        elif one.function == "copyto":
            if self.places.get(one.target, -1) != self.places.get(one.operands[0].symbol):
                yield f"copyto({self._code(one.target)}, {read[0]})"
        elif one.kind in ("along", "total"):
            keep = ", True" if one.axis is not None else ""
            yield f"{one.function}({read[0]}, {one.axis}, None, {self._code(one.target)}{keep})"
        else:
            out = "out=" if one.function in _OUT_BY_NAME else ""
            yield f"{one.function}({', '.join(read)}, {out}{self._code(one.target)})"

    # What the readable lines need

    def _readable_parts(self) -> Iterable[Any]:
        values = [one.line.value for one in self.instructions if one.line is not None]
        return parts_of([*values, *(number.value for number in self.numbers)])

    def _helper_names(self) -> set[str]:
        names = {one.line.helper for one in self.instructions if one.line is not None and one.line.helper}
        for node in self._readable_parts():
            row = primitive_of(node)
            word = node.spoken if isinstance(node, Operation) else (row.name if row is not None else "")
            if word in ARRAY_HELPERS:
                names.add(word)
        return names
