"""Formulas read back: what the program prints in every notation, what people write, and what is refused."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from conftest import few
from hypothesis import HealthCheck, given, settings
from matrix_networks import MATRIX_EXAMPLES, random_matrix_networks
from networks import EXAMPLES, described, network
from sympy import Add, Expr, Max, Min, Piecewise, Symbol

import symbackprop as sb
from symbackprop.calculus import work
from symbackprop.matrices import Array, SumAll, shape_of
from symbackprop.network.spec import example_names, read_example
from symbackprop.notation import (
    Differential,
    Direct,
    Frobenius,
    Immediate,
    NameTable,
    Partial,
    Total,
    latex,
    latex_lines,
    python,
    text,
)
from symbackprop.numeric.evaluate import evaluate, forward, with_signals
from symbackprop.reading import Line, read_equation, read_formula, read_line
from symbackprop.verification.matrix_points import matrix_points
from symbackprop.verification.points import random_points

LONGEST = 10_000
"""What is longer than this is not read."""


Values = Mapping[str, Any]
Write = Callable[[Expr, sb.Derivation, NameTable], str]

NOTATIONS: dict[str, Write] = {
    "unicode": lambda e, d, names: text(e, names, d.order),
    "ascii": lambda e, d, names: text(e, names, d.order, unicode=False),
    "latex": lambda e, d, names: latex(e, names, d.order),
    "latex with shapes": lambda e, d, names: latex(e, names, d.order, shapes=True),
    "lines of latex": lambda e, d, names: " \\\\\n".join(latex_lines(e, names, d.order, 40)),
    "code": lambda e, d, names: python(e, names, d.order),
    "sympy": lambda e, d, names: str(e),
}
LINES: dict[str, Write] = {name: NOTATIONS[name] for name in ("unicode", "ascii", "latex", "sympy")}


def names_of(d: sb.Derivation) -> NameTable:
    return NameTable.of(s.name for s in (*d.network.names, *d.backward, *d.network.sizes))


def points_of(d: sb.Derivation, count: int = 3) -> list[Values]:
    points = random_points if d.network.dialect == "scalar" else matrix_points
    return [with_signals(d, forward(d.network, point)) for point in points(d, count, 0)]


def value(expr: Expr, values: Values) -> Any:
    """The value of an expression, in which each derivative and each differential has one of its own."""
    known = dict(values)
    sizes = {Symbol(name): x for name, x in values.items() if np.ndim(x) == 0}
    places: dict[Expr, Expr] = {}
    for part in sorted(expr.atoms(Partial, Differential), key=str):
        shape = shape_of(part if isinstance(part, Differential) else part.by)
        kind = "d" if isinstance(part, Differential) else "∂"
        name = "_".join([kind, *map(str, part.args)])
        drawn = np.random.default_rng(list(name.encode())).normal(size=[int(n.xreplace(sizes)) for n in shape])
        known[name] = drawn if shape else float(drawn)
        places[part] = Array(name, shape) if shape else Symbol(name)
    put_in = expr.xreplace(places)
    put_in = put_in.xreplace({inner: SumAll(inner.left * inner.right) for inner in put_in.atoms(Frobenius)})
    return evaluate(put_in, known)


def agree(found: Expr, expected: Expr, points: Sequence[Values]) -> bool:
    for values in points if found != expected else ():
        a, b = value(found, values), value(expected, values)
        as_large = np.size(a) == np.size(b) or not np.any(b)  # zero stands for a matrix of zeros
        if not as_large or not np.allclose(a, b, rtol=1e-10, atol=1e-12):
            return False
    return True


def formulas_of(d: sb.Derivation) -> Iterator[tuple[Symbol, Expr]]:
    for w in d.wrt:
        yield w, d.shared[w]
        yield w, d.gradients[w]
    yield from d.backward.items()


def check_formulas(d: sb.Derivation, every: int = 1) -> None:
    """Read all formulas back in all notations, or each in some: with every notation's turn at one of ``every``."""
    points, names = points_of(d), names_of(d)
    for position, (name, expr) in enumerate(formulas_of(d)):
        for notation in list(NOTATIONS)[position % every :: every]:
            said = NOTATIONS[notation](expr, d, names)
            if len(said) > LONGEST:
                continue
            assert agree(read_formula(said, d, name), expr, points), f"{notation}: {said}"


