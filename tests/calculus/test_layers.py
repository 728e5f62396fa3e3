"""Layers: the work begins with what is given, and every gradient is proved in terms of the adjoints of the outputs."""

from __future__ import annotations

import pytest
from layers import LAYERS, attention, dense, gate, several
from sympy import Eq, MatrixSymbol, symbols

import symbackprop as sb
from symbackprop.calculus import Rule
from symbackprop.judge import Line, Ruling, judge


@pytest.mark.parametrize("name", LAYERS)
def test_every_gradient_is_proved(name: str) -> None:
    report = sb.check(sb.derive(LAYERS[name]()))
    assert report.proved
    assert report.ok


@pytest.mark.parametrize("name", LAYERS)
def test_every_line_holds(name: str) -> None:
    d = sb.derive(LAYERS[name]())
    works = [sb.work(d, w) for w in d.wrt]
    for step in (*d.steps, *(step for work in works for step in work)):
        assert judge(Line.of(d, step.lhs, step.rhs), witnesses=False).ruling is Ruling.PROVED, str(step)


@pytest.mark.parametrize(
    ("net", "line"),
    [
        (dense(), "(1) dL = ⟨Ȳ, dY⟩  [Ȳ is given, the adjoint of Y]"),
        (gate(), "(1) dL = ȳ·dy + G·dg  [ȳ and G are given, the adjoints of y and g]"),
    ],
)
def test_the_first_line_says_what_is_given(net: sb.Network, line: str) -> None:
    d = sb.derive(net)
    assert str(d.steps[0]) == line
    assert d.steps[0].rule is Rule.GIVEN
    assert all(str(sb.work(d, w)[0]) == line for w in d.wrt)


def test_gradients_are_in_terms_of_what_is_given() -> None:
    d = sb.derive(attention())
    assert {str(delta): str(formula) for delta, formula in d.backward.items()} == {
        "Delta_P": "O_bar @ V.T",
        "Delta_S": "P*(Delta_P - rowsum(Delta_P*P))",
    }
    assert {str(w): str(d.shared[w]) for w in d.wrt} == {
        "Q": "(Delta_S @ K)/sqrt(d)", "K": "(Delta_S.T @ Q)/sqrt(d)", "V": "P.T @ O_bar",
    }  # fmt: skip
    d = sb.derive(gate())
    assert str(d.backward["delta_z"]) == "g*(1 - g)*(G + y_bar*(-h + x))"
    assert str(d.expanded("u")).count("sigmoid")


def test_an_output_that_leads_to_another_gets_both() -> None:
    d = sb.derive(several(), wrt=["Z"])
    assert {"Y_bar", "s_bar", "Z_bar"} <= {str(symbol) for symbol in d.gradients["Z"].free_symbols}
    assert sb.check(d).proved


def test_a_gradient_of_a_users_is_verified() -> None:
    d = sb.derive(attention())
    assert sb.verify(d, "V", "P.T @ O_bar").ok
    wrong = sb.verify(d, "V", "P.T @ O")
    assert not wrong.ok
    assert wrong.hint == "right if O is O_bar"


def test_facts_of_the_data_hold_in_layers_too() -> None:
    m, k = symbols("m k")
    t, y = MatrixSymbol("T", m, k), MatrixSymbol("Y", m, k)
    x = MatrixSymbol("X", m, k)
    net = sb.Network(
        {y: sb.hadamard(x, sb.rowsum(t) * sb.ones(1, k))}, inputs=[x], targets=[t], outputs=[y],
        facts=[Eq(sb.rowsum(t), sb.ones(m, 1))],
    )  # fmt: skip
    d = sb.derive(net)
    assert str(d.shared["X"]) == "Y_bar"
    assert sb.check(d).proved


def test_inputs_of_a_network_without_parameters() -> None:
    x, y, loss = symbols("x y E")
    d = sb.derive(sb.Network({y: sb.tanh(x), loss: y**2}, inputs=[x], parameters=[], loss=loss), wrt=[x])
    assert str(d.gradients["x"]) == "2*y*(1 - y**2)"
    assert sb.check(d).proved


def test_what_needs_a_loss_refuses_a_layer_in_one_line() -> None:
    d = sb.derive(gate())
    words = (
        "error[layer]: gate is a layer, which has no loss, and {} needs one; write a network with its equations and a "
        "loss of y, g"
    )
    for caller, call in (
        ("train", lambda: sb.train(d, {"x": 1.0}, learning_rate=0.1, epochs=1)),
        ("trainer", lambda: sb.trainer(d, {"x": 1.0}, learning_rate=0.1)),
        ("sweep", lambda: sb.sweep(d, {"x": 1.0}, learning_rates=[0.1], epochs=1)),
    ):
        with pytest.raises(sb.DerivationError) as error:
            call()
        assert str(error.value) == words.format(caller)
