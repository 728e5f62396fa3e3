"""The calculus: each rule, each line of the work, each route, and the forms that come out."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest
import sympy as sp
from conftest import few
from hypothesis import assume, given, settings
from layers import LAYERS
from matrix_networks import MATRIX_EXAMPLES
from mpmath import mpf
from networks import (
    EXAMPLES,
    Described,
    chain,
    close,
    derivative,
    described,
    exact,
    exact_forward,
    exact_line,
    network,
    softmax_classifier,
    two_layer,
    with_signals,
)
from processes import TESTS, the_one_output
from published.table import FORMS
from sympy import Abs, Add, Eq, Expr, Max, Min, Mul, Piecewise, Rational, Symbol, exp, log, sqrt, symbols, tanh
from work import calls

import symbackprop as sb
from symbackprop.algebra.forms.moves import MOVES
from symbackprop.calculus.rules import RULES, local_derivatives
from symbackprop.calculus.step import words
from symbackprop.functions.softmax import log_sum_exp
from symbackprop.notation import Direct, Immediate, Partial, Total, text
from symbackprop.numeric.evaluate import evaluate
from symbackprop.verification.points import random_points

x, w, v, b, t, y, z, a, u, E = symbols("x w v b t y z a u E")

# -- the table of rules

FORMULAS: dict[str, Expr] = {
    "sum": x + 2 * w - v + 3,
    "product": x * w * v * (x + w),
    "a factor twice": x * w * x,
    "square": (x + w) ** 2,
    "cube": 2 * (x * w) ** 3,
    "square root": sqrt(x**2 + w**2 + 1),
    "inverse": 1 / (x**2 + 1),
    "negative power": (w**2 + 1) ** -3 * x,
    "rational power": (x**2 + 2) ** Rational(5, 3),
    "inverse root": 1 / sqrt(x**2 + w**2 + 1),
    "symbolic exponent": (x**2 + 1) ** w,
    "number to a power": sp.Integer(2) ** (x * w),
    "both": (x**2 + 1) ** (x * w),
    "max": Max(x, w) * v,
    "max of three": Max(x, w, v * x),
    "min": Min(x * w, v, x),
    "min of max": Min(Max(x, v), w) * x,
    "max with a number": Max(x * w, Rational(1, 3)),
    "cases": Piecewise((x**2 * w, x > w), (w**3 * v, x > v), (x * v, True)),
    "cases with and": Piecewise((x**2, (x > w) & (x < v)), (x * v, (x > v) | (w > 0)), (w, True)),
    "cases in a product": x * Piecewise((w, x > 0), (-w * x, True)) ** 2,
    "functions": exp(x * w) * log(x**2 + 1) / tanh(w + 2 + x**2),
    "vocabulary": sb.sigmoid(x) * sb.gelu(w) + sb.silu(x * w) + sb.elu(w, v) + sb.leaky_relu(x, w) + sb.softplus(v),
    "abs and sign": Abs(x * w) + sp.sign(v) * x,
    "losses": sb.smooth_l1([x, w], [v, 0]) + sb.squared_error(w, v) + sb.binary_cross_entropy(sb.sigmoid(x), v),
    "softmax": sum((k + 1) * p**2 for k, p in enumerate(sb.softmax(x, w, v))),
    "log softmax": sum((k + 1) * p * x for k, p in enumerate(sb.log_softmax(x, w, x * v))),
    "user's function": sb.function("g", lambda x, w: sb.relu(x) * tanh(w * x))(w, x + v) * x,
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_local_derivative_is_the_difference(name: str) -> None:
    expr = FORMULAS[name]
    found = local_derivatives(expr, {x, w, v}, y)
    assert set(found) <= expr.free_symbols
    rng = random.Random(name)
    for _ in range(25):
        at = {s.name: mpf(rng.uniform(-2, 2)) for s in (x, w, v)}
        at["y"] = exact(expr, at)
        for symbol in (x, w, v):
            expected = derivative(lambda moved, s=symbol, at=at: exact(expr, {**at, s.name: moved}), at[symbol.name])
            assert close(exact(found.get(symbol, sp.S.Zero), at), expected, 1e-18, 1e-6), (symbol, at)


def test_the_table_covers_the_operations() -> None:
    assert set(RULES) == {sp.Add, sp.Mul, sp.Pow, sp.Max, sp.Min, log_sum_exp}


@pytest.mark.parametrize(
    ("expr", "by", "expected"),
    [
        (w * x, w, x),
        (w * x + b, b, sp.S.One),
        (sb.sigmoid(z), z, y * (1 - y)),
        (tanh(z), z, 1 - y**2),
        (exp(z), z, y),
        (sqrt(z), z, 1 / (2 * y)),
        (x**w, w, y * log(x)),
        (1 / z, z, -1 / z**2),
        ((t - z) ** 2 / 2, z, z - t),
        (sb.relu(z), z, sb.step(z)),
        (sb.softplus(z), z, sb.sigmoid(z)),
        (sb.silu(z), z, y + sb.sigmoid(z) * (1 - y)),
        (Max(x, z), z, (1 + sp.sign(z - x)) / 2),
        (w * x + w**2 * z, w, 2 * w * z + x),
    ],
    ids=str,
)
def test_a_local_derivative_in_terms_of_the_output(expr: Expr, by: Symbol, expected: Expr) -> None:
    assert sp.expand(local_derivatives(expr, {by}, y)[by] - expected) == 0


def test_what_is_not_wanted_or_does_not_occur_is_left_out() -> None:
    assert local_derivatives(w * x + t, {w, z}, y) == {w: x}
    assert local_derivatives(sp.Integer(3), {w}, y) == {}
    assert local_derivatives(sp.sign(w), {w}, y) == {}


def test_a_derivative_uses_the_name_of_what_it_needs() -> None:
    net = network({z: w * x, a: sb.sigmoid(z), y: sb.softplus(z), "E": sb.squared_error(y + a, t)})
    assert sb.derive(net).local[y, z] == a


@pytest.mark.parametrize(("kind", "shares"), [(Max, [0.5, 0.5]), (Min, [0.5, 0.5])])
def test_arguments_that_tie_share_alike(kind: Any, shares: list[float]) -> None:
    found = local_derivatives(kind(x, w), {x, w}, y)
    assert [float(exact(found[s], {"x": 1, "w": 1})) for s in (x, w)] == shares


@pytest.mark.parametrize("kind", [Max, Min])
def test_shares_of_many_that_tie_add_up_to_one(kind: Any) -> None:
    names = symbols("u1:6")
    found = local_derivatives(kind(*names), set(names), y)
    for values in ([1] * 5, [1, 1, 0, 2, 2], [3, 1, 1, 1, 3], [0, 0, 0, 0, 1]):
        at = {s.name: mpf(k) for s, k in zip(names, values, strict=True)}
        best = max(values) if kind is Max else min(values)
        shares = [exact(found[s], at) for s in names]
        assert sum(shares) == 1
        assert all((share == 0) == (value != best) for share, value in zip(shares, values, strict=True))


# -- every line of the work


def a_point(d: sb.Derivation, seed: int = 0) -> dict[str, float]:
    return random_points(d, 1, seed)[0]


def check_lines(d: sb.Derivation, steps: tuple[sb.Step, ...], point: dict[str, float]) -> None:
    """Each line is the number that its left side stands for; so lines that follow one another are equal."""
    values = with_signals(d, point)
    expected: dict[Expr, mpf] = {}
    for step in steps:
        if step.lhs not in expected:
            expected[step.lhs] = exact_line(d.network, step.lhs, point, values)
        found = exact_line(d.network, step.rhs, point, values)
        assert close(found, expected[step.lhs], 1e-12, 1e-14), (str(step), found, expected[step.lhs])


def check_citations(d: sb.Derivation, steps: tuple[sb.Step, ...]) -> None:
    known = {*d.network.names, *d.backward}
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    for step in steps:
        assert isinstance(step.lhs, Partial)
        assert step.because
        assert words(step.because).strip() == words(step.because)
        for use in step.uses:
            assert use in known if isinstance(use, Symbol) else use < step.number, str(step)


@pytest.mark.parametrize("name", few(EXAMPLES))
def test_every_line_of_the_sweep_holds(name: str) -> None:
    d = sb.derive(EXAMPLES[name]())
    check_citations(d, d.steps)
    check_lines(d, d.steps, a_point(d))


@pytest.mark.parametrize("name", few(EXAMPLES))
def test_every_line_of_each_gradient_holds(name: str) -> None:
    d = sb.derive(EXAMPLES[name]())
    for w in d.wrt:
        steps = sb.work(d, w)
        check_citations(d, steps)
        assert {step.lhs for step in steps} == {Total(d.network.loss, w)}
        assert steps[-1].rhs == d.shared[w]
        assert all(one.rhs != other.rhs for one, other in pairwise(steps))
        check_lines(d, steps, a_point(d, 1))


@pytest.mark.slow
@settings(max_examples=25)
@given(described(max_depth=3, max_width=3))
def test_every_line_of_a_random_network_holds(described_: Described) -> None:
    d = sb.derive(described_.network())
    try:
        point = a_point(d)
    except sb.DataError:
        assume(False)
    check_citations(d, d.steps)
    check_lines(d, d.steps, point)
    last = d.wrt[-1]
    check_lines(d, sb.work(d, last), point)


def test_every_line_holds_by_inputs_targets_and_values_on_the_way() -> None:
    for name, wrt in (
        ("two-layer", ["i1", "t2", "a_h1", "o2", "w1"]),
        ("residual", ["x", "a", "z2", "w"]),
        ("softmax-3", ["z1", "p2", "t3"]),
        ("value-used-twice", ["a", "t", "x", "z"]),
        ("piecewise", ["z", "y"]),
    ):
        d = sb.derive(EXAMPLES[name](), wrt=wrt)
        assert [s.name for s in d.wrt] == wrt
        check_lines(d, d.steps, a_point(d))
        for symbol in d.wrt:
            check_lines(d, sb.work(d, symbol), a_point(d))


def sympy_gradient(net: sb.Network, of: Expr, by: Symbol) -> Expr:
    """∂of/∂by in names from outside, by SymPy's own diff of the network put into itself."""
    held = in_full(net, of, keep=by).diff(by)
    return in_full(net, held)


