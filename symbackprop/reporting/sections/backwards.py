"""From the loss back, number by number: the derivation of a network of scalars.

Its order is that of the work by hand: an error signal, then each gradient that has all that it needs, then the next
error signal. Of parts whose lines differ in names alone the first is worked, and the results of the others stand below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

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
    Ref,
    listed,
)
from symbackprop.reporting.numbers import number
from symbackprop.reporting.sections import motives
from symbackprop.reporting.sections.back_lines import BackLines, result_key
from symbackprop.reporting.sections.derivatives import plus_explained
from symbackprop.reporting.sections.figures import lone_route
from symbackprop.reporting.sections.telling import meaning, question
from symbackprop.reporting.stages import Stage, stages
from symbackprop.reporting.sweep_parts import Part
from symbackprop.reporting.writing import Desk, names_of

NAMES_SHOWN = 6
LINES_SHOWN = 48
"""Of a part with more lines, such as that of a weight that is used fifty times, the first and the last are shown."""
ALIKE_SHOWN = 12
"""So many results of one shape stand below the one that is worked."""
WORKED = 40
"""Of more shapes than this the last are told among the results alone."""
NUMBER_WIDTH = 44
"""A number stands behind its formula where both together are no wider."""


def backwards(desk: Desk) -> Iterator[Block]:
    """Every error signal and every gradient; of those whose lines differ in names alone, one is worked."""
    end = "outputs" if desk.derivation.network.outputs else "loss"
    yield Heading(1, (f"From the {end} back",))
    yield from motives.why_backwards(desk)
    yield from plus_explained(desk)
    back = _Back(desk)
    plan = stages(desk.derivation)
    back.lines.note(part for stage in plan for part in stage.parts)
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
        self.lines = BackLines(desk)
        self.listed: dict[int, int] = {}
        """How many results of a shape stand below the one that is worked."""
        self.said: set[str] = set()
        """The kinds of sentences that are said once."""

    # One that is worked

    def worked(self, stage: Stage) -> Iterator[Block]:
        """What is asked, each line, what came of it, and the results of those that go alike."""
        desk, part = self.desk, stage.parts[0]
        yield Heading(2, _title(part))
        asked: Inlines = ()
        if (chain := self.lines.chained(part)) is not None:
            asked = motives.three_questions(desk, part, chain, self.lines.answers(*chain))
        yield Paragraph((*question(desk, part), *asked))
        if part.signal is None:
            yield from lone_route(desk, part.name)
        yield from self.lines.local.functions(part)
        lines = list(self.lines.of(part))
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
            names = [result_key(part) for stage in plan for part in stage.parts if part not in left]
            yield Paragraph(("Now there is all that is needed for ", *names_of(tuple(names), NAMES_SHOWN), ":"))
            yield Formula(tuple(lines))
        if lines and not desk.extent.handout:
            yield from self._left(left)
        else:
            for like, parts in groupby(left, key=lambda part: desk.number_of["like", part.name]):
                yield Paragraph(self._told_later(list(parts), ("The steps of ", Ref(like))))

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
        desk.number_of["listed", result_key(part)] = desk.given_out
        desk.number_of.update((step.number, desk.given_out) for step in part.steps[-1:])
        desk.number_of.update((step.number, desk.given_out) for step in self.lines.block_of[part.steps[-1].number])
        if self.lines.first is None:
            yield line
            return
        result = number(self.lines.first.adjoints[part.name.name])
        width = latex_width(latex(value, desk.names, desk.order)) + latex_width(result.latex)
        if width <= NUMBER_WIDTH:
            yield replace(line, result=result, tone="gradient")
        else:
            yield line
            yield Line(Raw(""), result=result, tone="gradient")

    def _left(self, parts: Sequence[Part]) -> Iterator[Block]:
        if parts:
            yield Paragraph((f"and so on for {len(parts)} more.",))

    def _told_later(self, parts: Sequence[Part], steps: Inlines = ("The same steps",)) -> Inlines:
        """Which others go the same way, and where they are told."""
        names = tuple(map(result_key, parts))
        of = "" if parts[0].signal is not None else "those of "
        places = self.desk.results_of(names)
        last: Inlines = (" to ", places[-1]) if places[1:] else ()
        further: Inlines = (" and further",) if len(places) < len(names) else ()
        where: Inlines = (": ", places[0], *last, *further, " below") if places else ()
        return (*steps, f" with other names give {of}", *names_of(names, NAMES_SHOWN), *where, ".")

    # What a number says

    def _read(self, part: Part) -> Inlines:
        """What the first error signal and the first gradient say, by their signs."""
        kind = "gradient" if part.signal is None else "signal"
        if self.lines.first is None or kind in self.said:
            return ()
        self.said.add(kind)
        return motives.read(self.desk, part, self.lines.first)


def _title(part: Part) -> Inlines:
    if part.signal is None:
        return ("The gradient of ", Maths(part.name))
    return ("The error signal ", Maths(part.signal))
