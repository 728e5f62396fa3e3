"""Networks: what is refused and in which words, how equations are ordered and named, and the layered builder."""

from __future__ import annotations

import random
import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import sympy as sp
from conftest import few, slow_except
from hypothesis import given
from hypothesis import strategies as st
from networks import EXAMPLES, described, network, random_values, two_layer
from sympy import (
    Abs,
    Eq,
    Function,
    Integral,
    Matrix,
    Max,
    Ne,
    Piecewise,
    Rational,
    Symbol,
    exp,
    floor,
    log,
    oo,
    sqrt,
    symbols,
    tanh,
)

import symbackprop as sb
from symbackprop.numeric.evaluate import forward

x, w, v, b, t, y, z, a, E = symbols("x w v b t y z a E")
LOSS = sb.squared_error(y, t)


def make(equations: Any, **changes: Any) -> sb.Network:
    arguments = {"inputs": [x], "targets": [t], "parameters": [w], "loss": E} | changes
    return sb.Network(equations, **arguments)


GOOD = {y: w * x, E: LOSS}
KNOWN = "known names: Piecewise, abs, acos, acosh, asin, asinh, atan, atan2, atanh, celu, cos, cosh, …"
YOUR_OWN = "A function of your own is made with sb.function(name, formula)"
REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "unbound": (
        {y: w * xx, E: LOSS} if (xx := Symbol("xx")) else {},
        {},
        "error[unbound]: in y: xx is used but never defined; did you mean 'x'? "
        "Else list it with inputs or parameters, or define it",
    ),
    "unbound, nothing near": (
        {y: w * Symbol("input_value"), E: LOSS},
        {},
        "error[unbound]: in y: input_value is used but never defined; known names: E, t, w, x, y. "
        "Else list it with inputs or parameters, or define it",
    ),
    "a cycle": (
        {y: w * z, z: a + x, a: y**2, E: LOSS},
        {},
        "error[cycle]: in y: y needs z needs a needs y; give each step of a recurrence a name of its own, "
        "such as h_1, h_2, h_3",
    ),
    "a cycle of one": (
        {y: w * x + y, E: LOSS},
        {},
        "error[cycle]: in y: y needs y; give each step of a recurrence a name of its own, such as h_1, h_2, h_3",
    ),
    "twice": (
        [Eq(y, w * x), Eq(y, w + x), Eq(E, LOSS)],
        {},
        "error[duplicate]: in y: y is defined twice in equations; give each value a name of its own",
    ),
    "an input with an equation": (
        {**GOOD, x: w + 1},
        {},
        "error[duplicate]: in x: x is defined in inputs and in equations; give each value a name of its own",
    ),
    "a parameter twice": (
        GOOD,
        {"parameters": [w, w]},
        "error[duplicate]: in w: w is defined twice in parameters; give each value a name of its own",
    ),
    "an input that is a parameter": (
        GOOD,
        {"parameters": [w, x]},
        "error[duplicate]: in x: x is defined in inputs and in parameters; give each value a name of its own",
    ),
    "two symbols of one name": (
        {y: Symbol("w", real=True) * x, E: LOSS},
        {},
        "error[two-symbols]: in y: two different symbols are called w: their assumptions differ; "
        "make the symbol once, as in w = Symbol('w'), and use it throughout",
    ),
    "two symbols of one name, both defined": (
        {y: w * x, Symbol("y", real=True): w, E: LOSS},
        {},
        "error[duplicate]: in y: y is defined twice in equations; give each value a name of its own",
    ),
    "no loss": (GOOD, {"loss": None}, "error[loss]: no loss is given; give the name of one scalar equation: y, E"),
    "a loss without an equation": (
        GOOD,
        {"loss": Symbol("L")},
        "error[loss]: the loss L has no equation; give the name of one scalar equation: y, E",
    ),
    "a loss that is an input": (
        GOOD,
        {"loss": x},
        "error[loss]: the loss x has no equation; give the name of one scalar equation: y, E",
    ),
    "a loss that is an expression": (
        GOOD,
        {"loss": E + y},
        "error[loss]: the loss E + y is not a single name; give the name of one scalar equation: y, E",
    ),
    "a loss that is a list": (
        GOOD,
        {"loss": [E]},
        "error[loss]: the loss [E] is not a single name; give the name of one scalar equation: y, E",
    ),
    "a loss as text": (
        GOOD,
        {"loss": "E"},
        "error[loss]: the loss E is not a single name; give the name of one scalar equation: y, E",
    ),
    "a parameter that does not reach": (
        {**GOOD, z: v * x},
        {"parameters": [w, v]},
        "error[unreached]: in v: parameter v does not reach the loss E; "
        "use it in an equation on the way to the loss, or list it with the inputs",
    ),
    "an unknown function": (
        {y: floor(w * x), E: LOSS},
        {},
        "error[unsupported]: in y: floor(w*x): floor is not in the vocabulary; "
        "it cannot be made of the functions that are known",
    ),
    "an undefined function": (
        {y: Function("sigmoyd")(w * x), E: LOSS},
        {},
        "error[unsupported]: in y: sigmoyd(w*x): sigmoyd is not in the vocabulary; did you mean 'sigmoid'? "
        "A function of your own is made with sb.function(name, formula)",
    ),
    "an integral": (
        {y: Integral(w * x, (x, 0, 1)), E: LOSS},
        {},
        f"error[unsupported]: in y: Integral(w*x, (x, 0, 1)): Integral is not in the vocabulary; {KNOWN} {YOUR_OWN}",
    ),
    "an unknown function in a condition": (
        {y: Piecewise((w * x, floor(x) > 0), (0, True)), E: LOSS},
        {},
        "error[unsupported]: in y: floor(x): floor is not in the vocabulary; "
        "it cannot be made of the functions that are known",
    ),
    "text": (
        {y: "w*x", E: LOSS},
        {},
        "error[expression]: in y: 'w*x' is not a SymPy expression; "
        "write it with symbols; text is read from spec files alone",
    ),
    "a matrix": (
        {y: Matrix([w, x]), E: LOSS},
        {},
        "error[scalar]: in y: Matrix([[w], [x]]) is not a scalar expression, nor one of MatrixSymbols; "
        "write one equation for each scalar or matrix; a softmax of scalars takes a tuple of names",
    ),
    "a truth value": (
        {y: w > x, E: LOSS},
        {},
        "error[scalar]: in y: w > x is not a scalar expression, nor one of MatrixSymbols; "
        "write one equation for each scalar or matrix; a softmax of scalars takes a tuple of names",
    ),
    "text for a name": (
        {"y": w * x, E: LOSS},
        {},
        "error[name]: y stands where a name should; "
        "every key of the equations is a SymPy Symbol or MatrixSymbol, and every value an expression",
    ),
    "an expression for a name": (
        {y + 1: w * x, E: LOSS},
        {},
        "error[name]: y + 1 stands where a name should; "
        "every key of the equations is a SymPy Symbol or MatrixSymbol, and every value an expression",
    ),
    "no equation": (
        [Eq(y, w * x), y * w],
        {},
        "error[equation]: w*y is not an equation; give a mapping from names to expressions, "
        "or a list of Eq(name, expression)",
    ),
    "too few components": (
        {(y, z, a): sb.softmax([w, x]), E: LOSS},
        {},
        "error[equation]: in y, z, a: 3 names (y, z, a) for 2 expressions; "
        "give as many names as the vector function has components",
    ),
    "a positive parameter": (
        {y: Symbol("w", positive=True) * x, E: LOSS},
        {"parameters": [Symbol("w", positive=True)]},
        "error[assumptions]: in w: parameter w is declared positive, which training does not keep; "
        "make it with Symbol('w') or with real=True alone",
    ),
    "an integer parameter": (
        {y: Symbol("w", integer=True) * x, E: LOSS},
        {"parameters": [Symbol("w", integer=True)]},
        "error[assumptions]: in w: parameter w is declared integer, which training does not keep; "
        "make it with Symbol('w') or with real=True alone",
    ),
    "an imaginary input": (
        {y: w * Symbol("x", imaginary=True), E: LOSS},
        {"inputs": [Symbol("x", imaginary=True)]},
        "error[assumptions]: in x: x is not declared as a real number; make it with Symbol('x')",
    ),
    "an infinite number": (
        {y: w * x + oo, E: LOSS},
        {},
        "error[number]: in y: oo is not a finite real number; every quantity of a network is real",
    ),
    "an imaginary number": (
        {y: w * x + sp.I, E: LOSS},
        {},
        "error[number]: in y: I is not a finite real number; every quantity of a network is real",
    ),
    "an inequality": (
        {y: Piecewise((w * x, Ne(x, 1)), (1, True)), E: LOSS},
        {},
        "error[condition]: in y: Ne(x, 1) is not a condition of order; branch on <, <=, > or >= "
        "(the derivative at a single point cannot be told from its branch)",
    ),
    "an equality": (
        {y: Piecewise((w * x, Eq(x, 1)), (1, True)), E: LOSS},
        {},
        "error[condition]: in y: Eq(x, 1) is not a condition of order; branch on <, <=, > or >= "
        "(the derivative at a single point cannot be told from its branch)",
    ),
    "an inequality beside an order": (
        {y: Piecewise((w * x, (x > 0) & Ne(x, 1)), (1, True)), E: LOSS},
        {},
        "error[condition]: in y: Ne(x, 1) is not a condition of order; branch on <, <=, > or >= "
        "(the derivative at a single point cannot be told from its branch)",
    ),
    "no branch for the rest": (
        {y: Piecewise((w * x, x > 0)), E: LOSS},
        {},
        "error[condition]: in y: Piecewise((w*x, x > 0)) has no branch for the remaining case; "
        "end it with a branch whose condition is True",
    ),
    "an input as text": (
        GOOD,
        {"inputs": ["x"]},
        "error[name]: x in inputs is not a SymPy Symbol; make it with Symbol('…') or symbols('…')",
    ),
    "a fact that is none": (
        GOOD,
        {"facts": [x + t]},
        "error[fact]: in facts: t + x is not an equation; state a fact as Eq(t1 + t2, 1)",
    ),
    "a fact about a weight": (
        GOOD,
        {"facts": [Eq(w + t, 1)]},
        "error[fact]: in facts: t + w = 1 is about the parameter w, and a fact with = is about inputs and targets; "
        "state an inequality, such as w > 0, or make w an input",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    equations, changes, message = REFUSED[case]
    with pytest.raises(sb.NetworkError) as error:
        make(equations, **changes)
    assert str(error.value) == message
    assert "\n" not in message


@pytest.mark.parametrize(
    "name",
    [
        r"\alpha",
        "a b",
        "w%",
        "2w",
        "_w",
        "w-1",
        "",
        "w'",
        "é",
        "ﬁ",
        "µ",
        "w²",
        "ℯ",
        "__import__('os')",
        r"\input",
        "x\n",
    ],
)
@pytest.mark.parametrize("role", ["inputs", "parameters", "equations"])
def test_a_name_that_cannot_be_written_is_refused(name: str, role: str) -> None:
    bad = Symbol(name)
    equations = {y: w * x + bad, E: LOSS} if role != "equations" else {bad: w * x, y: bad, E: LOSS}
    changes = {"inputs": {"inputs": [x, bad]}, "parameters": {"parameters": [w, bad]}}.get(role, {})
    with pytest.raises(sb.NetworkError) as error:
        make(equations, **changes)
    assert str(error.value) == (
        f"error[name]: in {role}: {name!r} cannot be written in code, LaTeX and spec files alike; "
        "use a letter (Greek ones too) followed by letters, digits and underscores"
    )


@pytest.mark.parametrize("name", ["α", "Ω1", "μ", "w_α", "x_1", "X1_y2", "lambda", "E", "I", "pi", "np", "None_"])
def test_a_name_that_can_be_written_is_taken(name: str) -> None:
    good = Symbol(name)
    net = sb.Network({y: good * x, Symbol("L"): LOSS}, inputs=[x], targets=[t], parameters=[good], loss=Symbol("L"))
    assert sb.derive(net).gradients[name] == x * (y - t)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"q": 1}, "error[unknown-name]: in values: there is a value for q; known names: t, w, x"),
        ({y: 1}, "error[unknown-name]: in values: there is a value for y; known names: t, w, x"),
        ({"x": "one"}, "error[number]: in values: x = 'one' is not a number; give a number"),
        ({"x": None}, "error[number]: in values: x = None is not a number; give a number"),
        ({"x": float("nan")}, "error[number]: in values: x = nan is empty or not finite; give finite numbers"),
        ({"x": []}, "error[number]: in values: x = [] is empty or not finite; give finite numbers"),
        ({"x": [1, oo]}, "error[number]: in values: x = [1, oo] is empty or not finite; give finite numbers"),
        ({"w": [1, 2]}, "error[shape]: in values: parameter w has 2 values; a parameter has one value"),
        (
            {"x": [1, 2, 3], "t": [1, 2]},
            "error[ragged]: in values: t has 2 examples and x has 3; give every column one entry an example",
        ),
    ],
)
def test_values_that_do_not_fit_are_refused(values: dict[Any, Any], message: str) -> None:
    with pytest.raises(sb.DataError) as error:
        make(GOOD, values=values)
    assert str(error.value) == message


