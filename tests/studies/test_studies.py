"""Studies: their numbers against the notes' figures, against theory, and against the engine that they run."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from networks import network, or_gate, two_layer
from sympy import Rational, Symbol, log, symbols, tanh

import symbackprop as sb
from symbackprop.reporting import markdown
from symbackprop.studies.derivative_bound import completed_square
from symbackprop.studies.documents.loss_curve import loss_curve_document
from symbackprop.studies.drawings.learning_rates import visible
from symbackprop.studies.initialisation import RULES
from symbackprop.studies.separable import shared_point
from symbackprop.studies.symmetry import symmetry
from symbackprop.studies.verdict import Course

NOTES = sb.derive(two_layer())
OR = sb.derive(or_gate())
OR_DATA = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "y": [0, 1, 1, 1]}
XOR_DATA = OR_DATA | {"y": [0, 1, 1, 0]}
START = {"w1": 0.1, "w2": 0.6, "b": 0.0}
LINE = sb.derive(sb.load_example("linear-neuron"))
HARMLESS = pytest.mark.filterwarnings("error")

# -- learning rates


LOSSES = {
    0.1: (0.2425, 0.2411, 0.1853), 0.2: (0.2425, 0.2397, 0.1414), 0.5: (0.2425, 0.2355, 0.0704),
    0.8: (0.2425, 0.2313, 0.0425), 1.0: (0.2425, 0.2285, 0.0327), 2.0: (0.2425, 0.2149, 0.0139),
}  # fmt: skip
"""At epoch 0, after one update, and after 45, at the six rates of the notes."""


def test_the_six_rates_of_the_notes() -> None:
    study = sb.studies.learning_rates(NOTES, rates=list(LOSSES), epochs=45)
    for rate, losses in LOSSES.items():
        course = study.courses[rate]
        assert tuple(round(course.losses[k], 4) for k in (0, 1, 45)) == losses
        assert course.verdict == "falls at every update"
    assert study.rates == tuple(LOSSES)
    assert study.best == 2.0
    assert study.diverging == ()
    assert study.examples == 1
    assert repr(study) == "<LearningRateStudy of 'two-layer sigmoid': 6 rates, 45 epochs>"


def test_the_study_is_the_sweep() -> None:
    swept = sb.sweep(NOTES, learning_rates=[0.1, 2], epochs=7, optimiser="adam")
    study = sb.studies.learning_rates(NOTES, rates=[0.1, 2, 0.1], epochs=7, optimiser="adam")
    for history in swept:
        assert study.courses[history.learning_rate].losses == tuple(history.losses)
    assert study.choices.startswith("adam")
    records = study.records()
    assert len(records) == 16
    assert records[9] == {"learning rate": 2, "epoch": 1, "E": float(swept[2].losses[1])}


def test_a_rate_of_50_diverges_where_the_loss_has_no_bound() -> None:
    """What note 004 says of α = 50 is so for a parabola; a sigmoid's loss cannot grow beyond one half."""
    study = sb.studies.learning_rates(LINE, rates=[0.1, 0.5, 50], epochs=100)
    assert study.diverging == (0.5, 50)
    assert study.courses[50].verdict == "diverges: no longer finite after 67 updates"
    assert study.courses[0.5].verdict == "diverges: rises at every update"
    assert study.best == 0.1
    growth = [after / before for before, after in pairwise(study.courses[50].losses[:60])]
    assert min(growth) > 40_000


def test_where_everything_diverges_no_rate_is_best() -> None:
    study = sb.studies.learning_rates(LINE, rates=50, epochs=100)
    assert study.best is None
    assert study.diverging == (50,)


@pytest.mark.parametrize(
    ("losses", "diverged_at", "verdict"),
    [
        ([1.0], None, "no update"),
        ([3.0, 2.0, 1.0], None, "falls at every update"),
        ([1.0, 1.0 - 1e-9], None, "stands still"),
        ([1.0, 0.5, 0.6, 0.1], None, "overshoots: rises at 1 of 3 updates"),
        ([1.0, 3.0, 2.0], None, "overshoots: rises at 1 of 2 updates, and ends above where it began"),
        ([1.0, 0.5, 0.7, 2.0], None, "diverges: rises at every update from 2 on"),
        ([1.0, 2.0, 4.0], None, "diverges: rises at every update"),
        ([1.0, 0.5, 0.7], None, "overshoots: rises at 1 of 2 updates"),
        ([1.0, 9.0, math.inf], 2, "diverges: no longer finite after 2 updates"),
        ([1.0, math.nan], 1, "diverges: no longer finite after 1 update"),
        ([1.0, 0.1, 0.1 * (1 + 1e-15)], None, "falls at every update"),
        ([1.0, -4.0, -4.0], None, "falls at every update"),
        ([-4.0, -5.0, -4.5], None, "overshoots: rises at 1 of 2 updates"),
    ],
)
def test_the_course_of_a_loss_in_words(losses: list[float], diverged_at: int | None, verdict: str) -> None:
    assert Course.of(losses, diverged_at).verdict == verdict