def check_lines(d: sb.Derivation, lines: Sequence[sb.Step], notations: Mapping[str, Write] = LINES) -> None:
    points, names = points_of(d, 2), names_of(d)
    for step in lines:
        for notation, write in notations.items():
            said = f"{write(step.lhs, d, names)} = {write(step.rhs, d, names)}"
            if len(said) > LONGEST:
                continue
            left, right = read_equation(said, d)
            assert agree(left, step.lhs, points), f"{notation}: {said}"
            assert agree(right, step.rhs, points), f"{notation}: {said}"


def shipped(name: str) -> sb.Derivation:
    return sb.derive(read_example(name).network)


MADE: dict[str, Callable[[], sb.Network]] = {
    **{f"shipped: {name}": lambda name=name: read_example(name).network for name in example_names()},
    **EXAMPLES,
    **{f"matrices: {name}": lambda make=make: make().network() for name, make in MATRIX_EXAMPLES.items()},
}


# -- What is printed


@pytest.mark.parametrize("name", few(example_names()))
def test_all_that_is_printed_of_an_example_is_read_back(name: str) -> None:
    d = shipped(name)
    check_formulas(d, every=6)
    check_lines(d, d.steps[::8], {"unicode": LINES["unicode"]})
    check_lines(d, d.steps[4::8], {"latex": LINES["latex"]})


AWKWARD = [
    "log-softmax", "constants", "max-min", "piecewise", "powers", "user-functions", "every-activation", "awkward-names",
    "names-like-signals", "matrices: log-softmax-columns", "matrices: norms-and-diagonals", "matrices: log-determinant",
    "matrices: determinant", "matrices: inverse", "matrices: quadratic-form", "matrices: dropout",
]  # fmt: skip


@pytest.mark.parametrize("name", few(AWKWARD))
def test_awkward_formulas_are_read_back(name: str) -> None:
    d = sb.derive(MADE[name]())
    check_formulas(d, every=6)
    check_lines(d, d.steps[::15])


@pytest.mark.slow
@pytest.mark.parametrize("name", MADE)
def test_all_that_is_printed_of_all_networks_is_read_back(name: str) -> None:
    d = sb.derive(MADE[name]())
    check_formulas(d)
    check_lines(d, d.steps)
    if d.network.dialect == "scalar":
        points, names = points_of(d), names_of(d)
        for w in d.wrt:
            check_lines(d, work(d, w))
            expanded = d.expanded(w)
            for notation in ("unicode", "ascii", "latex", "sympy"):
                said = NOTATIONS[notation](expanded, d, names)
                if len(said) < 5_000:
                    assert agree(read_formula(said, d, w), expanded, points), f"{notation}: {said}"


ENDLESS = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@ENDLESS
@given(described())
def test_random_networks_are_read_back(made: Any) -> None:
    d = sb.derive(made.network())
    check_formulas(d)
    check_lines(d, d.steps)


@pytest.mark.slow
@ENDLESS
@given(random_matrix_networks())
def test_random_networks_of_matrices_are_read_back(made: Any) -> None:
    d = sb.derive(made.network())
    check_formulas(d)
    check_lines(d, d.steps)


def test_derivatives_are_read_as_they_are_written() -> None:
    d = sb.derive(EXAMPLES["residual"]())
    kinds = set()
    for step in d.steps:
        left, right = read_equation(f"{text(step.lhs)} = {text(step.rhs)}", d)
        for found, written in ((left, step.lhs), (right, step.rhs)):
            immediate = {str(part.args) for part in found.atoms(Immediate)}
            assert immediate == {str(part.args) for part in written.atoms(Immediate)}
            kinds |= {type(part) for part in found.atoms(Partial)}
    assert kinds <= {Total, Direct, Immediate}
    assert Total in kinds


