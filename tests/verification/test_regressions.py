"""Mistakes that were found once: each stays mended."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Eq, EulerGamma, Float, Integer, Symbol, exp, log, symbols, tanh
from work import calls

import symbackprop as sb
from symbackprop.network.facts import solved
from symbackprop.notation import NameTable
from symbackprop.reporting import Document
from symbackprop.reporting import latex as write_latex
from symbackprop.reporting.blocks import Listing

x, t, t1, t2, t3, w, v, b, E = symbols("x t t1 t2 t3 w v b E")
h, o1, p1, p2, p3, y = symbols("h o1 p1 p2 p3 y")


def classifier(shared_bias=False, facts=()):
    """Two or three scores, softmax and cross-entropy; with ``shared_bias`` all scores move alike."""
    weights = symbols("w1:3")
    bias = b if shared_bias else 0
    return sb.Network(
        {(p1, p2): sb.softmax([wk * x + bias for wk in weights]), E: sb.cross_entropy([p1, p2], [t1, t2])},
        inputs=[x],
        targets=[t1, t2],
        parameters=[*weights, *([b] if shared_bias else [])],
        loss=E,
        facts=facts,
    )


def test_function_of_a_function_at_another_argument():
    inner = sb.function("inner", lambda z: exp(z))
    outer = sb.function("outer", lambda z: inner(2 * z) + 1)
    net = sb.Network({E: outer(w * x)}, inputs=[x], targets=[], parameters=[w], loss=E)
    d = sb.derive(net)
    _, gradients = sb.lambdify(d)(w=0.3, x=0.7)
    assert gradients["w"] == pytest.approx(2 * 0.7 * np.exp(2 * 0.3 * 0.7), rel=1e-14)
    assert sb.check(d).ok


def test_error_signals_of_a_name_and_of_delta_that_name():
    delta = Symbol("delta_o1")
    net = sb.Network(
        {o1: w * x, delta: v * tanh(o1) + o1**2 * v, E: (o1 * delta - t) ** 2 + delta},
        inputs=[x],
        targets=[t],
        parameters=[w, v],
        loss=E,
    )
    d = sb.derive(net)
    assert len(d.backward) == len(d.signals) == 2
    assert sb.check(d).ok


@pytest.mark.parametrize("used", [{y: log(p1), E: -t1 * y}, {y: log(p1), E: -t1 * y - p2 * p1}, {E: log(p1)}])
def test_logarithm_of_a_probability_as_an_equation_of_its_own(used):
    scores = sb.softmax([w * x, v * x])
    net = sb.Network({(p1, p2): scores, **used}, inputs=[x], targets=[t1], parameters=[w, v], loss=E)
    assert sb.check(sb.derive(net)).ok


def test_logarithm_of_a_probability_beside_its_log_softmax():
    scores = [w * x, v * x]
    net = sb.Network(
        {(p1, p2): sb.softmax(scores), (o1, h): sb.log_softmax(scores), y: log(p1), E: -t1 * y + o1 * p2 + h},
        inputs=[x],
        targets=[t1],
        parameters=[w, v],
        loss=E,
    )
    assert sb.check(sb.derive(net)).ok


def test_activation_of_a_whole_number_is_not_rounded():
    net = sb.Network({E: w * x + sb.gelu(Integer(1))}, inputs=[x], targets=[], parameters=[w], loss=E)
    loss, _ = sb.lambdify(sb.derive(net))(w=0.0, x=0.0)
    assert loss == pytest.approx(0.8413447460685429, rel=1e-14)


def test_a_weight_called_self():
    me = Symbol("self")
    net = sb.Network({E: (me * x - t) ** 2}, inputs=[x], targets=[t], parameters=[me], loss=E)
    d = sb.derive(net)
    _, gradients = sb.lambdify(d)(**{"self": 0.5, "x": 1.0, "t": 0.0})
    assert gradients["self"] == 1.0
    assert sb.train(d, {"x": 1.0, "t": 0.0}, initial={"self": 0.5}, learning_rate=0.1, epochs=2).epochs == 2


def test_gradient_that_is_zero_but_for_rounding():
    d = sb.derive(classifier(shared_bias=True))
    assert sb.check(d, points=20).ok
    assert sb.verify(d, b, "0").ok
    assert not sb.verify(d, b, "1e-9").ok
    assert not sb.verify(d, "w1", "0").ok


def test_facts_that_share_a_name_hold_together():
    weights = symbols("w1:4")
    net = sb.Network(
        {(p1, p2, p3): sb.softmax([k * x for k in weights]), E: sb.cross_entropy([p1, p2, p3], [t1, t2, t3])},
        inputs=[x],
        targets=[t1, t2, t3],
        parameters=weights,
        loss=E,
        facts=[Eq(t1 + t3, 1), Eq(t2 + t3, 1)],
    )
    assert solved(net.facts) == {t3: 1 - t1, t2: t1}
    assert sb.check(sb.derive(net)).ok


def test_facts_that_contradict_one_another_are_refused():
    with pytest.raises(sb.NetworkError, match=r"'t1 \+ t2 = 1' and 't1 \+ t2 = 2' cannot hold together"):
        classifier(facts=[Eq(t1 + t2, 1), Eq(t1 + t2, 2)])
    with pytest.raises(sb.NetworkError, match="not linear in any name"):
        classifier(facts=[Eq(t1**2, 2)])


def test_facts_with_decimals_are_used():
    whole, decimal = (sb.derive(classifier(facts=[Eq(t1 + t2, one)])) for one in (1, 1.0))
    assert decimal.gradients["w1"] == whole.gradients["w1"] == x * (p1 - t1)


def test_data_must_obey_the_facts_that_a_derivation_was_given():
    d = sb.derive(classifier(), facts=[Eq(t1 + t2, 1)])
    with pytest.raises(sb.DataError, match=r"t1 \+ t2 = 1 is stated, and t1 \+ t2 is 7;"):
        sb.train(d, {"x": 1, "t1": 3, "t2": 4}, initial={"w1": 0.1, "w2": 0.2}, learning_rate=0.1, epochs=1)
    assert "t1 + t2 = 1" in sb.lambdify(d).source


@pytest.mark.parametrize("number", [Float("1e400"), Integer(10) ** 400, EulerGamma])
def test_numbers_that_no_code_can_hold_are_refused(number):
    with pytest.raises(sb.NetworkError) as error:
        sb.Network({E: w * x * number}, inputs=[x], targets=[], parameters=[w], loss=E)
    assert error.value.code == "number"


def test_expression_that_shares_parts_without_end_is_refused_at_once():
    expr = w * x
    for _ in range(60):
        expr = sb.sigmoid(expr) + sb.softplus(expr)

    def refused():
        with pytest.raises(sb.NetworkError, match="written out has more than 100,000 parts"):
            sb.Network({E: expr}, inputs=[x], targets=[], parameters=[w], loss=E)

    calls(refused, most=500_000)  # 2**60 parts are not visited


@pytest.mark.slow
def test_the_work_of_a_report_does_not_explode_with_depth(tmp_path):
    d = sb.derive(sb.mlp([3] * 12, activation="tanh"))
    calls(lambda: sb.report(d, tmp_path / "deep"), most=8_000_000)


def test_listing_in_letters_that_tex_does_not_have():
    listing = Listing("python", "# net \u6f22 \u03b1 \u00e9")
    document = Document("code", (listing,), NameTable(), sb.load_example("mlp").order)
    listing = write_latex(document).partition("begin{Verbatim}")[2]
    assert "net ? \u03b1 \u00e9" in listing


@pytest.mark.parametrize("loss", ["smooth_l1", "squared_error"])
def test_expanded_forms_of_deep_networks_with_extremes_are_little_work(loss):
    d = sb.derive(sb.mlp([4] * 16, activation="gelu", loss=loss))
    calls(lambda: [d.expanded(name) for name in d.wrt], most=1_000_000)
