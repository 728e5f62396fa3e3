"""What each operation changes by, proved from its definition: no table of differentials is trusted."""

from __future__ import annotations

import pytest
from operations import A, B, C, V, k, m, n, nodes_of_operation
from sympy import Piecewise, Symbol, exp, sin

import symbackprop as sb
from symbackprop.judge import judge
from symbackprop.matrices import Array, Broadcast, Operation, Product, Sum, SumAll, Transposed
from symbackprop.matrices.adjoints import ADJOINTS
from symbackprop.tangents.differentials import change_of
from symbackprop.verification.differentiated import claim_of

D = Array("D", (k, m))
GRAMMAR = {
    Product: [Product(A, C, D)],
    Transposed: [Transposed(A)],
    Sum: [Sum(A, 0), Sum(A, 1)],
    SumAll: [SumAll(A)],
    Broadcast: [A * Broadcast(Array("b", (1, n)), m, n), C * Broadcast(V, n, k), A * Broadcast(Symbol("c"), m, n)],
}
NODES = [node for row in ADJOINTS for node in (GRAMMAR.get(row.operation) or nodes_of_operation(row.operation))]
ENTRYWISE = [
    A * B, A / B, A**3, sb.exp(A) * B, exp(A) * sin(A * B), sb.softplus(A * A), sb.sigmoid(A - B), sb.relu(A) * B,
    Piecewise((A**2, A > 0), (A * B, True)), B - A, A * A * B, sb.maximum(A, B), -A,
]  # fmt: skip


def moved(node: Operation) -> sb.Differentiated:
    """What a value changes by, where all names in it move."""
    shape = node.shape if isinstance(node, Operation) else (n, k) if node.has(C) else (m, n)
    value = Array("Y_", shape) if shape else Symbol("Y_")
    sizes = {m, n, k}
    names = sorted((s for s in node.free_symbols if s not in sizes), key=str)
    return sb.jvp(sb.Network({value: node}, inputs=names, outputs=[value]))


@pytest.mark.parametrize("node", [*NODES, *ENTRYWISE], ids=str)
def test_changes_are_proved(node: Operation) -> None:
    found = moved(node)
    [truth] = found.whole
    assert judge(claim_of(truth)).proved


def test_a_wrong_change_is_found() -> None:
    x, y, v = (Array(word, (n, 1)) for word in ("x", "y", "v"))
    net = sb.Network({y: x**3}, inputs=[x, v], outputs=[y])
    right, wrong = (sb.tangents.MoveBy(net, {x: v}, {y: formula}) for formula in (3 * x**2 * v, 2 * x**2 * v))
    assert judge(claim_of(right)).proved
    assert judge(claim_of(wrong)).wrong


def test_what_does_not_move_changes_nothing() -> None:
    y = Array("y", (m, n))
    assert change_of(y, A * B, {}, {}).value == 0
    assert change_of(y, A, {A: B}, {}).value == B


def test_sums_and_products_stay_as_they_are() -> None:
    """f'∘(U + V) is not multiplied out, and a(1 - a) gives a(1 - 2a)."""
    a, b, c, da, db = (Array(word, (m, n)) for word in ("a", "b", "c", "a_dot", "b_dot"))
    change = change_of(Array("y", (m, n)), a * (1 - a) * (b + c), {a: da, b: db}, {}).value
    assert change == da * (1 - 2 * a) * (b + c) + a * (1 - a) * db