def test_a_line_of_work_may_have_its_number_and_its_reason() -> None:
    d = shipped("two-layer-sigmoid")
    for step in work(d, "w1"):
        left, right = read_equation(str(step), d)
        assert agree(left, step.lhs, points_of(d, 1))
        assert agree(right, step.rhs, points_of(d, 1))


# -- What people write

NOTES = shipped("two-layer-sigmoid")
MLP = shipped("mlp")
RELU = shipped("smooth-l1-relu")
SOFTMAX = sb.derive(EXAMPLES["softmax-3"]())

SCALARS: dict[str, str] = {
    "2(t1 - a_o1)": "2*(t1 - a_o1)",
    "2i1": "2*i1",
    "(a_h1)(i1)": "a_h1*i1",
    "w5 a_h1": "w5*a_h1",
    "w5a_h1": "w5*a_h1",
    "w_5a_{h_1}": "w5*a_h1",
    "w₅aₕ₁": "w5*a_h1",
    "a_o1(1 - a_o1)": "a_o1*(1 - a_o1)",
    "a_{o1}(1-a_{o1})": "a_o1*(1 - a_o1)",
    r"\delta_{o1} a_{h1}": "delta_o1*a_h1",
    "δ_o1 × a_h1": "delta_o1*a_h1",
    "δₒ₁·aₕ₁": "delta_o1*a_h1",
    "deltao1 ⋅ ah1": "delta_o1*a_h1",
    "-(t_1 − a_{o_1}) a_{o_1} (1 − a_{o_1}) a_{h_1}": "-(t1 - a_o1)*a_o1*(1 - a_o1)*a_h1",
    "(t1 − aₒ₁)²/2": "(t1 - a_o1)**2/2",
    "½(t1 - a_o1)^2": "(t1 - a_o1)**2/2",
    "a_h1^-1": "1/a_h1",
    "a_h1⁻²": "1/a_h1**2",
    "a_h1^½": "sqrt(a_h1)",
    "√2 a_h1": "sqrt(2)*a_h1",
    "a_h1 ÷ 2": "a_h1/2",
    ".5a_h1 + 1e-3 i1": "a_h1/2 + i1/1000",
    "-delta_o1*-a_h1": "delta_o1*a_h1",
    "e^{-o_1}": "exp(-o1)",
    "e^(-o1)": "exp(-o1)",
    "ln(a_h1)": "log(a_h1)",
    r"\log\left(a_{h_1}\right)": "log(a_h1)",
    "exp(-o_1)/(1+exp(-o_1))^2": "a_o1*(1 - a_o1)",
    "np.exp(-o1)/(1 + np.exp(-o1))**2": "a_o1*(1 - a_o1)",
    "math.exp(o1) * np.log(a_h1)": "exp(o1)*log(a_h1)",
    "torch.sigmoid(o1)*(1 - torch.sigmoid(o1))": "a_o1*(1 - a_o1)",
    "jax.nn.sigmoid(o1) + jnp.tanh(o1) + sb.relu(o1)": "sigmoid(o1) + tanh(o1) + relu(o1)",
    "sigmoid'(o1)": "a_o1*(1 - a_o1)",
    "σ′(o₁)": "a_o1*(1 - a_o1)",
    r"\sigma'(o_1)\,a_{h_1}": "a_o1*(1 - a_o1)*a_h1",
    r"\sigma^{\prime}(o_1)": "a_o1*(1 - a_o1)",
    "f'(o1)": "a_o1*(1 - a_o1)",
    "tanh'(o1)": "1 - tanh(o1)**2",
    "1 − tanh²(o₁)": "1 - tanh(o1)**2",
    r"1-\tanh^2(o_1)": "1 - tanh(o1)**2",
    "(o1 > 0)*a_h1": "step(o1)*a_h1",
    "np.where(o1 > 0, 1, 0.1)*a_h1": "where(o1 > 0, 1, 1/10)*a_h1",
    "np.maximum(0, o1)": "relu(o1)",
    "np.clip(o1, -1, 1)": "max(-1, min(1, o1))",
    "|o1|": "abs(o1)",
    r"\left|o_1\right|": "abs(o1)",
    "{1 if o₁ > 0; 0.1 otherwise}": "where(o1 > 0, 1, 1/10)",
    r"\begin{cases} 1, & o_1 > 0 \\ \tfrac{1}{10}, & \text{otherwise} \end{cases}": "where(o1 > 0, 1, 1/10)",
    r"\mathbf{1}[o_1>0]": "step(o1)",
    "∂E/∂aₒ₁ · ∂aₒ₁/∂o₁ · ∂o₁/∂w₅": "delta_o1*a_h1",
    "dE/da_o1 * da_o1/do1 * do1/dw5": "delta_o1*a_h1",
    r"\frac{dE}{da_{o1}}\cdot\frac{da_{o1}}{do_1}\cdot\frac{do_1}{dw_5}": "delta_o1*a_h1",
    r"\frac{\partial E}{\partial a_{o_1}}\,\sigma'(o_1)\,a_{h_1}": "delta_o1*a_h1",
    "∂E/∂h₁ · i₁": "delta_h1*i1",
    "∂E1/∂w1 + ∂E2/∂w1": "delta_h1*i1",
    r"$\delta_{o_1}\,a_{h_1}$.": "delta_o1*a_h1",
    "sum([delta_o1*w5, delta_o2*w7])": "delta_o1*w5 + delta_o2*w7",
}  # fmt: skip