def test_values_are_kept_as_floats_and_tuples() -> None:
    net = make(GOOD, values={x: np.array([1, 2]), "t": 1, w: Rational(1, 4)})
    assert dict(net.values) == {"x": (1.0, 2.0), "t": 1.0, "w": 0.25}


# -- jumps


@pytest.mark.parametrize(
    "cases",
    [
        Piecewise((x + 1, x > 0), (0, True)),
        Piecewise((1, x > w), (0, True)),
        Piecewise((0, x <= 2), (x, x < 3), (3, True)),
        Piecewise((x, x > 0), (0, x > -1), (1, True)),
    ],
    ids=str,
)
def test_a_jump_is_warned_of(cases: Piecewise) -> None:
    with pytest.warns(UserWarning, match=r"in y: .* jumps where .*; the gradient does not see the jump"):
        make({y: cases + w * x, E: LOSS})


@pytest.mark.parametrize(
    "cases",
    [
        Piecewise((x, x > 0), (0, True)),
        Piecewise((x**2, (x > 0) & (x < 1)), (2 * x - 1, x >= 1), (0, True)),
        Piecewise((x * w, x > w), (w**2, True)),
        Piecewise((sqrt(x), x > 0), (0, True)),
        Piecewise((sb.sigmoid(x), x > 0), (Rational(1, 2), True)),
        Piecewise((exp(x) - 1, x < 0), (x, x < 1), (1, True)),
    ],
    ids=str,
)
def test_cases_that_meet_are_not_warned_of(cases: Piecewise) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make({y: cases + w * x, E: LOSS})


