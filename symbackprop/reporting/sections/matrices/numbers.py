"""The numbers of the first step: values, error signals, gradients, and the parameters after one update."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from sympy import Expr, Symbol

from symbackprop.notation import Total, latex, latex_width
from symbackprop.reporting.blocks import Block, Formula, Heading, Inlines, Line, Maths, Paragraph, Raw, Ref
from symbackprop.reporting.evidence import Update, Value
from symbackprop.reporting.numbers import norm, number, plain, shown, value, width_of
from symbackprop.reporting.writing import Desk

LINES = 40
WIDTH = 50


def first_step(desk: Desk) -> Iterator[Block]:
    """What is given, then what is computed, each small matrix written out."""
    step = desk.evidence.step
    if step is None:
        return
    derivation = desk.derivation
    yield Heading(1, ("The layer in numbers" if derivation.network.outputs else "The first step in numbers",))
    if not desk.tells("forward"):
        yield from forward_values(desk)
    backward = [
        (delta, expr) for delta, expr in derivation.backward.items() if ("number of", delta) not in desk.number_of
    ]
    if backward:
        yield Paragraph(("Backward:",))
        signals = ((delta, _told(desk, ("result", delta), expr), step.signals[delta.name]) for delta, expr in backward)
        yield from _lines(desk, signals, "gradient")
    told = [delta for delta in derivation.backward if ("number of", delta) in desk.number_of]
    if told:
        places = desk.refs(("number of", delta) for delta in told)
        yield Paragraph(("The error signals were put in numbers below ", *places, "."))
    yield Paragraph(("The gradients:",))
    shared = derivation.shared
    found = (
        (Total(desk.loss, w), _told(desk, ("result", w), shared[w]), step.gradients[w.name]) for w in derivation.wrt
    )
    yield from _lines(desk, found, "gradient")
    if step.update is not None:
        yield from _update(desk, step.update, step.loss)


def forward_values(desk: Desk) -> Iterator[Block]:
    """What is given, and what each equation comes to, each small matrix written out."""
    step, network = desk.evidence.step, desk.derivation.network
    if step is None:
        return
    yield Paragraph(("The values (numbers are rounded for display alone):",))
    yield from _lines(desk, ((name, None, step.values[name.name]) for name in network.leaves), "value")
    yield Paragraph(("Forward:",))
    computed = ((name, _told(desk, name, expr), step.values[name.name]) for name, expr in network.equations.items())
    yield from _lines(desk, computed, "value")


def _told(desk: Desk, defines: Hashable, formula: Expr) -> Expr | Ref:
    """The formula of a value, or the line that has it."""
    return Ref(desk.number_of[defines]) if defines in desk.number_of else formula


def _update(desk: Desk, update: Update, loss: float) -> Iterator[Block]:
    yield Paragraph(("One update at learning rate ", plain(update.learning_rate), ":"))
    named = ((w, update.parameters[w.name]) for w in desk.derivation.wrt if w.name in update.parameters)
    rate = shown(update.learning_rate)
    lines = ((Raw(rf"{latex(w, desk.names)}^{{\mathrm{{new}}}}"), _moved(desk, w, rate), after) for w, after in named)
    yield from _lines(desk, lines, "value")
    yield Paragraph(
        ("The loss was ", Maths(desk.loss, number(loss)), " and is now ", Maths(number(update.loss)), ".")
    )  # fmt: skip


def _moved(desk: Desk, w: Symbol, rate: str) -> Raw:
    step = "" if rate == "1" else rf"{rate}\,"
    return Raw(rf"{latex(w, desk.names)}-{step}{latex(Total(desk.loss, w), desk.names)}")


def _lines(desk: Desk, rows: Iterable[tuple[Expr | Raw, Expr | Raw | Ref | None, Value]], tone: str) -> Iterator[Block]:
    """``name = formula = numbers``, the formula where there is room for both."""
    listed = list(rows)
    yield Formula(tuple(_line(desk, lhs, rhs, numbers, tone) for lhs, rhs, numbers in listed[:LINES]))
    if len(listed) > LINES:
        yield Paragraph((f"and so on for {len(listed) - LINES} more.",))


def _line(desk: Desk, lhs: Expr | Raw, rhs: Expr | Raw | Ref | None, numbers: Value, tone: str) -> Line:
    result = value(numbers)
    by: Inlines = ("by ", rhs) if isinstance(rhs, Ref) else ()
    if result is None:
        assert not isinstance(numbers, float)
        name = lhs.latex if isinstance(lhs, Raw) else latex(lhs, desk.names)
        size: Inlines = (
            Maths(Raw(rf"{len(numbers)}\times {len(numbers[0])}")),
            ", too large to be shown",
            *((", ", *by) if by else ()),
        )
        of = Raw(rf"\left\lVert {name}\right\rVert_F")
        return Line(Raw(""), of, size, result=number(norm(numbers)), tone=tone)
    if rhs is None or isinstance(rhs, (Symbol, Ref)):
        return Line(Raw(""), lhs, by, result=result, tone=tone)
    formula = rhs.latex if isinstance(rhs, Raw) else latex(rhs, desk.names, desk.order)
    fits = latex_width(formula) + width_of(numbers) <= WIDTH
    return Line(Raw(formula if fits else ""), lhs, result=result, tone=tone)
