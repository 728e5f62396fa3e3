"""Roots of symmetric matrices, and Lyapunov's equation, in a prime field.

The equation is solved exactly. Of a root X of A the derivative D is exact, too: it solves X·D + D·X = dA. X itself is

of a name
    exact as well: X is drawn, a symmetric matrix of free elements, and A is made of it, X·X. The pairs of a matrix and
    a root of it have no parts of which one would be left out, as all are X·X and X.
free
    else a symmetric matrix of free elements, the same one of the same A. What holds for it holds for the root.
true
    with ``true_roots`` the root that is a polynomial in A. The prime p is 3 modulo 4; where every eigenvalue is a
    square in its field, of p^d elements with an odd d, A^((p^m + 1)/4) is one, for a multiple m of all d. Of other A
    there is none that is found. Each eigenvalue has two roots, of which the one is taken that is a square; that of the
    real root may be the other, so that an n×n matrix counts for n roots (draws.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from sympy import Basic

from symbackprop.judge.entries import Entries
from symbackprop.judge.matrix_roots import equations
from symbackprop.judge.numbers import Undefined, Unlucky
from symbackprop.judge.real import Floats
from symbackprop.matrices import Array, MatrixRoot

if TYPE_CHECKING:
    from symbackprop.judge.field import Field

Residues = tuple[int, ...]
"""The entries of a square matrix modulo p, row by row."""


class Matrices:
    """The roots of matrices that are known in one field, by the entries of the matrices."""

    def __init__(self, field: Field, true_roots: bool) -> None:
        self.field = field
        self.true_roots = true_roots
        self.known: dict[Residues, Residues] = {}
        self.true_count = 0
        self.branches = 1.0
        """A claim that fails for a true root does so for the product over all roots that there may be: its degree is
        so many times larger, and no smaller a part of all elements must have such a root."""

    def with_roots(self, exprs: Iterable[Basic], leaves: Mapping[str, Entries]) -> dict[str, Entries]:
        """The values of names, where those of which a root is taken are made of it, and of a skew part."""
        made = dict(leaves)
        roots = {node for expr in exprs for node in expr.atoms(MatrixRoot) if isinstance(node.args[0], Array)}
        for name in sorted({node.args[0].name for node in roots} & leaves.keys()):
            size = leaves[name].shape[0]
            if size > 1:
                root = self._free(size)
                square = _product(root, root, size, self.field.p)
                self.known[square] = root
                skew = [self.field.random.randrange(self.field.p) for _ in square]
                values = [
                    (square[i * size + j] + skew[i * size + j] - skew[j * size + i]) % self.field.p
                    for i in range(size) for j in range(size)
                ]  # fmt: skip
                made[name] = self._elements(leaves[name], values, [0] * len(values), leaves[name], 2.0, 0.0)
        return made

    def root(self, a: Entries) -> Entries:
        """The root of a symmetric matrix."""
        size, values = a.shape[0], tuple(x.v for x in a.flat)
        if values not in self.known:
            self.known[values] = self._true(values, size) if self.true_roots else self._free(size)
            for x in a.flat:
                self.field.follows(x)
            self.field.movements += 4 * size**2  # of the equation for the derivative
        root = self.known[values]
        degree = 1.0 + sum(x.above + x.below for x in a.flat) if self.true_roots else 1.0
        shadows = _shadows(Floats().matrix_root, a)
        found = self._elements(a, root, [0] * len(root), shadows, degree, 0.0)
        slopes = self._solution(found, [x.d for x in a.flat])
        return self._elements(a, root, slopes, shadows, degree, 0.0)

    def lyapunov(self, a: Entries, b: Entries) -> Entries:
        """The solution of A·X + X·A = B, with its derivative."""
        p, size = self.field.p, a.shape[0]
        found = self._solution(a, [x.v for x in b.flat])
        moving = tuple(x.d for x in a.flat)
        left, right = _product(moving, found, size, p), _product(found, moving, size, p)
        slopes = self._solution(a, [x.d - y - z for x, y, z in zip(b.flat, left, right, strict=True)])
        # By Cramer's rule, each entry over the denominators of all.
        below, beside = sum(x.below for x in a.flat), sum(x.below for x in b.flat)
        determinant = size**2 * (max(x.above for x in a.flat) + below)
        above = determinant + below + max(x.above for x in b.flat) + beside
        return self._elements(b, found, slopes, _shadows(Floats().lyapunov, a, b), above, determinant + beside)

    def _elements(
        self, like: Entries, values: Iterable[int], slopes: Iterable[int], shadows: Entries, above: float, below: float
    ) -> Entries:
        kind = type(self.field.one)
        floats = [x if isinstance(x, float) else x.s for x in shadows.flat]
        return Entries(like.shape, tuple(
            kind(self.field, v, d, s, above=above, below=below) for v, d, s in zip(values, slopes, floats, strict=True)
        ))  # fmt: skip

    def _free(self, size: int) -> Residues:
        drawn = [[self.field.random.randrange(1, self.field.p) for _ in range(i + 1)] for i in range(size)]
        return tuple(drawn[max(i, j)][min(i, j)] for i in range(size) for j in range(size))

    def _true(self, a: Residues, size: int) -> Residues:
        p = self.field.p
        exponent = (p ** math.lcm(*range(1, size + 1, 2)) + 1) // 4
        root = tuple(int(i == j) for i in range(size) for j in range(size))
        power = a
        while exponent:
            if exponent % 2:
                root = _product(root, power, size, p)
            power, exponent = _product(power, power, size, p), exponent // 2
        if _product(root, root, size, p) != a:
            raise Unlucky("a root of a matrix that is no square")
        self.true_count += size
        self.branches *= 4.0**size
        return root

    def _solution(self, a: Entries, right: list[int]) -> Residues:
        """The solution of A·X + X·A = B modulo p."""
        if not any(right):
            return (0,) * len(right)
        p = self.field.p
        values = Entries(a.shape, tuple(x.v for x in a.flat))
        rows = equations(values, Entries(a.shape, tuple(right)), 0)
        for k in range(len(rows)):
            chosen = next((i for i in range(k, len(rows)) if rows[i][k] % p), None)
            if chosen is None:
                raise Undefined("an equation of Lyapunov's without a solution")
            rows[k], rows[chosen] = rows[chosen], rows[k]
            inverse = pow(rows[k][k], -1, p)
            pivotal = rows[k] = [x * inverse % p for x in rows[k]]
            for i, row in enumerate(rows):
                if i != k and row[k]:
                    factor = row[k]
                    rows[i] = [(x - factor * y) % p for x, y in zip(row, pivotal, strict=True)]
        return tuple(row[-1] for row in rows)


def _product(a: Residues, b: Residues, size: int, p: int) -> Residues:
    columns = [b[j::size] for j in range(size)]
    rows = [a[i * size : (i + 1) * size] for i in range(size)]
    return tuple(sum(map(int.__mul__, row, column)) % p for row in rows for column in columns)


def _shadows(function: Callable[..., Entries], *operands: Entries) -> Entries:
    """What floats have for it, or no numbers."""
    try:
        return function(*(operand.each(lambda x: x.s) for operand in operands))
    except (Unlucky, ArithmeticError):
        return operands[0].each(lambda x: math.nan)