# -- functions of one name


def test_two_functions_of_one_name_are_refused_wherever_they_stand() -> None:
    first, second = sb.function("f", lambda z: z**2), sb.function("f", lambda z: z**3)
    with pytest.raises(sb.NetworkError) as error:
        make({y: first(w * x), a: second(y), E: LOSS + a})
    assert str(error.value) == "error[function]: in a: two functions are called f; give each function a name of its own"


def test_the_order_of_parameters_tells_functions_apart() -> None:
    first, second = sb.function("f", lambda x, y: x - y), sb.function("f", lambda y, x: x - y)
    with pytest.raises(sb.NetworkError, match="two functions are called f"):
        make({y: first(w, x) + second(w, x), E: LOSS})


def test_the_same_function_made_twice_is_one() -> None:
    first, second = sb.function("f", lambda z: z**2), sb.function("f", lambda z: z**2)
    net = make({y: first(w * x), a: second(y), E: LOSS + a})
    assert sb.check(sb.derive(net)).ok


# -- order and names


def test_equations_out_of_order_are_ordered() -> None:
    net = make({E: LOSS, y: v * a, a: sb.sigmoid(z), z: w * x}, parameters=[w, v])
    assert [s.name for s in net.equations] == ["z", "a", "y", "E"]
    assert sb.check(sb.derive(net)).ok


