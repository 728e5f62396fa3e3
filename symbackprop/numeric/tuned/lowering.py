"""From expressions on arrays to NumPy calls with a place for each result.

``into(expr, target)`` writes the value of an expression into a named array. A sum or a product gathers in its target;
its other parts are worked out just before they are needed, into arrays with the names t1, t2, …, so that few live at a
time. What has no rule here is worked out by the readable expression, and copied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sympy import Expr, Integer, Piecewise, S, Symbol, sympify

from symbackprop.functions import primitive_of, step
from symbackprop.functions.base import Primitive
from symbackprop.functions.catalogue import ROWS
from symbackprop.matrices import Array, Broadcast, Shape, Transposed, same_shape, shape_of
from symbackprop.numeric.program.line import Fresh, Line
from symbackprop.numeric.program.sharing import is_view
from symbackprop.numeric.tuned import arithmetic, mixing
from symbackprop.numeric.tuned.instructions import Instruction, Number, Operand, Pass, shape_of_name, whole

_WORDS = {S.One: "one", S.Zero: "zero", S.Half: "half", Integer(2): "two", S.NegativeOne: "minus_one"}
_PLURALS = {"one": "ones", "zero": "zeros"}

SIMPLE: Mapping[type, str] = {
    row.cls: word.removeprefix("np.") for row in ROWS if (word := row.native.get("numpy", "")).startswith("np.")
} | {row.cls: "absolute" for row in ROWS if row.name == "abs"}
"""Functions of one argument that NumPy has."""

RULES: Mapping[type, Callable[[Lowering, Any, Symbol], None]] = {**arithmetic.RULES, **mixing.RULES}
"""By the type of an expression: what writes its value into an array."""
OF_LINES: Mapping[str, Callable[[Lowering, Line], None]] = mixing.OF_LINES
"""The same by the helper that a line calls."""


class Lowering:
    """Turns lines into instructions.

    ``fixed`` maps the names of numbers to what they stand for, or to themselves; ``changing`` are those of them that
    differ from step to step. ``limit`` is a number up to which exp(z) does not overflow.
    """

    def __init__(
        self, fixed: Mapping[Symbol, Expr], changing: Collection[Symbol], fresh: Fresh, limit: int = 88
    ) -> None:
        self.fixed, self.changing, self.fresh, self.limit = fixed, frozenset(changing), fresh, limit
        self.numbers: dict[tuple[Expr, Shape], Number] = {}
        self.masks: set[Symbol] = set()
        """The names of arrays of truth values."""
        self.instructions: list[Instruction] = []

    def line(self, line: Line) -> list[Instruction]:
        """The instructions of one line."""
        self.instructions = []
        if line.helper in OF_LINES:
            OF_LINES[line.helper](self, line)
        elif line.helper:
            self._readable(line)
        else:
            self.into(line.value, line.targets[0])
        return self.instructions

    # What is read

    def is_fixed(self, expr: Expr) -> bool:
        """Whether an expression is a number that needs no array."""
        return bool(expr.free_symbols <= self.fixed.keys()) and not shape_of(expr)

    def number(self, value: Any, shape: Shape = ()) -> Operand:
        """A number as an array without axes, or as one of that shape."""
        value = sympify(value).xreplace(self.fixed)
        if (value, shape) not in self.numbers:
            word = _WORDS.get(value, "")
            if word and not shape:
                symbol = self.fresh.name(word, S.One)
            else:
                symbol = self.fresh.numbered(_PLURALS.get(word, "c"), Array("_", shape) if shape else S.One)
            self.numbers[value, shape] = Number(symbol, value, bool(value.free_symbols & self.changing))
        return Operand(self.numbers[value, shape].symbol, shape)

    def operand(self, expr: Expr, entire: bool = False) -> Operand:
        """Where a value can be read; ``entire`` where what is repeated must be written out."""
        if self.is_fixed(expr):
            return self.number(expr)
        if isinstance(expr, Symbol):
            return Operand(expr, shape_of_name(expr))
        if isinstance(expr, Transposed):
            return self.operand(expr.args[0], entire).turned()
        if isinstance(expr, Broadcast) and not entire:
            return self.operand(expr.args[0])
        if isinstance(expr, step) and not entire:
            return self.mask(expr)
        target = self.temporary(shape_of(expr))
        self.into(expr, target)
        return Operand(target, shape_of_name(target))

    def temporary(self, shape: Shape) -> Symbol:
        """A name for a value on the way."""
        return self.fresh.numbered("t", Array("_", shape) if shape else S.One)

    def mask(self, expr: Expr) -> Operand:
        """Where z > 0, as truth values, by which NumPy multiplies as by 1 and 0."""
        z = self.operand(expr.args[0])
        target = self.temporary(z.shape)
        self.masks.add(target)
        self.entrywise("greater", target, z, self.number(0))
        return Operand(target, z.shape)

    def gathered(self, part: Expr, target: Symbol) -> Operand:
        """Where a value can be read: in the target, if it has to be worked out and has the target's shape."""
        simple = part.is_Symbol or is_view(part) or isinstance(part, step) or self.is_fixed(part)
        if simple or not same_shape(shape_of(part), shape_of_name(target)):
            return self.operand(part)
        self.into(part, target)
        return whole(target)

    # What is written

    def emit(self, kind: str, function: str, target: Symbol, *operands: Operand, axis: int | None = None) -> None:
        """One more instruction."""
        self.instructions.append(Instruction(kind, function, (target,), operands, axis))

    def entrywise(self, function: str, target: Symbol, *operands: Operand) -> None:
        """One more instruction that works entry by entry."""
        self.emit("entrywise", function, target, *operands)

    def into(self, expr: Expr, target: Symbol) -> None:
        """Write the value of an expression into an array, which may stand in the expression itself."""
        if self.is_fixed(expr) or expr.is_Symbol or is_view(expr):
            self.entrywise("copyto", target, self.operand(expr))
        elif type(expr) in SIMPLE:
            self.entrywise(SIMPLE[type(expr)], target, self.gathered(expr.args[0], target))
        elif type(expr) in RULES:
            RULES[type(expr)](self, expr, target)
        elif (row := primitive_of(expr)) is not None and _is_opened(row):
            self._in_steps(row, expr, target)
        else:
            self._readable(Line((target,), expr, ""))

    def _in_steps(self, row: Primitive, expr: Expr, target: Symbol) -> None:
        """Write a function by its definition, where that is good enough, or by the steps of its stable form."""
        known: dict[Expr, Expr] = {}
        steps = row.quickest
        for parameter, arg in zip(steps.parameters, expr.args, strict=True):
            known[parameter] = arg if arg.is_Symbol or self.is_fixed(arg) else self._kept(arg)
        for step_, value in steps.steps.items():
            known[step_] = self._kept(value.xreplace(known))
        self.into(steps.value.xreplace(known), target)

    def _kept(self, expr: Expr) -> Symbol:
        """The value of an expression in an array of its own."""
        target = self.temporary(shape_of(expr))
        self.into(expr, target)
        return target

    def _readable(self, line: Line) -> None:
        value = line.value.xreplace(self.fixed)
        names = sorted(value.free_symbols - self.fixed.keys(), key=str)
        read = tuple(map(whole, names))
        self.instructions.append(Instruction("readable", "", line.targets, read, line=replace(line, value=value)))

    def passes(self, passes: Iterable[Pass], z: Operand, target: Symbol) -> None:
        """A function that takes several passes over its target."""
        places = {"z": z, "y": whole(target)}
        for function, *parts in passes:
            read = (places[part] if isinstance(part, str) else self.beside(function, part, z) for part in parts)
            self.entrywise(function, target, *read)

    def beside(self, function: str, value: Any, other: Operand) -> Operand:
        """A number beside an array. NumPy finds the larger of two rows faster than that of a row and a number."""
        in_rows = function in ("maximum", "minimum") and len(other.shape) == 2
        return self.number(value, (S.One, other.shape[1])) if in_rows else self.number(value)


def _is_opened(row: Primitive) -> bool:
    """Whether a function is worked out step by step; one with a choice is worked out as a whole."""
    if row.definition is None or (row.stable is None and not row.quick):
        return False
    steps = row.quickest
    return not any(value.has(Piecewise) for value in (*steps.steps.values(), steps.value))
