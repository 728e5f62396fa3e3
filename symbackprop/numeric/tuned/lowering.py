"""From expressions on arrays to NumPy calls with a place for each result.

``into(expr, target)`` writes the value of an expression into a named array. A sum or a product gathers in its target;
its other parts are worked out just before they are needed, into arrays with the names t1, t2, …, so that few live at a
time. What has no rule here is worked out by the readable expression, and copied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sympy import Add, Expr, Integer, Max, Min, Mul, Pow, S, Symbol, sympify

from symbackprop.functions.activations import softplus, step
from symbackprop.matrices import (
    Array,
    Broadcast,
    LogSoftmax,
    LogSumExp,
    Product,
    Shape,
    Softmax,
    Sum,
    SumAll,
    Transposed,
    same_shape,
    shape_of,
)
from symbackprop.numeric.program import Fresh, Line
from symbackprop.numeric.tuned.instructions import Instruction, Number, Operand, shape_of_name
from symbackprop.numeric.tuned.vocabulary import RECIPES, SIGMOID, SIMPLE, TAIL, Pass

_WORDS = {S.One: "one", S.Zero: "zero", S.Half: "half", Integer(2): "two", S.NegativeOne: "minus_one"}
_PLURALS = {"one": "ones", "zero": "zeros"}
_MOST_FACTORS = 8
"""Whole powers up to this one are products."""
_VIEWS = (Transposed, Broadcast)
_Part = tuple[str, Expr]


class Lowering:
    """Turns lines into instructions.

    ``fixed`` maps the names of numbers to what they stand for, or to themselves; ``changing`` are those of them that
    differ from step to step.
    """

    def __init__(self, fixed: Mapping[Symbol, Expr], changing: Collection[Symbol], fresh: Fresh) -> None:
        self.fixed, self.changing, self.fresh = fixed, frozenset(changing), fresh
        self.numbers: dict[tuple[Expr, Shape], Number] = {}
        self.masks: set[Symbol] = set()
        """The names of arrays of truth values."""
        self.instructions: list[Instruction] = []

    def line(self, line: Line) -> list[Instruction]:
        """The instructions of one line."""
        self.instructions = []
        rule = _HELPERS.get(line.helper)
        if rule is not None:
            rule(self, line)
        elif line.helper:
            self._readable(line)
        else:
            self.into(line.value, line.targets[0])
        return self.instructions

    def by_symbol(self) -> dict[Symbol, Number]:
        """The numbers by their names."""
        return {number.symbol: number for number in self.numbers.values()}

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

    def operand(self, expr: Expr, whole: bool = False) -> Operand:
        """Where a value can be read; ``whole`` where what is repeated must be written out."""
        if self.is_fixed(expr):
            return self.number(expr)
        if isinstance(expr, Symbol):
            return Operand(expr, shape_of_name(expr))
        if isinstance(expr, Transposed):
            return self.operand(expr.args[0], whole).turned()
        if isinstance(expr, Broadcast) and not whole:
            return self.operand(expr.args[0])
        if isinstance(expr, step) and not whole:
            return self._mask(expr)
        target = self.temporary(shape_of(expr))
        self.into(expr, target)
        return Operand(target, shape_of_name(target))

    def temporary(self, shape: Shape) -> Symbol:
        """A name for a value on the way."""
        return self.fresh.numbered("t", Array("_", shape) if shape else S.One)

    def _mask(self, expr: Expr) -> Operand:
        """Where z > 0, as truth values, by which NumPy multiplies as by 1 and 0."""
        z = self.operand(expr.args[0])
        target = self.temporary(z.shape)
        self.masks.add(target)
        self.entrywise("greater", target, z, self.number(0))
        return Operand(target, z.shape)

    def _gathered(self, part: Expr, target: Symbol) -> Operand:
        """Where a value can be read: in the target, if it has to be worked out and has the target's shape."""
        simple = part.is_Symbol or isinstance(part, (*_VIEWS, step)) or self.is_fixed(part)
        if simple or not same_shape(shape_of(part), shape_of_name(target)):
            return self.operand(part)
        self.into(part, target)
        return _whole(target)

    # What is written

    def emit(self, kind: str, function: str, target: Symbol, *operands: Operand, axis: int | None = None) -> None:
        """One more instruction."""
        self.instructions.append(Instruction(kind, function, (target,), operands, axis))

    def entrywise(self, function: str, target: Symbol, *operands: Operand) -> None:
        """One more instruction that works entry by entry."""
        self.emit("entrywise", function, target, *operands)

    def into(self, expr: Expr, target: Symbol) -> None:
        """Write the value of an expression into an array, which may stand in the expression itself."""
        if self.is_fixed(expr) or isinstance(expr, (Symbol, *_VIEWS)):
            self.entrywise("copyto", target, self.operand(expr))
        elif type(expr) in SIMPLE:
            self.entrywise(SIMPLE[type(expr)], target, self._gathered(expr.args[0], target))
        elif type(expr) in RECIPES:
            self.passes(RECIPES[type(expr)], self.operand(expr.args[0]), target)
        elif type(expr) in _RULES:
            _RULES[type(expr)](self, expr, target)
        else:
            self._readable(Line((target,), expr, ""))

    def _readable(self, line: Line) -> None:
        value = line.value.xreplace(self.fixed)
        names = sorted(value.free_symbols - self.fixed.keys(), key=str)
        read = tuple(map(_whole, names))
        self.instructions.append(Instruction("readable", "", line.targets, read, line=replace(line, value=value)))

    def passes(self, passes: Iterable[Pass], z: Operand, target: Symbol) -> None:
        """A function that takes several passes over its target."""
        places = {"z": z, "y": _whole(target)}
        for function, *parts in passes:
            read = (places[part] if isinstance(part, str) else self._beside(function, part, z) for part in parts)
            self.entrywise(function, target, *read)

    def _beside(self, function: str, value: Any, other: Operand) -> Operand:
        """A number beside an array. NumPy finds the larger of two rows faster than that of a row and a number."""
        in_rows = function in ("maximum", "minimum") and len(other.shape) == 2
        return self.number(value, (S.One, other.shape[1])) if in_rows else self.number(value)

    # Sums, products, powers

    def _folded(self, first: Expr, rest: Sequence[_Part], target: Symbol) -> None:
        """Parts put together from the left; each is worked out just before."""
        here = self._gathered(first, target)
        for function, part in rest:
            beside = self._beside(function, part, here) if self.is_fixed(part) else self.operand(part)
            self.entrywise(function, target, here, beside)
            here = _whole(target)
        if not rest and here.symbol != target:
            self.entrywise("copyto", target, here)

    def _in_place(self, parts: Sequence[Expr], expr: Expr, target: Symbol) -> bool:
        """Whether the parts may gather in the target; else their value is made elsewhere and copied."""
        if sum(target in part.free_symbols for part in parts) < 2:
            return True
        value = self.temporary(shape_of(expr))
        self.into(expr, value)
        self.entrywise("copyto", target, _whole(value))
        return False

    def sum(self, expr: Expr, target: Symbol) -> None:
        """Terms in the order in which they need few arrays: positive ones before those that are taken away."""
        if not self._in_place(expr.args, expr, target):
            return
        terms = [(1, -t) if t.could_extract_minus_sign() and not self.is_fixed(t) else (0, t) for t in expr.args]
        terms.sort(key=lambda term: (target not in term[1].free_symbols, term[0]))
        positive = [t for minus, t in terms if not minus]
        negative = [t for minus, t in terms if minus]
        ordered = self._ordered(positive or negative, target)
        rest = [("add", part) for part in ordered[1:]]
        if positive:
            rest += [("subtract", part) for part in self._ordered(negative, target)[::-1]]
        self._folded(ordered[0], rest, target)
        if not positive:
            self.entrywise("negative", target, _whole(target))

    def product(self, expr: Expr, target: Symbol) -> None:
        """Factors in such an order, then divisors; a number goes with what is smallest."""
        if not self._in_place(expr.args, expr, target):
            return
        number = Mul(*(factor for factor in expr.args if self.is_fixed(factor)))
        factors = [factor for factor in expr.args if not self.is_fixed(factor)]
        below = [1 / factor for factor in factors if _is_divisor(factor)]
        above = self._ordered([factor for factor in factors if not _is_divisor(factor)], target)
        small = [factor for factor in above if not same_shape(shape_of(factor), shape_of(expr))]
        if number != 1 and small:
            above[above.index(small[0])] = number * small[0]
            number = S.One
        if not above:
            above, number = [number], S.One
        rest = [("multiply", part) for part in above[1:]] + [("divide", part) for part in below]
        if number not in (1, -1):
            rest.append(("multiply", number))
        self._folded(above[0], rest, target)
        if number == -1:
            self.entrywise("negative", target, _whole(target))

    def _ordered(self, parts: Sequence[Expr], target: Symbol) -> list[Expr]:
        """What the target stands in, one part that has to be worked out, what is there, then the other parts."""
        near = [part for part in parts if part.is_Symbol or isinstance(part, _VIEWS) or self.is_fixed(part)]
        far = sorted((part for part in parts if part not in near), key=lambda part: not isinstance(part, Product))
        ordered = [*far[:1], *near, *far[1:]]
        return sorted(ordered, key=lambda part: target not in part.free_symbols)

    def power(self, expr: Expr, target: Symbol) -> None:
        """Small whole powers are products."""
        base, exponent = expr.args
        if _is_divisor(expr):
            self._folded(S.One, [("divide", 1 / expr)], target)
        elif exponent == S.Half:
            self.entrywise("sqrt", target, self._gathered(base, target))
        elif exponent == 2:
            here = self._gathered(base, target)
            self.entrywise("multiply", target, here, here)
        elif exponent.is_Integer and exponent <= _MOST_FACTORS:
            here = self.operand(base)
            self.entrywise("multiply", target, here, here)
            for _ in range(int(exponent) - 2):
                self.entrywise("multiply", target, _whole(target), here)
        else:
            self._folded(base, [("power", exponent)], target)

    def extreme(self, expr: Expr, target: Symbol) -> None:
        """The largest or smallest of several."""
        function = "maximum" if isinstance(expr, Max) else "minimum"
        first, *rest = sorted(expr.args, key=self.is_fixed)
        self._folded(first, [(function, part) for part in rest], target)

    def softplus(self, expr: Expr, target: Symbol) -> None:
        """log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|))."""
        z = self.operand(expr.args[0])
        self.passes(TAIL, z, target)
        above = self.temporary(z.shape)
        self.entrywise("maximum", above, z, self._beside("maximum", 0, z))
        self.entrywise("add", target, _whole(target), _whole(above))

    def step(self, expr: Expr, target: Symbol) -> None:
        """Truth values as numbers."""
        self.entrywise("copyto", target, self._mask(expr))

    # Operations that mix entries

    def matrix_product(self, expr: Expr, target: Symbol) -> None:
        """From the left, factor by factor."""
        first, *rest = expr.args
        here = self.operand(first, whole=True)
        for number, factor in enumerate(rest, start=2):
            beside = self.operand(factor, whole=True)
            to = target if number == len(expr.args) else self.temporary((here.shape[0], beside.shape[1]))
            self.emit("matmul", "matmul", to, here, beside)
            here = _whole(to)

    def sum_along(self, expr: Expr, target: Symbol) -> None:
        """As a product with ones, which is the faster way to add up rows."""
        array = self.operand(expr.args[0], whole=True)
        rows, columns = array.shape
        if expr.axis == 0:
            self.emit("matmul", "matmul", target, self.number(1, (S.One, rows)), array)
        else:
            self.emit("matmul", "matmul", target, array, self.number(1, (columns, S.One)))

    def total(self, expr: Expr, target: Symbol) -> None:
        """The sum of all entries."""
        self.emit("total", "add.reduce", target, self.operand(expr.args[0], whole=True))

    def largest(self, z: Operand, axis: int) -> Symbol:
        """The largest of each column or row."""
        largest = self.temporary(tuple(S.One if k == axis else size for k, size in enumerate(z.shape)))
        self.emit("along", "maximum.reduce", largest, z, axis=axis)
        return largest

    def _powers(self, z: Operand, axis: int, shifted: Symbol, powers: Symbol, total: Symbol) -> None:
        """z less its largest, the powers of e of that, and their sum, which may be where the largest was."""
        self.entrywise("subtract", shifted, z, _whole(self.largest(z, axis)))
        self.entrywise("exp", powers, _whole(shifted))
        self.emit("along", "add.reduce", total, _whole(powers), axis=axis)

    def softmax(self, expr: Expr, target: Symbol) -> None:
        """exp(z) over its sum along an axis, without overflow."""
        z = self.operand(expr.args[0])
        total = self.temporary(LogSumExp(*expr.args).shape)
        self._powers(z, expr.axis, target, target, total)
        self.entrywise("divide", target, _whole(target), _whole(total))

    def log_softmax(self, expr: Expr, target: Symbol) -> None:
        """z less the logarithm of the sum of exp(z)."""
        self._softmax_and_log(expr, self.temporary(shape_of(expr)), target, keep=False)

    def _softmax_and_log(self, expr: Expr, powers: Symbol, logarithm: Symbol, keep: bool) -> None:
        z = self.operand(expr.args[0])
        total = self.temporary(LogSumExp(*expr.args).shape)
        self._powers(z, expr.axis, logarithm, powers, total)
        if keep:
            self.entrywise("divide", powers, _whole(powers), _whole(total))
        self.entrywise("log", total, _whole(total))
        self.entrywise("subtract", logarithm, _whole(logarithm), _whole(total))

    def log_sum_exp(self, expr: Expr, target: Symbol) -> None:
        """log Σ exp(z), shifted by the largest."""
        z = self.operand(expr.args[0])
        self._level(z, expr.axis, self.temporary(z.shape), target, keep=False)

    def _level(self, z: Operand, axis: int, powers: Symbol, target: Symbol, keep: bool) -> None:
        largest = self.largest(z, axis)
        self.entrywise("subtract", powers, z, _whole(largest))
        self.entrywise("exp", powers, _whole(powers))
        self.emit("along", "add.reduce", target, _whole(powers), axis=axis)
        if keep:
            self.entrywise("divide", powers, _whole(powers), _whole(target))
        self.entrywise("log", target, _whole(target))
        self.entrywise("add", target, _whole(target), _whole(largest))

    # Lines that give two results

    def softmax_and_log(self, line: Line) -> None:
        """The softmax and its logarithm, of one exponential."""
        powers, logarithm = line.targets
        self._softmax_and_log(LogSoftmax(line.value, _axis(line)), powers, logarithm, keep=True)

    def softmax_and_level(self, line: Line) -> None:
        """The softmax and log Σ exp(z), of one exponential."""
        powers, level = line.targets
        self._level(self.operand(line.value), _axis(line), powers, level, keep=True)

    def sigmoid_and_tail(self, line: Line) -> None:
        """σ(z) and log(1 + exp(-|z|))."""
        z = self.operand(line.value)
        for passes, target in zip((SIGMOID, TAIL), line.targets, strict=True):
            self.passes(passes, z, target)


def _whole(symbol: Symbol) -> Operand:
    return Operand(symbol, shape_of_name(symbol))


def _is_divisor(factor: Expr) -> bool:
    return isinstance(factor, Pow) and bool(factor.exp.is_number and factor.exp.is_negative)


def _axis(line: Line) -> int:
    return int(line.settings[0].removeprefix("axis="))


_RULES: Mapping[type, Callable[[Lowering, Any, Symbol], None]] = {
    Add: Lowering.sum, Mul: Lowering.product, Pow: Lowering.power, Max: Lowering.extreme, Min: Lowering.extreme,
    softplus: Lowering.softplus, step: Lowering.step, Product: Lowering.matrix_product, Sum: Lowering.sum_along,
    SumAll: Lowering.total, Softmax: Lowering.softmax, LogSoftmax: Lowering.log_softmax,
    LogSumExp: Lowering.log_sum_exp,
}  # fmt: skip
_HELPERS: Mapping[str, Callable[[Lowering, Line], None]] = {
    "softmax_and_log": Lowering.softmax_and_log,
    "softmax_and_logsumexp": Lowering.softmax_and_level,
    "sigmoid_and_tail": Lowering.sigmoid_and_tail,
}