def test_equations_in_order_stay_in_order() -> None:
    assert " ".join(s.name for s in two_layer().equations) == "h1 h2 a_h1 a_h2 o1 o2 a_o1 a_o2 E"


@pytest.mark.slow
@given(described(), st.randoms(use_true_random=False))
def test_the_order_of_the_equations_does_not_matter(d: Any, rng: random.Random) -> None:
    net = d.network()
    pairs = d.pairs()
    rng.shuffle(pairs)
    shuffled = sb.Network(dict(pairs), inputs=net.inputs, targets=net.targets, parameters=net.parameters, loss=net.loss)
    seen: set[Symbol] = {*net.inputs, *net.targets, *net.parameters}
    for name, expr in shuffled.equations.items():
        assert expr.free_symbols <= seen
        seen.add(name)
    at = random_values(net, rng, 0.8)
    assert float(forward(shuffled, at)["E"]) == pytest.approx(float(forward(net, at)["E"]), rel=1e-12, nan_ok=True)


def test_a_list_of_equations() -> None:
    net = make([Eq(z, w * x), Eq(y, tanh(z), evaluate=False), Eq(E, LOSS)])
    assert dict(net.equations) == {z: w * x, y: tanh(z), E: LOSS}


def test_unnamed_activations_get_names() -> None:
    net = make({y: v * sb.sigmoid(w * x + b) + b, E: LOSS}, parameters=[w, v, b])
    z1, a_z1 = symbols("z1 a_z1")
    assert dict(net.equations) == {z1: b + w * x, a_z1: sb.sigmoid(z1), y: a_z1 * v + b, E: LOSS}


