"""The training loop of a scalar network: its source, and what it computes in Python, on NumPy's numbers, by numba."""

from __future__ import annotations

import ast
from math import exp as exp_of
from typing import Any

import numpy as np
import pytest
from conftest import few, slow_except
from hypothesis import given, settings
from loops import OPTIMISERS, examples, near, point, step_by_step, text_of
from networks import EXAMPLES, Described, described, network, or_gate, two_layer
from processes import the_one_output
from sympy import Piecewise, Symbol, exp, log, sqrt, symbols, sympify

import symbackprop as sb
from symbackprop.notation import NameTable
from symbackprop.notation.nodes import Apply, Cases, Compare, Fraction, Minus, Name, Node, Number, Power, Product, Sum
from symbackprop.numeric.loops.choice import Choice
from symbackprop.numeric.loops.header import in_module
from symbackprop.numeric.loops.helpers import LOOP_HELPERS
from symbackprop.numeric.loops.source import loop_source
from symbackprop.numeric.loops.statements import Section, Statement, inlined, source_of
from symbackprop.numeric.loops.text import LoopText
from symbackprop.numeric.loops.update import UpdateRule, update_lines
from symbackprop.numeric.loops.variant import Form

NOTES = sb.derive(two_layer())
x, w, v, y, z, t, E = symbols("x w v y z t E")


def losses_of(d: sb.Derivation, data: Any, weights: Any, updates: int, rate: float = 0.1, **options: Any) -> Any:
    return sb.trainer(d, data, weights, rate, **options).run(updates)


# -- what it computes


def test_the_losses_of_the_notes() -> None:
    losses = losses_of(NOTES, None, None, 46, 0.5, backend="numpy")
    assert [round(float(losses[k]), 4) for k in (0, 1, 45)] == [0.2425, 0.2355, 0.0704]
    assert float(losses[45]) == pytest.approx(0.070431, abs=5e-7)


def test_the_or_gate_of_the_notes() -> None:
    data = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "y": [0, 1, 1, 1]}
    t = sb.trainer(sb.derive(or_gate()), data, {"w1": 0.1, "w2": 0.6, "b": 0}, 1, backend="numpy")
    losses = t.run(5001)
    assert [round(float(losses[k]), 4) for k in (0, 1, 5000)] == [0.0889, 0.0840, 0.0005]


@pytest.mark.parametrize("name", few(EXAMPLES))
@pytest.mark.parametrize("count", slow_except([5], [0, 5, 60]))
def test_every_network_as_step_by_step(name: str, count: int) -> None:
    """One example, a few in plain Python, and many as arrays."""
    net = EXAMPLES[name]()
    d = sb.derive(net)
    one, weights = point(net)
    data = examples(net, count or 1)
    data = data if count else {name: float(values[0]) for name, values in data.items()} if net.facts else one
    for optimiser in ("gradient-descent", "adamw"):
        t = sb.trainer(d, data, weights, 0.01, optimiser, backend="numpy")
        losses, moved = step_by_step(d, data, weights, optimiser, [0.01] * 12)
        near(t.run(12), losses)
        near([t.weights[name] for name in weights], [moved[name] for name in weights])


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("count", [0, 5, 60])
def test_every_optimiser_as_step_by_step(optimiser: str, count: int) -> None:
    net = EXAMPLES["skip"]()
    d = sb.derive(net)
    one, weights = point(net)
    data = examples(net, count) if count else one
    losses, moved = step_by_step(d, data, weights, optimiser, [0.03] * 40)
    t = sb.trainer(d, data, weights, 0.03, optimiser, backend="numpy")
    near(np.concatenate([t.run(15), [t.step() for _ in range(10)], t.run(15)]), losses)
    near(list(t.weights.values()), list(moved.values()))


@pytest.mark.slow
@settings(max_examples=20)
@given(drawn=described())
def test_random_networks_as_step_by_step(drawn: Described) -> None:
    net = drawn.network()
    d = sb.derive(net)
    data, weights = point(net)
    for values in (data, examples(net, 3)):
        losses, moved = step_by_step(d, values, weights, "momentum", [0.001] * 4)
        t = sb.trainer(d, values, weights, 0.001, "momentum", backend="numpy")
        near(t.run(4), losses, 1e-10)
        near([t.weights[name] for name in weights], [moved[name] for name in weights], 1e-10)


