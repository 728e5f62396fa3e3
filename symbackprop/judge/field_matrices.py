"""Roots of symmetric matrices, and Lyapunov's equation, in a prime field.

The equation is solved exactly. Of a root X of A the derivative D is exact, too: it solves X·D + D·X = dA. X itself is

of a name
    exact as well: Z is drawn, a symmetric matrix of free elements, X is Z·Z and A is X·X. As all positive definite
    matrices and their roots are of this form, what holds for such pairs holds for those; and det X is a square, as what
    is positive should be.
of a diagonal matrix
    the roots of its entries, as the field has them.
free
    else a symmetric matrix of free elements, the same one of the same A. What holds for it holds for the root.
true
    with ``true_roots`` the root that is a polynomial in A. The prime p is 3 modulo 4; where every eigenvalue is a
    square in its field, of p^d elements with an odd d, A^((p^m + 1)/4) is one, for a multiple m of all d; other A will
    not do. Eigenvalues that are roots of one irreducible polynomial have one sign in common: of the roots of such an A
    that are polynomials in it as many differ as there are choices of signs. Those that obey the same laws as the real
    root are among them, as what maps one to another has an odd order on the eigenvalues, and the group of signs a power
    of two for its own. So a draw finds such a one with a chance of one half for each of the ``signs`` (draws.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from symbackprop.judge.entries import Entries
from symbackprop.judge.matrix_roots import equations
from symbackprop.judge.numbers import NoMatrixRoot, Undefined, Unlucky
from symbackprop.judge.real import Floats

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
        self.signs = 0
        """How many signs were chosen in roots that are true."""
        self.branches = 1.0
        """A claim that fails for a true root does so for the product over all roots that there may be: its degree is
        so many times larger, and no smaller a part of all elements must have such a root."""

    def with_roots(self, rooted: Iterable[str], leaves: Mapping[str, Entries]) -> dict[str, Entries]:
        """The values of names, where those of which a root is taken are made of it, and of a skew part."""
        made = dict(leaves)
        for name in rooted:
            size = leaves[name].shape[0] if name in leaves else 1
            if size > 1:
                fourth = self._free(leaves[name])
                root = _product(fourth, fourth, size, self.field.p)
                square = _product(root, root, size, self.field.p)
                self.known |= {square: root, root: fourth}
                skew = [self.field.random.randrange(self.field.p) for _ in square]
                values = [
                    (square[i * size + j] + skew[i * size + j] - skew[j * size + i]) % self.field.p
                    for i in range(size) for j in range(size)
                ]  # fmt: skip
                made[name] = self._elements(leaves[name], values, [0] * len(values), leaves[name], 4.0, 0.0)
        return made

    def root(self, a: Entries) -> Entries:
        """The root of a symmetric matrix."""
        size, values = a.shape[0], tuple(x.v for x in a.flat)
        if values not in self.known:
            diagonal = not any(values[k] for k in range(len(values)) if k % (size + 1))
            method = self._of_diagonal if diagonal else self._true if self.true_roots else self._free
            self.known[values] = method(a)
            for x in a.flat:
                self.field.follows(x)
            self.field.movements += 4 * size**2  # of the equation for the derivative
        root = self.known[values]
        degree = 2.0 + sum(x.above + x.below for x in a.flat) if self.true_roots else 2.0
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

    def _of_diagonal(self, a: Entries) -> Residues:
        size = a.shape[0]
        roots = [self.field.power(a.flat[k * (size + 1)], Fraction(1, 2)).v for k in range(size)]
        return tuple(roots[i] if i == j else 0 for i in range(size) for j in range(size))

    def _free(self, a: Entries) -> Residues:
        size = a.shape[0]
        drawn = [[self.field.random.randrange(1, self.field.p) for _ in range(i + 1)] for i in range(size)]
        return tuple(drawn[max(i, j)][min(i, j)] for i in range(size) for j in range(size))

    def _true(self, of: Entries) -> Residues:
        p, size, a = self.field.p, of.shape[0], tuple(x.v for x in of.flat)
        root = _power(a, (p ** math.lcm(*range(1, size + 1, 2)) + 1) // 4, size, p)
        if _product(root, root, size, p) != a:
            raise NoMatrixRoot("a root of a matrix that is no square")
        self.signs += _factors(a, size, p)
        self.branches *= 4.0**size
        return root

    def _solution(self, a: Entries, right: list[int]) -> Residues:
        """The solution of A·X + X·A = B modulo p."""
        if not any(right):
            return (0,) * len(right)
        values = Entries(a.shape, tuple(x.v for x in a.flat))
        rows = equations(values, Entries(a.shape, tuple(right)), 0)
        if _rank(rows, len(rows), self.field.p) < len(rows):
            raise Undefined("an equation of Lyapunov's without a solution")
        return tuple(row[-1] for row in rows)


def _rank(rows: list[list[int]], columns: int, p: int) -> int:
    """The rank of so many columns, which are reduced: where it is full, they become those of the identity."""
    rank = 0
    for k in range(columns):
        chosen = next((i for i in range(rank, len(rows)) if rows[i][k] % p), None)
        if chosen is None:
            continue
        rows[rank], rows[chosen] = rows[chosen], rows[rank]
        inverse = pow(rows[rank][k], -1, p)
        pivotal = rows[rank] = [x * inverse % p for x in rows[rank]]
        for i, row in enumerate(rows):
            if i != rank and row[k]:
                factor = row[k]
                rows[i] = [(x - factor * y) % p for x, y in zip(row, pivotal, strict=True)]
        rank += 1
    return rank


def _factors(a: Residues, size: int, p: int) -> int:
    """How many irreducible factors the characteristic polynomial of A has, or more.

    They are as many as polynomials in A are linearly independent that are their own p-th power, which is Berlekamp's
    way of telling them.
    """
    unit = _power(a, 0, size, p)
    raised, powers, raised_powers = _power(a, p, size, p), [unit], [unit]
    for _ in range(size - 1):
        powers.append(_product(powers[-1], a, size, p))
        raised_powers.append(_product(raised_powers[-1], raised, size, p))
    changes = [[(x - y) % p for x, y in zip(*pair, strict=True)] for pair in zip(raised_powers, powers, strict=True)]
    return size - _rank(changes, size * size, p)


def _power(a: Residues, exponent: int, size: int, p: int) -> Residues:
    found = tuple(int(i == j) for i in range(size) for j in range(size))
    while exponent:
        if exponent % 2:
            found = _product(found, a, size, p)
        a, exponent = _product(a, a, size, p), exponent // 2
    return found


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
