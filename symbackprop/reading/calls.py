"""What the functions in a formula make of their arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import S, Symbol

from symbackprop.calculus.rules import local_derivatives
from symbackprop.errors import did_you_mean
from symbackprop.functions import VOCABULARY
from symbackprop.functions.user import UserFunction
from symbackprop.matrices import as_whole
from symbackprop.matrices.operations.record import Read
from symbackprop.network.formulas.matrix_table import WORDS
from symbackprop.network.formulas.names import quote
from symbackprop.network.formulas.table import LOSSES, PLAIN
from symbackprop.reading import syntax as s
from symbackprop.reading.arguments import together_of
from symbackprop.reading.arithmetic import Arithmetic
from symbackprop.reading.entry_calls import EntryCalls
from symbackprop.reading.matrix_calls import LINES, MatrixCalls

_PLACE = Symbol("_place")
_SETTINGS = frozenset(row.name for row in VOCABULARY if row.settings)


class Calls(MatrixCalls, EntryCalls):
    """Reads the calls of one formula."""

    def __init__(self, meaning: Arithmetic) -> None:
        super().__init__(meaning)
        self.special: Mapping[str, Callable[[s.Call], Read]] = {
            "where": self.where, "piecewise": self.piecewise, "indicator": self.indicator,
            "sum": self.sum, "mean": self.sum, "total": self.sum,
            "softmax": self.softmax, "log_softmax": self.softmax,
            "matmul": self.matmul, "outer": self.outer, "diag": self.diag, "slogdet": self.log_of_determinant,
            "square": self.square, "power": self.power, "pow": self.power, "clip": self.clip,
            "add": self.add, "subtract": self.subtract, "negative": self.negative, "divide": self.divide,
            "reciprocal": self.reciprocal, "positive": self.same, "float": self.same,
            "hadamard": self.hadamard, "quadratic": self.quadratic, "transpose": self.transpose,
            "eye": self.eye, "ones": self.ones, "zeros": self.ones, "ones_like": self.like,
            "zeros_like": self.like, "broadcast": self.broadcast, "broadcast_to": self.broadcast,
            "log1p": self.log1p, "expm1": self.expm1, "log": self.log,
            "Total": self._derivative, "Direct": self._derivative, "Immediate": self._derivative,
            **dict.fromkeys(LOSSES, self.loss),
        }  # fmt: skip

    def call(self, node: s.Call) -> Read:
        """What a call stands for, and its shape."""
        if node.primes:
            return self._primed(node)
        if node.function in self.meaning.lexicon.functions:
            return self._own(self.meaning.lexicon.functions[node.function], node)
        if node.function in self.special:
            return self.special[node.function](node)
        if node.function in LINES and self.is_of_lines(node):
            return self.of_lines(node)
        if node.function in PLAIN:
            given = (*node.arguments, *(node.sub if node.function in _SETTINGS else ()))
            self.count(node, PLAIN[node.function].least, PLAIN[node.function].most, PLAIN[node.function].usage, given)
            with self.meaning.builder.inside(node.function, node):
                parts = [self.meaning.value(part) for part in given]
            return self.by_entries(node.function, parts, node)
        if node.function in WORDS:
            word = WORDS[node.function]
            if word.axis:
                return self.along(node)
            given = tuple(self.items(node.arguments[0])) if len(node.arguments) == 1 else node.arguments
            self.count(node, word.least, word.most, word.usage, given)
            parts = [self.meaning.value(part) for part in given[: len(given) - word.sizes]]
            sizes = self.sizes(given[len(given) - word.sizes :], node, 0 if word.places else 1)
            return self.built(node.function, [*parts, *((size, ()) for size in sizes)], node)
        words = [*PLAIN, *WORDS, *self.meaning.lexicon.functions]
        what = f"unknown function {quote(node.word)} in {self.meaning.piece(node)}"
        self.meaning.fail("unknown-function", what, did_you_mean(node.word, words), node)

    def _own(self, cls: Any, node: s.Call) -> Read:
        parts = [self.meaning.value(part) for part in node.arguments]
        count = len(cls.parameters)
        self.count(node, count, count, f"{node.function}({', '.join(map(str, cls.parameters)).replace('_', '')})")
        if issubclass(cls, UserFunction):
            return self.meaning.builder.own(cls, [expr for expr, _ in parts], node), together_of(parts)
        made = cls(*(as_whole(*part) for part in parts))
        return made, made.shape

    def _derivative(self, node: s.Call) -> Read:
        self.count(node, 2, 2, "∂E/∂w1")
        of, by = node.arguments
        if not isinstance(by, s.Name):
            self.meaning.fail("derivative", f"{self.meaning.piece(by)} is no name", "differentiate by a name", by)
        return self.meaning.value(s.Derivative(node.start, node.end, of, by.symbol, node.function == "Immediate"))

    def _primed(self, node: s.Call) -> Read:
        """f'(z), of a function of the table, of the user's, or of whichever the network applies to z."""
        self.count(node, 1, 1, f"{node.word}'(z)")
        argument, shape = self.meaning.value(node.arguments[0])
        if node.primes > 1:
            self.meaning.fail("derivative", f"a second derivative in {self.meaning.piece(node)}", "work it out", node)
        own = self.meaning.lexicon.functions.get(node.function)
        if node.function in PLAIN:
            applied = PLAIN[node.function].build(_PLACE, *(self.meaning.scalar(part) for part in node.sub))
        elif own is not None and issubclass(own, UserFunction):
            applied = own(_PLACE)
        else:
            found = self.meaning.derivatives.of_activation(argument) if not node.function else None
            if found is None:
                what = f"{quote(node.word)} in {self.meaning.piece(node)} is no activation"
                self.meaning.fail("unknown-function", what, "write the derivative of one, such as sigmoid'(z)", node)
            return found[1], shape
        derivative = local_derivatives(applied, {_PLACE}, applied).get(_PLACE, S.Zero)
        return derivative.xreplace({_PLACE: argument}).xreplace(self.meaning.derivatives.named), shape
