"""How operations that mix entries become NumPy calls: matrix products, sums, softmaxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sympy import Expr, S, Symbol

from symbackprop.matrices import LogSoftmax, LogSumExp, Product, Softmax, Sum, SumAll, shape_of
from symbackprop.numeric.program.line import Line
from symbackprop.numeric.tuned.instructions import Operand, Pass, whole

if TYPE_CHECKING:
    from symbackprop.numeric.tuned.lowering import Lowering

_SIGMOID: tuple[Pass, ...] = (("negative", "z"), ("exp", "y"), ("add", "y", 1), ("divide", 1, "y"))
"""1/(1 + exp(-z)): where exp(-z) overflows, that is 1/inf, which is 0."""
_TAIL: tuple[Pass, ...] = (("absolute", "z"), ("negative", "y"), ("exp", "y"), ("log1p", "y"))
"""log(1 + exp(-|z|)); softplus(z) is max(z, 0) more."""


def _matrix_product(lowering: Lowering, expr: Expr, target: Symbol) -> None:
    """From the left, factor by factor."""
    first, *rest = expr.args
    here = lowering.operand(first, entire=True)
    for number, factor in enumerate(rest, start=2):
        beside = lowering.operand(factor, entire=True)
        to = target if number == len(expr.args) else lowering.temporary((here.shape[0], beside.shape[1]))
        lowering.emit("matmul", "matmul", to, here, beside)
        here = whole(to)


def _sum_along(lowering: Lowering, expr: Expr, target: Symbol) -> None:
    """As a product with ones, which is the faster way to add up rows."""
    array = lowering.operand(expr.args[0], entire=True)
    rows, columns = array.shape
    if expr.axis == 0:
        lowering.emit("matmul", "matmul", target, lowering.number(1, (S.One, rows)), array)
    else:
        lowering.emit("matmul", "matmul", target, array, lowering.number(1, (columns, S.One)))


def _total(lowering: Lowering, expr: Expr, target: Symbol) -> None:
    """The sum of all entries."""
    lowering.emit("total", "add.reduce", target, lowering.operand(expr.args[0], entire=True))


def _largest(lowering: Lowering, z: Operand, axis: int) -> Symbol:
    """The largest of each column or row."""
    largest = lowering.temporary(tuple(S.One if k == axis else size for k, size in enumerate(z.shape)))
    lowering.emit("along", "maximum.reduce", largest, z, axis=axis)
    return largest


def _powers(lowering: Lowering, z: Operand, axis: int, shifted: Symbol, powers: Symbol, total: Symbol) -> None:
    """z less its largest, the powers of e of that, and their sum, which may be where the largest was."""
    lowering.entrywise("subtract", shifted, z, whole(_largest(lowering, z, axis)))
    lowering.entrywise("exp", powers, whole(shifted))
    lowering.emit("along", "add.reduce", total, whole(powers), axis=axis)


def _softmax(lowering: Lowering, expr: Expr, target: Symbol) -> None:
    """exp(z) over its sum along an axis, without overflow."""
    z = lowering.operand(expr.args[0])
    total = lowering.temporary(LogSumExp(*expr.args).shape)
    _powers(lowering, z, expr.axis, target, target, total)
    lowering.entrywise("divide", target, whole(target), whole(total))


def _log_softmax(lowering: Lowering, expr: Expr, target: Symbol) -> None:
    """z less the logarithm of the sum of exp(z)."""
    _softmax_and_log(lowering, expr, lowering.temporary(shape_of(expr)), target, keep=False)


def _softmax_and_log(lowering: Lowering, expr: Expr, powers: Symbol, logarithm: Symbol, keep: bool) -> None:
    z = lowering.operand(expr.args[0])
    total = lowering.temporary(LogSumExp(*expr.args).shape)
    _powers(lowering, z, expr.axis, logarithm, powers, total)
    if keep:
        lowering.entrywise("divide", powers, whole(powers), whole(total))
    lowering.entrywise("log", total, whole(total))
    lowering.entrywise("subtract", logarithm, whole(logarithm), whole(total))


def _log_sum_exp(lowering: Lowering, expr: Expr, target: Symbol) -> None:
    """log Σ exp(z), shifted by the largest."""
    z = lowering.operand(expr.args[0])
    _level(lowering, z, expr.axis, lowering.temporary(z.shape), target, keep=False)


def _level(lowering: Lowering, z: Operand, axis: int, powers: Symbol, target: Symbol, keep: bool) -> None:
    largest = _largest(lowering, z, axis)
    lowering.entrywise("subtract", powers, z, whole(largest))
    lowering.entrywise("exp", powers, whole(powers))
    lowering.emit("along", "add.reduce", target, whole(powers), axis=axis)
    if keep:
        lowering.entrywise("divide", powers, whole(powers), whole(target))
    lowering.entrywise("log", target, whole(target))
    lowering.entrywise("add", target, whole(target), whole(largest))


def _softmax_and_log_of_line(lowering: Lowering, line: Line) -> None:
    """The softmax and its logarithm, of one exponential."""
    powers, logarithm = line.targets
    _softmax_and_log(lowering, LogSoftmax(line.value, _axis(line)), powers, logarithm, keep=True)


def _softmax_and_level(lowering: Lowering, line: Line) -> None:
    """The softmax and log Σ exp(z), of one exponential."""
    powers, level = line.targets
    _level(lowering, lowering.operand(line.value), _axis(line), powers, level, keep=True)


def _sigmoid_and_tail(lowering: Lowering, line: Line) -> None:
    """σ(z) and log(1 + exp(-|z|))."""
    z = lowering.operand(line.value)
    for passes, target in zip((_SIGMOID, _TAIL), line.targets, strict=True):
        lowering.passes(passes, z, target)


def _sigmoid_and_slope(lowering: Lowering, line: Line) -> None:
    """σ(z) = 1/(1 + w) and σ'(z) = w*σ(z)*σ(z), with w = exp(-z) held where it does not overflow."""
    z = lowering.operand(line.value)
    value, slope = line.targets
    lowering.entrywise("negative", slope, z)
    lowering.entrywise("minimum", slope, whole(slope), lowering.beside("minimum", lowering.limit, z))
    lowering.entrywise("exp", slope, whole(slope))
    lowering.entrywise("add", value, whole(slope), lowering.number(1))
    lowering.entrywise("divide", value, lowering.number(1), whole(value))
    lowering.entrywise("multiply", slope, whole(slope), whole(value))
    lowering.entrywise("multiply", slope, whole(slope), whole(value))