def in_full(net: sb.Network, expr: Expr, keep: Symbol | None = None) -> Expr:
    values: dict[Symbol, Expr] = {}
    for name, definition in net.equations.items():
        if name != keep:
            values[name] = definition.xreplace(values)
    return expr.xreplace(values)


def in_full_line(d: sb.Derivation, rhs: Expr) -> Expr:
    net = d.network
    replaced: dict[Expr, Expr] = {}
    for partial in rhs.atoms(Partial):
        of = net.equations[partial.of] if isinstance(partial, Direct) else partial.of
        replaced[partial] = (
            in_full(net, of.diff(partial.by)) if isinstance(partial, Direct) else sympy_gradient(net, of, partial.by)
        )
    for name, delta in d.signals.items():
        replaced[delta] = sympy_gradient(net, net.loss, name)
    facts = {fact.lhs.args[-1]: fact.lhs.args[-1] - fact.lhs + fact.rhs for fact in d.facts}
    return in_full(net, rhs.xreplace(replaced)).xreplace(facts)


SYMBOLIC = ["or-gate", "two-layer", "softmax-2", "softmax-3", "softmax-3-facts", "log-softmax", "skip", "residual",
            "shared-weight", "value-used-twice", "constants", "awkward-names"]  # fmt: skip


@pytest.mark.parametrize("name", few(SYMBOLIC))
def test_every_line_holds_symbolically(name: str) -> None:
    d = sb.derive(EXAMPLES[name]())
    left: dict[Expr, Expr] = {}
    lines = [*d.steps, *sb.work(d, d.wrt[0]), *sb.work(d, d.wrt[-1])]
    for step in lines:
        if step.lhs not in left:
            left[step.lhs] = in_full_line(d, step.lhs)
        assert sp.expand(in_full_line(d, step.rhs) - left[step.lhs]) == 0, str(step)