MATRICES: dict[str, str] = {
    "X.T.dot(Delta_Z1)": "X.T @ Delta_Z1",
    "np.dot(X.T, Delta_Z1)": "X.T @ Delta_Z1",
    "np.matmul(X.transpose(), Delta_Z1)": "X.T @ Delta_Z1",
    "torch.mm(X.t(), Delta_Z1)": "X.T @ Delta_Z1",
    "X' Delta_Z1": "X.T @ Delta_Z1",
    "X'*Delta_Z1": "X.T @ Delta_Z1",
    "XᵀΔ_Z1": "X.T @ Delta_Z1",
    "Xᵀ · Δ_Z₁": "X.T @ Delta_Z1",
    r"X^\top \Delta_{Z_1}": "X.T @ Delta_Z1",
    r"X^T \cdot \Delta_{Z_1}": "X.T @ Delta_Z1",
    "X^T Δ_Z1": "X.T @ Delta_Z1",
    "X.T @ dZ1": "X.T @ Delta_Z1",
    "X.T @ (dA1 * (1 - A1^2))": "X.T @ Delta_Z1",
    "X.T @ (Delta_Z2 @ W2.T * (1 - A1**2))": "X.T @ Delta_Z1",
    r"X^\top \left( \Delta_{Z_2} W_2^\top \odot (1 - A_1 \odot A_1) \right)": "X.T @ Delta_Z1",
    "X' * ((Delta_Z2 * W2') .* (1 - A1.^2))": "X.T @ Delta_Z1",
    "X.T @ (dE/dA1 * tanh'(Z1))": "X.T @ Delta_Z1",
    "Xᵀ (∂E/∂A₁ ∘ ∂A₁/∂Z₁)": "X.T @ Delta_Z1",
    "1/m * X.T @ Delta_Z1": "X.T @ Delta_Z1/m",
    r"\frac{1}{m} X^T \Delta_{Z_1}": "X.T @ Delta_Z1/m",
    "(Z1 > 0) * A1": "step(Z1)*A1",
    "A1 * (Z1 > 0).astype(float)": "step(Z1)*A1",
    "np.where(Z1 > 0, 1, 0.01) * A1": "where(Z1 > 0, 1, 1/100)*A1",
    "np.sum(Delta_Z1, axis=0, keepdims=True)": "colsum(Delta_Z1)",
    "Delta_Z1.sum(axis=0, keepdims=True)": "colsum(Delta_Z1)",
    "Delta_Z1.sum(dim=0, keepdim=True)": "colsum(Delta_Z1)",
    "Delta_Z1.sum(0)": "colsum(Delta_Z1)",
    "np.ones((1, m)) @ Delta_Z1": "colsum(Delta_Z1)",
    "np.ones((m, 1)).T @ Delta_Z1": "colsum(Delta_Z1)",
    "m*np.mean(Delta_Z1, axis=0)": "colsum(Delta_Z1)",
    "Delta_Z1.mean(axis=1, keepdims=True)": "rowmean(Delta_Z1)",
    "sum(Delta_Z1)": "total(Delta_Z1)",
    "Delta_Z1.sum()": "total(Delta_Z1)",
    "np.linalg.inv(X.T @ X)": "inv(X.T @ X)",
    "(XᵀX)⁻¹": "inv(X.T @ X)",
    "np.trace(X.T @ X)": "total(X**2)",
    "‖X‖²": "total(X**2)",
    "np.square(A1) - np.multiply(A1, A1)": "A1 - A1",
    "np.outer(b1, b1)": "b1.T @ b1",
    "np.diag(b1)": "diag(b1.T)",
    "softmax(Z1, axis=-1)": "softmax(Z1, axis=1)",
    "np.broadcast_to(b1, (m, h))": "broadcast(b1, m, h)",
    "I_m X": "X",
    "Iₘ Δ_Z₁": "Delta_Z1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("d", "said", "meant"),
    [(NOTES, said, meant) for said, meant in SCALARS.items()]
    + [(MLP, said, meant) for said, meant in MATRICES.items()]
    + [
        (RELU, "ReLU'(h1)", "step(h1)"),
        (RELU, "relu'(h₁)·δ_g₁", "step(h1)*delta_g1"),
        (RELU, "f'(h1)", "step(h1)"),
        (SOFTMAX, "softmax(z1, [z1, z2, z3])", "p1"),
        (SOFTMAX, "softmax₂(z₁, z₂, z₃)", "p2"),
        (SOFTMAX, r"\mathrm{softmax}_{3}(z_1,z_2,z_3)", "p3"),
    ],
)
def test_what_people_write(d: sb.Derivation, said: str, meant: str) -> None:
    expected = sb.network.formulas.parse_expression(
        meant, {s.name: s for s in (*d.network.names, *d.network.sizes, *d.backward)}
    )
    assert agree(read_formula(said, d), expected, points_of(d))