def _tanh_and_slope(lowering: Lowering, line: Line) -> None:
    """tanh(z) and 4*w/(1 + w)**2, with w = exp(-2*|z|)."""
    z = lowering.operand(line.value)
    value, slope = line.targets
    lowering.entrywise("tanh", value, z)
    below = lowering.temporary(z.shape)
    lowering.entrywise("absolute", slope, z)
    lowering.entrywise("multiply", slope, whole(slope), lowering.number(-2))
    lowering.entrywise("exp", slope, whole(slope))
    lowering.entrywise("add", below, whole(slope), lowering.number(1))
    lowering.entrywise("multiply", slope, whole(slope), lowering.number(4))
    lowering.entrywise("divide", slope, whole(slope), whole(below))
    lowering.entrywise("divide", slope, whole(slope), whole(below))


def _axis(line: Line) -> int:
    assert line.axis is not None
    return line.axis


RULES: Mapping[type, Callable[[Lowering, Any, Symbol], None]] = {
    Product: _matrix_product, Sum: _sum_along, SumAll: _total, Softmax: _softmax, LogSoftmax: _log_softmax,
    LogSumExp: _log_sum_exp,
}  # fmt: skip
"""By the type of an expression."""
OF_LINES: Mapping[str, Callable[[Lowering, Line], None]] = {
    "softmax_and_log": _softmax_and_log_of_line,
    "softmax_and_logsumexp": _softmax_and_level,
    "sigmoid_and_tail": _sigmoid_and_tail,
    "sigmoid_and_slope": _sigmoid_and_slope,
    "tanh_and_slope": _tanh_and_slope,
}
"""By the helper of a line that gives two results."""
