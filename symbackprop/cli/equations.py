"""Equations on a terminal: aligned at their equals signs, and broken where they are too wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.text import Text
from sympy import Basic, Expr, Symbol

from symbackprop.calculus import DOES_NOT_MOVE, Derivation
from symbackprop.cli.breaking import INDENT, broken
from symbackprop.cli.terminal import HEAD, REASON, Terminal
from symbackprop.matrices import Shape
from symbackprop.notation import NameTable, Total, latex, text

Equation = tuple[Expr, Expr]
GAP = 3
LEAST_REASON = 26
READABLE = 100
"""Reasons stand beside the formulas where LEAST_REASON columns are left of a readable width, and beneath otherwise."""
MOST_ROWS = 4
"""A reason beside a formula takes no more rows than about so many."""
WIDE = 24
"""Beneath left sides that are wider than this, and than two fifths of the line, reasons begin at the left."""


@dataclass(frozen=True)
class Line:
    """One line of work: a left side or nothing, a right side, and why."""

    left: str
    right: str
    reason: str = ""


class Pen:
    """Writes the formulas of one derivation for one terminal."""

    def __init__(self, derivation: Derivation, terminal: Terminal) -> None:
        self.terminal = terminal
        self.derivation = derivation
        self.names = NameTable.of(s.name for s in (*derivation.network.names, *derivation.backward))
        self.order = derivation.order

    def formula(self, expr: Basic) -> str:
        """An expression on one line."""
        return self.terminal.fit(text(expr, self.names, self.order, self.terminal.unicode))

    def shape(self, shape: Shape) -> str:
        """Rows and columns, or that it is a number."""
        return self.terminal.fit(" × ".join(map(str, shape))) if shape else "a number"

    def latex(self, equation: Equation) -> str:
        """An equation in LaTeX, on one line."""
        left, right = (latex(side, self.names, self.order) for side in equation)
        return f"{left} = {right}"

    def gradient(self, name: Symbol) -> Expr:
        """∂E/∂name."""
        return Total(self.derivation.network.loss, name)

    def words(self, reason: Iterable[str | Basic]) -> str:
        """A reason, with its expressions as they are written here."""
        return "".join(self.terminal.fit(part) if isinstance(part, str) else self.formula(part) for part in reason)

    def remarks(self, names: Iterable[Symbol]) -> list[str]:
        """A sentence for each of the names that does not move the loss."""
        said = (f"{self.formula(name)} {DOES_NOT_MOVE}" for name in names if name in self.derivation.zero)
        return [row for sentence in said for row in self.wrapped(sentence, self.terminal.width)]

    def equations(self, equations: Iterable[Equation], style: str = "", indent: int = 0) -> list[Text]:
        """Equations one under the other."""
        return self.lines([Line(self.formula(a), self.formula(b)) for a, b in equations], style, indent)

    def sections(self, sections: Iterable[tuple[str, Sequence[Text]]]) -> None:
        """Write lines under their titles, a blank line between sections; those without lines are left out."""
        filled = [(title, lines) for title, lines in sections if lines]
        for position, (title, lines) in enumerate(filled):
            heads = [Text(row, HEAD) for row in self.wrapped(title, self.terminal.width)]
            self.terminal.write(*([""] if position else []), *heads, *lines)

    def lines(self, lines: Sequence[Line], style: str = "", indent: int = 0) -> list[Text]:
        """Lines aligned at their equals signs, each with its reason beside it, or all with theirs beneath."""
        if not lines:
            return []
        left = indent + max(len(line.left) for line in lines)
        start = left + len(" = ")
        widest = start + max(len(line.right) for line in lines)
        room = self.terminal.width - (widest + GAP)
        beside = widest + GAP + LEAST_REASON <= min(self.terminal.width, READABLE)
        beside = beside and max(len(line.reason) for line in lines) <= MOST_ROWS * room
        beneath = start if start <= max(WIDE, 2 * self.terminal.width // 5) else indent + 2 * INDENT
        written: list[Text] = []
        for line in lines:
            rows = broken(line.right, max(self.terminal.width - start, 8))
            block = [_row(line.left if k == 0 else "", row, k == 0, left, style) for k, row in enumerate(rows)]
            reason = self.wrapped(line.reason, room if beside else self.terminal.width - beneath)
            if beside:
                block = _side_by_side(block, reason, widest + GAP)
            else:
                block += [Text(" " * beneath + row, REASON) for row in reason]
            written += block
        return written

    def claim(self, ruling: str, style: str, words: str, formula: str, before: str = "") -> list[Text]:
        """What is ruled on a formula, which is broken as formulas are: ``wrong: ∂E/∂w₅ is not -delta_o1``."""
        words, formula = self.terminal.fit(f": {words} "), self.terminal.fit(" ".join(formula.split()))
        start, width = len(before) + len(ruling) + len(words), self.terminal.width
        first = Text.assemble(before, (ruling, style), words)
        if start <= max(WIDE, 2 * width // 5) or start + len(formula) <= width:
            head, *others = broken(formula, max(width - start, 8)) or [""]
            return [first.append(head), *(Text(" " * start + row) for row in others)]
        indent = 2 * INDENT
        rest = [Text(" " * indent + row) for row in broken(formula, max(width - indent, 8))]
        return [*(Text(row) for row in self.wrapped(first.plain, width)), *rest]

    def wrapped(self, reason: str, width: int, indent: int = 0) -> list[str]:
        """A reason in rows; what follows its number is indented, by ``indent`` where it has none."""
        if not reason:
            return []
        from textwrap import wrap

        reason = self.terminal.fit(reason)
        numbered = reason.startswith("(")
        hanging = " " * (indent + (reason.index(")") + 2 if numbered else 0))
        return wrap(
            " " * indent + reason,
            max(width, len(hanging) + 12),
            subsequent_indent=hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _row(left: str, right: str, begins: bool, width: int, style: str) -> Text:
    row = Text(" " * (width - len(left)))
    row.append(left, style)
    row.append(" = " if begins else "   ")
    row.append(right)
    return row


def _side_by_side(block: list[Text], reason: list[str], column: int) -> list[Text]:
    rows = block + [Text() for _ in range(len(reason) - len(block))]
    for row, words in zip(rows, reason, strict=False):
        row.append(" " * (column - len(row.plain)))
        row.append(words, REASON)
    return rows
