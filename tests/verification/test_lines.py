"""The rules for lines: nothing is said twice, no link is left out, and what was typed stands in its order."""

from __future__ import annotations

import random
import re

import pytest
from conftest import few
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix_networks import MATRIX_EXAMPLES, MatrixCase, random_matrix_networks
from networks import EXAMPLES, Described, described, network
from sympy import Add, Expr, Mul, Symbol, symbols, tanh

import symbackprop as sb
from symbackprop.calculus.step import Step, words
from symbackprop.network.formulas import parse_expression
from symbackprop.notation import Order, Partial, Total, latex, text
from symbackprop.reporting.sweep_parts import parts_of

x, w, v, y, h, r, s, L, a, b = symbols("x w v y h r s L a b")


def reads(d: sb.Derivation, expr: Expr) -> str:
    return text(expr, order=d.order)


def shown(steps: tuple[Step, ...]) -> set[Expr]:
    """The derivatives that stand in lines and in reasons."""
    parts = [part for step in steps for part in (step.lhs, step.rhs, *step.because)]
    return {partial for part in parts if isinstance(part, Expr) for partial in part.atoms(Partial)}


def check_work(d: sb.Derivation, name: Symbol) -> None:
    """No line is said twice; every link of each route is shown or named; a δ that was named stays."""
    steps = sb.work(d, name)
    lines = [reads(d, step.rhs) for step in steps]
    assert len(set(lines)) == len(lines), lines
    assert steps[-1].rhs == d.shared[name]
    named: set[Symbol] = set()
    for step in steps:
        here = {use for use in step.uses if use in d.backward}
        if step.rule is sb.Rule.NAME:
            assert here, str(step)
            assert not here & named, f"named twice: {step}"
            named |= here
        else:
            assert not step.rhs.free_symbols & set(d.backward) - named, f"not named yet: {step}"
    if d.path_count(name) <= 12:
        links = {link for path in d.paths(name) for link in path.links}
        assert links - {Total(d.network.loss, name)} <= shown(steps) | {d.link(d.network.loss, name)} & links


@pytest.mark.parametrize("name", few(EXAMPLES))
def test_the_work_of_every_gradient_keeps_the_rules(name: str) -> None:
    d = sb.derive(EXAMPLES[name]())
    for symbol in d.wrt:
        check_work(d, symbol)


@settings(max_examples=10)
@given(described(max_depth=2, max_width=3))
def test_the_work_of_random_networks_keeps_the_rules(described_: Described) -> None:
    d = sb.derive(described_.network())
    for symbol in d.wrt:
        check_work(d, symbol)


@pytest.mark.slow
@settings(max_examples=40)
@given(described(max_depth=3, max_width=3))
def test_the_work_of_many_random_networks_keeps_the_rules(described_: Described) -> None:
    d = sb.derive(described_.network(), wrt=[n for n in described_.network().names if n != Symbol("E")][-25:])
    for symbol in d.wrt:
        check_work(d, symbol)


def test_a_residual_value_is_not_factored_twice() -> None:
    net = network({h: tanh(w * x), r: h + x, s: v * r + h, L: (s - y) ** 2 / 2}, "x", "y", "w v", "L")
    d = sb.derive(net)
    check_work(d, w)
    reasons = [words(step.because) for step in sb.work(d, w)]
    assert not any("multiplying out" in reason for reason in reasons)
    assert any("∂r/∂h = ∂⁺s/∂h = 1" in reason for reason in reasons)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_sweep_shows_every_link_and_every_factor(name: str) -> None:
    d = sb.derive(EXAMPLES[name]())
    lines = {step.lhs for step in d.steps}
    for user, used in d.local:
        assert d.link(user, used) in lines
    for name_ in (*d.graph.active, *d.wrt):
        if name_ == d.network.loss:
            continue
        chains = [step for step in d.steps if step.lhs == Total(d.network.loss, name_)]
        partials = {p for step in chains if step.rule is sb.Rule.CHAIN for p in step.rhs.atoms(Partial)}
        sums = [step for step in chains if step.rule in (sb.Rule.SUM, sb.Rule.UNREACHED)]
        for user in d.graph.users[name_]:
            assert d.link(user, name_) in partials or sums, name_
            assert user == d.network.loss or Total(d.network.loss, user) in partials or sums, name_


@pytest.mark.parametrize(
    ("net", "said", "unsaid"),
    [
        (network({y: a * v, a: w * x, L: y * v}, "x", "", "w v", "L"), "gathering powers", "cancelling"),
        (network({y: tanh(a), a: w * x, L: a * y**2}, "x", "", "w", "L"), "", "cancelling"),
        (EXAMPLES["softmax-3"](), "cancelling in each product", "gathering powers"),
    ],
    ids=["square", "none", "softmax"],
)
def test_a_square_is_no_cancelling(net: sb.Network, said: str, unsaid: str) -> None:
    d = sb.derive(net)
    reasons = [words(step.because) for step in (*d.steps, *sb.work(d, d.wrt[0]))]
    assert any(said in reason for reason in reasons)
    assert not any(unsaid in reason for reason in reasons)


def test_a_term_of_the_loss_that_is_1_is_told() -> None:
    e1, e2 = symbols("e1 e2")
    d = sb.derive(network({e1: w * x, e2: w**2 * v, L: e1 + e2}, "x", "", "w v", "L"))
    first = sb.work(d, w)[0]
    assert first.rule is sb.Rule.SUM
    assert words(first.because) == "sum rule on L; ∂L/∂e₁ = ∂L/∂e₂ = 1"


# -- matrices


