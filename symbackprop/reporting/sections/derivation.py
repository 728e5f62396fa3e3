"""The derivation between matrices: from the loss back, signal by signal and gradient by gradient, each with its reason.

The lines are those of the sweep. Before them stands what is asked, behind them what came of it. Of derivatives whose
lines differ in names alone one is worked; the others are told among the results.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from sympy import Expr, Mul, Symbol

from symbackprop.calculus import Rule, Step
from symbackprop.calculus.step import blocks_of
from symbackprop.notation import Differential, Frobenius, Total, latex, latex_width
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
from symbackprop.reporting.sections.matrices.lines import (
    is_through_softmax,
    means_arose,
    named,
    number_line,
    quotient_line,
    through_softmax,
    with_factors_in_front,
)
from symbackprop.reporting.sections.matrices.reasons import Reasons
from symbackprop.reporting.sections.matrices.sums import sums_shown
from symbackprop.reporting.sections.telling import meaning, question
from symbackprop.reporting.sweep_parts import Likeness, Part, likenesses
from symbackprop.reporting.writing import Desk, names_of

NAMES_SHOWN = 6
LINES_SHOWN = 48
"""Of a part with more lines, such as that of a weight that is used fifty times, the first and the last are shown."""
LEFT_WIDTH = 6
WORKED = 40
"""Of more shapes than this the last are told among the results alone."""


def derivation(desk: Desk) -> Iterator[Block]:
    """Every error signal and every gradient; of those whose lines differ in names alone, one is worked."""
    end = "outputs" if desk.derivation.network.outputs else "loss"
    yield Heading(1, (f"From the {end} back",))
    yield from _still(desk)
    told = _Told(desk)
    groups = likenesses(desk.derivation)
    for likeness in groups:
        told.later(likeness)
    for likeness in groups[:WORKED]:
        if not desk.is_appendix:
            yield Heading(2, _title(likeness.worked))
        yield from _worked(desk, likeness, told)
    if len(groups) > WORKED:
        yield Paragraph((f"The other {len(groups) - WORKED} go on in this way; they stand among the results.",))


def _still(desk: Desk) -> Iterator[Block]:
    """The names that do not change."""
    still = desk.derivation.still
    if still:
        changes = [Raw(latex(Differential(name), desk.names)) for name in still[:NAMES_SHOWN]]
        more = [r"\dots"] if len(still) > NAMES_SHOWN else []
        zero = Raw("=".join([*(change.latex for change in changes), *more, "0"]))
        are, them = ("are", "them") if len(still) > 1 else ("is", "it")
        held = f" {are} given and held still, as nothing is asked about {them}: "
        yield Paragraph((*names_of(still, NAMES_SHOWN), held, Maths(zero), "."))


def _title(part: Part) -> Inlines:
    if part.signal is None:
        return ("The gradient of ", Maths(part.name))
    return ("The error signal ", Maths(part.signal))


class _Told:
    """What has been told: rules in words, and lines of changes.

    ``block_of`` are the lines about the left side of each line, by its number in the derivation.
    """

    def __init__(self, desk: Desk) -> None:
        self.block_of: Mapping[int, tuple[Step, ...]] = {
            step.number: block for block in blocks_of(desk.derivation.steps) for step in block
        }
        self.names = desk.names
        self.reasons = Reasons(desk)
        self.lines: set[int] = set()
        self.results: dict[Hashable, Symbol] = {}

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

    def reason(self, step: Step) -> Inlines:
        """The reason of a line."""
        return self.reasons.of(step) if step.rule is Rule.ADJOINT else reason_of(step.because, self.names)

    def later(self, likeness: Likeness) -> None:
        """Take note of the lines of those that are not worked: they are cited by their results."""
        for part in likeness.similar:
            self.results.update((step.number, part.name if part.signal is None else part.signal) for step in part.steps)

    def cited(self, desk: Desk, uses: Iterable[Hashable]) -> Inlines:
        """The lines that are cited: by their numbers, or those of results that are told later."""
        known = [use for use in uses if use in desk.number_of]
        results = dict.fromkeys(self.results[use] for use in uses if use not in known and use in self.results)
        refs = (piece for piece in desk.refs(known) if isinstance(piece, Ref))
        return listed([*refs, *desk.results_of(results)])


def _worked(desk: Desk, likeness: Likeness, told: _Told) -> Iterator[Block]:
    """What is asked, the lines of a part, each of them new, and what came of it."""
    part = likeness.worked
    if not (desk.is_appendix and all(step.rule is Rule.READ for step in part.steps)):  # it is read off one line
        yield Paragraph(question(desk, part))
    yield from sums_shown(desk, (str(word) for step in part.steps for word in step.because))
    lines: list[Line] = []
    left: Expr | None = None
    before = ""
    in_softmax = not desk.derivation.network.kind.has_routes and is_through_softmax(desk, part.name)
    previous: Step | None = None
    for step in told.with_changes(part.steps):
        lhs = _left_side(desk, step.lhs)
        written = latex(step.rhs, desk.names, desk.order)
        if written == latex(lhs, desk.names, desk.order):
            continue  # it says nothing
        if lhs == left and written == before:
            desk.number_of[step.number] = desk.given_out
            continue
        why = _why(desk, step, told, new=lhs != left)
        if in_softmax and step.rule is Rule.ADJOINT and desk.derivation.graph.users[part.name][0] in step.uses:
            block = [one for one in part.steps if one.lhs == Total(desk.loss, part.name)]
            lines += through_softmax(desk, part, block, why)
            desk.number_of.update((one.number, desk.given_out) for one in (step, *block))
        elif in_softmax and step.lhs == Total(desk.loss, part.name) and step.rule is not Rule.NAME:
            continue  # its lines were told with the softmax
        elif step.rule is Rule.NAME and lines and not desk.derivation.network.kind.has_routes:
            lines[-1] = named(lines[-1], step.rhs)
        elif step.rule is Rule.SCALARS and previous is not None and previous.rule is Rule.READ and lhs == left:
            lines[-1] = with_factors_in_front(lines[-1], step.rhs)
        else:
            if step.rule is Rule.ADJOINT and lhs != left:
                lines += quotient_line(desk, step)
            lines.append(
                desk.line(None if lhs == left else lhs, step.rhs, (*why, *means_arose(desk, before, step.rhs)))
            )
        desk.number_of[step.number] = desk.given_out
        left, before, previous = lhs, written, step
        if step.rule is Rule.NAME and part.signal is not None:
            desk.number_of.setdefault(part.signal, desk.given_out)
            desk.number_of.update((other.number, desk.given_out) for other in told.block_of[step.number])
    lines += number_line(desk, part)
    if part.signal is None:
        desk.number_of.setdefault(Total(desk.loss, part.name), desk.given_out)
    desk.number_of.update((("like", other.name), desk.given_out) for other in likeness.similar)
    if len(lines) <= LINES_SHOWN:
        yield Formula(tuple(lines))
    else:
        half = LINES_SHOWN // 2
        yield Formula(tuple(lines[:half]))
        yield Paragraph((f"and so on, {len(lines) - 2 * half} lines alike, until",))
        yield Formula(tuple(lines[-half:]))
    after = (*(() if desk.is_appendix else meaning(desk, part)), *_likewise(desk, likeness))
    if after:
        yield Paragraph(after)


def _likewise(desk: Desk, likeness: Likeness) -> Inlines:
    """Which others go the same way."""
    if not likeness.similar:
        return ()
    names = tuple(part.name if part.signal is None else part.signal for part in likeness.similar)
    what: tuple[Inline, ...] = ("The same steps with other names give those of ", *names_of(names, NAMES_SHOWN))
    if likeness.worked.signal is not None:
        what = ("The same steps with other names give ", *names_of(names, NAMES_SHOWN))
    places = desk.results_of(names)
    last: Inlines = (" to ", places[-1]) if places[1:] else ()
    further: Inlines = (" and further",) if len(places) < len(names) else ()
    where: Inlines = (": ", places[0], *last, *further) if places else ()
    return (" ", *what, *where, ".")


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
    if step.rule is Rule.NAME:
        assert isinstance(step.lhs, Total)
        return ("naming ", Maths(step.rhs, step.lhs))
    if step.rule is Rule.SCALARS:
        return ("gathering factors in front",)
    if step.rule is Rule.ADJOINT:
        told.reasons.go_on(step)
    reason = told.reason(step)
    if step.rule is Rule.ADJOINT:
        return (*_through(desk, step, told), *reason) if new else reason
    if step.rule is Rule.FOLD:
        where = desk.refs(step.uses)
        return (*reason, *((" of ", *where) if where else ()))
    if step.rule is Rule.READ and len(step.uses) > 1:
        return (*reason, ", by ", *told.cited(desk, step.uses))
    if step.rule is Rule.READ and told.cited(desk, step.uses) != (Ref(desk.given_out),):
        return (*reason, " in ", *told.cited(desk, step.uses))
    return reason


def _through(desk: Desk, step: Step, told: _Told) -> Inlines:
    """Which equation is gone through, and where its derivative was found."""
    equations = desk.refs(tuple(use for use in step.uses if isinstance(use, Symbol)))
    found = step.lhs.left if isinstance(step.lhs, Frobenius) else None
    lines = told.cited(desk, (found,) if found in desk.number_of else tuple(u for u in step.uses if isinstance(u, int)))
    if not equations:
        return ()
    return ("through ", *equations, *((", with ", *lines) if lines else ()), ": ")
