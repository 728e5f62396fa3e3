"""What the judge knows of roots of matrices: R·R = A in a field, and intervals that hold the root."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from sympy import Expr, MatrixSymbol, Rational, Symbol, sqrt, symbols

import symbackprop as sb
from symbackprop.judge import Gradients, judge
from symbackprop.judge.entries import Entries, matrix_product
from symbackprop.judge.field import Field
from symbackprop.judge.field_matrices import _factors
from symbackprop.judge.intervals import Intervals
from symbackprop.judge.numbers import Undecidable, Unlucky
from symbackprop.judge.prime import safe_prime
from symbackprop.judge.real import Digits, Floats, Fractions, Tangents
from symbackprop.matrices import (
    Array,
    DiagonalMatrix,
    Identity,
    Inverse,
    Lyapunov,
    MatrixRoot,
    Product,
    SumAll,
    SymmetricPart,
    Transposed,
)

m, n = symbols("m n")
E = Symbol("E")
A, V = Array("A", (n, m)), Array("V", (n, 1))
B, Q, W = Array("B", (n, n)), Array("Q", (n, n)), Array("W", (n, n))
S = Product(A, Transposed(A)) + Identity(n)


def claimed(node: Expr, formula: Expr) -> Gradients:
    """That an expression is a formula, as what its weights get back."""
    leaves = sorted(node.atoms(Array), key=str)
    net = sb.Network({E: SumAll(W * node)}, inputs=[], targets=[], parameters=[*leaves, W], loss=E)
    return Gradients(net, {W: formula})


@pytest.mark.parametrize(
    ("node", "formula"),
    [
        (Product(MatrixRoot(Q), MatrixRoot(Q)), SymmetricPart(Q)),
        (Product(SymmetricPart(Q), Inverse(MatrixRoot(Q))), MatrixRoot(Q)),
        (Product(MatrixRoot(MatrixRoot(Q)), MatrixRoot(MatrixRoot(Q))), MatrixRoot(Q)),
        (MatrixRoot(DiagonalMatrix(V)), DiagonalMatrix(sqrt(V))),
        (MatrixRoot(4 * Identity(n)), 2 * Identity(n)),
        (Lyapunov(MatrixRoot(Q), SymmetricPart(Q)), MatrixRoot(Q) / 2),
        (Lyapunov(Q, Identity(n)), Inverse(SymmetricPart(Q)) / 2),
        pytest.param(MatrixRoot(4 * Q), 2 * MatrixRoot(Q), marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_what_a_root_is(node: Expr, formula: Expr) -> None:
    assert judge(claimed(node, formula)).proved


@pytest.mark.parametrize(
    ("node", "formula"),
    [
        (MatrixRoot(S), -MatrixRoot(S)),
        (Product(MatrixRoot(S), MatrixRoot(S)), S + Rational(1, 10**6) * Identity(n)),
        (Product(MatrixRoot(Q), MatrixRoot(Q)), Q),
        (MatrixRoot(Product(Q, Transposed(Q)) + Identity(n)), Q),
        (Lyapunov(Q, B), Product(Inverse(Q), B) / 2),
    ],
    ids=str,
)
def test_what_a_root_is_not(node: Expr, formula: Expr) -> None:
    assert judge(claimed(node, formula)).wrong


def definite(size: int, seed: int) -> Entries:
    """A symmetric positive definite matrix of rational numbers."""
    rng = random.Random(seed)
    rows = [[Fraction(rng.randrange(-20, 20), 8) for _ in range(size)] for _ in range(size)]
    return Entries.of_rows(
        [[sum(x * y for x, y in zip(a, b, strict=True)) + (i == j) for j, b in enumerate(rows)]
         for i, a in enumerate(rows)]
    )  # fmt: skip


@pytest.mark.parametrize("size", [2, 3, 5])
def test_intervals_hold_the_root_and_the_solution(size: int) -> None:
    numbers, exact = Intervals(100), Digits(60)
    a, b = definite(size, 1), definite(size, 2)
    for found, true in (
        (numbers.matrix_root(a.each(numbers.number)), exact.matrix_root(a.each(exact.number))),
        (
            numbers.lyapunov(a.each(numbers.number), b.each(numbers.number)),
            exact.lyapunov(a.each(exact.number), b.each(exact.number)),
        ),
    ):
        for x, y in zip(found.flat, true.flat, strict=True):
            with mpmath.workdps(60):
                assert mpmath.mpf(x.a._mpi_[0]) <= y <= mpmath.mpf(x.b._mpi_[1])
                assert x.delta.b < 1e-24
    square = matrix_product(true, true, exact.inner)
    assert square.shape == (size, size)


def test_derivatives_are_those_of_differences() -> None:
    numbers, exact, h = Tangents(Floats()), Digits(60), Fraction(1, 10**20)
    a, d = definite(3, 3), definite(3, 4)
    moving = Entries(
        a.shape,
        tuple(numbers.moved(numbers.number(x), numbers.number(y)) for x, y in zip(a.flat, d.flat, strict=True)),
    )
    moved = Entries(a.shape, tuple(x + h * y for x, y in zip(a.flat, d.flat, strict=True)))
    before, after = (exact.matrix_root(value.each(exact.number)) for value in (a, moved))
    for x, y, z in zip(numbers.matrix_root(moving).flat, before.flat, after.flat, strict=True):
        assert x.d == pytest.approx(float((z - y) * 10**20), rel=1e-9)


@pytest.mark.parametrize("numbers", [Floats(), Digits(30), Intervals(100)], ids=["floats", "digits", "intervals"])
@pytest.mark.parametrize("rows", [[[1, 2], [2, 1]], [[0, 0], [0, 0]], [[-1, 0], [0, -1]]], ids=str)
def test_what_is_not_positive_definite_has_no_root(numbers: Any, rows: list[list[int]]) -> None:
    a = Entries.of_rows([[numbers.number(Fraction(x)) for x in row] for row in rows])
    with pytest.raises(Unlucky):
        numbers.matrix_root(a)
    with pytest.raises(Unlucky):
        numbers.lyapunov(a, a)


def test_rational_numbers_have_a_solution_and_no_root() -> None:
    a, numbers = definite(3, 5), Fractions()
    half = numbers.lyapunov(a, a)
    assert list(half.flat) == [Fraction(int(i == j), 2) for i in range(3) for j in range(3)]
    with pytest.raises(Undecidable):
        numbers.matrix_root(a)


def test_a_true_root_is_one() -> None:
    """In some three draws of sixteen a 3×3 matrix has a root that is found."""
    p, held = safe_prime(1, 62), 0
    for seed in range(60):
        field = Field(p, seed, true_roots=True)
        a = Entries((3, 3), tuple(field.number(x) * field.one for x in definite(3, seed).flat))
        try:
            root = field.matrix_root(a)
        except Unlucky:
            continue
        held += 1
        assert [x.v for x in matrix_product(root, root, field.inner).flat] == [x.v for x in a.flat]
        assert field.matrices.signs in (1, 3)
    assert 3 <= held <= 25


def test_factors_are_counted() -> None:
    p = safe_prime(1, 62)
    assert _factors((1, 0, 0, 0, 2, 0, 0, 0, 3), 3, p) == 3
    nonsquare = next(k for k in range(2, p) if pow(k, p // 2, p) != 1)
    assert _factors((0, nonsquare, 1, 0), 2, p) == 1


# Entry by entry


def test_a_large_root_is_not_written_out() -> None:
    a = MatrixSymbol("A", n, n)
    for made in (sb.sqrtm(a), sb.lyapunov(a, a)):
        net = sb.Network({E: sb.total(made)}, inputs=[], targets=[], parameters=[a], loss=E)
        assert len(net.expand({n: 2}).parameters) == 4
        with pytest.raises(sb.NetworkError, match="of 3×3 matrices has no formula entry by entry"):
            net.expand({n: 3})


def test_a_small_network_is_that_of_its_entries() -> None:
    a = MatrixSymbol("A", n, m)
    made = sb.sqrtm(a * a.T + sb.eye(n)) + sb.lyapunov(a * a.T, sb.eye(n))
    net = sb.Network({E: sb.total(sb.power(made, 2))}, inputs=[], targets=[], parameters=[a], loss=E)
    value = [[0.5, -1.0, 0.2], [1.5, 0.3, 0.1]]
    loss, gradients = sb.lambdify(sb.derive(net))(A=value)
    entries = {f"A_{i + 1}_{j + 1}": x for i, row in enumerate(value) for j, x in enumerate(row)}
    same, slopes = sb.lambdify(sb.derive(net.expand({n: 2, m: 3})))(**entries)
    assert loss == pytest.approx(same, rel=1e-12)
    assert [x for row in gradients["A"] for x in row] == pytest.approx([slopes[name] for name in entries], rel=1e-10)