def test_all_kinds_of_rules_occur() -> None:
    scalars = {step.rule for make in EXAMPLES.values() for step in sb.derive(make()).steps}
    cases = [make() for make in MATRIX_EXAMPLES.values()]
    matrices = {step.rule for case in cases for step in sb.derive(case.network(), wrt=case.wrt or None).steps}
    layers = {step.rule for make in LAYERS.values() for step in sb.derive(make()).steps}
    d = sb.derive(EXAMPLES["two-layer"]())
    pushed = {sb.Rule.PUSH, sb.Rule.BESIDE, sb.Rule.DIAGONALS, sb.Rule.SOLVE}
    searched = ("weight norm of a layer", "focal loss of signs", "softsign by hand", "batch norm by variance", "SwiGLU",
                "cosine similarity", "pairwise squared distances", "determinant of a product", "squares behind a gate",
                "absolute value by two", "Laplace")  # fmt: skip
    short = {step.rule for form in FORMS if form.name in searched for step in form.derivation.steps}
    assert scalars | matrices | layers | short == set(sb.Rule) - pushed
    assert {sb.Rule(move.name) for move in MOVES} < set(sb.Rule)
    assert layers - scalars - matrices == {sb.Rule.GIVEN}
    assert {sb.Rule.CHAIN, sb.Rule.LOCAL} <= scalars - matrices
    assert {sb.Rule.ADJOINT, sb.Rule.READ} <= matrices - scalars
    assert {step.rule for step in sb.work(d, "w1")} >= {
        sb.Rule.SUM, sb.Rule.CHAIN, sb.Rule.SUBSTITUTE, sb.Rule.COMMON, sb.Rule.NAME,
    }  # fmt: skip
    assert sb.Rule.UNREACHED in {step.rule for step in sb.work(d, "w5")}