def test_what_is_nested_is_read_once_a_level() -> None:
    said = "A1"
    for _ in range(24):
        said = f"({said} * A1)"
    assert read_formula(said, MLP) == MLP.network.symbol("A1") ** 25


@pytest.mark.slow
@pytest.mark.parametrize(
    "loss", few([lambda z: Max(-1, Min(1, z)), sb.relu, lambda z: Piecewise((z**2, z > 0), (-z, z > -1), (1, True))])
)
def test_a_gradient_of_many_choices_side_by_side_is_read_back(loss: Any) -> None:
    w, terms = Symbol("w"), range(1, 31)
    inputs = " ".join(f"x{k}" for k in terms)
    choices = Add(*(loss(w * Symbol(f"x{k}") - k) for k in terms))
    check_formulas(sb.derive(network({"E": choices}, inputs, "", "w")))


def test_a_matrix_of_one_entry_stays_one_beside_numbers() -> None:
    v, u, w = Array("V", (1, 1)), Array("U", (1, 3)), Array("W", (1, 3))
    net = sb.Network(
        {u: v * w + w, Symbol("E"): SumAll(u**2)}, inputs=[w], targets=[], parameters=[v], loss=Symbol("E")
    )  # fmt: skip
    d = sb.derive(net)
    for said in (
        "total((3 + V)**2)*V",
        "(1 - V**2) @ W @ W.T",
        "½(1 − V∘²) W Wᵀ",
        "(V + 1)∘^(3/2)",
        "V·U Uᵀ",
        "V U Uᵀ",
    ):
        assert shape_of(read_formula(said, d, v)) == (1, 1)