@pytest.mark.needs("numba")
@pytest.mark.parametrize(
    ("name", "optimiser"),
    few(
        pytest.param(*case) for case in [
            ("powers", "adagrad"), ("softmax-inside", "nesterov"), ("user-functions", "momentum"),
            ("two-layer", "gradient-descent"), ("every-activation", "adamw"), ("piecewise", "rmsprop"),
        ]
    ),
)  # fmt: skip
def test_compiled_as_step_by_step(name: str, optimiser: str) -> None:
    net = EXAMPLES[name]()
    d = sb.derive(net)
    data, weights = point(net)
    losses, moved = step_by_step(d, data, weights, optimiser, [0.01] * 30)
    t = sb.trainer(d, data, weights, 0.01, optimiser, backend="numba")
    assert t.backend == "numba"
    near(np.concatenate([t.run(15), [t.step() for _ in range(5)], t.run(10)]), losses)
    near([t.weights[name] for name in weights], [moved[name] for name in weights])


@pytest.mark.slow
@pytest.mark.needs("numba")
@pytest.mark.parametrize("count", [5, 60])
def test_compiled_over_many_examples(count: int) -> None:
    net = EXAMPLES["max-min"]()
    d = sb.derive(net)
    _, weights = point(net)
    data = examples(net, count)
    fast, slow = (sb.trainer(d, data, weights, 0.01, "adam", backend=b) for b in ("numba", "numpy"))
    for rows in (None, slice(1, 4), [4, 0], None):
        assert fast.step(rows) == pytest.approx(slow.step(rows), rel=1e-12)
    near(fast.run(20), slow.run(20))
    near(list(fast.weights.values()), list(slow.weights.values()))


@pytest.mark.parametrize("backend", ["numpy", pytest.param("numba", marks=pytest.mark.needs("numba"))])
@pytest.mark.parametrize("count", [0, 3])
def test_float32_stays(backend: str, count: int) -> None:
    net = EXAMPLES["skip"]()
    d = sb.derive(net)
    one, weights = point(net)
    data = {name: np.float32(value) for name, value in (examples(net, count) if count else one).items()}
    losses, moved = step_by_step(d, data, weights, "adam", [0.01] * 10)
    t = sb.trainer(d, data, weights, 0.01, "adam", dtype="float32", backend=backend)
    found = t.run(10)
    assert found.dtype == np.float32
    assert all(np.float32(value) == value for value in t.weights.values())
    near(found, losses, 1e-5)
    near(list(t.weights.values()), list(moved.values()), 1e-5)


# -- what Python's numbers cannot do


def fails_at(equation: Any, **weights: float) -> tuple[Any, Any]:
    """The losses of a network with that equation for y, by the loop and step by step."""
    parameters = [s for s in (w, v) if s in equation.free_symbols]
    net = network({y: equation, E: sb.squared_error(y, t)}, parameters=" ".join(map(str, parameters)))
    d, data = sb.derive(net), {"x": 1.0, "t": 0.5}
    expected, _ = step_by_step(d, data, weights, "momentum", [0.5] * 20)
    return losses_of(d, data, weights, 20, 0.5, optimiser="momentum", backend="numpy"), expected