def test_a_term_of_the_loss_that_is_reached_by_way_of_another_is_not_said_to_be_missed() -> None:
    m, u, y, z, E = sp.symbols("m u y z E")
    net = sb.Network({z: y - m, u: sp.exp(-z), E: z + u}, inputs=[y], targets=[], parameters=[m], loss=E)
    steps = sb.derive(net).steps
    assert sb.Rule.SUM in {step.rule for step in steps}
    assert sb.Rule.UNREACHED not in {step.rule for step in steps}


def test_many_routes_are_worked_through_the_signals() -> None:
    d = sb.derive(sb.mlp([2, 3, 3, 3, 2]))
    assert d.path_count("w1") == 18
    steps = sb.work(d, "w1")
    assert steps[0].rule == sb.Rule.CHAIN
    assert steps[-1].rule == sb.Rule.NAME
    assert len(steps) <= 3
    check_lines(d, steps, a_point(d))


def test_the_immediate_derivative_is_told_from_the_total() -> None:
    d = sb.derive(EXAMPLES["residual"]())
    a_, b_, y_ = symbols("a b y")
    assert d.link(y_, b_) == Direct(y_, b_)
    assert d.link(y_, a_) == Immediate(y_, a_)
    assert d.link(b_, a_) == Immediate(b_, a_)
    d = sb.derive(EXAMPLES["weight-in-loss"]())
    assert d.link(E, w) == Immediate(E, w)
    assert not any(step.rhs.has(Immediate) for step in sb.derive(two_layer()).steps)


# -- routes


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_products_along_the_routes_add_up(name: str) -> None:
    d = sb.derive(EXAMPLES[name]())
    point = a_point(d)
    values = exact_forward(d.network, point)
    for w in d.wrt:
        paths = list(d.paths(w))
        assert len(paths) == d.path_count(w) == len({path.names for path in paths})
        total = sum((exact(path.product, values) for path in paths), mpf(0))
        expected = exact_line(d.network, Total(d.network.loss, w), point, values)
        assert close(total, expected, 1e-18, 1e-8)
        for path in paths:
            assert (path.names[0], path.names[-1]) == (w, d.network.loss)
            assert len(path.links) == len(path.factors) == len(path.names) - 1
            assert [(link.by, link.of) for link in reversed(path.links)] == list(pairwise(path.names))


def test_the_routes_of_the_notes() -> None:
    d = sb.derive(two_layer())
    names = [" ".join(s.name for s in path.names) for path in d.paths("w1")]
    assert names == ["w1 h1 a_h1 o1 a_o1 E", "w1 h1 a_h1 o2 a_o2 E"]
    assert d.path_count("w5") == 1