def check_parts(d: sb.Derivation) -> None:
    """Each part holds all that leads to its end, what it cites stands before it, and all of it is needed there."""
    told: set[int] = set()
    for part in parts_of(d):
        numbers = [step.number for step in part.steps]
        cited = {use for step in part.steps for use in step.uses if isinstance(use, int)}
        for step in part.steps:
            assert all(use in told or use < step.number for use in step.uses if isinstance(use, int))
        told.update(numbers)
        assert cited <= told
        lhs = {step.lhs for step in part.steps}
        ends = {step.lhs: step.number for step in part.steps}
        assert all(ends[side] in cited or side == part.steps[-1].lhs for side in lhs)
    assert told == {step.number for step in d.steps}


def check_one_value(d: sb.Derivation) -> None:
    """A left side is written once, and its lines follow one another."""
    seen: list[Expr] = []
    for step in d.steps:
        if not seen or seen[-1] != step.lhs:
            assert step.lhs not in seen, str(step)
            seen.append(step.lhs)


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_a_left_side_has_one_value(name: str) -> None:
    case = MATRIX_EXAMPLES[name]()
    d = sb.derive(case.network(), wrt=list(case.wrt) or None)
    check_one_value(d)
    check_parts(d)
    for symbol in d.wrt:
        lines = [(reads(d, step.lhs), reads(d, step.rhs)) for step in sb.work(d, symbol)]
        assert len({left for left, _ in lines}) == len({step.lhs for step in sb.work(d, symbol)})


@settings(max_examples=15)
@given(random_matrix_networks(layers=3, depth=2))
def test_a_left_side_has_one_value_in_random_networks(case: MatrixCase) -> None:
    try:
        d = sb.derive(case.network())
    except sb.DerivationError:
        return
    check_one_value(d)
    check_parts(d)


@pytest.mark.parametrize("name", [*EXAMPLES, *MATRIX_EXAMPLES])
def test_error_signals_stand_in_the_order_of_computation(name: str) -> None:
    d = sb.derive((EXAMPLES[name] if name in EXAMPLES else MATRIX_EXAMPLES[name]().network)())
    known: set[Symbol] = set()
    for delta, definition in d.backward.items():
        assert definition.free_symbols & set(d.backward) <= known
        known.add(delta)


# -- the order in which a formula was typed

NAMES = "p q r s t u v w x y z alpha beta W1 W2 k_1 k_2".split()


def typed(rng: random.Random, names: list[str], depth: int) -> str:
    """A formula with each of these names once, in this order."""
    if len(names) == 1:
        return names[0]
    cut = rng.randint(1, len(names) - 1)
    left, right = typed(rng, names[:cut], depth - 1), typed(rng, names[cut:], depth - 1)
    kind = rng.choice("+-*") if depth else "*"
    if kind == "*":
        left, right = (f"({part})" if "+" in part or "-" in part else part for part in (left, right))
    return f"{left} {kind} {right}" if kind != "*" else f"{left}*{right}"


def names_in_order(written: str) -> list[str]:
    return re.findall(r"[A-Za-z]\w*", written)


def order_of(formula: str, **more: float) -> tuple[Expr, Order]:
    table: dict[Expr, tuple[Expr, ...]] = {}
    expr = parse_expression(formula, Symbol, typed=table)
    return expr, Order(typed=table)


@given(st.integers(0, 2**32))
def test_a_formula_is_written_as_it_was_typed(seed: int) -> None:
    rng = random.Random(seed)
    names = rng.sample(NAMES, rng.randint(2, 9))
    formula = typed(rng, names, 3)
    expr, order = order_of(formula)
    assert names_in_order(text(expr, order=order, unicode=False)) == names, formula


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("b + x*w", "b + x*w"),
        ("-z + y*x", "-z + y*x"),
        ("b - (a - x)", "b - a + x"),
        ("2*(y + x)", "2*(y + x)"),
        ("x*w*x + a", "x**2*w + a"),
        ("(t - y)**2/2", "(t - y)**2/2"),
        ("y*x/2 + b/a", "y*x/2 + b/a"),
        ("tanh(b + x*w)*a", "tanh(b + x*w)*a"),
    ],
)
def test_typed_formulas_letter_for_letter(formula: str, written: str) -> None:
    expr, order = order_of(formula)
    assert text(expr, order=order, unicode=False) == written


TYPED = """
name = "typed"
[inputs]
x = 1.0
[targets]
y = 1.0
[parameters]
w = 0.1
b = 0.0
v = 0.3
[equations]
r = "b + x*w"
q = "v*sigmoid(r + v)*x - (b - x*w)"
L = "(y - q)**2/2"
[loss]
minimize = "L"
"""


def test_a_file_is_written_as_it_was_typed(tmp_path) -> None:
    (tmp_path / "typed.toml").write_text(TYPED)
    net = sb.load(tmp_path / "typed.toml")
    written = {name.name: text(expr, order=net.order, unicode=False) for name, expr in net.equations.items()}
    assert written["r"] == "b + x*w"
    assert written["q"] == "v*a_z1*x - b + x*w"
    assert written["L"] == "(y - q)**2/2"
    d = sb.derive(net)
    assert text(d.local["q", "v"], order=d.order, unicode=False) == "a_z1*x"  # what is left keeps its order


def test_names_from_python_stand_in_the_order_of_the_roles() -> None:
    net = network({"z": b * x + a * y, "E": Symbol("z") ** 2}, "x y", "", "b a")
    assert text(net.equations[Symbol("z")], order=net.order, unicode=False) == "b*x + a*y"


def test_a_name_of_several_letters_is_no_product() -> None:
    assert latex(Mul(Symbol("Wz"), Symbol("x"))) == r"\mathrm{Wz}\,x"
    assert latex(Add(Symbol("Wz"), Symbol("W"))) == r"W+\mathrm{Wz}"