# -- first weights


@pytest.fixture(scope="module")
def weights() -> sb.studies.InitialisationStudy:
    return sb.studies.initialisation(widths=(1, 500))


@pytest.mark.slow
def test_the_deviation_of_one_layer_is_that_of_the_notes(weights: sb.studies.InitialisationStudy) -> None:
    theory = {(one.rule, one.n): one.theory for one in weights.one_layer}
    assert round(theory["normal", 500], 1) == 22.4
    assert theory["normalised-xavier", 500] == pytest.approx(1)
    assert theory["xavier", 500] == pytest.approx(1 / math.sqrt(3))
    assert theory["he", 500] == pytest.approx(math.sqrt(2))
    assert theory["large", 1] == 10
    for one in weights.one_layer:
        assert one.measured == pytest.approx(one.theory, rel=0.03)
        if one.rule in ("zeros", 0.01):
            assert one.measured == one.theory == 0


def test_the_five_cases_of_the_notes(weights: sb.studies.InitialisationStudy) -> None:
    verdicts = {rule: weights.verdict(rule) for rule in weights.rules}
    assert verdicts == {
        "zeros": "is zero", 0.01: "keeps its size", "normal": "explodes", "large": "explodes", "small": "vanishes",
        "xavier": "vanishes", "normalised-xavier": "keeps its size", "he": "keeps its size",
    }  # fmt: skip
    assert weights.rules == RULES
    assert weights.depths == (1, 2, 5, 10, 20, 50)


@pytest.mark.slow
def test_layer_by_layer(weights: sb.studies.InitialisationStudy) -> None:
    deep = weights.at("normal", 50)
    assert len(deep.deviations) == len(deep.gradients) == 50
    assert all(7 < deviation < 14 for deviation in deep.deviations)  # about √100, the width
    assert deep.gradients[0] > 1e12 * deep.gradients[-1]
    small = weights.at("small", 50)
    assert small.deviations[-1] < 1e-40
    assert max(small.gradients) < 1e-45
    kept = weights.at("normalised-xavier", 50)
    assert max(kept.gradients) < 10 * min(kept.gradients)
    assert weights.at("zeros", 50).gradients == (0.0,) * 50
    assert weights.at("zeros", 1).gradients[0] > 0
    assert set(weights.at(0.01, 50).deviations) == {0.0}


def test_the_numbers_are_those_of_the_engine(weights: sb.studies.InitialisationStudy) -> None:
    net = sb.mlp(["n"] * 3, "tanh", bias=False, notation="matrix")
    drawn = sb.initialise(net, "he", seed=0, sizes={"n": 100})
    ones = np.ones((1, 100))
    forward, gradients = sb.lambdify(sb.derive(net)).forward_backward(X=ones, Y=ones, **drawn)
    layers = weights.at("he", 2)
    assert layers.deviations == pytest.approx([np.std(forward[f"Z{k}"]) for k in (1, 2)])
    sizes = [math.sqrt(np.mean(gradients[f"W{k}"] ** 2)) for k in (1, 2)]
    assert layers.gradients == pytest.approx(sizes)
    rows = [row for row in weights.records() if (row["rule"], row["depth"]) == ("he", 2)]
    assert [row["layer"] for row in rows] == [1, 2]
    assert rows[0]["rms of dE/dW"] == layers.gradients[0]


def test_the_seed_decides() -> None:
    one, same, other = (
        sb.studies.initialisation([2], rules=["he"], widths=[3], width=5, seed=seed) for seed in (1, 1, 2)
    )
    assert one.records() == same.records() != other.records()