def test_millions_of_routes_are_counted_without_listing() -> None:
    d = sb.derive(sb.mlp([3, *[6] * 10, 2], bias=False))
    counting = calls(lambda: d.path_count("w1"), most=10_000)
    finding = calls(lambda: next(d.paths("w1")), most=10_000)
    assert d.path_count("w1") == 6**9 * 2
    assert len(next(d.paths("w1")).names) == 25
    assert counting + finding < 10_000


@pytest.mark.slow
@given(described(max_depth=3, max_width=3))
def test_routes_of_random_networks(described_: Described) -> None:
    d = sb.derive(described_.network())
    counts = [d.path_count(w) for w in d.wrt]
    assume(max(counts) < 300)
    assert counts == [sum(1 for _ in d.paths(w)) for w in d.wrt]


# -- forms


def test_the_closed_forms_of_the_notes_letter_for_letter() -> None:
    d = sb.derive(two_layer())
    i1, i2, t1, t2, a_h1, a_h2, a_o1, a_o2 = symbols("i1 i2 t1 t2 a_h1 a_h2 a_o1 a_o2")
    w5, w6, w7, w8 = symbols("w5:9")
    out1, out2 = (a_o1 - t1) * a_o1 * (1 - a_o1), (a_o2 - t2) * a_o2 * (1 - a_o2)
    hidden1, hidden2 = a_h1 * (1 - a_h1), a_h2 * (1 - a_h2)
    expected = {
        "w1": hidden1 * i1 * (out1 * w5 + out2 * w7),
        "w2": hidden1 * i2 * (out1 * w5 + out2 * w7),
        "w3": hidden2 * i1 * (out1 * w6 + out2 * w8),
        "w4": hidden2 * i2 * (out1 * w6 + out2 * w8),
        "w5": out1 * a_h1,
        "w6": out1 * a_h2,
        "w7": out2 * a_h1,
        "w8": out2 * a_h2,
    }
    assert {s.name: gradient for s, gradient in d.gradients.items()} == expected


def test_the_shared_forms_of_the_notes() -> None:
    d = sb.derive(two_layer())
    i1, i2, t1, t2, a_h1, a_h2, a_o1, a_o2 = symbols("i1 i2 t1 t2 a_h1 a_h2 a_o1 a_o2")
    w5, w6, w7, w8 = symbols("w5:9")
    o1, o2, h1, h2 = symbols("delta_o1 delta_o2 delta_h1 delta_h2")
    assert list(d.backward.items()) == [
        (o1, a_o1 * (1 - a_o1) * (a_o1 - t1)),
        (o2, a_o2 * (1 - a_o2) * (a_o2 - t2)),
        (h1, a_h1 * (1 - a_h1) * (o1 * w5 + o2 * w7)),
        (h2, a_h2 * (1 - a_h2) * (o1 * w6 + o2 * w8)),
    ]
    assert list(d.shared.values()) == [h1 * i1, h1 * i2, h2 * i1, h2 * i2, o1 * a_h1, o1 * a_h2, o2 * a_h1, o2 * a_h2]
    assert list(d.signals.items()) == [(symbols(n), symbols(f"delta_{n}")) for n in ("o1", "o2", "h1", "h2")]
    assert d.local[a_h1, symbols("h1")] == a_h1 * (1 - a_h1)
    assert d.local[E, a_o1] == a_o1 - t1
    assert d.local[symbols("o1"), w5] == a_h1


def test_the_expanded_form_of_the_notes() -> None:
    net = two_layer()
    expanded = sb.derive(net).expanded("w5")
    leaves = {*net.inputs, *net.targets, *net.parameters}
    assert expanded.free_symbols == leaves - set(symbols("w7 w8 t2"))
    assert sp.expand(expanded - in_full(net, net.equations[E]).diff(symbols("w5"))) == 0


@pytest.mark.parametrize("classes", [2, 3, 4, 7])
def test_softmax_with_cross_entropy(classes: int) -> None:
    p, t_ = symbols(f"p1:{classes + 1}"), symbols(f"t1:{classes + 1}")
    d = sb.derive(softmax_classifier(classes))
    expected = [p[j] * Add(*t_) - t_[j] for j in range(classes)]
    assert list(d.backward.values()) == expected
    assert d.gradients["w1"] == symbols("i1") * expected[0]


