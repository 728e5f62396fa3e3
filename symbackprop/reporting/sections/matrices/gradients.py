"""The gradients, from the loss back: each line of the sweep with its reason, those that go alike in a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sympy import Expr, Mul, Symbol

from symbackprop.calculus import Rule, Step
from symbackprop.calculus.step import blocks_of
from symbackprop.notation import Differential, Frobenius, Total, latex, latex_lines, latex_width
from symbackprop.reporting.blocks import (
    Block,
    Formula,
    Heading,
    Inline,
    Inlines,
    Line,
    Maths,
    Paragraph,
    Raw,
    Ref,
    listed,
)
from symbackprop.reporting.maths_in_words import reason_of
from symbackprop.reporting.sweep_parts import Likeness, Part, likenesses
from symbackprop.reporting.writing import Desk, names_of

SIMILAR_SHOWN = 24
GRADIENTS_SHOWN = 40
NAMES_SHOWN = 6
LINES_SHOWN = 48
"""Of a part with more lines, such as that of a weight that is used fifty times, the first and the last are shown."""
LEFT_WIDTH = 6
LONG_REASON = 44
CLOSED_WIDTH = 39
CLOSED_LINES = 4


def gradients(desk: Desk) -> Iterator[Block]:
    """Every error signal and every gradient; of those whose lines differ in names alone, one is worked."""
    end = "outputs" if desk.derivation.network.outputs else "loss"
    yield Heading(1, (f"The gradients, from the {end} back",))
    still = desk.derivation.still
    if still:
        changes = [Raw(latex(Differential(name), desk.names)) for name in still[:NAMES_SHOWN]]
        zero = Raw(
            "=".join([*(change.latex for change in changes), *([r"\dots"] if len(still) > NAMES_SHOWN else []), "0"])
        )
        do = "do" if len(still) > 1 else "does"
        yield Paragraph((*names_of(still, NAMES_SHOWN), f" {do} not change: ", Maths(zero), "."))
    told = _Told({step.number: block for block in blocks_of(desk.derivation.steps) for step in block})
    for likeness in likenesses(desk.derivation):
        yield Heading(2, _title(desk, likeness.worked))
        yield from _worked(desk, likeness.worked, told)
        if likeness.similar:
            yield from _similar(desk, likeness)


def _title(desk: Desk, part: Part) -> Inlines:
    if part.signal is None:
        return ("The gradient of ", Maths(part.name))
    return ("The error signal ", Maths(part.signal))


class _Told:
    """What has been told in full: long reasons, with the numbers of their lines, and lines of changes.

    ``block_of`` are the lines about the left side of each line, by its number in the derivation.
    """

    def __init__(self, block_of: Mapping[int, tuple[Step, ...]]) -> None:
        self.block_of = block_of
        self.number: dict[str, int] = {}
        self.lines: set[int] = set()

    def with_changes(self, steps: Iterable[Step]) -> Iterator[Step]:
        """The lines of a part, before each the changes that it reads from and that have not been written out yet."""
        for step in steps:
            for use in step.uses if step.rule is Rule.READ else ():
                assert isinstance(use, int)
                yield from self._new(self.block_of[use])
            yield from self._new((step,))

    def _new(self, steps: Iterable[Step]) -> Iterator[Step]:
        for step in steps:
            if step.number not in self.lines:
                self.lines.add(step.number)
                yield step

    def reason(self, step: Step, number: int) -> Inlines:
        """The reason of a line; a long one the first time alone."""
        words = "".join(str(part) for part in step.because)
        if step.rule is Rule.ADJOINT and len(words) > LONG_REASON:
            if words in self.number:
                return ("by the rule of ", Ref(self.number[words]))
            self.number[words] = number
        return reason_of(step.because)


def _worked(desk: Desk, part: Part, told: _Told) -> Iterator[Block]:
    """The lines of a part; a line that would look like the one before it is left out."""
    lines: list[Line] = []
    left: Expr | None = None
    before = ""
    for step in told.with_changes(part.steps):
        lhs = _left_side(desk, step.lhs)
        written = latex(step.rhs, desk.names, desk.order)
        if lhs == left and written == before:
            desk.number_of[step.number] = desk.given_out
            continue
        why = _why(desk, step, told, new=lhs != left)
        lines.append(desk.line(None if lhs == left else lhs, step.rhs, why))
        desk.number_of[step.number] = desk.given_out
        left, before = lhs, written
        if step.rule is Rule.NAME and part.signal is not None:
            desk.number_of.setdefault(part.signal, desk.given_out)
    if len(lines) <= LINES_SHOWN:
        yield Formula(tuple(lines))
        return
    half = LINES_SHOWN // 2
    yield Formula(tuple(lines[:half]))
    yield Paragraph((f"and so on, {len(lines) - 2 * half} lines alike, until",))
    yield Formula(tuple(lines[-half:]))


def _left_side(desk: Desk, lhs: Expr) -> Expr:
    """⟨∂E/∂X, dX⟩ where the derivative itself is too long to be written again; a product where X is a scalar."""
    if not isinstance(lhs, Frobenius):
        return lhs
    assert isinstance(lhs.right, Differential)
    long = latex_width(latex(lhs.left, desk.names, desk.order)) > LEFT_WIDTH
    adjoint = Total(desk.loss, lhs.right.of) if long else lhs.left
    return Frobenius(adjoint, lhs.right) if lhs.right.shape else Mul(adjoint, lhs.right)


def _why(desk: Desk, step: Step, told: _Told, new: bool) -> Inlines:
    """The reason of a line, with the equation that it goes through and the line that its left side comes from."""
    number = desk.given_out + 1
    if step.rule is Rule.NAME:
        assert isinstance(step.lhs, Total)
        return ("naming ", Maths(step.rhs, step.lhs))
    reason = told.reason(step, number)
    if step.rule is Rule.ADJOINT:
        return (*_through(desk, step), *reason) if new else reason
    if step.rule is Rule.FOLD:
        where = desk.refs(step.uses)
        return (*reason, *((" of ", *where) if where else ()))
    if step.rule is Rule.READ and len(step.uses) > 1:
        return (*reason, ", by ", *desk.refs(step.uses))
    if step.rule is Rule.READ and desk.refs(step.uses) != (Ref(desk.given_out),):
        return (*reason, " in ", *desk.refs(step.uses))
    return reason


def _through(desk: Desk, step: Step) -> Inlines:
    """Which equation is gone through, and where its derivative was found."""
    equations = desk.refs(tuple(use for use in step.uses if isinstance(use, Symbol)))
    found = step.lhs.left if isinstance(step.lhs, Frobenius) else None
    lines = desk.refs((found,) if found in desk.number_of else tuple(u for u in step.uses if isinstance(u, int)))
    if not equations:
        return ()
    return ("through ", *equations, *((", with ", *lines) if lines else ()), ": ")


def _similar(desk: Desk, likeness: Likeness) -> Iterator[Block]:
    yield Paragraph(("Similarly, by the same steps with other names:",))
    derivation = desk.derivation
    lines = []
    for part in likeness.similar[:SIMILAR_SHOWN]:
        gradient = Total(desk.loss, part.name)
        if part.signal is None:
            line = desk.line(gradient, derivation.shared[part.name])
        else:
            value = derivation.backward[part.signal]
            line = desk.line(part.signal, value, (Maths(part.signal, gradient),), defines=part.signal)
        lines.append(line)
        desk.number_of.update((step.number, desk.given_out) for step in part.steps)
    yield Formula(tuple(lines))
    if len(likeness.similar) > SIMILAR_SHOWN:
        yield Paragraph((f"and {len(likeness.similar) - SIMILAR_SHOWN} more, each like the one before it.",))


# All gradients


def all_gradients(desk: Desk) -> Iterator[Block]:
    """Each gradient in error signals, and in forward values alone where that can be read."""
    derivation = desk.derivation
    yield Heading(1, ("All gradients",))
    yield Paragraph(
        ("First with the error signals, as they are computed; then the closed form, in forward values alone:",)
        if derivation.backward
        else ("In forward values alone:",)
    )
    shown = derivation.wrt[:GRADIENTS_SHOWN]
    left_out: list[Symbol] = []
    lines: list[Line] = []
    for w in shown:
        shared = derivation.shared[w]
        lines.append(desk.line(Total(desk.loss, w), shared))
        closed = None if derivation.has_long_closed_forms else derivation.gradients[w]
        if closed == shared:
            continue
        if closed is not None and _is_readable(desk, closed):
            lines.append(desk.line(None, closed, _put_together(desk, w)))
        else:
            left_out.append(w)
    yield Formula(tuple(lines))
    if left_out:
        names: Inlines = listed(Maths(w) for w in left_out[:8])
        more: tuple[Inline, ...] = (f" and {len(left_out) - 8} more",) if len(left_out) > 8 else ()
        yield Paragraph(("The closed form is too long to be read for ", *names, *more, "."))
    if len(derivation.wrt) > len(shown):
        yield Paragraph((f"The other {len(derivation.wrt) - len(shown)} gradients are like these.",))


def _put_together(desk: Desk, w: Symbol) -> Inlines:
    """What a closed form uses beside the equations of the error signals: facts about the data and of the network."""
    rewrites = desk.derivation.closed.rewrites
    on_the_way = desk.derivation.graph.above(w) | {w}
    used = (rewrite for name in rewrites if name in on_the_way for rewrite in rewrites[name])
    since = dict.fromkeys(rewrite.reason for rewrite in used if rewrite.name in (Rule.FACT, Rule.PROVED))
    return ("with the error signals put in", *(piece for why in since for piece in (", ", *reason_of((why,)))))


def _is_readable(desk: Desk, closed: Expr) -> bool:
    """Whether a closed form takes a few lines at the most, each no longer than a line is."""
    lines = latex_lines(closed, desk.names, desk.order, width=CLOSED_WIDTH)
    return len(lines) <= CLOSED_LINES and all(latex_width(line) <= CLOSED_WIDTH * 1.2 for line in lines)
