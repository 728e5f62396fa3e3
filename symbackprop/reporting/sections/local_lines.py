"""Local derivatives where they are first used: each in a line of its own, with its reason and its number."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from sympy import Expr, Function, S, Symbol

from symbackprop.calculus import Rule, Step
from symbackprop.notation import Direct
from symbackprop.reporting.blocks import Block, Inlines, Line, Maths, Paragraph, listed_with_and
from symbackprop.reporting.evidence import FirstStep
from symbackprop.reporting.numbers import number
from symbackprop.reporting.sections.derivatives import called, function_blocks
from symbackprop.reporting.sections.local_reasons import local_key, local_reason
from symbackprop.reporting.sections.substituted import substituted
from symbackprop.reporting.sweep_parts import Part
from symbackprop.reporting.writing import Desk

MOST = 6
"""Of a name that is used more often only the equations are cited."""
NUMBERS_WIDTH = 44
"""Numbers that are put in are left out where they are wider."""


class LocalLines:
    """Writes local derivatives, and knows which have been told."""

    def __init__(self, desk: Desk, first: FirstStep | None) -> None:
        self.desk, self.first = desk, first
        self.derivation = desk.derivation
        self.step_of = {
            step.number: step.lhs
            for step in desk.derivation.steps
            if step.rule is Rule.LOCAL and isinstance(step.lhs, Direct)
        }
        """The left side of each line of the derivation that is a local derivative, by the number of the line."""

    def functions(self, part: Part) -> Iterator[Block]:
        """The derivatives, proved, of the functions that the name of a part goes through, where they are new."""
        edges = [edge for step in part.steps for edge in self._edges(step)]
        moved = [
            node
            for user, name in edges
            for node in sorted(self.derivation.network.to_loss[user].atoms(Function), key=str)
            if name in node.free_symbols
        ]
        new = {type(node): node for node in moved if type(node) not in self.desk.functions_told}
        blocks = list(function_blocks(self.desk, new.values()))
        if blocks:
            names = listed_with_and([called(node) for node in new.values()])
            what = "the derivative of" if len(new) == 1 else "the derivatives of"
            yield Paragraph((f"First {what} ", *names, ", from the definition:" if len(new) == 1 else ":"))
            yield from blocks

    def of(self, block: Sequence[Step]) -> Iterator[Line]:
        """The local derivatives that a block of lines is the first to put in; in a hand-out its reasons tell them."""
        edges = [edge for step in block for edge in self._edges(step)]
        new = [edge for edge in dict.fromkeys(edges) if self._is_told_alone(*edge)]
        if len(new) > MOST or self.desk.extent.handout:
            return
        values = [step.rhs for step in block]
        for user, name in new:
            yield from self._lines(user, name, with_number=self.derivation.local[user, name] not in values)

    def with_a_line(self, step: Step) -> list[Hashable]:
        """The keys of the lines of those local derivatives that a line puts in."""
        return [key for edge in self._edges(step) if (key := local_key(*edge)) in self.desk.number_of]

    def without_a_line(self, step: Step) -> Iterator[Inlines]:
        """What is said of the other local derivatives that a line puts in; its number is remembered as theirs."""
        edges = [edge for edge in self._edges(step) if local_key(*edge) not in self.desk.number_of]
        last = [edge for edge in edges if self.is_last(*edge)]
        plain: dict[Expr, list[tuple[Symbol, Symbol]]] = {}
        for edge in edges:
            if edge not in last and self._is_plain(*edge):
                plain.setdefault(self.derivation.local[edge], []).append(edge)
        for edge in last:
            yield self.reason(*edge)
        for value, found in plain.items():
            links = [Maths(self.derivation.link(*edge)) for edge in found]
            if 0 < len(links) <= MOST:
                yield (*listed_with_and(links), " is " if len(links) == 1 else " are ", Maths(value))
        others = [edge for edge in edges if edge not in last and not self._is_plain(*edge)]
        many = [edge for found in plain.values() if len(found) > MOST for edge in found]
        if len(others) == 1 and not many:
            yield self.reason(*others[0])
        elif others or many:
            yield self.in_equations((*others, *many))
        for edge in (*last, *(edge for found in plain.values() for edge in found)):
            self.tell(*edge, self.desk.given_out + 1)

    def in_equations(self, edges: Sequence[tuple[Symbol, Symbol]]) -> Inlines:
        """Local derivatives told by the equations that they are of."""
        equations = self.desk.refs(user for user, _ in edges)
        return (f"local derivative{'s' if len(equations) > 1 else ''} of ", *equations)

    def tell(self, user: Symbol, name: Symbol, number: int) -> None:
        """Remember the line in which a local derivative is told."""
        self.desk.number_of.setdefault(local_key(user, name), number)

    def reason(self, user: Symbol, name: Symbol) -> Inlines:
        """Why a local derivative is what it is, and in which equation."""
        why = local_reason(self.desk, user, name)
        place = self.desk.refs((user,))
        return (*(("in ", *place, ", ") if place and why else ("in ", *place) if place else ()), *why)

    def _edges(self, step: Step) -> list[tuple[Symbol, Symbol]]:
        """The local derivatives that a line puts in, each as the name of its equation and what that is by."""
        if step.rule is not Rule.SUBSTITUTE:
            return []
        found = (self.step_of[use] for use in step.uses if isinstance(use, int) and use in self.step_of)
        return [(lhs.of, lhs.by) for lhs in found]

    def is_last(self, user: Symbol, name: Symbol) -> bool:
        """Whether a local derivative is the derivative of the loss itself, so that a line of it would come twice."""
        return user == self.desk.loss and not self.derivation.graph.has_detour(user, name)

    def _is_plain(self, user: Symbol, name: Symbol) -> bool:
        """Whether a local derivative is 1 or -1, which is told among reasons."""
        local = self.derivation.local[user, name]
        return local in (S.One, S.NegativeOne)

    def _is_told_alone(self, user: Symbol, name: Symbol) -> bool:
        new = local_key(user, name) not in self.desk.number_of
        return new and not self.is_last(user, name) and not self._is_plain(user, name)

    def _lines(self, user: Symbol, name: Symbol, with_number: bool) -> Iterator[Line]:
        """The line of a local derivative, its number behind it, or below where numbers are put in.

        It is left to the line of the derivative of the loss where that is the same.
        """
        desk, local = self.desk, self.derivation.local[user, name]
        line = desk.line(
            self.derivation.link(user, name), local, self.reason(user, name), defines=local_key(user, name)
        )
        if self.first is None or local.is_number or not with_number:
            yield line
            return
        value = self.first.links[user.name, name.name]
        if local.is_Symbol:
            yield replace(line, result=number(value), tone="gradient")
            return
        yield line
        yield substituted(desk, local, value, self.first, width=NUMBERS_WIDTH)