@pytest.mark.parametrize("classes", [2, 3, 4])
@pytest.mark.parametrize("where", ["network", "derive"])
@pytest.mark.parametrize("turned", [False, True])
def test_softmax_with_cross_entropy_where_the_targets_add_up_to_one(classes: int, where: str, turned: bool) -> None:
    p, t_ = symbols(f"p1:{classes + 1}"), symbols(f"t1:{classes + 1}")
    fact = Eq(1, Add(*t_), evaluate=False) if turned else Eq(Add(*t_), 1)
    if where == "network":
        plain = softmax_classifier(classes)
        net = sb.Network(
            dict(plain.equations), inputs=plain.inputs, targets=plain.targets, parameters=plain.parameters,
            loss=plain.loss, facts=[fact],
        )  # fmt: skip
        d = sb.derive(net)
    else:
        d = sb.derive(softmax_classifier(classes), facts=[fact])
    assert list(d.backward.values()) == [p[j] - t_[j] for j in range(classes)]
    assert d.gradients["w2"] == symbols("i2") * (p[0] - t_[0])
    assert sb.check(d).ok


def test_log_softmax_gives_the_same_signal() -> None:
    d = sb.derive(softmax_classifier(3, log_form=True))
    t_, z1 = symbols("t1:4"), symbols("z1")
    delta = d.adjoint(z1)
    found = d.backward.get(delta, delta)
    assert sp.expand(found - (exp(symbols("p1")) * Add(*t_) - t_[0])) == 0


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_binary_cross_entropy_gives_the_difference(outputs: int) -> None:
    d = sb.derive(sb.mlp([2, outputs], loss="binary_cross_entropy"))
    assert list(d.backward.values()) == [symbols(f"a_o{k}") - symbols(f"t{k}") for k in range(1, outputs + 1)]


def test_binary_cross_entropy_of_a_written_out_sigmoid() -> None:
    net = network({z: w * x, a: 1 / (1 + exp(-z)), "E": -t * log(a) - (1 - t) * log(1 - a)})
    assert dict(sb.derive(net).backward) == {symbols("delta_z"): a - t}


@pytest.mark.parametrize(
    ("sizes", "most"),
    [
        ([2, 2, 2], 67),
        ([4, 8, 3], 299),
        ([8, 16, 16, 4], 2223),
        pytest.param([16, 32, 32, 8], 8415, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_how_many_operations_a_perceptron_takes(sizes: list[int], most: int) -> None:
    net = sb.mlp(sizes, bias=True)
    calls(lambda: sb.derive(net), most=400 * most)  # 80 to 130 for each operation
    d = sb.derive(net)
    exprs = [*net.equations.values(), *d.backward.values(), *d.shared.values()]
    assert sum(int(sp.count_ops(e)) for e in exprs) <= most


# -- what is asked for


def test_gradients_by_name_or_symbol() -> None:
    d = sb.derive(two_layer())
    assert d.gradients["w1"] == d.gradients[symbols("w1")] == d.gradients[Symbol("w1", real=True)]
    assert d.shared["w5"] == d.shared[symbols("w5")]
    assert "w1" in d.gradients
    assert "h1" not in d.gradients
    assert len(d.gradients) == 8
    assert [s.name for s in d.gradients] == [f"w{k}" for k in range(1, 9)]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda d: d.gradients["w9"], "error[unknown-name]: there is no gradient of w9; known names: w1, w2, w3, w4"),
        (lambda d: d.shared[symbols("h1")], "error[unknown-name]: there is no gradient of h1; known names: "),
        (lambda d: d.expanded("q"), "error[unknown-name]: there is no gradient of q; known names: w1, w2"),
        (lambda d: next(d.paths("i1")), "error[unknown-name]: there is no gradient of i1; known names: w1"),
        (lambda d: sb.work(d, "i1"), "error[unknown-name]: there is no gradient of i1; known names: w1"),
        (lambda d: d.adjoint("i1"), "error[no-route]: i1 is on no route from w1, w2, w3, w4, w5, w6 to E; derive with"),
    ],
)
def test_what_there_is_not_is_refused(ask: Any, message: str) -> None:
    with pytest.raises(sb.SymbackpropError) as error:
        ask(sb.derive(two_layer()))
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("wrt", "message"),
    [
        (["q"], "error[unknown-name]: the network has no q; "),
        ([], "error[wrt]: there is nothing to differentiate by; give one name at least"),
        (["E"], "error[wrt]: in E: E is the loss itself; its derivative by itself is 1; leave it out"),
        (["c"], "error[unreached]: in c: c does not reach the loss E; its gradient is zero; leave it out"),
    ],
)
def test_names_that_have_no_gradient_are_refused(wrt: list[str], message: str) -> None:
    net = network({y: w * x, "E": sb.squared_error(y, t)}, "x c")
    with pytest.raises(sb.SymbackpropError) as error:
        sb.derive(net, wrt=wrt)
    assert str(error.value).startswith(message)