@HARMLESS
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "identity", "gelu"])
def test_equal_weights_stay_equal_for_every_activation(activation: str) -> None:
    found = symmetry(activation, seed=3)
    assert found.holds
    assert not found.apart(found.equal).any()
    assert found.apart(found.drawn)[0] > 0
    assert [(a.name, b.name) for a, b in found.pairs] == [("w1", "w3"), ("w2", "w4"), ("w5", "w6")]
    for one, other in found.pairs:
        assert found.exchanged(one) == found.derivation.gradients[other]


def test_large_numbers_are_measured_without_overflow() -> None:
    study = sb.studies.initialisation([30], rules=["large"], activation="relu", width=200, widths=[1])
    assert study.verdict("large") == "explodes"
    assert math.isfinite(study.at("large", 30).gradients[0])


def test_a_network_that_the_study_lacks_is_told(weights: sb.studies.InitialisationStudy) -> None:
    with pytest.raises(
        sb.DataError, match=r"the study has no network of he at depth 3; it has zeros, .* at depths 1, 2"
    ):
        weights.at("he", 3)


# -- chain products


@pytest.fixture(scope="module")
def chains() -> sb.studies.ChainProductStudy:
    return sb.studies.chain_products(
        ["sigmoid", "tanh", "relu", "leaky_relu", "gelu", "softplus", "identity"], weights=(0.5, 1, 1.5, 4), depth=50
    )


@pytest.mark.slow
def test_products_are_within_theory(chains: sb.studies.ChainProductStudy) -> None:
    for chain in chains.chains:
        assert len(chain.products) == 50
        for product, limit in zip(chain.products, chain.limits, strict=True):
            assert abs(product) <= limit * (1 + 1e-12)


@pytest.mark.slow
def test_a_sigmoid_has_slope_one_quarter_at_most(chains: sb.studies.ChainProductStudy) -> None:
    bound = chains["sigmoid", 1].bound
    assert bound.exact == Rational(1, 4)
    a = Symbol("a_h1_1")
    assert bound.square == Rational(1, 4) - (a - Rational(1, 2)) ** 2
    assert chains["sigmoid", 1].limits[2] == 0.25**3
    assert chains["sigmoid", 1].rate < 0.25
    assert chains["tanh", 1].bound.exact == 1
    assert chains["relu", 1].bound.largest == 1
    assert chains["gelu", 1].bound.largest == pytest.approx(1.128904145, abs=1e-8)


@pytest.mark.slow
def test_what_vanishes_and_what_explodes(chains: sb.studies.ChainProductStudy) -> None:
    verdicts = {(chain.activation, chain.weight): chain.verdict for chain in chains.chains}
    for weight in (0.5, 1, 1.5, 4):
        assert verdicts["sigmoid", weight] == "vanishes"
    assert verdicts["tanh", 1] == "keeps its size"
    assert verdicts["tanh", 4] == "vanishes"  # it saturates
    for linear in ("relu", "identity"):
        assert [verdicts[linear, w] for w in (0.5, 1, 1.5)] == ["vanishes", "keeps its size", "explodes"]
        assert chains[linear, 1.5].products[-1] == pytest.approx(1.5**50)
        assert chains[linear, 1].products[-1] == 1


@pytest.mark.slow
def test_the_product_is_the_gradient_of_the_compiled_code(chains: sb.studies.ChainProductStudy) -> None:
    for chain in chains.chains:
        assert chain.by_product == pytest.approx(chain.gradient, rel=1e-9)
        (path,) = chain.derivation.paths("w1")
        assert len(path.factors) == 2 + 50 + (49 if chain.activation != "identity" else -1)


def test_slopes_are_those_of_the_function_at_its_values() -> None:
    study = sb.studies.chain_products("tanh", weights=[0.7], depth=4, x=0.3)
    (chain,) = study.chains
    value, slopes = 0.3, []
    for _ in range(4):
        value = math.tanh(0.7 * value)
        slopes.insert(0, 1 - value**2)
    assert chain.slopes == pytest.approx(slopes)
    assert chain.products[-1] == pytest.approx(math.prod(0.7 * slope for slope in slopes))
    assert study.records()[2]["product"] == chain.products[2]


def test_squares_are_completed_where_they_can_be() -> None:
    a = symbols("a")
    assert completed_square(3 * a * (1 - a), a) == Rational(3, 4) - 3 * (a - Rational(1, 2)) ** 2
    assert completed_square(a**2, a) is None
    assert completed_square(1 / a, a) is None