def test_an_activation_of_an_expression_names_its_argument() -> None:
    net = make({y: sb.relu(w * x), E: LOSS})
    assert dict(net.equations) == {Symbol("z_y"): w * x, y: sb.relu(Symbol("z_y")), E: LOSS}


def test_an_unnamed_activation_takes_the_name_it_has_elsewhere() -> None:
    net = make({z: w * x, a: tanh(z), y: tanh(z) * tanh(w * x), E: LOSS})
    assert dict(net.equations) == {z: w * x, a: tanh(z), y: a * a, E: LOSS}


def test_a_shared_inner_activation_is_named_once() -> None:
    inner = sb.gelu(w * x)
    net = make({y: inner + inner**2, a: inner * w, E: LOSS + a})
    assert [s.name for s in net.equations] == ["z1", "a_z1", "y", "a", "E"]


def test_a_given_name_is_free_of_the_users_names() -> None:
    z1, a_z1 = symbols("z1 a_z1")
    net = sb.Network(
        {y: sb.sigmoid(w * x) * z1 + a_z1, E: LOSS}, inputs=[x, z1], targets=[t], parameters=[w, a_z1], loss=E
    )
    assert [s.name for s in net.equations] == ["z2", "a_z2", "y", "E"]


def test_activations_within_activations() -> None:
    net = make({y: sb.softplus(tanh(w * x) + sb.sigmoid(x)), E: LOSS})
    assert [str(expr) for expr in net.equations.values()] == [
        "sigmoid(x)", "w*x", "tanh(z1)", "a_x + a_z1", "softplus(z_y)", "(t - y)**2/2",
    ]  # fmt: skip


def test_a_softmax_that_is_used_in_part_names_all_its_components() -> None:
    z1, z2, z3 = symbols("z1:4")
    p = sb.softmax([z1, z2, z3])
    net = make({z1: w * x, z2: w**2, z3: x, y: p[1], E: LOSS})
    names = {s.name for s in net.equations}
    assert names == {"z1", "z2", "z3", "y", "a_z1", "a_z3", "E"}
    assert sb.check(sb.derive(net)).ok
    assert sb.lambdify(sb.derive(net))(x=1.0, t=0.0, w=0.5)[0] > 0