def test_the_derivative_of_a_function_that_does_not_vary_is_zero() -> None:
    net = network({a: sp.sign(v), y: w * x + a, "E": sb.squared_error(y, t)}, "x v")
    derivation = sb.derive(net, wrt=["v"])
    assert derivation.shared[v] == derivation.gradients[v] == derivation.expanded(v) == 0
    assert derivation.zero == (v,)


def test_one_name_alone_and_names_twice() -> None:
    net = two_layer()
    assert sb.derive(net, wrt="w1").wrt == (symbols("w1"),)
    assert sb.derive(net, wrt=["w1", symbols("w1"), "w2"]).wrt == symbols("w1 w2")


def test_only_what_is_asked_for_is_derived() -> None:
    d = sb.derive(two_layer(), wrt=["w5"])
    assert [s.name for s in d.backward] == ["delta_o1"]
    assert (symbols("o1"), symbols("a_h1")) not in d.local


def test_a_parameter_used_directly_in_the_loss() -> None:
    net = network({y: w * x, "E": sb.squared_error(y, t) + w**2 + 3 * v}, parameters="w v")
    d = sb.derive(net)
    assert d.gradients["w"] == 2 * w + x * (y - t)
    assert d.gradients["v"] == 3


def test_equations_behind_the_loss_and_beside_it_do_no_harm() -> None:
    net = network({y: w * x, "E": sb.squared_error(y, t), a: E**2, z: w * a}, loss="E")
    assert sb.derive(net).gradients["w"] == x * (y - t)
    assert sb.check(sb.derive(net)).ok


def test_a_loss_that_is_a_name() -> None:
    d = sb.derive(network({y: w * x, "E": y}, targets=""))
    assert d.gradients["w"] == x
    assert sb.check(d).ok


def test_a_signal_does_not_take_a_name_of_the_users() -> None:
    d = sb.derive(EXAMPLES["names-like-signals"]())
    assert symbols("delta_o1") in d.network.parameters
    assert symbols("delta_delta_o1") in d.backward
    assert sb.check(d).ok


def test_awkward_names_have_their_gradients() -> None:
    d = sb.derive(EXAMPLES["awkward-names"]())
    i, np = symbols("I np")
    assert d.gradients["lambda"].has(np)
    assert d.gradients["beta"].has(i)
    assert sb.check(d).ok
    loss, found = sb.lambdify(d)(**a_point(d))
    assert loss >= 0
    assert list(found) == ["beta", "pi", "gamma", "lambda"]


WORDS = """E I S N Q O pi beta gamma zeta lambda np sigmoid delta_o1 delta_y values shape loss gradients zip dict sum
NAMES forward f math None_ is a_x z1 self expr exp tanh functools dE_dp"""


