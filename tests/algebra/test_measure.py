"""The measure of a form: what a person counts as an operation, and what is counted once."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from matrix_networks import MATRIX_EXAMPLES
from sympy import Expr, Symbol

import symbackprop as sb
from symbackprop.algebra.measure import operations
from symbackprop.matrices import Array
from symbackprop.network.formulas import parse_expression

m, n = sp.symbols("m n")
NAMES: dict[str, Symbol] = {
    **{name: Array(name, (m, n)) for name in ("A", "B", "C")},
    **{name: Array(name, (n, n)) for name in ("P", "Q")},
    **{name: Array(name, (n, 1)) for name in ("x", "y")},
    "r": Array("r", (1, n)),
    **{name: Symbol(name) for name in ("a", "b", "c", "k", "m", "n")},
}


def read(formula: str) -> Expr:
    return parse_expression(formula, NAMES)


def counted(*formulas: str) -> int:
    return operations(map(read, formulas), (m, n))


COUNTS = {
    "a": 0,
    "0": 0,
    "m - 1": 0,
    "a + b + c": 2,
    "a*b*c": 2,
    "a/b": 1,
    "a*b/c": 2,
    "a/(b*c)": 2,
    "1/c": 1,
    "2/c": 1,
    "-1/c": 1,
    "1/(b*c)": 2,
    "1/sqrt(c)": 1,
    "a/sqrt(c)": 2,
    "a/c**2": 2,
    "a**2": 1,
    "a**k": 1,
    "a**(k - 1)": 2,
    "sqrt(a)": 1,
    "exp(a)": 1,
    "exp(-a)": 2,
    "2*a": 1,
    "2*a/m": 1,
    "a/sqrt(n)": 1,
    "a*b/m": 2,
    "2 - 2*a": 2,
    "a - b": 1,
    "-a": 1,
    "-a - b": 2,
    "-a*b": 2,
    "(a - b)/m": 2,
    "max(a, b, c)": 2,
    "step(a)": 1,
    "piecewise((1, a < b), (0, True))": 1,
    "[a < b]*c": 2,
    "A @ x": 1,
    "A.T @ B @ x": 2,
    "x.T @ y": 1,
    "total(x.T @ y)": 1,
    "inner(x, y)": 1,
    "total(A*B)": 1,
    "total(A*B*C)": 2,
    "total(A**2)": 1,
    "total(A/B)": 2,
    "total(a*A)": 2,
    "trace(A.T @ B)": 1,
    "trace(P)": 1,
    "norm(x)": 2,
    "quadratic(x, P)": 2,
    "total(A)": 1,
    "mean(A)": 1,
    "rowsum(A)": 1,
    "rowmean(A)": 1,
    "2*rowmean(A)": 2,
    "rowsum(A)/m": 2,
    "rowmean(A*B)": 2,
    "A*colmean(A*B)": 3,
    "colsum(x*y)": 1,
    "rowsum(x)": 0,
    "rowsum(r*x.T)": 1,
    "A + r": 1,
    "broadcast(r, m, n)": 0,
    "A.T": 0,
    "diag(x)": 0,
    "diag(x) @ Q": 1,
    "eye(n)": 0,
    "inv(P)": 1,
    "inv(P) @ Q": 2,
    "solve(P, Q)": 2,
    "logdet(P)": 1,
    "softmax(A, axis=1)": 1,
    "sym(P)": 2,
}


@pytest.mark.parametrize("formula", COUNTS)
def test_operations_of_one_form(formula: str) -> None:
    assert counted(formula) == COUNTS[formula]


@pytest.mark.parametrize(
    ("formulas", "count"),
    [
        (("1 - a", "b*(1 - a)"), 2),
        (("a - b", "b - a"), 1),
        (("(a - b)**2", "(b - a)**2"), 2),
        (("a*b", "2*a*b", "-2*a*b/m"), 3),
        (("(A - B)/m", "colsum((A - B)/m)"), 3),
        (("colsum(A)", "colmean(A)"), 1),
        (("A.T @ (A @ x - B @ y)", "B.T @ (A @ x - B @ y)"), 5),
        (("A.T @ (A @ x)", "P @ (A.T @ (A @ x))"), 5),  # products are taken apart
        (("A @ P", "P.T @ A.T"), 1),
        (("A*B", "(B*A).T"), 1),
        (("rowsum(A*B)", "colsum(A.T*B.T)"), 2),
        (("colsum(x*y)", "total(x*y)", "x.T @ y"), 2),
        (("softmax(A, axis=1)", "exp(softmax(A, axis=1).T)"), 2),
        (("inv(P)", "inv(P.T) @ Q", "solve(P, Q)"), 3),
        (("inv(2*P)", "inv(P)"), 2),
        (("logdet(P)", "logdet(P.T)"), 1),
        (("total(A*B)", "A*B"), 2),
        (("a/b**2", "c/b**2"), 3),
    ],
    ids=str,
)
def test_what_forms_share_is_counted_once(formulas: tuple[str, ...], count: int) -> None:
    assert counted(*formulas) == count
    assert counted(*reversed(formulas)) == count


def test_a_size_is_a_constant_where_no_array_has_it() -> None:
    a, b, size = sp.symbols("a b m")
    assert operations([2 * a * b / size]) == 3
    assert operations([2 * a * b / size], [size]) == 2


def test_a_chain_of_a_thousand_is_counted() -> None:
    value: Any = Symbol("x")
    for _ in range(1000):
        value = sb.sigmoid(value)
    assert operations([value]) == 1000


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [([2, 2, 2], (27, 20, 8)), ([4, 8, 3], (134, 76, 56)), ([8, 16, 16, 4], (947, 720, 448))],
    ids=str,
)
def test_operations_of_perceptrons(sizes: list[int], expected: tuple[int, int, int]) -> None:
    found = sb.derive(sb.mlp(sizes, bias=True)).operations
    assert (found.forward, found.signals, found.gradients) == expected
    assert found.total == sum(expected)


def test_no_derivation_takes_more_than_what_is_passed_back() -> None:
    for name in MATRIX_EXAMPLES:
        found = sb.derive(MATRIX_EXAMPLES[name]().network()).operations
        assert found.backward <= found.naive, name


def test_the_loss_of_a_layer_is_counted_where_it_is_used() -> None:
    net = sb.Network(
        {Symbol("s"): read("quadratic(x, P)"), NAMES["Q"]: NAMES["P"] / Symbol("s")},
        inputs=[NAMES["x"]],
        parameters=[NAMES["P"]],
        outputs={"Q": "G"},
    )
    found = sb.derive(net)
    lines = [*found.backward.values(), *found.shared.values()]
    used = any(net.loss in line.free_symbols for line in lines)
    assert found.operations.backward == operations(lines, net.sizes) + used


def test_operations_beside_those_of_the_form_that_is_not_rewritten() -> None:
    found = sb.derive(sb.load_example("batch-norm")).operations
    assert (found.forward, found.signals, found.gradients, found.naive) == (13, 10, 4, 17)
    assert (found.backward, found.total) == (14, 27)
    said = "In operations: forward 13, error signals 10, gradients 4; as passed back, without simplifying, 17."
    assert str(found) == said
