"""The sheet and its key: one builder, which leaves blanks in the one and puts the answers into the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.judge import Verdict
from symbackprop.matrices import shape_of
from symbackprop.notation import NameTable, Total, latex, latex_width
from symbackprop.numeric.sizes import sizes_of_values
from symbackprop.publish.practice.exercise import Exercise, Part
from symbackprop.publish.practice.figures import Figures, Place
from symbackprop.publish.practice.shown import written
from symbackprop.publish.practice.values import Values
from symbackprop.reporting import Document
from symbackprop.reporting.blocks import (
    Blank,
    Block,
    Bullets,
    Formula,
    Heading,
    Inline,
    Inlines,
    Line,
    Maths,
    Paragraph,
    Raw,
    Strong,
    listed,
)
from symbackprop.reporting.numbers import number, put_in
from symbackprop.reporting.sections.derivatives import definition_lines
from symbackprop.reporting.sections.facts import stated
from symbackprop.reporting.sections.matrices.opening import shape_latex, signs_in
from symbackprop.reporting.sections.opening import conventions

EQUATIONS_SHOWN = 80
WIDTH = 36
"""How wide a formula with numbers may be, in characters, beside the words of a key."""
GIVEN_UP_TO = 2
"""The highest level at which values of the forward pass are given."""


@dataclass(frozen=True)
class Builder:
    """Builds the documents of one worksheet."""

    derivation: Derivation
    names: NameTable
    level: int
    values: Values
    figures: Figures | None
    parts: tuple[Part, ...]

    def sheet(self) -> Document:
        """What a student is given."""
        return self._document("Worksheet", self._line_with_blank, ())

    def key(self, verdicts: Mapping[str, Verdict]) -> Document:
        """The same with every answer, and how the formulas among them were proved."""
        return self._document("Key to the worksheet", self._line_with_answer, tuple(_proof(verdicts)))

    def _document(self, title: str, line: Callable[[Exercise], Line], end: tuple[Block, ...]) -> Document:
        blocks = (*self._opening(), *self._network(), *self._given(), *self._exercises(line), *end)
        return Document(f"{title}: {self.derivation.network.name}", blocks, self.names, self.derivation.order)

    @cached_property
    def places(self) -> Mapping[str, Place | None]:
        """The values of the forward pass that are asked, by name: which entry of a matrix, and None of a number."""
        asked = (one for part in self.parts for one in part.exercises if one.kind == "number")
        equations = self.derivation.network.equations
        return {one.left.name: one.entry for one in asked if not isinstance(one.left, Raw) and one.left in equations}

    @cached_property
    def has_signals(self) -> bool:
        """Whether error signals stand in anything that is asked or given."""
        exercises = [one for part in self.parts for one in part.exercises]
        sides = [side for part in self.parts for line in part.given for side in (line.lhs, line.rhs)]
        sides += [side for one in exercises for side in (one.left, one.answer)]
        signals = set(self.derivation.backward)
        return any(signals & side.free_symbols for side in sides if isinstance(side, Expr))

    # What stands before the exercises

    def _opening(self) -> Iterator[Block]:
        kinds = {one.kind for part in self.parts for one in part.exercises}
        words = [f"Level {self.level} of 3. Each answer has a label, such as {self.parts[0].exercises[0].label}."]
        if "formula" in kinds:
            words.append(f"Formulas are in the names of the network{' and in error signals' * self.has_signals}.")
        if "number" in kinds:
            words.append("Numbers are given to three significant digits; work with five or more on the way.")
        yield Paragraph((" ".join(words),))

    def _network(self) -> Iterator[Block]:
        network = self.derivation.network
        yield Heading(1, ("The layer" if network.outputs else "The network",))
        pairs = list(network.equations.items())
        lines = [Line(expr, name, self._shape(name)) for name, expr in pairs[:EQUATIONS_SHOWN]]
        if len(pairs) > EQUATIONS_SHOWN:
            name, expr = pairs[-1]
            lines.append(Line(expr, name, (f"after {len(pairs) - EQUATIONS_SHOWN - 1} more",)))
        yield Formula(tuple(lines))
        definitions = list(definition_lines(network))
        if definitions:
            yield Paragraph(("Here",))
            yield Formula(tuple(definitions))
        yield Paragraph((*self._end(), *self._what_signals_are(), *stated(self.derivation)))
        if any(shape_of(name) for name in network.names):
            yield Bullets(tuple(signs_in(list(network.equations.values()), self.names, self.derivation.order)))
        if network.conventions:
            yield Paragraph(("At a kink, where there is no derivative, one is agreed on:",))
            yield conventions(network)

    def _end(self) -> Inlines:
        network = self.derivation.network
        if network.outputs:
            adjoints = (Maths(adjoint, Total(network.loss, out)) for out, adjoint in network.outputs.items())
            return ("Given is ", *listed(adjoints), ", for whatever loss ", Maths(network.loss), " follows.")
        learned: Inlines = (" Its parameters are ", *listed(map(Maths, network.parameters[:24])))
        if len(network.parameters) > 24:
            learned = (f" It has {len(network.parameters)} parameters",)
        return ("The loss is ", Maths(network.loss), ".", *learned, ".")

    def _what_signals_are(self) -> Inlines:
        signals = self.derivation.signals
        if not self.has_signals:
            return ()
        name, delta = next(iter(signals.items()))
        words = " An error signal is the derivative of the loss by what stands in its subscript: "
        more: Inlines = (", which has the shape of ", Maths(name)) if shape_of(delta) else ()
        return (words, Maths(delta, Total(self.derivation.network.loss, name)), *more, ".")

    def _shape(self, name: Symbol) -> Inlines:
        if not any(map(shape_of, self.derivation.network.names)):
            return ()
        return (Maths(Raw(shape_latex(self.names, shape_of(name)))),) if shape_of(name) else ("a number",)

    # Values

    def _given(self) -> Iterator[Block]:
        yield Heading(1, ("The values",))
        if self.figures is None:
            yield Paragraph(("There are too many values to be written out, so nothing is asked in numbers.",))
            return
        yield Paragraph((self._where_from(),))
        network = self.derivation.network
        sizes = sizes_of_values(network, self.values.point)
        if sizes:
            named = listed(Maths(size, Raw(str(sizes[size.name]))) for size in network.sizes if size.name in sizes)
            yield Paragraph(("The sizes are ", *named, "."))
        yield from self._values({leaf: self.values.point[leaf.name] for leaf in network.leaves})
        asked = {name for name, place in self.places.items() if place is None}
        given = {name: self.figures.of(name) for name in network.equations if name.name not in asked}
        if self.level <= GIVEN_UP_TO and given:
            yield Paragraph(("Of the forward pass is given:",))
            yield from self._values(given)

    def _where_from(self) -> str:
        own = "Those that come with the network"
        number_, count = self.values.example
        if count > 1:
            own += f", of example {number_} of {count}"
        return f"{own}:" if self.values.seed is None else f"Those of seed {self.values.seed}:"

    def _values(self, found: Mapping[Symbol, Any]) -> Iterator[Block]:
        """Numbers in a row, matrices below one another."""
        matrices = {name: value for name, value in found.items() if np.ndim(value)}
        scalars = {name: value for name, value in found.items() if name not in matrices}
        if scalars:
            yield Paragraph((*listed(Maths(name, written(value)) for name, value in scalars.items()), "."))
        lines = [self._matrix(name, value) for name, value in matrices.items()]
        if lines:
            yield Formula(tuple(lines))
        if any(self.places.get(name.name) for name in matrices):
            yield Paragraph(("A question mark stands for what an exercise asks.",))

    def _matrix(self, name: Symbol, value: Any) -> Line:
        place = self.places.get(name.name)
        return Line(Raw(""), name, result=written(value, frozenset([place] if place else [])))

    # Exercises

    def _exercises(self, line: Callable[[Exercise], Line]) -> Iterator[Block]:
        yield Heading(1, ("Exercises",))
        for position, part in enumerate(self.parts, start=1):
            yield Paragraph((Strong(f"Exercise {position}."), " ", *part.intro))
            if part.given:
                yield Formula(part.given)
            yield Formula(tuple(line(one) for one in part.exercises))

    def _line_with_blank(self, one: Exercise) -> Line:
        return Line(Blank(wide=one.kind == "formula"), self._left(one), one.question, one.label)

    def _line_with_answer(self, one: Exercise) -> Line:
        if one.kind == "formula":
            return Line(one.answer, one.left, one.question, one.label)
        result = number(float(one.answer), one.digits)
        return Line(Raw(self._put_in(one)), self._left(one), one.question, one.label, result, "gradient")

    def _left(self, one: Exercise) -> Expr | Raw:
        """What stands before the equals sign; of an entry with its row and column lowered."""
        if one.entry is None:
            return one.left
        written_ = one.left.latex if isinstance(one.left, Raw) else latex(one.left, self.names)
        if r"\frac" in written_:
            written_ = rf"\left({written_}\right)"
        elif not written_.isalpha():
            written_ = rf"({written_})"
        return Raw(f"{written_}_{{{one.entry[0]},{one.entry[1]}}}")

    def _put_in(self, one: Exercise) -> str:
        """The formula of a number with numbers in it, where there is room."""
        if one.formula is None or one.entry or self.figures is None or one.formula.is_Symbol:
            return ""
        known = {s.name: self.figures.of(s) for s in one.formula.free_symbols}
        if any(np.ndim(value) for value in known.values()):
            return ""
        text = put_in(one.formula, known, self.derivation.order)
        return text if latex_width(text) <= WIDTH and text != number(float(one.answer)).latex else ""


def _proof(verdicts: Mapping[str, Verdict]) -> Iterator[Block]:
    """How the formulas of the key were proved, and which were not."""
    proved = [verdict for verdict in verdicts.values() if verdict.proved]
    open_ = {label: verdict for label, verdict in verdicts.items() if not verdict.proved}
    pieces: list[Inline] = []
    if proved:
        weakest = max(proved, key=lambda verdict: (verdict.chance, len(verdict.covered)))
        which = "The formulas" if not open_ else "The other formulas"
        pieces.append(f"{which} are proved from the equations of the network alone: {weakest.method}.")
    for label, verdict in reversed(open_.items()):
        pieces.insert(0, f"Formula {label} is not proved: {verdict.reason}. ")
    if pieces:
        yield Paragraph((Strong("Proof."), " ", *pieces))