def test_names_of_the_network_win() -> None:
    x, wz, e, pi, sigma = (Symbol(name) for name in ("x", "Wz", "e", "pi", "sigma"))
    w, z, t, d_ = (Symbol(name) for name in ("W", "z", "t", "d"))
    net = sb.Network(
        {z: w * x + wz * e, Symbol("E"): (sb.sigmoid(z) * sigma - t) ** 2 * pi * d_},
        inputs=[x, e, d_], targets=[t], parameters=[w, wz, pi, sigma], loss=Symbol("E"),
    )  # fmt: skip
    d = sb.derive(net)
    assert read_formula("Wz*e", d) == wz * e
    assert read_formula("2π·σ", d) == 2 * pi * sigma
    assert read_formula(r"\sigma(1-\sigma)", d) == sigma * (1 - sigma)
    assert read_formula("σ(z)", d) == sb.sigmoid(z)
    assert read_formula("d(1 - t)", d) == d_ * (1 - t)
    assert read_formula("dE/dz", d) == d.adjoint("z")


@pytest.mark.parametrize(
    ("said", "name", "kind", "formula"),
    [
        ("dE/dw1 = delta_h1*i1", "w1", "gradient", "delta_h1*i1"),
        ("∂E/∂w₁ = δₕ₁·i₁", "w1", "gradient", "δₕ₁·i₁"),
        (r"\frac{\partial E}{\partial w_1} &= \delta_{h_1}\,i_1 \tag{3} \\", "w1", "gradient", r"\delta_{h_1}\,i_1"),
        (r"$$\frac{dE}{dw_{1}} = \delta_{h_1} i_1$$", "w1", "gradient", r"\delta_{h_1} i_1"),
        ("dw1 = delta_h1*i1", "w1", "gradient", "delta_h1*i1"),
        ("delta_o1 = (a_o1 - t1)*a_o1*(1 - a_o1)", "delta_o1", "signal", "(a_o1 - t1)*a_o1*(1 - a_o1)"),
        ("δₒ₁ = (aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)", "delta_o1", "signal", "(aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)"),
        (r"\delta_{o_1} &= (a_{o_1}-t_1)", "delta_o1", "signal", "(a_{o_1}-t_1)"),
        ("∂E/∂o₁ = aₒ₁ − t₁", "delta_o1", "signal", "aₒ₁ − t₁"),
        ("delta_h1*i1", None, "formula", "delta_h1*i1"),
    ],
)
def test_a_whole_line(said: str, name: str | None, kind: str, formula: str) -> None:
    line = read_line(said, NOTES)
    assert line == Line(line.name, kind, read_formula(formula, NOTES), formula)
    assert (line.name.name if line.name else None) == name


def test_a_line_about_matrices() -> None:
    line = read_line("dW1 = X.T @ np.where(Z1 > 0, dZ1, 0.0)", MLP)
    assert (str(line.name), line.kind) == ("W1", "gradient")
    assert read_line("db1 = dZ1.sum(axis=0, keepdims=True)", MLP).formula == read_formula("colsum(Delta_Z1)", MLP)
    assert read_line("Δ_Z₂ = (1/m)·(A₂ − T) ∘ A₂ ∘ (1 − A₂)", MLP).kind == "signal"


# -- What is refused