@pytest.mark.parametrize(
    ("equation", "weights"),
    [
        (exp(w * x), {"w": 800.0}),
        (1 / (w * x), {"w": 0.0}),
        (log(w * x), {"w": 0.0}),
        (log(w * x), {"w": -1.0}),
        (sqrt(w * x), {"w": -1.0}),
        (w**2.5 * x, {"w": -1.0}),
        ((w * x) ** v, {"w": 0.0, "v": -1.0}),
        (w**5 * x, {"w": 1e80}),
        (w**2 * x, {"w": 1e200}),
        (w / v * x, {"w": 1.0, "v": 0.0}),
        (sb.sigmoid(-w * x) * v, {"w": 900.0, "v": 1.0}),
        (sb.relu(w * x) / sb.relu(v * x), {"w": 1.0, "v": -1.0}),
        (Piecewise((exp(-w), w > 0), (w, True)) + v * 0 + w, {"w": -900.0}),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:.*jumps where")
def test_where_python_raises_numpy_goes_on(equation: Any, weights: dict[str, float]) -> None:
    found, expected = fails_at(equation, **weights)
    assert len(found) == len(expected)
    near(found, expected)


@pytest.mark.parametrize("backend", ["numpy", pytest.param("numba", marks=pytest.mark.needs("numba"))])
def test_it_stops_where_the_loss_is_not_finite(backend: str) -> None:
    """At rate 5 the error of a straight line grows in each update, until it overflows after 100 of them or so."""
    d = sb.derive(network({y: w * x, E: sb.squared_error(y, t)}))
    data, weights = {"x": 3.0, "t": 6.0}, {"w": 0.0}
    expected, moved = step_by_step(d, data, weights, "gradient-descent", [5.0] * 1000)
    t_ = sb.trainer(d, data, weights, 5, backend=backend)
    losses = t_.run(1000)
    assert not np.isfinite(losses[-1])
    assert np.isfinite(losses[:-1]).all()
    assert len(losses) == len(expected) < 1000
    near(losses[:-1], expected[:-1])
    near(list(t_.weights.values()), list(moved.values()))


def test_numbers_come_back_after_an_overflow() -> None:
    """exp(1000) is inf in one update, and its gradient 0; the loss stays finite, and training goes on."""
    net = network({z: w * x, y: sb.sigmoid(z), E: sb.squared_error(y, t) + v**2}, parameters="w v")
    d, data, weights = sb.derive(net), {"x": -1.0, "t": 0.2}, {"w": 1000.0, "v": 1.0}
    expected, moved = step_by_step(d, data, weights, "adam", [0.1] * 30)
    trainer = sb.trainer(d, data, weights, 0.1, "adam", backend="numpy")
    near([*trainer.run(10), *(trainer.step() for _ in range(10)), *trainer.run(10)], expected)
    near(list(trainer.weights.values()), list(moved.values()))


# -- the source


def test_the_source_is_what_a_person_would_write() -> None:
    assert (
        text_of(or_gate(), "momentum").text
        == '''"""The training loop of the network or gate by momentum."""

from math import exp, isfinite


def run(data, weights, kept, options, rates, losses):
    """An update from the example for each rate, in place. It ends at a loss that is not finite."""
    x1 = data[0]
    x2 = data[1]
    y = data[2]
    w1 = weights[0]
    w2 = weights[1]
    b = weights[2]
    v_w1 = kept[0]
    v_w2 = kept[1]
    v_b = kept[2]
    mu = options[0]
    for k, eta in enumerate(rates):

        # forward pass
        y_hat = 1/(1 + exp(-(w1*x1 + w2*x2 + b)))
        base = y_hat - y
        L = (base*base)/2

        # backward pass
        delta_z = y_hat*(1 - y_hat)*base

        losses[k] = L
        if not isfinite(L):
            break

        # momentum
        v_w1 = mu*v_w1 + delta_z*x1
        w1 = w1 - eta*v_w1
        v_w2 = mu*v_w2 + delta_z*x2
        w2 = w2 - eta*v_w2
        v_b = mu*v_b + delta_z
        b = b - eta*v_b
    weights[0] = w1
    weights[1] = w2
    weights[2] = b
    kept[0] = v_w1
    kept[1] = v_w2
    kept[2] = v_b
'''
    )


def test_what_gradients_do_not_need_is_not_computed() -> None:
    unused = symbols("unused")
    net = network({y: w * x, unused: exp(y), E: sb.squared_error(y, t)})
    assert "unused" not in text_of(net).text
    assert "unused = exp(y)" in text_of(net, record=True).text


@pytest.mark.slow
def test_the_source_is_the_same_under_every_hash_seed() -> None:
    script = """
import sys; sys.path.insert(0, "tests/support")
from loops import text_of
from networks import EXAMPLES
for name in ("every-activation", "softmax-inside", "max-min", "awkward-names"):
    for form in ({}, {"many": True, "record": True}, {"dtype": "float32", "space": "numpy"}):
        print(text_of(EXAMPLES[name](), "adamw", **form).text)
"""
    assert b"def run" in the_one_output(script, ["0", "1"])


def test_numbers_get_a_dtype() -> None:
    value = LoopText(NameTable.of("x"), NameTable.of([]), typed=True).written(0.3 * x**4 + exp(x) / 7)
    text, _ = in_module([f"def f(x):\n    return {value.lines[0]}"], value.uses, Form(dtype="float32"))
    assert text.split("\n") == [
        "import math",
        "",
        "from math import exp",
        "from numpy import float32 as scalar",
        "",
        "_number_0_3 = scalar(0.3)",
        "_number_7 = scalar(7)",
        "",
        "",
        "def f(x):",
        "    return exp(x)/_number_7 + _number_0_3*x**4",
    ]


FORMS = ({}, {"dtype": "float32"}, {"dtype": "float32", "space": "numpy", "many": True, "record": True})


def is_cast(node: ast.AST) -> bool:
    """Whether numbers in a node stay as they are: what is cast by a call already."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"scalar", "float", "range"}
    )


def numbers_in(node: ast.AST) -> list[ast.Constant]:
    """The numbers that are neither indices nor exponents, nor cast."""
    if isinstance(node, ast.Constant):
        return [node] if isinstance(node.value, (int, float)) else []
    stays = [node.slice] if isinstance(node, ast.Subscript) else []
    stays += [node.right] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) else []
    parts = [] if is_cast(node) else [part for part in ast.iter_child_nodes(node) if part not in stays]
    return [found for part in parts for found in numbers_in(part)]


def takes_what_it_uses(text: str, typed: bool) -> bool:
    """Whether a module has all that its functions use, and nothing else but ``run``; and numbers cast if ``typed``."""
    tree = ast.parse(text)
    given = {
        *(a.asname or a.name for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom)) for a in n.names),
        *(target.id for n in tree.body if isinstance(n, ast.Assign) for target in n.targets),
        *(n.name for n in tree.body if isinstance(n, ast.FunctionDef)),
    }
    names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
    loaded = {n.id for n in names if isinstance(n.ctx, ast.Load)}
    inside = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    inside |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    complete = loaded - given - inside <= {"abs", "enumerate", "float", "range"}
    return complete and given - loaded <= {"run", "math", "scalar"} and not (typed and numbers_in(tree))


@pytest.mark.parametrize("name", few(EXAMPLES))
@pytest.mark.parametrize("form", FORMS)
def test_a_loop_takes_what_it_uses_and_nothing_else(name: str, form: dict[str, Any]) -> None:
    assert takes_what_it_uses(text_of(EXAMPLES[name](), "adamw", **form).text, typed=bool(form))


@pytest.mark.parametrize("form", FORMS)
def test_a_helper_takes_what_it_uses_and_nothing_else(form: dict[str, Any]) -> None:
    for name in (name for name, helper in LOOP_HELPERS.items() if helper.lacking is None):
        uses = [name, "isfinite"]
        text, _ = in_module([f"def run():\n    return isfinite({name})"], uses, Form(**form))
        assert takes_what_it_uses(text, typed=bool(form)), name


def laid_out(part: ast.expr) -> Node:
    """Python as the layout that is written so."""
    match part:
        case ast.Name(name):
            return Name(name)
        case ast.Constant(int(number)):
            return Number(number)
        case ast.UnaryOp(ast.USub(), of):
            return Minus(laid_out(of))
        case ast.BinOp(left, ast.Add() | ast.Sub() as sign, right):
            first = laid_out(left)
            alone = (-1, first.term) if isinstance(first, Minus) else (1, first)
            terms = first.terms if isinstance(first, Sum) else (alone,)
            return Sum((*terms, (1 if isinstance(sign, ast.Add) else -1, laid_out(right))))
        case ast.BinOp(ast.UnaryOp(ast.USub(), left), ast.Mult(), right):
            return Minus(laid_out(ast.BinOp(left, ast.Mult(), right)))
        case ast.BinOp(ast.Constant(int(number)), ast.Mult(), right):
            return Product(Number(number), (laid_out(right),))
        case ast.BinOp(left, ast.Mult(), right):
            return Product(None, (laid_out(left), laid_out(right)))
        case ast.BinOp(left, ast.Div(), right):
            return Fraction(laid_out(left), laid_out(right))
        case ast.BinOp(left, ast.Pow(), right):
            return Power(laid_out(left), laid_out(right))
        case ast.Call(ast.Name(function), [argument]):
            return Apply(function, (laid_out(argument),))
        case ast.IfExp(ast.Compare(left, [ast.Lt()], [right]), value, otherwise):
            condition = Compare(laid_out(left), "<", laid_out(right))
            return Cases(((laid_out(value), condition), (laid_out(otherwise), None)))
    raise AssertionError(ast.dump(part))


def statement(target: str, value: str) -> Statement:
    return Statement(target, laid_out(ast.parse(value, mode="eval").body))


WRITE = LoopText(NameTable.of("abcdmwxyz"), NameTable.of([])).statement


def test_a_variable_that_is_used_once_goes_where_it_is_used_unless_its_own_change_in_between() -> None:
    lines = (
        statement("a", "w + 1"), statement("c", "2*w"), statement("w", "w - a"), statement("d", "c*w"),
    )  # fmt: skip
    sections = inlined([Section("", lines)], {"w", "d"}, WRITE)
    assert source_of(sections, WRITE) == ["", "c = 2*w", "w = w - (w + 1)", "d = c*w"]


@pytest.mark.parametrize(
    ("value", "place", "written"),
    [
        ("-w", "1/(1 + exp(-z))", "1/(1 + exp(w))"),
        ("-2*m + 2*y", "exp(-z)", "exp(2*m - 2*y)"),
        ("-2*m + 2*y", "-z*x", "(2*m - 2*y)*x"),
        ("-f(-m + y)", "-z", "f(-m + y)"),
        ("-x*y", "b - z", "b + x*y"),
        ("-x*y", "b + z", "b - x*y"),
        ("-12", "b - z - 1", "b + 12 - 1"),
        ("-x*y", "b - z*c", "b + (x*y)*c"),
        ("-x", "b - z**4", "b - (-x)**4"),
        ("-x", "-z**4", "-(-x)**4"),
        ("-x - y", "b + z", "b + (-x - y)"),
        ("-x if x < 0 else -y", "-z", "-(-x if x < 0 else -y)"),
        ("-x if x < 0 else -y", "b - z", "b - (-x if x < 0 else -y)"),
        ("x - y", "-z", "-(x - y)"),
    ],
)
def test_no_two_signs_stand_in_a_row(value: str, place: str, written: str) -> None:
    sections = inlined([Section("", (statement("z", value), statement("d", place)))], {"d"}, WRITE)
    assert source_of(sections, WRITE) == ["", f"d = {written}"]
    at = {"w": 0.3, "m": 0.7, "x": -1.3, "y": 0.45, "b": 2.5, "c": 1.75, "exp": exp_of, "f": exp_of}
    assert eval(written, dict(at)) == eval(place, {**at, "z": eval(value, dict(at))})


@pytest.mark.parametrize("score", ["-z", "-2*z + 2*x", "-(z + 1)", "-3"])
def test_a_sigmoid_of_what_is_negative_has_one_sign(score: str) -> None:
    w, x, z, a, loss = symbols("w x z a L")
    equations = {z: w * x, a: sb.sigmoid(sympify(score, locals={"z": z, "x": x})), loss: a + w}
    derivation = sb.derive(sb.Network(equations, inputs=[x], targets=[], parameters=[w], loss=loss))
    trainer = sb.trainer(derivation, {"x": np.array([0.5, 1.5])}, {"w": 0.3}, 0.1, backend="numpy")
    assert "-(-" not in trainer.source
    assert "- (-" not in trainer.source


# -- what is worth compiling


@pytest.mark.parametrize(
    ("size", "updates", "count", "is_kept", "worth"),
    [
        (40, 1000, 1, False, False),
        (40, 1000, 1, True, False),
        (40, 10_000_000, 1, False, True),
        (40, 100_000, 1000, False, True),
        (40, 1000, 1000, True, False),
        (400, 1_000_000, 1, False, True),
        (6000, 1_000_000, 1, True, False),
    ],
)
@pytest.mark.needs("numba")
def test_the_work_decides(size: int, updates: int, count: int, is_kept: bool, worth: bool) -> None:
    assert Choice(size).is_worth_it(updates, count, lambda: is_kept) == worth


@pytest.mark.needs("numba")
def test_work_adds_up() -> None:
    choice = Choice(40)
    assert [choice.is_worth_it(1_000_000, 1, lambda: True) for _ in range(3)][-1]


def test_what_a_rule_keeps_is_left_until_it_is_no_longer_read() -> None:
    """Here the old v is read after the new one is known; the usual rules assign it in place."""
    g, eta, number, w_new, v_new = symbols("g eta number w_new v_new")

    def update(w: Any, g: Any, eta: Any, number: int, v: Any) -> Any:
        v_new = v + g
        return w - eta * (v_new - v / 2), [v_new]

    equations = ((v_new, v + g), (w_new, w - eta * (v_new - v / 2)))
    rule = UpdateRule("odd", equations, w, g, w_new, eta, number, update, "", {v: v_new})
    d = sb.derive(or_gate())
    assert [str(left) for left, _ in update_lines(rule, Symbol, typed=False).lines] == ["v_new", "w", "v"]
    module: dict[str, Any] = {}
    exec(loop_source(d, rule, Form()).text, module)
    weights, kept, losses = [0.1, 0.6, 0.0], [0.0] * 3, [0.0] * 3
    module["run"]([1.0, 0.0, 1.0], weights, kept, [0.5] * 3, losses)
    moved, memory = np.array([0.1, 0.6, 0.0]), np.zeros(3)
    f = sb.lambdify(d)
    for _ in range(3):
        _, gradients = f(x1=1.0, x2=0.0, y=1.0, **dict(zip(["w1", "w2", "b"], moved, strict=True)))
        moved, (memory,) = update(moved, np.array(list(gradients.values())), 0.5, 1, memory)
    near(weights, moved)
    near(kept, memory)
