"""The lines of one part of the way back of scalars: each with its reason, and numbers below where there are values."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace

from sympy import Expr, S, Symbol

from symbackprop.calculus import Rule, Step
from symbackprop.calculus.gathering import side_by_side
from symbackprop.calculus.graph import summands
from symbackprop.calculus.step import blocks_of
from symbackprop.notation import Direct, Total, latex
from symbackprop.reporting.blocks import Inline, Inlines, Line, Maths, Raw, Ref, listed, listed_with_and
from symbackprop.reporting.maths_in_words import reason_of
from symbackprop.reporting.numbers import product_of
from symbackprop.reporting.sections.local_lines import NUMBERS_WIDTH, LocalLines
from symbackprop.reporting.sections.local_reasons import local_key
from symbackprop.reporting.sections.substituted import substituted
from symbackprop.reporting.sweep_parts import Part
from symbackprop.reporting.writing import Desk


class BackLines:
    """Writes the lines of parts, and knows what has been told."""

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
        self.local = LocalLines(desk, self.first)
        self.terms = summands(desk.derivation.network)
        self.chain_told = False
        """Whether the whole chain of a weight has been written out."""
        self.told_numbers: set[Expr] = set()
        """The derivatives of the loss that have their numbers above."""

    def note(self, parts: Iterable[Part]) -> None:
        """Take note under which name the lines of each part are told among the results."""
        for part in parts:
            self.result_of.update((step.number, result_key(part)) for step in part.steps)

    def of(self, part: Part) -> Iterator[Line]:
        """The lines of a part that is worked."""
        for block in blocks_of(part.steps):
            lhs = block[0].lhs
            if not isinstance(lhs, Total) or self._is_one(block[-1].number):
                continue  # a local derivative, which comes where it is put in; or 1, which the sum rule tells
            yield from self.local.of(block)
            chained = self._chain(part, block)
            yield from chained if chained else self._block(block)
        if part.signal is None:
            self.desk.number_of.setdefault(Total(self.loss, part.name), self.desk.given_out)

    def _block(self, block: Sequence[Step]) -> Iterator[Line]:
        """The lines about one left side, the name that it gets in the reason of the last, and its number."""
        desk, lhs = self.desk, block[0].lhs
        lines: list[Line] = []
        value, itself = lhs, latex(lhs, desk.names, desk.order)
        before = itself
        for step in block:
            if step.rule is Rule.NAME:
                assert isinstance(step.rhs, Symbol)
                lines[-1] = replace(lines[-1], why=(*lines[-1].why, "; it is called ", Maths(step.rhs)))
                desk.number_of.setdefault(step.rhs, desk.given_out)
                continue
            value = step.rhs
            written = latex(value, desk.names, desk.order)
            if written not in (before, itself):
                lines.append(desk.line(None if lines else lhs, value, self._why(step)))
            before = written
        desk.number_of.update((step.number, desk.given_out) for step in block)
        yield from lines
        rules = [step.rule for step in block if step.rule is not Rule.NAME]
        yield from self._number(lhs, value, multiplied=rules[-1] is Rule.SUBSTITUTE)

    def _number(self, lhs: Expr, value: Expr, multiplied: bool) -> Iterator[Line]:
        """The numbers of the first step put in; of what is ``multiplied`` by a local derivative, those of both."""
        if self.first is None or not isinstance(lhs, Total) or value.is_number:
            return
        first, name = self.first, lhs.by
        result = first.adjoints[name.name]
        line = substituted(self.desk, value, result, first, width=NUMBERS_WIDTH)
        users = self.derivation.graph.users.get(name, ())
        above = self.derivation.swept.adjoint[users[0]] if len(users) == 1 else S.One
        factors = [] if above.is_Number else [first.adjoints[users[0].name], first.links[users[0].name, name.name]]
        known = factors and (above.is_Symbol or Total(self.loss, users[0]) in self.told_numbers)
        self.told_numbers.add(lhs)
        if not (known and multiplied) or abs(self.derivation.local[users[0], name]) == 1:
            yield line
            return
        yield replace(line, rhs=Raw(product_of(factors, result)))

    def _is_one(self, number: int) -> bool:
        """Whether a line is about a term of the loss that has no factor: the sum rule tells of it."""
        return self.block_of[number][-1].rhs is S.One and self.adjoint_of[number].by in self.terms

    def _why(self, step: Step) -> Inlines:
        if step.rule is Rule.SUBSTITUTE:
            return self._put_in(step)
        if step.rule is Rule.SUM:
            for term in step.because:
                if isinstance(term, Direct):  # it says that these are 1
                    self.local.tell(term.of, term.by, self.desk.given_out + 1)
        if step.rule in (Rule.SUM, Rule.UNREACHED):
            return self.desk.reason(step)
        return reason_of(step.because, self.desk.names)

    def _put_in(self, step: Step) -> Inlines:
        """Local derivatives put in, of which equations, and derivatives of the loss that were found before."""
        found = tuple(use for use in step.uses if isinstance(use, int) and use in self.adjoint_of)
        lines = self.local.with_a_line(step)
        said = list(self.local.without_a_line(step))
        before = self._cited(found, lines)
        ones = [Maths(self.adjoint_of[use], Raw("1")) for use in found if self._is_one(use)]
        with_ = [*([before] if before else []), *((one,) for one in ones if not self._said_one(step))]
        pieces = [*([("putting in ", *listed(with_))] if with_ else []), *said]
        return listed(pieces, last="; ", between="; ")

    def _said_one(self, step: Step) -> bool:
        """Whether the sum rule, which says of these factors that they are 1, stands above the line."""
        return any(other.rule is Rule.SUM for other in self.block_of[step.number])

    def _cited(self, uses: Iterable[int], lines: Sequence[Hashable] = ()) -> Inlines:
        """The lines that are cited, beside those given by their keys; of those that are told below, that they are."""
        desk = self.desk
        known = [use for use in uses if use in desk.number_of and desk.number_of[use] != desk.given_out]
        later = dict.fromkeys(
            self.result_of[use] for use in uses if use not in desk.number_of and not self._is_one(use)
        )
        refs: list[Inline | Inlines] = [piece for piece in desk.refs([*lines, *known]) if not isinstance(piece, str)]
        return listed([*refs, *((place, " below") for place in desk.results_of(later))])

    def chained(self, part: Part) -> tuple[Symbol, Symbol] | None:
        """The unit of a weight and what is made of it, where the weight's whole chain is these two links and one more.

        None where there is no such chain, or where one has been written out: the others begin with the error signal.
        """
        users = self.derivation.graph.users.get(part.name, ())
        further = self.derivation.graph.users.get(users[0], ()) if len(users) == 1 else ()
        if self.chain_told or part.signal is not None or len(further) != 1 or further[0] == self.loss:
            return None
        rules = [[step.rule for step in self._told_of(name)] for name in (part.name, users[0])]
        own = [Rule.CHAIN, Rule.SUBSTITUTE]
        known = self.derivation.signals.get(users[0]) in self.desk.number_of
        ones = S.One in (self.derivation.swept.adjoint[further[0]], self.derivation.local[users[0], part.name])
        return (users[0], further[0]) if known and not ones and rules == [own, [*own, Rule.NAME]] else None

    def _chain(self, part: Part, block: Sequence[Step]) -> list[Line]:
        """The whole chain of a gradient, then the error signal of its unit in it; nothing where it has none."""
        desk, graph, loss, name = self.desk, self.derivation.graph, self.loss, part.name
        chained = self.chained(part) if block[-1].lhs == Total(loss, name) else None
        if chained is None:
            return []
        self.chain_told = True
        unit, after = chained
        signal, adjoint = self.derivation.signals[unit], self.derivation.swept.adjoint[after]
        links = [Total(loss, after), graph.link(after, unit), graph.link(unit, name)]
        local = [self.derivation.local[after, unit], self.derivation.local[unit, name]]
        route: Inlines = (Maths(name), " → ", Maths(unit), " → ", Maths(after))
        lines = [desk.line(Total(loss, name), side_by_side([links]), ("chain rule along ", *route))]
        chain = desk.given_out
        if self.first is not None:
            factors = [self.first.adjoints[after.name], self.first.links[after.name, unit.name],
                       self.first.links[unit.name, name.name]]  # fmt: skip
            lines.append(Line(Raw(product_of(factors, self.first.adjoints[name.name]))))
        edges = [(after, unit), (unit, name)]
        untold = [edge for edge in edges if local_key(*edge) not in desk.number_of]
        told = {
            *self._answers(unit, after),
            *(desk.number_of[local_key(*edge)] for edge in edges if edge not in untold),
        }
        others: Inlines = ("; ", *self.local.in_equations(untold)) if untold else ()
        why: Inlines = ("putting in ", *listed(map(Ref, sorted(told))), *others)
        lines.append(desk.line(None, side_by_side([[adjoint, *local]]), why))
        value = block[-1].rhs
        named: Inlines = ("the first two factors of ", Ref(chain), " are ", Maths(signal), ", ", *desk.refs((signal,)))
        lines.append(desk.line(None, value, named))
        desk.number_of.update((step.number, desk.given_out) for step in block)
        return [*lines, *self._number(Total(loss, name), value, multiplied=True)]

    def answers(self, unit: Symbol, after: Symbol) -> Inlines:
        """References to what is known of a unit: how the loss changes with what is made of it, and that with it.

        Nothing where one of them has no line.
        """
        numbers = self._answers(unit, after)
        return listed_with_and((Ref(number),) for number in numbers) if len(numbers) > 1 else ()

    def _answers(self, unit: Symbol, after: Symbol) -> list[int]:
        number_of = self.desk.number_of
        lines = [number_of[step.number] for step in self._told_of(after) if step.number in number_of]
        link = number_of.get(local_key(after, unit))
        return sorted({*lines[-1:], *([] if link is None else [link])})

    def _told_of(self, name: Symbol) -> list[Step]:
        """The lines of the derivation about the derivative by a name."""
        lhs = Total(self.loss, name)
        return next(
            ([step for step in block if step.rule is not Rule.LOCAL] for block in self.block_of.values()
             if block[0].lhs == lhs), []
        )  # fmt: skip


def result_key(part: Part) -> Symbol:
    """What a result is told under: its δ, or the name that a gradient is by."""
    return part.name if part.signal is None else part.signal