@pytest.mark.slow
def test_a_chain_that_the_study_lacks_is_told(chains: sb.studies.ChainProductStudy) -> None:
    with pytest.raises(sb.DataError, match=r"no chain \('sin', 1\); it has \('sigmoid', 0.5\)"):
        chains["sin", 1]


# -- the loss along one parameter


def test_one_example_of_the_or_gate_as_a_function_of_its_bias() -> None:
    study = sb.studies.loss_curve(OR, "b", OR_DATA, initial=START, example=1, rates=[5e-10, 0.5, 5, 50], epochs=50)
    assert study.at(0) == (0.125, 0.125)
    assert study.minima == ()  # the loss falls for ever: its target is 0
    assert study.least[0] == study.places[0]
    still, slow, fast, leap = study.descents
    assert still.course.verdict == "stands still"
    assert slow.course.verdict == fast.course.verdict == leap.course.verdict == "falls at every update"
    assert slow.course.last > 10 * fast.course.last
    assert leap.places[1] == -6.25
    assert abs(leap.slopes[-1]) < 1e-5  # it is where the curve is flat, and hardly moves on
    assert abs(leap.places[-1] - leap.places[1]) < 0.02
    assert study.fixed == {"w1": 0.1, "w2": 0.6}
    assert study.examples == 1


def test_the_first_update_is_that_of_the_notes() -> None:
    study = sb.studies.loss_curve(OR, "b", OR_DATA, initial=START, example=1, rates=[1], epochs=1)
    (descent,) = study.descents
    assert descent.places == (0, -0.125)
    assert [round(loss, 4) for loss in descent.course.losses] == [0.125, 0.1099]


def test_the_cost_of_all_examples_has_a_minimum_that_a_rate_of_50_leaps_over() -> None:
    study = sb.studies.loss_curve(OR, "b", OR_DATA, initial=START, rates=[0.5, 5, 50], epochs=50)
    ((place, least),) = study.minima
    assert least < min(study.losses) + 1e-12
    values = OR_DATA | START | {"b": place}
    loss, gradients = sb.lambdify(OR)(**values)
    assert loss == pytest.approx(least)
    assert abs(gradients["b"]) < 1e-15
    assert study.descents[1].course.verdict == "falls at every update"
    assert study.descents[2].course.verdict == "overshoots: rises at 25 of 50 updates"
    assert study.examples == 4
    assert round(study.descents[0].course.first, 4) == 0.0889


def test_a_parabola_diverges_at_50() -> None:
    study = sb.studies.loss_curve(LINE, "w", example=2, rates=[0.5, 1.5, 50], epochs=20)
    assert study.minima == ((3.0, 0.0),)
    assert [one.course.diverges for one in study.descents] == [False, False, True]
    assert study.descents[2].course.verdict == "diverges: rises at every update"
    assert study.descents[2].places[1] == 0.5 + 50 * 2.5


def test_the_slope_is_the_slope_of_the_curve() -> None:
    study = sb.studies.loss_curve(OR, "w1", OR_DATA, initial=START, interval=(-2, 2), points=4001)
    places, losses, slopes = (np.asarray(v) for v in (study.places, study.losses, study.slopes))
    np.testing.assert_allclose(slopes[1:-1], np.gradient(losses, places)[1:-1], atol=1e-6)
    assert study.places[0] == -2
    assert study.places[-1] == 2
    assert study.records()[0] == {"learning rate": "", "epoch": "", "w1": -2.0, "L": losses[0], "dL/dw1": slopes[0]}


def test_a_curve_along_every_parameter_of_the_two_layer_network() -> None:
    for w in NOTES.wrt:
        study = sb.studies.loss_curve(NOTES, w)
        loss, gradients = sb.lambdify(NOTES)(**NOTES.network.values)
        assert study.at(study.start) == pytest.approx((loss, gradients[w.name]))


def test_maxima_and_saddles_are_no_minima() -> None:
    x, w, y, t, E = symbols("x w y t E")
    hills = sb.derive(network({y: x * (w**4 / 4 - w**2 / 2), E: y - t}, parameters="w"))
    study = sb.studies.loss_curve(hills, "w", {"x": 1, "t": 0}, initial={"w": 0.2}, interval=(-2, 2.5))
    assert [round(place, 9) for place, _ in study.minima] == [-1, 1]
    assert study.least[1] == pytest.approx(-0.25)
    said = markdown(loss_curve_document(study, {}))
    assert "There are 2 minima between $`-2`$ and $`2.5`$: at $`w = -1`$ with $`E = -0.25`$; $`w = 1`$ with" in said


