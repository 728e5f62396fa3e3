"""Calls of operations on matrices."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from sympy import Add, Expr, Integer, S

from symbackprop.matrices import as_whole
from symbackprop.matrices.operations.diagonal import Diagonal, DiagonalMatrix
from symbackprop.matrices.operations.record import Read
from symbackprop.matrices.shapes import same, same_shape
from symbackprop.matrices.vocabulary import transposed
from symbackprop.network.formulas.matrix_table import WORDS
from symbackprop.network.formulas.source import counted
from symbackprop.network.formulas.table import VECTOR
from symbackprop.reading import syntax as s
from symbackprop.reading.arguments import Arguments, together_of

LINES = {
    "sum": ("colsum", "rowsum", "total"),
    "mean": ("colmean", "rowmean", "mean"),
    "max": ("colmax", "rowmax", "largest"),
    "min": ("colmin", "rowmin", "smallest"),
    "prod": ("colprod", "rowprod", "prod"),
}
"""What libraries have one word for, with an axis or without: of each column, of each row, and of all."""


class MatrixCalls(Arguments):
    """Reads operations on matrices."""

    def built(self, name: str, parts: Sequence[Read], node: s.Node) -> Read:
        """An operation on matrices, at its operands."""
        for part in parts[: WORDS[name].matrices]:
            if not part[1]:
                what = f"{self.meaning.piece(node)}: {part[0]} is a number, not a matrix"
                self.meaning.fail("shape", what, "give it a matrix", node)
        made: Read = WORDS[name].build(*parts)
        return made

    def sum(self, node: s.Call) -> Read:
        self.count(node, 1, 2, f"{node.function}(A) or {node.function}(A, axis=0)")
        first = node.arguments[0]
        if isinstance(first, s.Items) and len(first.items) > 1:
            parts = [self.meaning.value(part) for part in first.items]
            total = Add(*(expr for expr, _ in parts))
            return (total / len(parts) if node.function == "mean" else total), together_of(parts)
        return self.of_lines(node)

    def is_of_lines(self, node: s.Call) -> bool:
        """Whether a word for lines has one operand, a matrix: max(A, B) is the larger one, entry by entry."""
        alone = len(node.arguments) == 1 and not isinstance(node.arguments[0], s.Items)
        return alone and bool(self.meaning.value(node.arguments[0])[1])

    def of_lines(self, node: s.Call) -> Read:
        """An operation on each column, on each row or on all entries, by the axis."""
        column, row, whole = LINES["sum" if node.function == "total" else node.function]
        axis, part = self.axis(node), self.meaning.value(node.arguments[0])
        return self.built(whole if axis is None else (column, row)[axis], [part], node)

    def softmax(self, node: s.Call) -> Read:
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
        return self.along(node)

    def _component(self, node: s.Call, scores: list[Expr], number: Expr) -> Read:
        if not (number.is_Integer and 1 <= number <= len(scores)) or len(scores) < 2:
            what = f"{self.meaning.piece(node)} has no component {number}"
            self.meaning.fail("components", what, "give all scores, two at least", node)
        return VECTOR[node.function](scores)[int(number) - 1], ()

    def along(self, node: s.Call) -> Read:
        self.count(node, 1, 2, f"{node.function}(Z, axis=1)")
        axis, part = self.axis(node), self.meaning.value(node.arguments[0])
        if axis is None:
            name = node.function
            fix = f"write {name}(Z, axis=1) for each row or {name}(Z, axis=0) for each column"
            self.meaning.fail("axis", f"{self.meaning.piece(node)} of a matrix has no axis", fix, node)
        made: Read = WORDS[node.function].build(part, axis)
        return made

    def matmul(self, node: s.Call) -> Read:
        a, b = self.parts(node, 2, "A @ B")
        if not a[1] or not b[1]:
            return self.meaning.entrywise("*", a, b)
        if not same(a[1][1], b[1][0]) and same_shape(a[1], b[1]) and S.One in a[1]:
            return self.built("inner", [a, b], node)  # NumPy's dot of two vectors
        return self.meaning.matrix_product(a, b)

    def outer(self, node: s.Call) -> Read:
        a, b = self.parts(node, 2, "outer(a, b)")
        for part in (a, b):
            if S.One not in part[1]:
                self.meaning.fail("shape", f"{self.meaning.piece(node)}: {part[0]} is no vector", "write A @ B.T", node)
        column = a if a[1][1] == S.One else transposed(*a)
        row = b if b[1][0] == S.One else transposed(*b)
        return self.meaning.matrix_product(column, row)

    def hadamard(self, node: s.Call) -> Read:
        self.count(node, 2, 64, "A*B")
        parts = [self.meaning.value(part) for part in node.arguments]
        return reduce(lambda a, b: self.meaning.entrywise("*", a, b), parts)

    def quadratic(self, node: s.Call) -> Read:
        self.count(node, 2, 3, WORDS["quadratic"].usage)
        return self.built("quadratic", [self.meaning.value(part) for part in node.arguments], node)

    def transpose(self, node: s.Call) -> Read:
        return transposed(*self.parts(node, 1, "A.T")[0])

    def diag(self, node: s.Call) -> Read:
        expr, shape = self.parts(node, 1, "diag(a)")[0]
        column = len(shape) == 2 and shape[1] == S.One
        if len(shape) == 2 and shape[0] == S.One and not column:
            (expr, shape), column = transposed(expr, shape), True
        made = (DiagonalMatrix if column else Diagonal)(as_whole(expr, shape))
        return made, made.shape

    def eye(self, node: s.Call) -> Read:
        made: Read = WORDS["eye"].build((self.sizes(node.arguments[:1], node)[0], ()))
        return made

    def ones(self, node: s.Call) -> Read:
        sizes = self.sizes(node.arguments, node)
        if len(sizes) != 2:
            what = f"{self.meaning.piece(node)} has {counted(len(sizes), 'size')}"
            self.meaning.fail("arguments", what, "write ones(rows, columns)", node)
        return (S.Zero if node.function == "zeros" else S.One), (sizes[0], sizes[1])

    def like(self, node: s.Call) -> Read:
        return (S.Zero if node.function == "zeros_like" else S.One), self.parts(node, 1, "ones_like(A)")[0][1]

    def broadcast(self, node: s.Call) -> Read:
        sizes = self.sizes([*node.arguments[1:], *node.sub], node)
        if len(sizes) != 2:
            usage = WORDS["broadcast"].usage
            self.meaning.fail("arguments", f"{self.meaning.piece(node)} has no two sizes", f"write {usage}", node)
        made: Read = WORDS["broadcast"].build(self.meaning.value(node.arguments[0]), *((size, ()) for size in sizes))
        return made

    def log_of_determinant(self, node: s.Call) -> Read:
        return self.built("logdet", self.parts(node, 1, "logdet(A)"), node)
