"""What the reports of studies share: the derivation in brief, numbers in cells, and the versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import sympy

from symbackprop.calculus import Derivation
from symbackprop.notation import NameTable, Total, latex
from symbackprop.reporting import Checked, Document, Evidence
from symbackprop.reporting.blocks import Block, Bullets, Formula, Heading, Inlines, Line, Maths, Paragraph, Raw
from symbackprop.reporting.numbers import column_number, number, shown
from symbackprop.reporting.sections.opening import numbered_equations
from symbackprop.reporting.sections.updates import gradient_descent
from symbackprop.reporting.writing import Desk
from symbackprop.version import __version__

MOST_GRADIENTS = 12


def desk_of(derivation: Derivation) -> Desk:
    """A desk for the sections of a derivation's own report, without numbers."""
    network = derivation.network
    names = NameTable.of([s.name for s in (*network.names, *derivation.backward, *network.sizes)])
    return Desk(derivation, Evidence(Checked({}, {}, {}, (), 0, ()), "", {}), names)


def document(title: str, blocks: Iterable[Block], desk: Desk, drawings: Mapping[str, str]) -> Document:
    """The blocks as a document, with the versions at its end."""
    return Document(title, (*blocks, *versions()), desk.names, desk.order, drawings)


def versions() -> Iterator[Block]:
    """The versions of what made the numbers."""
    made = {"symbackprop": __version__, "SymPy": sympy.__version__, "NumPy": np.__version__}
    yield Heading(1, ("Versions",))
    yield Bullets(tuple((f"{name} {version}",) for name, version in made.items()))


def equations(desk: Desk) -> Iterator[Block]:
    """The forward pass, numbered."""
    yield from numbered_equations(desk, lambda name: ())


def gradients(desk: Desk) -> Iterator[Block]:
    """Every error signal and gradient in brief, and the update of one parameter."""
    derivation = desk.derivation
    yield Heading(1, ("Gradients and update",))
    yield Paragraph(("Derived from the loss backwards by the chain rule:",))
    signals = [Line(formula, delta) for delta, formula in list(derivation.backward.items())[:MOST_GRADIENTS]]
    yield Formula(
        (*signals, *(Line(derivation.shared[w], Total(desk.loss, w)) for w in derivation.wrt[:MOST_GRADIENTS]))
    )
    left = max(0, len(derivation.wrt) - MOST_GRADIENTS)
    if left:
        yield Paragraph((f"and {left} gradients more.",))
    w = derivation.wrt[0]
    words, line = gradient_descent(latex(w, desk.names), latex(Total(desk.loss, w), desk.names))
    yield words
    yield Formula((line,))


def cell(value: float) -> Inlines:
    """A number in a column."""
    return (Maths(column_number(value)),)


def narrow(value: float, digits: int = 4) -> Inlines:
    """A number in one of many columns."""
    return (Maths(Raw(f"{value:#.{digits}g}" if 1e-4 <= abs(value) < 10**digits else shown(value, digits))),)


def maths(value: float) -> Maths:
    """A number in running text."""
    return Maths(number(value))


def rate(value: float) -> Maths:
    """η and its number."""
    return Maths(Raw(r"\eta"), Raw(shown(value)))


def moments(last: int) -> list[int]:
    """Epochs to show in a table: the first, a few rounder ones, the last."""
    return sorted({0, min(1, last), last // 2, last})
