"""From the loss back, number by number: the derivation of a network of scalars.

Its order is that of the work by hand: an error signal, then each gradient that has all that it needs, then the next
error signal. Of parts whose lines differ in names alone the first is worked, and the results of the others stand below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from sympy import Expr, S, Symbol

from symbackprop.calculus import Rule, Step
from symbackprop.calculus.gathering import side_by_side
from symbackprop.calculus.graph import summands
from symbackprop.calculus.step import blocks_of
from symbackprop.notation import Total, latex, latex_width
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
    listed,
)
from symbackprop.reporting.maths_in_words import reason_of
from symbackprop.reporting.numbers import bracketed, number, put_in
from symbackprop.reporting.sections import motives
from symbackprop.reporting.sections.figures import lone_route
from symbackprop.reporting.sections.substituted import substituted
from symbackprop.reporting.sections.telling import meaning, question
from symbackprop.reporting.stages import Stage, stages
from symbackprop.reporting.sweep_parts import Part
from symbackprop.reporting.writing import Desk, names_of

NAMES_SHOWN = 6
LINES_SHOWN = 48
"""Of a part with more lines, such as that of a weight that is used fifty times, the first and the last are shown."""
ALIKE_SHOWN = 12
"""So many results of one shape stand below the one that is worked."""
NUMBERS_WIDTH = 44
"""Numbers that are put in are left out where they are wider."""
RAW_WIDTH = 32
"""A wider product of factors is written so that it can be broken."""
WORKED = 40
"""Of more shapes than this the last are told among the results alone."""
NUMBER_WIDTH = 44
"""A number stands behind its formula where both together are no wider."""


def backwards(desk: Desk) -> Iterator[Block]:
    """Every error signal and every gradient; of those whose lines differ in names alone, one is worked."""
    end = "outputs" if desk.derivation.network.outputs else "loss"
    yield Heading(1, (f"From the {end} back",))
    yield from motives.why_backwards(desk)
    back = _Back(desk)
    plan = stages(desk.derivation)
    back.note(part for stage in plan for part in stage.parts)
    worked = 0
    for fresh, group in groupby(plan, key=lambda stage: stage.like is None):
        if not fresh:
            yield from back.gone_alike(list(group))
            continue
        for stage in group:
            worked += 1
            if worked <= WORKED:
                yield from back.worked(stage)
    if worked > WORKED:
        yield Paragraph((f"The other {worked - WORKED} go on in this way; they stand among the results.",))


class _Back:
    """The way back as it is told, with what has been told so far."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.derivation = desk.derivation
        self.loss = desk.loss
        self.first = None if desk.extent.handout else desk.evidence.first
        self.block_of = {step.number: block for block in blocks_of(desk.derivation.steps) for step in block}
        self.adjoint_of = {
            number: lhs for number, block in self.block_of.items() if isinstance(lhs := block[0].lhs, Total)
        }
        """What a line is about, where that is a derivative of the loss."""
        self.result_of: dict[int, Symbol] = {}
        """The name under which the result of a line is told, by the number of the line in the derivation."""
        self.listed: dict[int, int] = {}
        """How many results of a shape stand below the one that is worked."""
        self.terms = summands(desk.derivation.network)
        self.told_why: set[str] = set()
        self.told_numbers: set[Expr] = set()
        """The derivatives of the loss that have no name, and their numbers above."""

    def note(self, parts: Iterable[Part]) -> None:
        """Take note under which name the lines of each part are told among the results."""
        for part in parts:
            self.result_of.update((step.number, _key(part)) for step in part.steps)

    # One that is worked

    def worked(self, stage: Stage) -> Iterator[Block]:
        """What is asked, each line, what came of it, and the results of those that go alike."""
        desk, part = self.desk, stage.parts[0]
        yield Heading(2, _title(part))
        asked: Inlines = ()
        if "chain" not in self.told_why and self._chained(part) is not None:
            self.told_why.add("chain")
            asked = motives.three_questions(desk, part)
        yield Paragraph((*question(desk, part), *asked))
        if part.signal is None:
            yield from lone_route(desk, part.name)
        lines = list(self._lines(part))
        if len(lines) <= LINES_SHOWN:
            yield Formula(tuple(lines))
        else:
            half = LINES_SHOWN // 2
            yield Formula(tuple(lines[:half]))
            yield Paragraph((f"and so on, {len(lines) - 2 * half} lines alike, until",))
            yield Formula(tuple(lines[-half:]))
        said = [words for words in (meaning(desk, part), self._read(part)) if words]
        if said:
            yield Paragraph(listed(said, last=" "))
        yield from self._likewise(stage.shape, stage.parts[1:], desk.given_out)

    def _lines(self, part: Part) -> Iterator[Line]:
        for block in blocks_of(part.steps):
            lhs = block[0].lhs
            if not isinstance(lhs, Total) or self._is_one(block[-1].number):
                continue  # a local derivative, which stands in its table; or 1, which the sum rule tells
            chained = self._chain(part, block)
            yield from chained if chained else self._block(block)
        if part.signal is None:
            self.desk.number_of.setdefault(Total(self.loss, part.name), self.desk.given_out)

    def _block(self, block: Sequence[Step]) -> Iterator[Line]:
        """The lines about one left side, the name that it gets in the reason of the last, and its number."""
        desk, lhs = self.desk, block[0].lhs
        lines: list[Line] = []
        value, before = lhs, latex(lhs, desk.names, desk.order)
        for step in block:
            if step.rule is Rule.NAME:
                assert isinstance(step.rhs, Symbol)
                lines[-1] = replace(lines[-1], why=(*lines[-1].why, "; it is called ", Maths(step.rhs)))
                desk.number_of.setdefault(step.rhs, desk.given_out)
                continue
            value = step.rhs
            written = latex(value, desk.names, desk.order)
            if written != before:
                lines.append(desk.line(None if lines else lhs, value, self._why(step)))
            before = written
        desk.number_of.update((step.number, desk.given_out) for step in block)
        yield from lines
        yield from self._number(lhs, value)

    def _number(self, lhs: Expr, value: Expr) -> Iterator[Line]:
        """The numbers of the first step put in; the number that came back to an activation as it stands above."""
        if self.first is None or not isinstance(lhs, Total) or value.is_number:
            return
        first, name = self.first, lhs.by
        line = substituted(self.desk, value, first.adjoints[name.name], first, width=NUMBERS_WIDTH)
        users = self.derivation.graph.users.get(name, ())
        above = self.derivation.swept.adjoint[users[0]] if len(users) == 1 else S.One
        if above.is_Number or above.is_Symbol or Total(self.loss, users[0]) not in self.told_numbers:
            self.told_numbers.add(lhs)
            yield line
            return
        back = bracketed(first.adjoints[users[0].name])
        local = self.derivation.local[users[0], name]
        slope = put_in(local, first.values, self.desk.order)
        product = rf"{back}\cdot ({slope})" if _is_sum(local) else rf"{back}\cdot {slope}"
        yield replace(line, rhs=Raw(product)) if latex_width(product) <= NUMBERS_WIDTH else line

    def _is_one(self, number: int) -> bool:
        """Whether a line is about a term of the loss that has no factor: the sum rule tells of it."""
        return self.block_of[number][-1].rhs is S.One and self.adjoint_of[number].by in self.terms

    def _why(self, step: Step) -> Inlines:
        if step.rule is Rule.SUBSTITUTE:
            return self._put_in(step)
        if step.rule in (Rule.SUM, Rule.UNREACHED):
            return self.desk.reason(step)
        return reason_of(step.because, self.desk.names)

    def _put_in(self, step: Step) -> Inlines:
        """Local derivatives put in, of which equations, and derivatives of the loss that were found before."""
        desk = self.desk
        equations = desk.refs(tuple(use for use in step.uses if isinstance(use, Symbol)))
        found = tuple(use for use in step.uses if isinstance(use, int) and use in self.adjoint_of)
        words = reason_of(step.because, desk.names)
        if words == ("local derivatives",) and len(equations) == 1:
            words = ("local derivative",)
        before = self._cited(found)
        ones = [Maths(self.adjoint_of[use], Raw("1")) for use in found if self._is_one(use)]
        with_ = [*([before] if before else []), *((one,) for one in ones if not self._said_one(step))]
        return (
            *words, *((" of ", *equations) if equations else ()), *((", with ", *listed(with_)) if with_ else ())
        )  # fmt: skip

    def _said_one(self, step: Step) -> bool:
        """Whether the sum rule, which says of these factors that they are 1, stands above the line."""
        return any(other.rule is Rule.SUM for other in self.block_of[step.number])

    def _cited(self, uses: Iterable[int]) -> Inlines:
        """The lines that are cited; of those that are told below, that they are."""
        desk = self.desk
        known = [use for use in uses if use in desk.number_of and desk.number_of[use] != desk.given_out]
        later = dict.fromkeys(
            self.result_of[use] for use in uses if use not in desk.number_of and not self._is_one(use)
        )
        refs: list[Inline | Inlines] = [piece for piece in desk.refs(known) if not isinstance(piece, str)]
        return listed([*refs, *((place, " below") for place in desk.results_of(later))])

    # The chain of a weight to the loss

    def _chained(self, part: Part) -> tuple[Symbol, Symbol] | None:
        """The unit of a weight and what is made of it, where the weight's whole chain is these two links and one more.

        None where there is no such chain.
        """
        users = self.derivation.graph.users.get(part.name, ())
        further = self.derivation.graph.users.get(users[0], ()) if len(users) == 1 else ()
        if part.signal is not None or len(further) != 1 or further[0] == self.loss:
            return None
        rules = [[step.rule for step in self._told_of(name)] for name in (part.name, users[0])]
        own = [Rule.CHAIN, Rule.SUBSTITUTE]
        known = self.derivation.signals.get(users[0]) in self.desk.number_of
        ones = S.One in (self.derivation.swept.adjoint[further[0]], self.derivation.local[users[0], part.name])
        return (users[0], further[0]) if known and not ones and rules == [own, [*own, Rule.NAME]] else None

    def _chain(self, part: Part, block: Sequence[Step]) -> list[Line]:
        """The whole chain of a gradient, then the error signal of its unit in it; nothing where it has none."""
        desk, graph, loss, name = self.desk, self.derivation.graph, self.loss, part.name
        chained = self._chained(part) if block[-1].lhs == Total(loss, name) else None
        if chained is None:
            return []
        unit, after = chained
        signal, adjoint = self.derivation.signals[unit], self.derivation.swept.adjoint[after]
        links = [Total(loss, after), graph.link(after, unit), graph.link(unit, name)]
        local = [self.derivation.local[after, unit], self.derivation.local[unit, name]]
        route: Inlines = (Maths(name), " → ", Maths(unit), " → ", Maths(after))
        lines = [desk.line(Total(loss, name), side_by_side([links]), ("chain rule along ", *route))]
        known = desk.refs(step.number for step in self._told_of(after))
        equations = desk.refs((unit, after))
        found = known[-1:] or desk.refs((signal,))  # of what only goes alike the result is known
        why: Inlines = ("local derivatives of ", *equations, ", with ", *found)
        lines.append(desk.line(None, self._in_order([adjoint, *local]), why))
        if self.first is not None:
            factors = [self.first.adjoints[after.name], self.first.links[after.name, unit.name],
                       self.first.links[unit.name, name.name]]  # fmt: skip
            lines.append(Line(Raw(r"\cdot ".join(map(bracketed, factors)))))
        value = block[-1].rhs
        lines.append(desk.line(None, value, ("the first two factors are ", Maths(signal), ", ", *desk.refs((signal,)))))
        desk.number_of.update((step.number, desk.given_out) for step in block)
        return [*lines, *self._number(Total(loss, name), value)]

    def _in_order(self, factors: Sequence[Expr]) -> Expr | Raw:
        """Factors in the order of their links; where they are too wide for that, as products are written."""
        written = [latex(factor, self.desk.names, self.desk.order) for factor in factors if factor is not S.One]
        sums = [_is_sum(factor) for factor in factors if factor is not S.One]
        product = r"\,".join(f"({text})" if is_sum else text for text, is_sum in zip(written, sums, strict=True))
        return Raw(product) if latex_width(product) <= RAW_WIDTH else side_by_side([factors])

    def _told_of(self, name: Symbol) -> list[Step]:
        """The lines of the derivation about the derivative by a name."""
        lhs = Total(self.loss, name)
        return next(
            ([step for step in block if step.rule is not Rule.LOCAL] for block in self.block_of.values()
             if block[0].lhs == lhs), []
        )  # fmt: skip

    # Those that go alike

    def _likewise(self, shape: int, parts: Sequence[Part], like: int) -> Iterator[Block]:
        """The results of those that go as the one above."""
        desk = self.desk
        desk.number_of.update((("like", part.name), like) for part in parts)
        if not parts:
            return
        if desk.extent.handout:
            yield Paragraph(self._told_later(parts))
            return
        shown = self._shown(shape, parts)
        yield Paragraph(("The same steps with other names give:",))
        yield Formula(tuple(line for part in shown for line in self._result(part)))
        yield from self._left(parts[len(shown) :])

    def gone_alike(self, plan: Sequence[Stage]) -> Iterator[Block]:
        """Results of shapes that were worked before, and had to wait for what they need."""
        desk = self.desk
        lines: list[Line] = []
        left: list[Part] = []
        for stage in plan:
            assert stage.like is not None
            like = desk.number_of.get(stage.like.signal or Total(self.loss, stage.like.name))
            if like is None:  # beyond the shapes that are worked
                continue
            desk.number_of.update((("like", part.name), like) for part in stage.parts)
            shown = self._shown(stage.shape, stage.parts) if not desk.extent.handout else ()
            for part in shown:
                lines += self._result(part, like=stage.like)
            left += stage.parts[len(shown) :]
        if lines:
            names = [_key(part) for stage in plan for part in stage.parts if part not in left]
            yield Paragraph(("Now there is all that is needed for ", *names_of(tuple(names), NAMES_SHOWN), ":"))
            yield Formula(tuple(lines))
        if desk.extent.handout and left:
            yield Paragraph(self._told_later(left))
        elif left:
            yield from self._left(left)

    def _shown(self, shape: int, parts: Sequence[Part]) -> Sequence[Part]:
        room = max(ALIKE_SHOWN - self.listed.get(shape, 0), 0)
        shown = parts[:room]
        self.listed[shape] = self.listed.get(shape, 0) + len(shown)
        return shown

    def _result(self, part: Part, like: Part | None = None) -> Iterator[Line]:
        """The line of a result, and its number behind it or below."""
        desk, lhs = self.desk, Total(self.loss, part.name)
        value = self.derivation.shared[part.name] if part.signal is None else self.derivation.backward[part.signal]
        why: list[Inline] = [] if part.signal is None else ["it is called ", Maths(part.signal)]
        if like is not None:
            place = desk.refs((like.signal if like.signal is not None else Total(self.loss, like.name),))
            why = ["like ", *place, *([", "] if why else []), *why]
        line = desk.line(lhs, value, tuple(why), defines=part.signal or lhs)
        desk.number_of["listed", _key(part)] = desk.given_out
        desk.number_of.update((step.number, desk.given_out) for step in part.steps[-1:])
        desk.number_of.update((step.number, desk.given_out) for step in self.block_of[part.steps[-1].number])
        if self.first is None:
            yield line
            return
        result = number(self.first.adjoints[part.name.name])
        width = latex_width(latex(value, desk.names, desk.order)) + latex_width(result.latex)
        if width <= NUMBER_WIDTH:
            yield replace(line, result=result, tone="gradient")
        else:
            yield line
            yield Line(Raw(""), result=result, tone="gradient")

    def _left(self, parts: Sequence[Part]) -> Iterator[Block]:
        if parts:
            yield Paragraph((f"and so on for {len(parts)} more.",))

    def _told_later(self, parts: Sequence[Part]) -> Inlines:
        """Which others go the same way, and where they are told."""
        names = tuple(map(_key, parts))
        of = "" if parts[0].signal is not None else "those of "
        places = self.desk.results_of(names)
        last: Inlines = (" to ", places[-1]) if places[1:] else ()
        further: Inlines = (" and further",) if len(places) < len(names) else ()
        where: Inlines = (": ", places[0], *last, *further, " below") if places else ()
        return (f"The same steps with other names give {of}", *names_of(names, NAMES_SHOWN), *where, ".")

    # What a number says

    def _read(self, part: Part) -> Inlines:
        """What the first error signal and the first gradient say, by their signs."""
        kind = "gradient" if part.signal is None else "signal"
        if self.first is None or kind in self.told_why:
            return ()
        self.told_why.add(kind)
        return motives.read(self.desk, part, self.first)


def _is_sum(factor: Expr) -> bool:
    """Whether a factor is written in brackets."""
    return bool(factor.is_Add or factor.could_extract_minus_sign())


def _key(part: Part) -> Symbol:
    """What a result is told under: its δ, or the name that a gradient is by."""
    return part.name if part.signal is None else part.signal


def _title(part: Part) -> Inlines:
    if part.signal is None:
        return ("The gradient of ", Maths(part.name))
    return ("The error signal ", Maths(part.signal))