def test_softmax_in_a_tuple_of_names() -> None:
    p1, p2 = symbols("p1 p2")
    net = make({(p1, p2): sb.softmax([w * x, x]), y: p1 - p2, E: LOSS})
    assert net.equations[p2].index == 2
    assert sb.check(sb.derive(net)).ok


def test_a_list_for_one_name_is_refused() -> None:
    with pytest.raises(sb.NetworkError, match=r"error\[(expression|scalar)\]: in y: .* is not a"):
        make({y: sb.softmax([w, x]), E: LOSS})


def test_two_names_for_one_component_of_a_softmax() -> None:
    z1, z2, p1, p2, q = symbols("z1 z2 p1 p2 q")
    p = sb.softmax([z1, z2])
    net = make({z1: w * x, z2: v * x, p1: p[0], p2: p[1], q: p[0], y: p1 + 2 * p2 * q, E: LOSS}, parameters=[w, v])
    assert net.equations[q] == p1
    d = sb.derive(net)
    assert sb.check(d).ok
    assert sb.lambdify(d)(x=1.0, t=0.0, w=0.5, v=0.1)[0] > 0


def test_a_network_is_not_changed_by_what_it_was_made_of() -> None:
    equations = dict(GOOD)
    net = make(equations)
    equations[y] = w + x
    assert net.equations[y] == w * x
    with pytest.raises(TypeError):
        net.equations[y] = x
    with pytest.raises(AttributeError):
        net.loss = y


def test_symbols_declared_real_are_taken() -> None:
    xr, wr, tr, yr = symbols("x w t y", real=True)
    net = sb.Network(
        {yr: Abs(wr * xr) + sp.sqrt(xr**2), E: sb.squared_error(yr, tr)},
        inputs=[xr], targets=[tr], parameters=[wr], loss=E,
    )  # fmt: skip
    assert sb.check(sb.derive(net)).ok


def test_a_symbol_is_found_by_name() -> None:
    net = two_layer()
    assert net.symbol("a_h1") == net.symbol(Symbol("a_h1")) == Symbol("a_h1")
    with pytest.raises(sb.NetworkError) as error:
        net.symbol("a_h3")
    assert str(error.value) == "error[unknown-name]: the network has no a_h3; did you mean 'a_h2'?"


def test_levels() -> None:
    levels = two_layer().levels
    assert [levels[n] for n in ("i1", "t1", "w1", "h1", "a_h1", "w5", "o1", "a_o1", "E")] == [
        0, 0, 0.5, 1, 2, 2.5, 3, 4, 5,
    ]  # fmt: skip


@pytest.mark.parametrize("deep", [160, 400, 3000])
def test_too_deep_an_expression_is_refused(deep: int) -> None:
    expr: sp.Expr = w * x
    for _ in range(deep):
        expr = sb.sigmoid(expr, evaluate=False)
    with pytest.raises(sb.NetworkError) as error:
        make({y: expr, E: LOSS})
    assert str(error.value) == (
        "error[too-deep]: in y: an expression nests more than 150 functions; write one equation for each layer"
    )


def test_a_deep_expression_is_taken_apart() -> None:
    expr: sp.Expr = w * x
    for _ in range(120):
        expr = sb.sigmoid(expr)
    assert len(make({y: expr, E: LOSS}).equations) == 122


def test_a_constant_loss_term_and_numbers_are_fine() -> None:
    net = make({y: w * x + sp.pi * sp.E, a: sp.Integer(3), E: LOSS + a + log(2)})
    assert sb.check(sb.derive(net)).ok


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_are_networks(name: str) -> None:
    net = EXAMPLES[name]()
    assert net.loss in net.equations
    assert repr(net).startswith(f"<Network {net.name!r}: {len(net.equations)} equations, ")


# -- mlp


def test_mlp_writes_the_network_of_the_notes() -> None:
    net = sb.mlp([2, 2, 2], activation="sigmoid", loss="squared_error", bias=False)
    notes = two_layer()
    assert [s.name for s in net.parameters] == [f"w{k}" for k in range(1, 9)]
    assert (net.inputs, net.targets) == (notes.inputs, notes.targets)
    for name in "h1 h2 a_h1 a_h2 o1 o2 a_o1 a_o2".split():
        assert net.equations[Symbol(name)] == notes.equations[Symbol(name)]
    values = random_values(net, random.Random(0))
    assert forward(net, values)["E"] == pytest.approx(forward(notes, values)["E"], rel=1e-15)