# -- boundaries


def test_one_neuron_learns_or() -> None:
    study = sb.studies.boundary(OR, OR_DATA, initial=START, learning_rate=1, epochs=5000)
    assert study.right == (True,) * 4
    assert round(study.course.first, 4) == 0.0889
    assert round(study.course.losses[1], 4) == 0.084
    assert round(study.course.last, 4) == 0.0005
    assert study.shared is None
    assert study.line is not None
    constant, one, other = study.line
    final = study.history.final
    assert (constant, one, other) == (final["b"], final["w1"], final["w2"])
    places = np.add.outer(other * study.grid[1], one * study.grid[0]) + constant
    np.testing.assert_array_equal(study.values > 0.5, places > 0)


def test_one_neuron_cannot_learn_xor() -> None:
    study = sb.studies.boundary(OR, XOR_DATA, initial=START, learning_rate=1, epochs=2000)
    assert not all(study.right)
    assert study.flat
    assert study.line is None
    assert study.outputs == pytest.approx([0.5] * 4)
    assert study.course.last == pytest.approx(0.125)
    assert study.shared is not None
    assert study.shared.point == (0.5, 0.5)
    assert {study.shared.one, study.shared.other} == {((0, 0), (1, 1)), ((0, 1), (1, 0))}


def test_no_line_learns_xor() -> None:
    """Whatever its weights, one neuron has at most three of the four right."""
    rng = np.random.default_rng(0)
    for w1, w2, b in rng.normal(size=(2000, 3)) * 5:
        z = w1 * np.array([0, 0, 1, 1]) + w2 * np.array([0, 1, 0, 1]) + b
        assert ((z > 0) == np.array([0, 1, 1, 0])).sum() <= 3


def test_a_hidden_layer_learns_xor() -> None:
    study = sb.studies.boundary(sb.derive(sb.load_example("xor")), learning_rate=2, epochs=2000)
    assert study.right == (True,) * 4
    assert study.course.last < 0.0013
    assert study.shared is not None
    assert study.line is None
    assert not study.flat
    assert (study.inputs, study.target, study.output) == (("x1", "x2"), "y", "y_hat")
    assert len(study.records()) == 51 * 51
    j, k = 20, 31
    point = {"x1": study.grid[0][k], "x2": study.grid[1][j], "y": 0, **study.history.final}
    assert study.values[j, k] == sb.lambdify(study.derivation).forward_backward(**point)[0]["y_hat"]


def test_another_value_may_be_compared() -> None:
    study = sb.studies.boundary(OR, OR_DATA, initial=START, learning_rate=1, epochs=3, output="z", grid=5)
    assert study.output == "z"
    assert study.values.shape == (5, 5)
    assert study.line is None


def test_a_network_without_a_sigmoid_at_its_end_has_no_line_written_out() -> None:
    x, u, w, v, y, t = symbols("x u w v y t")
    net = network({y: w * x + v * u, "E": tanh(y - t)}, "x u", parameters="w v")
    data = {"x": [0, 1], "u": [1, 0], "t": [0, 1]}
    study = sb.studies.boundary(sb.derive(net), data, initial=0.5, learning_rate=1, epochs=0)
    assert study.line is None
    assert study.course.verdict == "no update"


@pytest.mark.parametrize(
    ("one", "other", "point"),
    [
        ([(0, 0), (1, 1)], [(0, 1), (1, 0)], (0.5, 0.5)),
        ([(0, 0)], [(0, 1), (1, 0), (1, 1)], None),
        ([(0, 0), (4, 0), (0, 4)], [(1, 1)], (1, 1)),
        ([(1, 1)], [(0, 0), (4, 0), (0, 4)], (1, 1)),
        ([(0, 0), (2, 2)], [(1, 1)], (1, 1)),
        ([(0, 0), (2, 2)], [(3, 3)], None),
        ([(0, 0), (2, 2)], [(1, 1), (3, 3)], (2, 2)),
        ([(0.1, 0.2)], [(0.1, 0.2)], (0.1, 0.2)),
        ([], [(1, 1)], None),
        ([(0, 0), (1, 0)], [(0, 1e-300), (1, 1e-300)], None),
        ([(0, 0), (4, 0), (4, 4), (0, 4)], [(2, 2)], (2, 2)),
        ([(0, 0), (4, 0), (4, 4), (0, 4)], [(4, 2), (5, 2)], (4, 2)),
        ([(0, 0), (1, 1), (2, 2), (3, 3)], [(4, 4), (5, 5)], None),
    ],
)
def test_a_line_separates_or_a_point_is_shared(
    one: list[tuple[float, float]], other: list[tuple[float, float]], point: tuple[float, float] | None
) -> None:
    found = shared_point(one, other)
    assert (None if found is None else found.point) == point
    if found is not None:
        assert set(found.one) <= set(one)
        assert set(found.other) <= set(other)