REFUSED: list[tuple[sb.Derivation, str, str, str]] = [
    (NOTES, "", "the formula is empty", "^"),
    (NOTES, "a_h1*", "'a_h1*' ends where a value should stand; complete it", "     ^"),
    (NOTES, "i1 +* 3", "a value is missing before '*'", "    ^"),
    (NOTES, "q + 1", "unknown name 'q'; ", "^"),
    (NOTES, "i1 + a_h3", "unknown name 'a_h3'; did you mean 'a_h2'?", "     ^^^^"),
    (NOTES, "i1*aₕ₃", "unknown name 'aₕ₃'; ", "   ^^^"),
    (NOTES, "sigm(o1)", "unknown function 'sigm'; ", "^^^^"),
    (NOTES, "np.foo(o1)", "unknown function 'foo'; ", "   ^^^"),
    (NOTES, "exp", "'exp' is a function, and stands here as a name; write exp(…)", "^^^"),
    (NOTES, "max(o1)", "'max(o1)' gives max 1 argument; it takes 2 to 64: write max(a, b)", "^^^^^^^"),
    (NOTES, "1/2w5", "'1/2w5' can be '1/(2w5)' or '(1/2)*w5'; put brackets", "   ^^"),
    (NOTES, "i1/2(w5)", "'i1/2(w5)' can be 'i1/(2(w5))' or '(i1/2)*(w5)'; put brackets", "    ^^^^"),
    (NOTES, "(a_o1 - t1", "'(' in '(a_o1 - t1' is not closed; close it", "^"),
    (NOTES, "a_o1 - t1)", "')' in 'a_o1 - t1)' closes nothing; ", "         ^"),
    (NOTES, "(a_o1 - t1]", "']' in '(a_o1 - t1]' closes nothing; ", "          ^"),
    (NOTES, "3 4", "'3 4' has two values side by side; write * for a product", "  ^"),
    (NOTES, "a_h1**1000", "the exponent in 'a_h1**1000'; use at most 64", "^^^^^^^^^^"),
    (NOTES, "i1 + log(0)", "'log(0)' is not a real number; ", "     ^^^^^^"),
    (NOTES, "a_h1.real", "'.real' in 'a_h1.real'; ", "     ^^^^"),
    (NOTES, "__import__('os').system('true')", "a name does not begin with '_'", "^"),
    (NOTES, "lambda: 1", "unknown name 'lambda'; ", "^^^^^^"),
    (NOTES, "a_h1 if o1", "'if' stands where an operator is expected", "     ^^"),
    (NOTES, r"\foo{i1}", r"the command '\\foo' in", "^^^^"),
    (NOTES, "a_o1'", "'a_o1' is a number, and has no transpose", "^^^^^"),
    (NOTES, "sigmoid''(o1)", "a second derivative in", "^^^^^^^^^^^^^"),
    (NOTES, "tanh⁻¹(o1)", "can be an inverse function or 1 over its value", "    ^^"),
    (NOTES, "dE/dx", "unknown name 'x'; ", "    ^"),
    (NOTES, "∂E/∂x", "unknown name 'x'; ", "    ^"),
    (NOTES, "i1 = 3 = 4", "'=' stands in a formula", "   ^"),
    (NOTES, "{1 if o1 > 0; 2 if o1 < 0}", "the last case of", "^" * 26),
    (MLP, "Q", "unknown name 'Q'; ", "^"),
    (
        MLP,
        "b1 + X @ Delta_Z1",
        "X (m×n) @ Delta_Z1 (m×h): inner sizes n and m differ; did you mean X.T",
        "     ^^^^^^^^^^^^",
    ),
    (MLP, "X · A1", "X (m×n) · A1 (m×h): the sizes differ", "^^^^^^"),
    (MLP, "X + A1", "X (m×n) + A1 (m×h): the sizes differ", "^^^^^^"),
    (MLP, "softmax(Z1)", "'softmax(Z1)' of a matrix has no axis; write softmax(Z, axis=1)", "^^^^^^^^^^^"),
    (MLP, "X.sum(axis=2)", "the axis in 'X.sum(axis=2)' is neither 0 nor 1", "           ^"),
    (MLP, "eye(2.5)", "is not a size; use whole numbers and the sizes of the network: h, k, m, n", "^^^^^^^^"),
    (MLP, "∂Z1/∂W1", "∂Z1/∂W1 is no matrix", "^^^^^^^"),
]


@pytest.mark.parametrize(("d", "said", "message", "caret"), REFUSED)
def test_what_is_refused_with_its_place(d: sb.Derivation, said: str, message: str, caret: str) -> None:
    with pytest.raises((sb.SpecError, sb.DerivationError)) as error:
        read_formula(said, d)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.excerpt is not None
    assert error.value.excerpt.lines() == (said, caret)
    assert error.value.__notes__ == [f"  {said}\n  {caret}"]


