"""Sums, products and powers of parts with shapes."""

from __future__ import annotations

from functools import reduce

from sympy import Add, Integer, Mul, S

from symbackprop.matrices import Inverse, Shape, as_whole
from symbackprop.matrices.operations.record import Read
from symbackprop.matrices.shapes import product_shape, same, together
from symbackprop.matrices.vocabulary import WORDS, times, transposed
from symbackprop.network.formulas.matrix_table import apart
from symbackprop.notation import Frobenius
from symbackprop.reading import syntax as s
from symbackprop.reading.telling import Telling, lowered


class Arithmetic(Telling):
    """Reads arithmetic."""

    def sum(self, node: s.Sum) -> Read:
        """Read a sum."""
        parts = [(sign, self.value(term)) for sign, term in node.terms]
        whole, shape = parts[0][1]
        for sign, (expr, found) in parts[1:]:
            shape = together("+" if sign > 0 else "-", whole, shape, expr, found)
        return Add(*(expr if sign > 0 else -expr for sign, (expr, _) in parts)), shape

    def product(self, node: s.Product) -> Read:
        """Read factors from left to right."""
        values = [self._inverted(factor) if sign in ("/", "⊘") else self.value(factor) for sign, factor in node.factors]
        signs = {sign for sign, _ in node.factors[1:]}
        if signs <= {"*", "·", " ", "/"} and not any(shape for _, shape in values):
            factors = [expr for expr, _ in values]
            # One at a time gives what Python would, 2*(x + y)*z; for many factors that takes too long.
            return (reduce(lambda a, b: a * b, factors) if len(factors) <= 32 else Mul(*factors)), ()
        total = values[0]
        before = node.factors[0][1]
        for (sign, factor), part in zip(node.factors[1:], values[1:], strict=True):
            with self.told(s.Node(before.start, factor.end)):
                if sign in ("/", "⊘"):
                    total = self.entrywise("/", total, part)
                else:
                    total = self._times(sign, total, part, s.Node(node.start, factor.end))
            before = factor
        return total

    def _times(self, sign: str, a: Read, b: Read, node: s.Node) -> Read:
        if sign == "⊗" and a[1] and b[1]:
            return WORDS["kron"].build(a, b)
        if sign == "@" and not (a[1] and b[1]):
            if not self.derivation.network.sizes and not a[1] and not b[1]:
                return a[0] * b[0], ()
            product_shape(a[0], a[1], b[0], b[1])
        fits = bool(a[1] and b[1]) and same(a[1][1], b[1][0])
        if sign == "*" and fits and "'" in self.given.text and not _fit_by_entries(a[1], b[1]):
            sign = "@"  # whoever writes X' writes X'*G
        if not a[1] or not b[1] or sign in ("*", "∘"):
            return self.entrywise("*", a, b)
        if sign == "@" or (fits and sign == " "):
            return self.matrix_product(a, b)
        one = (S.One, S.One)
        if not fits and one in (a[1], b[1]):  # a form such as xᵀAx in front of a matrix is a number
            return self.entrywise("*", lowered(a), lowered(b))
        if sign == " ":
            product_shape(a[0], a[1], b[0], b[1])  # says what does not fit
        return self._dotted(a, b, fits, node)

    def _dotted(self, a: Read, b: Read, fits: bool, node: s.Node) -> Read:
        """A dot between matrices: the product that their shapes allow."""
        if not fits:
            return self.entrywise("·", a, b)
        if not _fit_by_entries(a[1], b[1]) or (S.One, S.One) in (a[1], b[1]):
            return self.matrix_product(a, b)
        self.fail(
            "ambiguous", f"the product in {self.piece(node)} can be that of matrices or that of entries",
            "write @ or a blank for the one, * or ∘ for the other", node,
        )  # fmt: skip

    def matrix_product(self, a: Read, b: Read) -> Read:
        """The matrix product, with scalars gathered in front."""
        (first, left), (second, right) = apart(a[0]), apart(b[0])
        expr, shape = times(left, a[1], right, b[1])
        return first * second * expr, shape

    def entrywise(self, sign: str, a: Read, b: Read) -> Read:
        """A product entry by entry; of a quotient ``b`` is 1 over the divisor."""
        shape = together(sign, a[0], a[1], b[0], b[1])
        return a[0] * b[0], shape

    def _inverted(self, node: s.Node) -> Read:
        expr, shape = self.value(node)
        return self.builder.power(expr, Integer(-1), node), shape

    def power(self, node: s.Power) -> Read:
        """Read a power: of each entry, the inverse of a matrix, or its product with itself as often as a size says."""
        base, exponent = self.value(node.base), lowered(self.value(node.exponent))
        if node.sign == "^" and base[1] and exponent[0] == -1:
            return Inverse(as_whole(*base)), base[1]
        if node.sign == "^" and base[1] not in ((), (S.One, S.One)) and same(*base[1]):
            if exponent[0].is_Integer:
                what = f"{self.piece(node)} can be a product of matrices or a power of each entry"
                self.fail("ambiguous", what, "write A @ A for the one, A**2 for the other", node)
            if exponent[0].free_symbols and exponent[0].free_symbols <= set(self.derivation.network.sizes):
                return WORDS["matrix_power"].build(base, exponent)
        shape = together("**", base[0], base[1], *exponent) if base[1] and exponent[1] else base[1] or exponent[1]
        return self.builder.power(base[0], exponent[0], node), shape

    def transpose(self, node: s.Transpose) -> Read:
        """Read a transpose."""
        expr, shape = self.value(node.of)
        if not shape:
            if self.derivation.network.sizes and not node.inverse:
                return expr, ()
            what = f"{self.piece(node)}: {self.piece(node.of)} is a number, and has no transpose"
            self.fail("shape", what, "a dash or T stands behind a matrix, and behind the name of a function", node)
        if node.inverse:
            expr = Inverse(as_whole(expr, shape))
        return transposed(expr, shape)

    def inner(self, left: s.Node, right: s.Node) -> Read:
        """Read ⟨A, B⟩."""
        a, b = self.value(left), self.value(right)
        if self.changes:
            return Frobenius(as_whole(*a), as_whole(*b)), ()
        return WORDS["inner"].build(a, b)


def _fit_by_entries(first: Shape, second: Shape) -> bool:
    """Whether two matrices can be multiplied entry by entry."""
    return all(same(x, y) or S.One in (x, y) for x, y in zip(first, second, strict=True))
