"""Shared by the sections: the derivation, what is known beside it, and the numbers of the equations."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation, Rule, Step
from symbackprop.drawings import Picture
from symbackprop.notation import NameTable, Order, Total, latex
from symbackprop.reporting.alike import Group, groups_of
from symbackprop.reporting.blocks import (
    Block,
    Figure,
    Formula,
    Inline,
    Inlines,
    Later,
    Line,
    Maths,
    Paragraph,
    Raw,
    Ref,
    inlines,
    listed,
)
from symbackprop.reporting.evidence import Evidence, Run
from symbackprop.reporting.extent import Extent

RESULTS_SHOWN = 40
"""So many error signals, and so many gradients, are told among the results."""


@dataclass
class Desk:
    """What a section has before it. Numbers are given out here, once, in the order of the document."""

    derivation: Derivation
    evidence: Evidence
    names: NameTable
    shapes: bool = False
    """Whether each matrix has its shape below."""
    extent: Extent = field(default_factory=Extent)
    told: frozenset[str] = frozenset()
    """The names of the sections of the report."""
    given_out: int = 0
    number_of: dict[Hashable, int] = field(default_factory=dict)
    """The number of the line that defines a name, its equation or where a δ is named; that of a step told here; and for
    ("result", name) that of the line among the results."""
    pictures: dict[str, Picture] = field(default_factory=dict)
    """The pictures of the figures so far, by their keys."""

    functions_told: set[type] = field(default_factory=set)
    """The functions whose derivatives have been told."""

    written: str = ""
    """The mathematics of all sections but that of symbols, once they are made."""

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The scalars that the derivation is with respect to, grouped by the shape of their derivations."""
        return groups_of(self.derivation)

    @property
    def order(self) -> Order:
        """The order of names."""
        return self.derivation.order

    @property
    def loss(self) -> Symbol:
        """The loss."""
        return self.derivation.network.loss

    @property
    def examples(self) -> int:
        """How many examples the values of the first step have; 1 where there are none."""
        return 1 if self.evidence.first is None else self.evidence.first.examples

    def descended(self, w: Symbol) -> Raw:
        """The gradient that is descended along: of the loss, or of the cost of a batch, which is its mean."""
        if self.examples == 1:
            return Raw(latex(Total(self.loss, w), self.names))
        return Raw(rf"\frac{{\partial\,\mathrm{{cost}}}}{{\partial {latex(w, self.names)}}}")

    @property
    def updated(self) -> Run | None:
        """The training whose first update follows from the gradients of the first step alone; None if there is none."""
        run, first = self.evidence.run, self.evidence.first
        plain = run is not None and run.rule is None and not run.schedule and run.batch_size is None
        if run is None or first is None or not plain or len(run.losses) < 2 or self.derivation.network.outputs:
            return None
        return run if all(w.name in first.gradients for w in self.trained) else None

    @property
    def is_appendix(self) -> bool:
        """Whether it is the hand-out of a layer of matrices: what is given, the derivation and the result alone."""
        network = self.derivation.network
        return self.extent.handout and bool(network.outputs) and not network.kind.one_number

    @property
    def trained(self) -> tuple[Symbol, ...]:
        """The parameters that training moves."""
        run = self.evidence.run
        return () if run is None else tuple(w for w in self.derivation.wrt if w.name in run.parameters)

    def tells(self, section: str) -> bool:
        """Whether the report has that section."""
        return section in self.told

    @cached_property
    def results(self) -> frozenset[Symbol]:
        """The error signals and the names whose results are told, each in a line; of very many the first."""
        told = (*list(self.derivation.backward)[:RESULTS_SHOWN], *self.derivation.wrt[:RESULTS_SHOWN])
        return frozenset(told if self.tells("results") else ())

    def results_of(self, names: Iterable[Symbol]) -> list[Inline]:
        """The lines still to come in which error signals, or gradients by names, are told as results."""
        return [Later(("result", name)) for name in names if name in self.results]

    def next_number(self, defines: Hashable = None) -> int:
        """The next number, remembered under the name that its line defines."""
        self.given_out += 1
        if defines is not None:
            self.number_of.setdefault(defines, self.given_out)
        return self.given_out

    def figure(self, key: str, caption: Inlines, picture: Picture | None = None) -> Iterator[Figure]:
        """A figure with a picture, or with that of the evidence; nothing where there is none."""
        known = self.evidence.pictures.get(key) if picture is None else picture
        if known is not None:
            self.pictures[key] = known
            yield Figure(key, caption, known.words)

    def line(self, lhs: Expr | Raw | None, rhs: Expr | Raw, why: Inlines = (), defines: Hashable = None) -> Line:
        """A numbered line."""
        return Line(rhs, lhs, why, self.next_number(defines), shapes=self.shapes)

    def refs(self, names: Iterable[Hashable]) -> Inlines:
        """References to the lines that define names, in order and each once; names without a line are left out."""
        numbers = sorted({self.number_of[name] for name in names if name in self.number_of})
        return listed(Ref(number) for number in numbers)

    def reason(self, step: Step) -> Inlines:
        """Why a line holds, with references to what it cites."""
        cited = self.refs(step.uses)
        words = inlines(step.because)
        if step.rule is Rule.SUM and cited:
            return ("sum rule on ", *cited, *inlines(step.because[2:]))
        if step.rule is Rule.SUBSTITUTE and cited:
            return (*inlines(step.because[:1]), " of ", *cited, *inlines(step.because[1:]))
        if step.rule is Rule.NAME:
            return (*words, *([" by ", *cited] if cited else []))
        return (*words, *([" of ", *cited] if cited else []))


def maths_in(blocks: Iterable[Block], desk: Desk) -> Iterator[str]:
    """The LaTeX of formulas and of mathematics in words, for networks whose signs are told: those of matrices."""
    if desk.derivation.network.kind.one_number:
        return
    for block in blocks:
        contents: list[object] = []
        if isinstance(block, Formula):
            contents += [side for line in block.lines for side in (line.lhs, line.rhs)]
            contents += [piece.content for line in block.lines for piece in line.why if isinstance(piece, Maths)]
        elif isinstance(block, Paragraph):
            contents += [piece.content for piece in block.text if isinstance(piece, Maths)]
        for content in contents:
            if isinstance(content, Raw):
                yield content.latex
            elif isinstance(content, Expr):
                yield latex(content, desk.names, desk.order)


def names_of(symbols: tuple[Symbol, ...], limit: int = 24) -> Inlines:
    """Names with commas between them, the middle of a long list left out."""
    if len(symbols) <= limit:
        return listed(Maths(s) for s in symbols)
    pieces: list[Inline] = [Maths(symbols[0]), ", ", Maths(symbols[1]), ", …, ", Maths(symbols[-1])]
    return tuple(pieces)


def count(number: int, noun: str) -> str:
    """A number of things in words: 1 input, 2 inputs."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def all_of(number: int, nouns: str) -> str:
    """All of several things in words: both gradients, all 3 gradients."""
    return f"both {nouns}" if number == 2 else f"all {number} {nouns}"
