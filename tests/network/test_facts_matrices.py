"""Facts about matrices of data: as equations and as text, one by one and together."""

from collections.abc import Sequence
from typing import Any

import pytest
from sympy import Eq, Expr, MatrixSymbol, Symbol, symbols

import symbackprop as sb

m, n, k = symbols("m n k")
X, Y, Z, V = (MatrixSymbol(name, m, n) for name in "XYZV")
A = MatrixSymbol("A", n, n)
E = Symbol("E")

EXCLUDED = "cannot hold together; correct one, or leave it out"
CORRECT = "state what is known of the data, such as rowsum(Y) = 1 or A.T = A"


def _derived(facts: Sequence[Any], more: Sequence[Any] = ()) -> sb.Derivation:
    """Of a network whose gradient is 2 V rowsum(X) rowsum(Y), so that facts about rows are seen in it."""
    columns = (sb.broadcast(sb.rowsum(data), m, n) for data in (X, Y))
    loss = sb.total(sb.hadamard(V, V, *columns)) + sb.total(Z) + sb.trace(A)
    net = sb.Network({E: loss}, inputs=[X, Z, A], targets=[Y], parameters=[V], loss=E, facts=facts)
    return sb.derive(net, facts=more)


def _stated(derivation: sb.Derivation) -> list[str]:
    return [f"{fact.lhs} = {fact.rhs}" for fact in derivation.facts]


def _equal(a: Any, b: Any) -> Eq:
    return Eq(sb.rowsum(a), sb.rowsum(b))


def test_facts_may_be_text() -> None:
    of_network, of_derivation = _derived(["rowsum(Y) = 1"]), _derived([], ["rowsum(Y) = 1"])
    assert str(of_network.gradients[V]) == str(of_derivation.gradients[V]) == "2*V*rowsum(X)"
    assert _stated(of_network) == _stated(of_derivation) == ["rowsum(Y) = 1"]


def test_facts_about_scalars_may_be_text() -> None:
    w, x, t = symbols("w x t")
    net = sb.Network({E: (w * x - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E, facts=["x + t = 1"])
    assert net.facts == (Eq(x + t, 1),)


@pytest.mark.parametrize(
    ("facts", "stated", "gradient"),
    [
        ([_equal(X, Y), _equal(Y, X)], ["rowsum(X) = rowsum(Y)"], "2*V*rowsum(Y)**2"),
        (
            [_equal(X, Y), _equal(Y, Z), _equal(Z, X)],
            ["rowsum(X) = rowsum(Z)", "rowsum(Y) = rowsum(Z)"],
            "2*V*rowsum(Z)**2",
        ),
        ([_equal(X, Y), "rowsum(Y) = 1"], ["rowsum(X) = 1", "rowsum(Y) = 1"], "2*V"),
        (["rowsum(Y) = 1", _equal(X, Y)], ["rowsum(Y) = 1", "rowsum(X) = 1"], "2*V"),
        (["rowsum(Y) = 1", "rowmean(Y) = 1/n"], ["rowsum(Y) = 1"], "2*V*rowsum(X)"),
        (["rowsum(A.T) = 1", "A.T = A"], ["rowsum(A) = 1", "A.T = A"], "2*V*rowsum(X)*rowsum(Y)"),
        (
            ["rowsum(Y) = 1", "colsum(rowsum(Y)) = m"],
            ["rowsum(Y) = 1", "colsum(rowsum(Y)) = m"],
            "2*V*rowsum(X)",
        ),
        (["rowsum(Y) = 1", "colsum(rowsum(Y)*X) = 0"], ["rowsum(Y) = 1", "colsum(X) = 0"], "2*V*rowsum(X)"),
    ],
)
def test_facts_are_put_into_each_other(facts: list[Any], stated: list[str], gradient: str) -> None:
    derivation = _derived(facts)
    assert _stated(derivation) == stated
    assert str(derivation.gradients[V]) == gradient
    assert sb.check(derivation).ok


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (["rowsum(Y) = 1", "rowsum(Y) = 2"], f"'rowsum(Y) = 1' and 'rowsum(Y) = 2' {EXCLUDED}"),
        (["rowsum(Y) = 1", _equal(X, Y), "rowsum(X) = 2"], f"rowsum(X) = 2 contradicts the other facts; {CORRECT}"),
        (
            [_equal(X, Y), Eq(sb.rowsum(Y), 2 * sb.rowsum(X))],
            "rowsum(Y) = 2*rowsum(X) and the other facts give rowsum(Y) in terms of itself; leave one of them out",
        ),
        (
            ["rowsum(Y) = 1 = 2"],
            "'rowsum(Y) = 1 = 2' has 2 equals signs; write one formula, one =, and another formula",
        ),
        (["X = X"], "'X = X' says nothing: it always holds; correct it, or leave it out"),
    ],
)
def test_facts_that_cannot_hold_together_are_refused(facts: list[Any], message: str) -> None:
    with pytest.raises(sb.NetworkError) as caught:
        _derived(facts)
    assert str(caught.value) == f"error[fact]: in facts: {message}"


@pytest.mark.parametrize(
    "fact", [Eq(X.T, X), Eq(sb.rowsum(Y), 1), Eq(sb.rowsum(Y), sb.ones(n, 1))], ids=["transpose", "number", "size"]
)
def test_false_of_a_fact_is_explained(fact: Any) -> None:
    with pytest.raises(sb.NetworkError) as caught:
        _derived([fact])
    assert str(caught.value) == (
        "error[fact]: in facts: SymPy has left False of a fact: its sides can never be equal, as where their shapes "
        'differ; write Eq(sb.rowsum(Y), sb.ones(m, 1)), with one shape on both sides, or the text "rowsum(Y) = 1"'
    )


def test_true_of_a_fact_is_explained() -> None:
    with pytest.raises(sb.NetworkError) as caught:
        _derived([Eq(X, X)])
    message = "SymPy has left True of a fact: it always holds; correct it, or leave it out"
    assert str(caught.value) == f"error[fact]: in facts: {message}"


@pytest.mark.parametrize("fact", [3, sb.rowsum(Y)])
def test_what_is_no_equation_is_refused(fact: Expr | int) -> None:
    with pytest.raises(sb.NetworkError) as caught:
        _derived([fact])
    message = f"{fact} is not an equation; state a fact as Eq(sb.rowsum(Y), sb.ones(m, 1))"
    assert str(caught.value) == f"error[fact]: in facts: {message}"
