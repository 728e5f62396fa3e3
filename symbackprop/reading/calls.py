"""What the functions in a formula make of their arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from sympy import Add, Expr, Integer, Max, Min, S, Symbol

from symbackprop.calculus.rules import local_derivatives
from symbackprop.errors import did_you_mean
from symbackprop.functions.user import UserFunction
from symbackprop.matrices import Determinant, LogDeterminant, as_whole, shape_of
from symbackprop.matrices.operations import Diagonal, DiagonalMatrix
from symbackprop.matrices.shapes import same, same_shape, together
from symbackprop.matrices.words import ALONG, SCALARS, Read, transposed
from symbackprop.network.formulas.matrix_table import WORDS
from symbackprop.network.formulas.names import quote
from symbackprop.network.formulas.sizes import is_size
from symbackprop.network.formulas.source import counted
from symbackprop.network.formulas.table import LOSSES, PLAIN, VECTOR
from symbackprop.reading import syntax as s

if TYPE_CHECKING:
    from symbackprop.reading.meaning import Meaning

_PLACE = Symbol("_place")
_ALONG = {"sum": ("colsum", "rowsum"), "mean": ("colmean", "rowmean")}
_SETTINGS = frozenset({"leaky_relu", "elu"})


class Calls:
    """Reads the calls of one formula."""

    def __init__(self, meaning: Meaning) -> None:
        self.meaning = meaning
        self.special: Mapping[str, Callable[[s.Call], Read]] = {
            "where": self._where, "piecewise": self._piecewise, "indicator": self._indicator,
            "sum": self._sum, "mean": self._sum, "total": self._sum,
            "softmax": self._softmax, "log_softmax": self._softmax, "logsumexp": self._along,
            "matmul": self._matmul, "outer": self._outer, "diag": self._diag, "slogdet": self._log_of_determinant,
            "square": self._square, "power": self._power, "pow": self._power, "clip": self._clip,
            "add": self._add, "subtract": self._subtract, "negative": self._negative, "divide": self._divide,
            "reciprocal": self._reciprocal, "positive": self._same, "float": self._same,
            "hadamard": self._hadamard, "quadratic": self._quadratic, "transpose": self._transpose,
            "eye": self._eye, "ones": self._ones, "zeros": self._ones, "ones_like": self._like,
            "zeros_like": self._like, "broadcast": self._broadcast, "broadcast_to": self._broadcast,
            "log1p": self._log1p, "expm1": self._expm1, "log": self._log,
            "Total": self._derivative, "Direct": self._derivative, "Immediate": self._derivative,
            **dict.fromkeys(LOSSES, self._loss),
        }  # fmt: skip

    def call(self, node: s.Call) -> Read:
        """What a call stands for, and its shape."""
        if node.primes:
            return self._primed(node)
        if node.function in self.meaning.lexicon.functions:
            return self._own(self.meaning.lexicon.functions[node.function], node)
        if node.function in self.special:
            return self.special[node.function](node)
        if node.function in PLAIN:
            given = (*node.arguments, *(node.sub if node.function in _SETTINGS else ()))
            self._count(node, PLAIN[node.function].least, PLAIN[node.function].most, PLAIN[node.function].usage, given)
            with self.meaning.builder.inside(node.function, node):
                parts = [self.meaning.value(part) for part in given]
            return self.by_entries(node.function, parts, node)
        if node.function in WORDS:
            word = WORDS[node.function]
            self._count(node, word.least, word.most, word.usage, node.arguments)
            return self.built(node.function, [self.meaning.value(part) for part in node.arguments], node)
        words = [*PLAIN, *WORDS, *self.meaning.lexicon.functions]
        what = f"unknown function {quote(node.word)} in {self.meaning.piece(node)}"
        self.meaning.fail("unknown-function", what, did_you_mean(node.word, words), node)

    def by_entries(self, name: str, parts: Sequence[Read], node: s.Node) -> Read:
        """A function of the table, applied entry by entry."""
        return self.meaning.builder.apply(name, [expr for expr, _ in parts], node), _together(parts)

    def built(self, name: str, parts: Sequence[Read], node: s.Node) -> Read:
        """An operation on matrices, at its operands."""
        for part in parts[: WORDS[name].matrices]:
            if not part[1]:
                what = f"{self.meaning.piece(node)}: {part[0]} is a number, not a matrix"
                self.meaning.fail("shape", what, "give it a matrix", node)
        made: Read = WORDS[name].build(*parts)
        return made

    # Arguments

    def _count(self, node: s.Call, least: int, most: int, usage: str, given: Sequence[s.Node] | None = None) -> None:
        given = node.arguments if given is None else given
        if not least <= len(given) <= most:
            takes = str(least) if least == most else f"{least} to {most}"
            what = f"{self.meaning.piece(node)} gives {node.word or node.function} {counted(len(given), 'argument')}"
            self.meaning.fail("arguments", what, f"it takes {takes}: write {usage}", node)

    def _parts(self, node: s.Call, count: int, usage: str) -> list[Read]:
        self._count(node, count, count, usage)
        return [self.meaning.value(part) for part in node.arguments]

    def _items(self, node: s.Node) -> list[s.Node]:
        return list(node.items) if isinstance(node, s.Items) else [node]

    def _axis(self, node: s.Call) -> int | None:
        """The axis that a call is told: 0, 1, or None where there is none."""
        given = [value for word, value in node.keywords if word == "axis"] or list(node.arguments[1:2])
        strange = [word for word, _ in node.keywords if word != "axis"]
        if strange:
            what = f"{strange[0]}= in {self.meaning.piece(node)}"
            self.meaning.fail("arguments", what, "axis= and keepdims= are known here", node)
        if not given or (isinstance(given[0], s.Items) and len(given[0].items) == 2):
            return None
        axis = self.meaning.scalar(given[0])
        if axis not in (-2, -1, 0, 1):
            what = f"the axis in {self.meaning.piece(node)} is neither 0 nor 1"
            self.meaning.fail("axis", what, "say axis=1 for each row or axis=0 for each column", given[0])
        return int(axis) % 2

    def _sizes(self, nodes: Sequence[s.Node], node: s.Call) -> list[Expr]:
        known = frozenset(self.meaning.derivation.network.sizes)
        sizes = [self.meaning.scalar(size) for part in nodes for size in self._items(part)]
        for size in sizes:
            if size.free_symbols - known or not is_size(size):
                words = ", ".join(sorted(s.name for s in known)) or "whole numbers"
                what = f"{size} in {self.meaning.piece(node)} is not a size"
                self.meaning.fail("size", what, f"use whole numbers and the sizes of the network: {words}", node)
        return sizes

    # Conditions

    def _where(self, node: s.Call) -> Read:
        self._count(node, 3, 3, "where(condition, a, b)")
        condition, yes, no = node.arguments
        return self.meaning.cases(((yes, condition), (no, None)), node)

    def _piecewise(self, node: s.Call) -> Read:
        pairs = [self._items(part) for part in node.arguments]
        if not pairs or any(len(pair) != 2 for pair in pairs):
            what = f"{self.meaning.piece(node)} is not made of values with conditions"
            self.meaning.fail("arguments", what, "write piecewise((a, condition), (b, True))", node)
        return self.meaning.cases([(value, when) for value, when in pairs], node)

    def _indicator(self, node: s.Call) -> Read:
        self._count(node, 1, 1, "1[z > 0]")
        return self.meaning.value(node.arguments[0])

    # Sums and what goes along an axis

    def _sum(self, node: s.Call) -> Read:
        self._count(node, 1, 2, f"{node.function}(A) or {node.function}(A, axis=0)")
        first = node.arguments[0]
        if isinstance(first, s.Items) and len(first.items) > 1:
            parts = [self.meaning.value(part) for part in first.items]
            total = Add(*(expr for expr, _ in parts))
            return (total / len(parts) if node.function == "mean" else total), _together(parts)
        axis, part = self._axis(node), self.meaning.value(first)
        if axis is None:
            return self.built("mean" if node.function == "mean" else "total", [part], node)
        made = ALONG[_ALONG["mean" if node.function == "mean" else "sum"][axis]](as_whole(*part))
        return made, shape_of(made)

    def _softmax(self, node: s.Call) -> Read:
        """Of a matrix along an axis, or one component of that of a list of scores."""
        lists = [part for part in node.arguments if isinstance(part, s.Items)]
        if node.sub and not lists:
            number = self.meaning.scalar(node.sub[0])
            return self._component(node, [self.meaning.scalar(part) for part in node.arguments], number)
        if len(node.arguments) == 2 and len(lists) == 1 and node.arguments[1] is lists[0]:
            scores = [self.meaning.scalar(part) for part in lists[0].items]
            chosen = self.meaning.scalar(node.arguments[0])
            if scores.count(chosen) == 1:
                return self._component(node, scores, Integer(scores.index(chosen) + 1))
            what = f"{self.meaning.piece(node.arguments[0])} does not stand once in the list"
            self.meaning.fail("arguments", what, "let it stand there exactly once", node.arguments[0])
        if lists:
            what = f"{self.meaning.piece(node)} has several components and stands for one value"
            self.meaning.fail("components", what, f"write {node.function}(z1, [z1, z2, z3])", node)
        return self._along(node)

    def _component(self, node: s.Call, scores: list[Expr], number: Expr) -> Read:
        if not (number.is_Integer and 1 <= number <= len(scores)) or len(scores) < 2:
            what = f"{self.meaning.piece(node)} has no component {number}"
            self.meaning.fail("components", what, "give all scores, two at least", node)
        return VECTOR[node.function](scores)[int(number) - 1], ()

    def _along(self, node: s.Call) -> Read:
        self._count(node, 1, 2, f"{node.function}(Z, axis=1)")
        axis, part = self._axis(node), self.meaning.value(node.arguments[0])
        if axis is None:
            name = node.function
            fix = f"write {name}(Z, axis=1) for each row or {name}(Z, axis=0) for each column"
            self.meaning.fail("axis", f"{self.meaning.piece(node)} of a matrix has no axis", fix, node)
        made: Read = WORDS[node.function].build(part, axis)
        return made

    # Products

    def _matmul(self, node: s.Call) -> Read:
        a, b = self._parts(node, 2, "A @ B")
        if not a[1] or not b[1]:
            return self.meaning.entrywise("*", a, b)
        if not same(a[1][1], b[1][0]) and same_shape(a[1], b[1]) and S.One in a[1]:
            return SCALARS["inner"](a, b), ()  # NumPy's dot of two vectors
        return self.meaning.matrix_product(a, b)

    def _outer(self, node: s.Call) -> Read:
        a, b = self._parts(node, 2, "outer(a, b)")
        for part in (a, b):
            if S.One not in part[1]:
                self.meaning.fail("shape", f"{self.meaning.piece(node)}: {part[0]} is no vector", "write A @ B.T", node)
        column = a if a[1][1] == S.One else transposed(*a)
        row = b if b[1][0] == S.One else transposed(*b)
        return self.meaning.matrix_product(column, row)

    def _hadamard(self, node: s.Call) -> Read:
        self._count(node, 2, 64, "A*B")
        parts = [self.meaning.value(part) for part in node.arguments]
        return reduce(lambda a, b: self.meaning.entrywise("*", a, b), parts)

    def _quadratic(self, node: s.Call) -> Read:
        self._count(node, 2, 3, WORDS["quadratic"].usage)
        return self.built("quadratic", [self.meaning.value(part) for part in node.arguments], node)

    def _transpose(self, node: s.Call) -> Read:
        return transposed(*self._parts(node, 1, "A.T")[0])

    def _diag(self, node: s.Call) -> Read:
        expr, shape = self._parts(node, 1, "diag(a)")[0]
        column = len(shape) == 2 and shape[1] == S.One
        if len(shape) == 2 and shape[0] == S.One and not column:
            (expr, shape), column = transposed(expr, shape), True
        made = (DiagonalMatrix if column else Diagonal)(as_whole(expr, shape))
        return made, made.shape

    # Entry by entry

    def _square(self, node: s.Call) -> Read:
        expr, shape = self._parts(node, 1, "A**2")[0]
        return self.meaning.builder.power(expr, Integer(2), node), shape

    def _power(self, node: s.Call) -> Read:
        a, b = self._parts(node, 2, "A**2")
        return self.meaning.builder.power(a[0], b[0], node), together("**", *a, *b)

    def _clip(self, node: s.Call) -> Read:
        x, low, high = self._parts(node, 3, "clip(x, low, high)")
        return Max(low[0], Min(high[0], x[0])), _together([x, low, high])

    def _add(self, node: s.Call) -> Read:
        a, b = self._parts(node, 2, "A + B")
        return a[0] + b[0], together("+", *a, *b)

    def _subtract(self, node: s.Call) -> Read:
        a, b = self._parts(node, 2, "A - B")
        return a[0] - b[0], together("-", *a, *b)

    def _negative(self, node: s.Call) -> Read:
        expr, shape = self._parts(node, 1, "-A")[0]
        return -expr, shape

    def _divide(self, node: s.Call) -> Read:
        a, (expr, shape) = self._parts(node, 2, "A/B")
        return self.meaning.entrywise("/", a, (self.meaning.builder.power(expr, Integer(-1), node), shape))

    def _reciprocal(self, node: s.Call) -> Read:
        expr, shape = self._parts(node, 1, "1/A")[0]
        return self.meaning.builder.power(expr, Integer(-1), node), shape

    def _same(self, node: s.Call) -> Read:
        return self._parts(node, 1, "A")[0]

    def _log1p(self, node: s.Call) -> Read:
        expr, shape = self._parts(node, 1, "log(1 + z)")[0]
        return self.by_entries("log", [(1 + expr, shape)], node)

    def _expm1(self, node: s.Call) -> Read:
        part = self._parts(node, 1, "exp(z) - 1")[0]
        expr, shape = self.by_entries("exp", [part], node)
        return expr - 1, shape

    def _log(self, node: s.Call) -> Read:
        if node.sub:
            what = f"the base of {self.meaning.piece(node)}"
            self.meaning.fail("arguments", what, "write log(x)/log(2)", node)
        self._count(node, 1, 1, "log(z)")
        first = node.arguments[0]
        if isinstance(first, s.Bars):
            inner, _ = self.meaning.value(first.of)
            if isinstance(inner, Determinant):
                return LogDeterminant(inner.args[0]), ()
        return self.by_entries("log", [self.meaning.value(first)], node)

    def _log_of_determinant(self, node: s.Call) -> Read:
        return self.built("logdet", self._parts(node, 1, "logdet(A)"), node)

    # Matrices of one number

    def _eye(self, node: s.Call) -> Read:
        made: Read = WORDS["eye"].build((self._sizes(node.arguments[:1], node)[0], ()))
        return made

    def _ones(self, node: s.Call) -> Read:
        sizes = self._sizes(node.arguments, node)
        if len(sizes) != 2:
            what = f"{self.meaning.piece(node)} has {counted(len(sizes), 'size')}"
            self.meaning.fail("arguments", what, "write ones(rows, columns)", node)
        return (S.Zero if node.function == "zeros" else S.One), (sizes[0], sizes[1])

    def _like(self, node: s.Call) -> Read:
        return (S.Zero if node.function == "zeros_like" else S.One), self._parts(node, 1, "ones_like(A)")[0][1]

    def _broadcast(self, node: s.Call) -> Read:
        sizes = self._sizes([*node.arguments[1:], *node.sub], node)
        if len(sizes) != 2:
            usage = WORDS["broadcast"].usage
            self.meaning.fail("arguments", f"{self.meaning.piece(node)} has no two sizes", f"write {usage}", node)
        made: Read = WORDS["broadcast"].build(self.meaning.value(node.arguments[0]), *((size, ()) for size in sizes))
        return made

    # Losses, functions of the user's own, derivatives

    def _loss(self, node: s.Call) -> Read:
        self._count(node, 2, 2, LOSSES[node.function].usage)
        sides = [[self.meaning.value(item) for item in self._items(part)] for part in node.arguments]
        if len(sides[0]) != len(sides[1]):
            what = f"{self.meaning.piece(node)} has {len(sides[0])} outputs and {len(sides[1])} targets"
            self.meaning.fail("arguments", what, "give as many targets as outputs", node)
        made = LOSSES[node.function].build(*([expr for expr, _ in side] for side in sides))
        return self.meaning.builder.real(made, node), _together([part for side in sides for part in side])

    def _own(self, cls: Any, node: s.Call) -> Read:
        parts = [self.meaning.value(part) for part in node.arguments]
        count = len(cls.parameters)
        self._count(node, count, count, f"{node.function}({', '.join(map(str, cls.parameters)).replace('_', '')})")
        if issubclass(cls, UserFunction):
            return self.meaning.builder.own(cls, [expr for expr, _ in parts], node), _together(parts)
        made = cls(*(as_whole(*part) for part in parts))
        return made, made.shape

    def _derivative(self, node: s.Call) -> Read:
        self._count(node, 2, 2, "∂E/∂w1")
        of, by = node.arguments
        if not isinstance(by, s.Name):
            self.meaning.fail("derivative", f"{self.meaning.piece(by)} is no name", "differentiate by a name", by)
        return self.meaning.value(s.Derivative(node.start, node.end, of, by.symbol, node.function == "Immediate"))

    def _primed(self, node: s.Call) -> Read:
        """f'(z), of a function of the table, of the user's, or of whichever the network applies to z."""
        self._count(node, 1, 1, f"{node.word}'(z)")
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


def _together(parts: Sequence[Read]) -> Any:
    whole, shape = parts[0]
    for expr, found in parts[1:]:
        whole, shape = (whole if shape else expr), together("and", whole, shape, expr, found)
    return shape