@pytest.mark.parametrize("name", few(WORDS.split(), 4))
def test_any_name_does_for_any_role(name: str) -> None:
    word = Symbol(name)
    o1 = Symbol("o1")
    for role in ("inputs", "parameters", "equation"):
        i, p, h = (
            word if role == r else Symbol(d) for r, d in (("inputs", "i"), ("parameters", "p"), ("equation", "h"))
        )
        equations = {h: p * i + 2, o1: tanh(h) * sb.sigmoid(p * i), Symbol("LL"): sb.squared_error(o1, Symbol("tt"))}
        net = sb.Network(equations, inputs=[i], targets=[Symbol("tt")], parameters=[p], loss=Symbol("LL"))
        d = sb.derive(net)
        assert sb.check(d, points=2).ok
        f = sb.lambdify(d)
        loss, found = f(**{i.name: 0.3, p.name: 0.7, "tt": 0.1})
        assert list(found) == [p.name]
        assert float(loss) > 0


# -- size and depth


@pytest.mark.slow
@pytest.mark.parametrize("activation", [sb.sigmoid, tanh, sb.relu, sb.gelu])
def test_a_chain_of_500_layers(activation: Any) -> None:
    net = chain(500, activation)
    d = sb.derive(net)
    assert len(d.backward) == 500
    assert text(d.backward[symbols("delta_z1")], unicode=False).count("delta_z2") == 1
    assert str(d.shared["w1"]) == "delta_z1*x"
    f = sb.lambdify(d)
    at = {"x": 0.5, "t": 0.3} | {w.name: 1.0 for w in net.parameters}
    loss, gradients = f(**at)
    assert loss >= 0
    assert len(gradients) == 500
    assert float(gradients["w500"]) != 0


@pytest.mark.slow
def test_the_closed_form_of_a_chain_of_500_layers() -> None:
    net = chain(500)
    d = sb.derive(net, wrt=["w1"])
    closed = d.gradients["w1"]
    assert len(closed.free_symbols) == 500 + 499 + 2  # a1 … a500, w2 … w500, x and t
    assert len(text(closed)) > 1000
    steps = sb.work(d, "w1")
    assert steps[-1].rhs == d.shared["w1"]


@pytest.mark.parametrize("activation", [sb.sigmoid, tanh])
def test_the_expanded_form_of_a_deep_chain(activation: Any) -> None:
    net = chain(60, activation)
    d = sb.derive(net)
    point = {"x": 0.5, "t": 0.3} | {w.name: 1.1 for w in net.parameters}
    leaves = {*net.inputs, *net.targets, *net.parameters}
    assert d.expanded("w1").free_symbols == leaves
    assert len(text(d.expanded("w60"))) > 1000
    found = float(evaluate(d.expanded("w30"), point))
    assert found == pytest.approx(float(sb.lambdify(d)(**point)[1]["w30"]), rel=1e-9)


def test_the_steps_grow_with_the_weights() -> None:
    counts = [len(sb.derive(sb.mlp([n, n, n])).steps) / len(sb.mlp([n, n, n]).parameters) for n in (4, 8, 16)]
    assert max(counts) < 9
    assert counts[-1] <= counts[0]


# -- the same in every process

PRINT_ALL = """
import sys
sys.path.insert(0, {tests!r})
import warnings
warnings.simplefilter("ignore")
from networks import EXAMPLES
import symbackprop as sb
from sympy import srepr
for name in sorted(EXAMPLES):
    d = sb.derive(EXAMPLES[name]())
    print(name, list(d.network.equations.items()), list(d.backward.items()), list(d.local.items()))
    for w in d.wrt:
        print(w, srepr(d.gradients[w]), d.shared[w])
        print([str(step) for step in sb.work(d, w)], [path.names for path in d.paths(w)])
    print(d.expanded(d.wrt[-1]), [str(step) for step in d.steps], d.network.conventions)
    print(sb.lambdify(d).source)
"""


@pytest.mark.slow
def test_every_process_says_the_same() -> None:
    printed = the_one_output(PRINT_ALL.format(tests=str(TESTS)), ("0", "1", "2", "3", "4242"))
    assert len(printed) > 50_000


def test_a_derivation_prints_shortly() -> None:
    d = sb.derive(two_layer())
    assert repr(d) == f"<Derivation of 'two-layer sigmoid': 8 gradients, {len(d.steps)} steps>"


def test_a_product_of_links_multiplies_its_factors() -> None:
    path = next(sb.derive(two_layer()).paths("w5"))
    assert path.product == Mul(*path.factors)
