"""Lines of a matrix derivation that say more than one step does: what comes back through a softmax, move by move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Add, Expr, Mul, Pow, Symbol

from symbackprop.algebra.matrices import MatrixTidier
from symbackprop.calculus import Rule, Step
from symbackprop.calculus.rules import local_derivatives
from symbackprop.matrices import Broadcast, Operation, Softmax, Sum, shape_of
from symbackprop.network.facts import equations_in
from symbackprop.notation import Differential, Total, latex
from symbackprop.reporting.blocks import Inlines, Line, Maths, Raw, Ref
from symbackprop.reporting.maths_in_words import reason_of
from symbackprop.reporting.numbers import value
from symbackprop.reporting.sweep_parts import Part
from symbackprop.reporting.writing import Desk


def named(line: Line, delta: Expr) -> Line:
    """The line with what it is called, in place of a line of its own."""
    return replace(line, why=(*line.why, *("; ",) * bool(line.why), "call it ", Maths(delta)))


def with_factors_in_front(line: Line, result: Expr) -> Line:
    """The line with signs and numbers in front of sums, which is no move that needs a line of its own."""
    return replace(line, rhs=result, why=(*line.why, ", with signs and numbers in front"))


def number_line(desk: Desk, part: Part) -> list[Line]:
    """What an error signal of matrices comes to at the first step, where the report has a section of numbers."""
    step = desk.evidence.step
    if step is None or part.signal is None or not desk.tells("numbers"):
        return []
    shown = value(step.signals[part.signal.name])
    if shown is None:
        return []
    desk.number_of["number of", part.signal] = desk.given_out
    where = "at the values above" if desk.derivation.network.outputs else "at the first step"
    return [Line(Raw(""), None, (where,), result=shown, tone="gradient")]


def quotient_line(desk: Desk, step: Step) -> list[Line]:
    """The change of the quotient that a step goes through, where both its parts move."""
    derivation = desk.derivation
    user = next((use for use in step.uses if isinstance(use, Symbol)), None)
    if user is None or derivation.network.kind.has_routes:
        return []
    expr = derivation.network.to_loss[user]
    names = derivation.graph.arguments[user]
    if not isinstance(expr, Mul) or expr.atoms(Operation) or not shape_of(expr) or len(names) != 2:
        return []
    below = [f.base for f in expr.args if isinstance(f, Pow) and f.exp == -1 and f.base in names]
    if len(below) != 1 or not all(f.is_Symbol or f.base in below for f in expr.args if f.free_symbols):
        return []
    slopes = local_derivatives(expr, set(names), expr)
    terms = [Mul(Differential(name), slopes[name]) for name in sorted(names, key=lambda name: name in below)]
    return [desk.line(Differential(user), Add(*terms, evaluate=False), ("the quotient rule, for each entry",))]


def means_arose(desk: Desk, before: str, result: Expr) -> Inlines:
    """That a sum over its number became a mean, where the line ``before`` has the sum and the result the mean."""
    written = latex(result, desk.names, desk.order)
    for axis, line in (("col", "column"), ("row", "row")):
        mean, total = (rf"\mathrm{{{axis}{word}}}" for word in ("mean", "sum"))
        if total in before and written.count(mean) > before.count(mean):
            along = int(axis == "row")
            sizes = {shape_of(part.args[0])[along] for part in result.atoms(Sum) if part.axis == along}
            if len(sizes) == 1:
                over = Raw(rf"1/{latex(sizes.pop(), desk.names)}")
                return ("; ", Maths(over), f" times a {line} sum is the {line} mean")
    return ()


def is_through_softmax(desk: Desk, name: Symbol) -> bool:
    """Whether a name goes through a softmax alone, whose own adjoint was given no name."""
    derivation = desk.derivation
    users = derivation.graph.users.get(name, ())
    equations = derivation.network.to_loss
    if len(users) != 1 or not isinstance(equations[users[0]], Softmax) or equations[users[0]].args[0] != name:
        return False
    return users[0] not in derivation.network.outputs and not derivation.adjoint(users[0]).is_Symbol


def through_softmax(desk: Desk, part: Part, steps: Sequence[Step], why: Inlines) -> list[Line]:
    """What comes back through the softmax of a name: each move in a line of its own.

    ``steps`` are those about the derivative by the name, the last of which is the result; ``why`` cites the rule.
    """
    derivation, name = desk.derivation, part.name
    equations = derivation.network.to_loss
    value_of = derivation.graph.users[name][0]
    adjoint = derivation.adjoint(value_of)
    axis = equations[value_of].axis
    tidier = MatrixTidier.of(equations, equations_in(derivation.facts))
    slope = latex(Total(desk.loss, value_of), desk.names)
    product = Raw(rf"{slope}\circ {latex(value_of, desk.names)}")
    total = Raw(rf"\mathrm{{{('col', 'row')[axis]}sum}}\!\left({product.latex}\right)")
    lines = []
    weighted = adjoint * value_of
    trace = tidier.tidy(weighted, value_of.shape)
    weighted = trace[-1].result if trace else weighted
    cancels = not weighted.has(value_of)
    lines.append(desk.line(product, weighted, (Maths(value_of), " cancels") if cancels else ("put in",)))
    first = desk.given_out
    summed: Expr = Sum(weighted, axis)
    shape = shape_of(summed)
    left: Raw | None = total
    for rewritten in tidier.tidy(summed, shape):
        reason = reason_of((rewritten.rule.reason,), desk.names)
        if rewritten.rule.name == Rule.SCALARS:
            reason = ("a number stands in front of the sum",)
        summed = rewritten.result.args[0] if isinstance(rewritten.result, Broadcast) else rewritten.result
        lines.append(desk.line(left, summed, reason))
        left = None
    if left is not None:
        lines.append(desk.line(left, summed, ("with ", Ref(first))))
    inner = Raw(rf"{latex(value_of, desk.names)}\circ \left({slope}-{total.latex}\right)")
    lines.append(desk.line(Total(desk.loss, name), inner, why))
    put_in = Mul(value_of, Add(adjoint, -summed, evaluate=False), evaluate=False)
    lines.append(desk.line(None, put_in, ("with ", Ref(first), " and ", Ref(desk.given_out - 1), " put in")))
    result = next(step for step in reversed(steps) if step.rule is not Rule.NAME).rhs
    lines.append(
        desk.line(
            None, result, ("multiplied out", *((", where ", Maths(value_of), " cancels again") if cancels else ()))
        )
    )
    return lines