@pytest.mark.parametrize(
    ("bias", "biases", "first"), [(True, 5, "b1"), ("layer", 2, "b1"), (False, 0, "")], ids=["neuron", "layer", "none"]
)
def test_mlp_biases(bias: bool | str, biases: int, first: str) -> None:
    net = sb.mlp([2, 3, 2], bias=bias)
    assert sum(s.name.startswith("b") for s in net.parameters) == biases
    assert sum(s.name.startswith("w") for s in net.parameters) == 12
    h2, o1 = (net.equations[Symbol(n)] for n in ("h2", "o1"))
    expected = {True: ({"b2"}, {"b4"}), "layer": ({"b1"}, {"b2"}), False: (set(), set())}[bias]
    assert tuple({s.name for s in e.free_symbols if s.name.startswith("b")} for e in (h2, o1)) == expected
    assert (first in {s.name for s in net.parameters}) is bool(first)


def test_mlp_names_with_several_hidden_layers() -> None:
    net = sb.mlp([2, 2, 1, 1], bias=False)
    assert [s.name for s in net.equations] == "h1_1 h1_2 a_h1_1 a_h1_2 h2_1 a_h2_1 o1 a_o1 E".split()
    assert net.name == "2-2-1-1 perceptron"


@pytest.mark.parametrize("loss", few(["squared_error", "smooth_l1", "cross_entropy", "binary_cross_entropy"]))
@pytest.mark.parametrize("activation", ["sigmoid", "relu", "identity", "elu", None, lambda z: z**3])
@pytest.mark.parametrize("sizes", slow_except([[1, 2]], [[1, 2], [2, 3, 2], [3, 2, 2, 4]]), ids=str)
def test_mlp_of_every_kind_checks(sizes: list[int], activation: Any, loss: str) -> None:
    net = sb.mlp(sizes, activation=activation, loss=loss, output="identity" if loss == "cross_entropy" else None)
    if loss == "binary_cross_entropy":
        assert net.equations[Symbol("a_o1")] == sb.sigmoid(Symbol("o1"))
    if loss == "cross_entropy":
        assert [s.name for s in net.equations][-sizes[-1] - 1 :] == [*(f"p{k + 1}" for k in range(sizes[-1])), "E"]
    d = sb.derive(net)
    assert len(d.gradients) == sum(n * m + m for n, m in pairwise(sizes))
    assert sb.check(d, points=2).ok


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"sizes": [2]},
            "error[sizes]: [2] are not the sizes of layers; give two whole numbers or more, as in [2, 2, 2]",
        ),
        (
            {"sizes": [2, 0]},
            "error[sizes]: [2, 0] are not the sizes of layers; give two whole numbers or more, as in [2, 2, 2]",
        ),
        ({"loss": "squared"}, "error[loss]: there is no loss called 'squared'; did you mean 'squared_error'?"),
        (
            {"activation": "sigmod"},
            "error[activation]: there is no activation called 'sigmod'; did you mean 'sigmoid'?",
        ),
        ({"output": "tan"}, "error[activation]: there is no activation called 'tan'; did you mean 'tanh'?"),
        ({"bias": "layers"}, "error[bias]: bias='layers' is not known; use True, False or \"layer\""),
        (
            {"sizes": [2, 1], "loss": "cross_entropy"},
            "error[sizes]: cross-entropy needs two classes or more; use binary_cross_entropy for one output",
        ),
    ],
)
def test_mlp_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(sb.NetworkError) as error:
        sb.mlp(**({"sizes": [2, 2]} | arguments))
    assert str(error.value) == message


def test_max_of_one_thing_is_that_thing() -> None:
    net = make({y: Max(w * x, w * x), E: LOSS})
    assert net.equations[y] == w * x


def test_network_by_words() -> None:
    assert network({"y": w * x, "E": LOSS}).names == (x, t, w, y, E)
