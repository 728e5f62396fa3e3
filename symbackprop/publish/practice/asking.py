"""How single things are asked: the words, what stands before the equals sign, and what is right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.matrices import shape_of
from symbackprop.notation import NameTable, Total, latex, text
from symbackprop.publish.practice.alike import Local
from symbackprop.publish.practice.exercise import Exercise, tolerance_of
from symbackprop.publish.practice.figures import Figures
from symbackprop.reporting.blocks import Inlines, Maths, Raw


class Asking:
    """Writes exercises about one derivation; their labels come later."""

    def __init__(self, derivation: Derivation, names: NameTable, figures: Figures | None) -> None:
        self.derivation, self.names = derivation, names
        self.loss = derivation.network.loss
        self.figures = figures

    # Formulas

    def local(self, local: Local) -> Exercise:
        """A local derivative."""
        of, by = local.link.of, local.link.by
        each: Inlines = (", entry by entry",) if shape_of(of) else ()
        words: Inlines = ("formula: derivative of ", Maths(of), " by ", Maths(by), *each)
        return self._formula(words, local.link, f"d{of}/d{by}", local.derivative)

    def signal(self, name: Symbol) -> Exercise:
        """The error signal of a name."""
        delta = self.derivation.signals[name]
        words: Inlines = ("formula: error signal of ", Maths(name))
        return self._formula(words, delta, delta.name, self.derivation.backward[delta])

    def gradient(self, w: Symbol) -> Exercise:
        """The gradient by a name, in error signals."""
        words: Inlines = ("formula: gradient by ", Maths(w))
        return self._formula(words, Total(self.loss, w), f"d{self.loss}/d{w}", self.derivation.shared[w])

    def _formula(self, words: Inlines, left: Expr, plain: str, answer: Expr) -> Exercise:
        return Exercise("", "formula", words, left, plain, answer)

    # Numbers

    def value(self, name: Symbol) -> Exercise:
        """The value of a name in the forward pass."""
        return self._number(("value of ", Maths(name)), name, name.name, self.derivation.network.equations[name])

    def signal_value(self, name: Symbol) -> Exercise:
        """The number of an error signal."""
        delta = self.derivation.signals[name]
        return self._number(("error signal of ", Maths(name)), delta, delta.name, self.derivation.backward[delta])

    def gradient_value(self, w: Symbol) -> Exercise:
        """The number of a gradient."""
        left = Total(self.loss, w)
        return self._number(("gradient by ", Maths(w)), left, f"d{self.loss}/d{w}", self.derivation.shared[w])

    def factor(self, left: Expr, value: Expr) -> Exercise:
        """The number of one factor of a chain."""
        words: Inlines = ("derivative of ", Maths(left.of), " by ", Maths(left.by))
        return self._number(words, left, text(left, unicode=False), value)

    def updated(self, w: Symbol, rate: float) -> Exercise:
        """A parameter after one update."""
        new = Raw(rf"{latex(w, self.names)}^{{\mathrm{{new}}}}")
        before, change = self._at(w), rate * self._at(self.derivation.shared[w])
        asked = self._of_value((Maths(w), " after one update"), new, f"{w}_new", before - change, None)
        moved = change if asked.entry is None else change[asked.entry[0] - 1, asked.entry[1] - 1]
        return replace(asked, tolerance=tolerance_of(float(moved)))

    def _number(self, words: Inlines, left: Expr, plain: str, formula: Expr) -> Exercise:
        return self._of_value(words, left, plain, self._at(formula), formula)

    def _at(self, expr: Expr) -> Any:
        assert self.figures is not None, "numbers are asked where there are values"
        return self.figures.of(expr)

    def _of_value(self, words: Inlines, left: Expr | Raw, plain: str, value: Any, formula: Expr | None) -> Exercise:
        """A number, or one entry of a matrix."""
        assert self.figures is not None
        number, entry = value, None
        where: Inlines = ()
        if not isinstance(value, float):
            entry = row, column = self.figures.place(value)
            number = float(value[row - 1, column - 1])
            plain, where = f"{plain}[{row},{column}]", (f", row {row}, column {column}",)
        words = ("number: ", *words, *where)
        return Exercise("", "number", words, left, plain, number, tolerance_of(number), formula, entry)