def test_two_names_that_look_alike_are_refused_with_both() -> None:
    x1, x_1, t = Symbol("x1"), Symbol("x_1"), Symbol("t")
    net = sb.Network(
        {Symbol("y"): sb.tanh(x1 * x_1), Symbol("E"): (Symbol("y") - t) ** 2},
        inputs=[], targets=[t], parameters=[x1, x_1], loss=Symbol("E"),
    )  # fmt: skip
    d = sb.derive(net)
    assert read_formula("x1*x_1", d) == x1 * x_1
    with pytest.raises(sb.SpecError, match="can be x1 or x_1"):
        read_formula("x_{1}", d)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("w1 = 3", "'w1' is neither a gradient nor an error signal; write dE/dw1 = … or delta_o1 = …"),
        ("da_o1/do1 = 3", "'da_o1/do1' is not a derivative of the loss E; write dE/d…"),
        ("dE/dw1 = 3 = 4", "the line has more than one '='"),
        ("dE/dw1 =", "ends where a value should stand"),
        ("= 3", "'= 3' ends where a value should stand"),
    ],
)
def test_a_line_that_is_refused(said: str, message: str) -> None:
    with pytest.raises(sb.SpecError) as error:
        read_line(said, NOTES)
    assert message in str(error.value)


HOSTILE = [
    "(" * 5_000, "(" * 90 + "i1" + ")" * 90, "-" * 9_000 + "i1", "i1" + "^i1" * 3_000, "2**" * 200 + "2",
    "i1*" * 3_000 + "i1", "9" * 5_000, "1e999999999", "exp(" * 80 + "i1" + ")" * 80, "tanh(" * 80 + "i1" + ")" * 80,
    "a" * 20_000, r"\frac" * 500, "{" * 200, "|" * 200, "‖" * 200, "⟨" * 100, "√" * 4_000 + "2", "'" * 50, "d" * 300,
    "∂" * 200, "\\" * 99, "\\begin{cases}", "i1 if " * 99, "0 < " * 500 + "i1", "\x00", "\u202e i1", "𝔸𝔹", "i1\ud800",
    "_" * 50, "^" * 50, "x_" * 2_000, "w1" * 2_000, "½" * 400, "²" * 400, "softmax(" * 50, "max(" + "i1," * 500 + "i1)",
    "[" * 99 + "]" * 99, "np." * 500 + "exp(i1)", "E" * 500,
]  # fmt: skip


def refused(read: Callable[..., Any], said: str, d: sb.Derivation) -> sb.SymbackpropError | None:
    """The refusal of a text, or None where it is read."""
    try:
        read(said, d)
    except sb.SymbackpropError as error:
        return error
    return None


@pytest.mark.parametrize("position", range(len(HOSTILE)))
def test_hostile_text_is_refused_or_read_and_nothing_else(position: int) -> None:
    for d in (NOTES, MLP):
        error = refused(read_formula, HOSTILE[position], d)
        assert error is None or len(str(error)) < 600
        assert error is None or error.excerpt is None or max(map(len, error.excerpt.lines())) < 200


def test_pieces_of_formulas_in_any_order_are_refused_or_read() -> None:
    pieces = [
        *SCALARS,
        "(",
        ")",
        "{",
        "}",
        "|",
        "^",
        "_",
        "/",
        "·",
        "∂",
        "d",
        "\\frac",
        "=",
        "'",
        "²",
        "if",
        ",",
        "[",
        "]",
        "&",
    ]
    rng = random.Random(7)
    for _ in range(60):
        said = " ".join(rng.choices(pieces, k=rng.randint(1, 6)))
        cut = said[: rng.randint(1, len(said))]
        for read in (read_formula, read_line, read_equation):
            assert "\n" not in str(refused(read, cut, NOTES))


def test_the_number_of_a_line_stands_at_its_beginning() -> None:
    d = sb.derive(MADE["matrices: mlp-rows"]())
    numbered, plain = (read_equation(f"{begin}h = (2) + 3*(4) ", d) for begin in ("(1) ", ""))
    assert numbered == plain
    assert plain[1] == 14


def test_a_comparison_inside_an_inner_product_is_one() -> None:
    d = sb.derive(MADE["matrices: mlp-rows"]())
    for side in read_equation("<where(A1 > 0, 1, 2), dA1> = <2*(A1 > 0), dA1>", d):
        assert side.has(Piecewise, sb.step)