def test_whether_a_line_separates_many_points_is_soon_known() -> None:
    turns = 2 * np.pi * np.arange(200) / 200
    circle = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    inside = np.concatenate([circle, 0.9 * circle, 0.8 * circle, 0.7 * circle]).tolist()
    assert shared_point(inside, (circle + np.array([2.5, 0])).tolist()) is None
    found = shared_point(inside, (0.5 * circle).tolist())
    assert found is not None
    assert len(found.one) == 3
    assert len(found.other) == 1


# -- losses that are no squares


def curve_of_a_logarithm() -> sb.studies.LossCurveStudy:
    w, x, y, t = symbols("w x y t")
    net = network({y: log(w * x), "E": (t - y) ** 2}, "x", parameters="w")
    return sb.studies.loss_curve(sb.derive(net), "w", {"x": 1.0, "t": 2.0}, initial={"w": 1.0}, rates=0.1)


@pytest.mark.slow
@HARMLESS
def test_a_curve_may_have_places_without_a_value(tmp_path: Path) -> None:
    study = curve_of_a_logarithm()
    assert study.places[0] == -3.0
    assert math.isnan(study.losses[0])
    assert study.least == (study.places[-1], study.losses[-1])
    text = study.report(tmp_path, formats="md")[0].read_text(encoding="utf-8")
    assert f"is no finite number at {len(study.places) - study.finite} of the 401 places looked at" in text
    assert "is smallest at the right end, where it is" in text


def test_a_curve_without_any_value_is_refused() -> None:
    w, x, y, t = symbols("w x y t")
    net = network({y: log(w * x), "E": (t - y) ** 2}, "x", parameters="w")
    with pytest.raises(sb.DataError) as error:
        sb.studies.loss_curve(sb.derive(net), "w", {"x": 1.0, "t": 2.0}, initial={"w": 1.0}, interval=(-2, -1))
    assert str(error.value) == (
        "error[interval]: E is finite nowhere between -2 and -1; give another interval, or other values"
    )


@pytest.mark.slow
def test_losses_below_zero_fall_and_are_drawn(tmp_path: Path) -> None:
    w, x, y, t = symbols("w x y t")
    net = network({y: w * x, "E": (t - y) ** 2 - 5}, "x", parameters="w")
    data = {"x": [1.0, 2.0], "t": [2.0, 4.0]}
    study = sb.studies.learning_rates(sb.derive(net), data, rates=[0.1, 0.01], epochs=50, initial={"w": 1.5})
    assert {course.verdict for course in study.courses.values()} == {"falls at every update"}
    _, losses = visible(study.courses[0.1], math.inf)
    assert len(losses) == 51
    svg = next(path for path in study.report(tmp_path, formats="md") if path.suffix == ".svg").read_text()
    curve = svg.partition('id="curve-0.01"')[2].partition("</g>")[0]
    assert curve.count(" L ") + curve.count("\nL ") >= 50


def test_one_value_stands_for_a_list_of_one() -> None:
    assert sb.studies.chain_products("tanh", weights=0.5, depth=2).weights == (0.5,)
    assert [one.rate for one in sb.studies.loss_curve(LINE, "w", rates=np.float64(0.1)).descents] == [0.1]


@HARMLESS
def test_a_loss_that_is_never_finite_is_reported_all_the_same(tmp_path: Path) -> None:
    w, x, y, t = symbols("w x y t")
    net = network({y: log(w * x), "E": (t - y) ** 2}, "x", parameters="w")
    study = sb.studies.learning_rates(sb.derive(net), {"x": 1.0, "t": 0.5}, initial=-1.0, rates=0.1, epochs=3)
    assert study.best is None
    assert "no longer finite after 0 updates" in study.report(tmp_path, formats="md")[0].read_text(encoding="utf-8")
