"""Sums that the equations of a network prove to be numbers, colsum(Ẑ) = 0: shown in a line or two before their use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sympy import Add, Expr, Integer, Mul, Symbol

from symbackprop.algebra.matrices import MatrixTidier
from symbackprop.matrices import Array, Sum, shape_of
from symbackprop.matrices.shapes import same
from symbackprop.network.facts import equations_in
from symbackprop.reporting.blocks import Block, Formula, Line, Maths, Paragraph
from symbackprop.reporting.writing import Desk


def sums_shown(desk: Desk, reasons: Iterable[str]) -> Iterator[Block]:
    """The sums that are cited in reasons, each with its proof, those that it needs before it; each once."""
    if desk.derivation.network.kind.has_routes:
        return
    cited = " ".join(reasons)
    if "=" not in cited:
        return
    equations = desk.derivation.network.to_loss
    proved = MatrixTidier.of(equations, equations_in(desk.derivation.facts)).proved
    lines: list[Line] = []
    for total, value in proved.items():
        if f"{total} = {value}" in cited and isinstance(total, Sum):
            lines += _lines(desk, total, proved)
    if lines:
        yield Paragraph(("A sum that is used below follows from the equations:",))
        yield Formula(tuple(lines))


def _lines(desk: Desk, total: Sum, proved: Mapping[Expr, Expr]) -> list[Line]:
    """Why the sum of a named value is the number that it is; nothing where that takes more than the equation says."""
    name, axis = total.args[0], int(total.axis)
    expr = desk.derivation.network.to_loss.get(name)
    key = ("sum", total)
    if key in desk.number_of or expr is None or not isinstance(name, Array):
        return []
    value = proved[total]
    if isinstance(expr, Mul):
        return _of_product(desk, total, expr, value, proved)
    if isinstance(expr, Add):
        return _of_difference(desk, total, expr, value, axis)
    return []


def _of_product(desk: Desk, total: Sum, expr: Mul, value: Expr, proved: Mapping[Expr, Expr]) -> list[Line]:
    """Factors that are alike in the whole sum stand in front of it."""
    axis = int(total.axis)
    fixed = [f for f in expr.args if not shape_of(f) or same(shape_of(f)[axis], Integer(1))]
    inner = Sum(Mul(*(f for f in expr.args if f not in fixed)), axis)
    if not fixed or inner not in proved:
        return []
    before = _lines(desk, inner, proved)
    if ("sum", inner) not in desk.number_of:
        return []
    first = Line(
        Mul(inner, *fixed), total, ("by ", *desk.refs((total.args[0],)), ", where a factor is alike all along")
    )
    return [*before, first, desk.line(None, value, ("by ", *desk.refs((("sum", inner),))), defines=("sum", total))]


def _of_difference(desk: Desk, total: Sum, expr: Add, value: Expr, axis: int) -> list[Line]:
    """A value less its mean: so often the mean as there are entries is their sum."""
    length = shape_of(total.args[0])[axis]
    repeated = [t for t in expr.args if not shape_of(t) or same(shape_of(t)[axis], Integer(1))]
    whole = [t for t in expr.args if t not in repeated]
    if value != 0 or len(repeated) != 1 or len(whole) != 1:
        return []
    mean = -repeated[0]
    if not isinstance(mean, Symbol) or desk.derivation.network.to_loss.get(mean) != Sum(whole[0], axis) / length:
        return []
    why = ("by ", *desk.refs((total.args[0],)), "; ", Maths(mean), " is taken off ", Maths(length), " times")
    first = Line(Add(Sum(whole[0], axis), -length * mean, evaluate=False), total, why)
    last = desk.line(None, value, ("by ", *desk.refs((mean,)), ", ", Maths(length), " times the mean is the sum"),
                     defines=("sum", total))  # fmt: skip
    return [first, last]
