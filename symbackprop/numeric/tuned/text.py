"""The pieces of a tuned step as source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Expr, Symbol

from symbackprop.matrices import Identity, Shape, UserOperation
from symbackprop.notation import NameTable, python, python_assignment
from symbackprop.numeric.program.line import Line
from symbackprop.numeric.tuned.instructions import Instruction, Number, shape_of_name
from symbackprop.numeric.tuned.plan import StepPlan
from symbackprop.numeric.wrapping import WIDTH

_OUT_BY_NAME = {"maximum", "minimum"}
"""Functions whose third argument NumPy wants by name."""


class StepText:
    """Writes the pieces of a planned step. ``names`` has a name in the code for each name of the plan."""

    def __init__(self, plan: StepPlan, reserved: frozenset[str]) -> None:
        self.plan = plan
        numbers = [number.symbol for number in plan.numbers]
        arrays = [symbol for group in plan.groups for symbol in group]
        known = [*plan.network.names, *plan.program.fixed, *plan.states, *numbers, *arrays]
        self.names = NameTable.of([s.name for s in known], reserved=reserved)

    def code(self, symbol: Symbol) -> str:
        """A name in the code."""
        return self.names.code(symbol.name)

    def written(self, expr: Expr) -> str:
        """An expression as readable source."""
        return python(expr, self.names, self.plan.program.order, self._call)

    def _call(self, function: Any, arguments: Sequence[str]) -> str | None:
        """NumPy's own function for an operation of the user's; arrays that are made get the right dtype."""
        if isinstance(function, UserOperation):
            sizes = ", ".join(python(size, self.names, self.plan.program.order) for size in function.shape)
            return f'declared("{function.spoken}", {function.numpy}({", ".join(arguments)}), {sizes})'
        if isinstance(function, Identity):
            return f"np.eye({', '.join(arguments)}, dtype=dtype)"
        return None

    def _shape(self, shape: Shape) -> str:
        sides = [self.written(side) for side in shape]
        return f"({', '.join(sides)})"

    def number_line(self, number: Number) -> str:
        """The line that makes the array of a number."""
        name, shape = self.code(number.symbol), self._shape(number.shape)
        if number.changing:
            return f"{name} = np.empty({shape}, dtype)"
        return f"{name} = np.full({shape}, {self.written(number.value)}, dtype)"

    def array_line(self, group: Sequence[Symbol]) -> str:
        """The line that makes the array that a group shares."""
        first = group[0]
        kind = "bool" if first in self.plan.masks else "dtype"
        order = ', order="F"' if self.plan.order(first) == "F" else ""
        names = " = ".join(map(self.code, group))
        return f"{names} = np.empty({self._shape(shape_of_name(first))}, {kind}{order})"

    def equation(self, line: Line) -> Iterator[str]:
        """What a line works out, as a comment."""
        targets = ", ".join(map(self.code, line.targets))
        if line.helper:
            yield f"# {targets} = {self._helper_call(line)}"
            return
        for text in python_assignment(targets, line.value, self.names, self.plan.program.order, self._call, WIDTH - 8):
            yield f"# {text}"

    def _helper_call(self, line: Line) -> str:
        scores = [self.written(score) for score in getattr(line.value, "scores", (line.value,))]
        return f"{line.helper}({', '.join([*scores, *line.settings])})"

    def instruction(self, one: Instruction) -> Iterator[str]:
        """One instruction as source; a copy of an array onto itself is none."""
        read = [self.code(o.symbol) + ".T" * o.transposed for o in one.operands]
        if one.kind == "loss":
            yield f"loss = {read[0]}.item()"
            yield "if not isfinite(loss):"
            yield "    return loss"
        elif one.kind == "readable":
            assert one.line is not None
            targets = ", ".join(f"{self.code(target)}[...]" for target in one.targets)
            value = self._helper_call(one.line) if one.line.helper else self.written(one.line.value)
            yield f"{targets} = {value}"
        elif one.function == "copyto":
            if self.plan.place(one.target) != self.plan.place(one.operands[0].symbol):
                yield f"copyto({self.code(one.target)}, {read[0]})"
        elif one.kind in ("along", "total"):
            keep = ", True" if one.axis is not None else ""
            yield f"{one.function}({read[0]}, {one.axis}, None, {self.code(one.target)}{keep})"
        else:
            out = "out=" if one.function in _OUT_BY_NAME else ""
            yield f"{one.function}({', '.join(read)}, {out}{self.code(one.target)})"
