"""Roots of symmetric matrices, and Lyapunov's equation A·X + X·A = B, for real numbers of any kind.

The equation is linear, so that elimination solves it exactly, as n² equations. A root is found by the iteration of
Denman and Beavers (1976), "The matrix sign function and computations in systems". If X is the root of A, X·X = A, then
its derivative D solves X·D + D·X = dA; that is all the judge knows of it.

Intervals are made of an approximation and a bound on what is left. Let c be below every eigenvalue of a symmetric S.

root
    Of the root X of A and a symmetric X₀ near it, E = X − X₀ solves X·E + E·X₀ = A − X₀·X₀. Where X and X₀ are positive
    definite, the map from E has no singular value below the least eigenvalue of X₀: ‖E‖ ≤ ‖A − X₀·X₀‖/c.
equation
    Of the solution X for S and any X₀, E = X − X₀ solves S·E + E·S = B − S·X₀ − X₀·S: ‖E‖ ≤ ‖B − S·X₀ − X₀·S‖/(2c).

Norms are those of Frobenius, and 1/‖S⁻¹‖ is such a c, as S is positive definite when all its pivots are positive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from operator import add, sub
from typing import Any

from symbackprop.judge.entries import Entries, entrywise, identity, inverse, matrix_product, total
from symbackprop.judge.numbers import Number, Numbers, Unlucky

STEPS = 200
"""After how many steps an iteration that doubles the digits in each has met a matrix that is all but singular."""


def require_definite(a: Entries, numbers: Numbers) -> None:
    """Raise Unlucky where a symmetric matrix is not seen to be positive definite, as all its pivots are above zero."""
    rows = [list(row) for row in a.rows]
    for k, pivotal in enumerate(rows):
        if numbers.sign(pivotal[k]) <= 0:
            raise Unlucky("outside the domain")
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / pivotal[k]
            rows[i] = [x - factor * y for x, y in zip(rows[i], pivotal, strict=True)]


def equations(a: Entries, b: Entries, zero: Number) -> list[list[Number]]:
    """A·X + X·A = B as linear equations for the entries of X, row by row, with the right-hand side last."""
    size = a.shape[0]
    rows = []
    for i in range(size):
        for j in range(size):
            row = [zero] * (size * size)
            for k in range(size):
                row[k * size + j] = row[k * size + j] + a.flat[i * size + k]
                row[i * size + k] = row[i * size + k] + a.flat[k * size + j]
            rows.append([*row, b.flat[i * size + j]])
    return rows


def by_elimination(a: Entries, b: Entries, numbers: Numbers) -> Entries:
    """The solution of A·X + X·A = B, exact where the numbers are."""
    require_definite(a, numbers)
    rows = equations(a, b, numbers.number(Fraction(0)))
    for k in range(len(rows)):
        chosen = k + numbers.pivot([row[k] for row in rows[k:]])
        rows[k], rows[chosen] = rows[chosen], rows[k]
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / rows[k][k]
            rows[i][k:] = [x - factor * y for x, y in zip(rows[i][k:], rows[k][k:], strict=True)]
    found: list[Number] = []  # the last unknown first
    for k in reversed(range(len(rows))):
        known = rows[k][-1]
        for x, y in zip(found, reversed(rows[k][k + 1 : -1]), strict=True):
            known = known - x * y
        found.append(known / rows[k][k])
    return Entries(b.shape, tuple(reversed(found)))


def by_iteration(a: Entries, numbers: Numbers, enough: Number) -> Entries:
    """The root of a symmetric matrix, by steps until one changes no more than ``enough`` of it, which each squares."""
    require_definite(a, numbers)
    half = numbers.number(Fraction(1, 2))
    root, other = a, identity(a.shape[0], numbers)  # the other becomes the inverse of the root
    for _ in range(STEPS):
        before = root
        root, other = (
            entrywise(lambda x, y: half * (x + y), mine, inverse(theirs, numbers))
            for mine, theirs in ((root, other), (other, root))
        )
        gap = max(abs(x - y) for x, y in zip(root.flat, before.flat, strict=True))
        if gap <= enough * max(map(abs, root.flat)):
            return entrywise(lambda x, y: half * (x + y), root, root.transposed)
    raise Unlucky("a matrix that is all but singular")


# Intervals


def enclosed_root(a: Entries, numbers: Numbers, near: Callable[[Entries], Entries]) -> Entries:
    """Intervals that hold the root of every positive definite matrix in A; ``near`` approximates one.

    Raises Unlucky where A is not seen to be positive definite.
    """
    require_definite(a, numbers)
    found = near(a)
    rest = entrywise(sub, a, _product(found, found, numbers))
    return _widened(found, rest, least_eigenvalue(found, numbers))


def enclosed_solution(a: Entries, b: Entries, numbers: Numbers, near: Callable[[Entries, Entries], Entries]) -> Entries:
    """Intervals that hold the solution of A·X + X·A = B for every positive definite matrix in A, and every B."""
    least = least_eigenvalue(a, numbers)
    found = near(a, b)
    rest = entrywise(sub, b, both_sides(a, found, numbers))
    return _widened(found, rest, least + least)


def least_eigenvalue(a: Entries, numbers: Numbers) -> Number:
    """What is below every eigenvalue of a positive definite matrix. Raises Unlucky where it is not seen to be one."""
    require_definite(a, numbers)
    return numbers.number(Fraction(1)) / _norm(inverse(a, numbers))


def both_sides(a: Entries, x: Entries, numbers: Numbers) -> Entries:
    """A·X + X·A."""
    return entrywise(add, _product(a, x, numbers), _product(x, a, numbers))


def _product(a: Entries, b: Entries, numbers: Numbers) -> Entries:
    return matrix_product(a, b, numbers.inner)


def _norm(a: Entries) -> Any:
    """The largest that the norm of Frobenius may be, as an interval of one number."""
    squares = total([x**2 for x in a.flat])
    return squares.ctx.sqrt(squares).b


def _widened(found: Entries, rest: Entries, least: Any) -> Entries:
    """The approximation, with the bound on what is left on either side of each entry."""
    far = (_norm(rest) / least).b
    around = far.ctx.mpf([-far, far])
    return found.each(lambda x: x + around)


# Tangents


def derivative_of_root(root: Entries, slopes: Entries, kind: Numbers) -> Entries:
    """D of X·D + D·X = dA."""
    return kind.lyapunov(root, slopes)


def derivative_of_solution(a: Entries, slopes: Sequence[Entries], found: Entries, kind: Numbers) -> Entries:
    """D of A·D + D·A = dB − dA·X − X·dA; ``slopes`` are dA and dB."""
    of_a, of_b = slopes
    return kind.lyapunov(a, entrywise(sub, of_b, both_sides(of_a, found, kind)))
