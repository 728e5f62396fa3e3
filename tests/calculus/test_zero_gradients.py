"""A gradient that is zero at every point is derived as 0, computed as zeros, and said aloud."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from click.testing import CliRunner
from conftest import few
from sympy import MatrixSymbol, symbols

import symbackprop as sb
from symbackprop.calculus.pullback import is_zero
from symbackprop.cli import main
from symbackprop.notation import latex, text

x, x2, y, w, w2, b, t1, t2, p1, p2, z1, z2, h, E = symbols("x x2 y w w2 b t1 t2 p1 p2 z1 z2 h E")
c1, c2, mu, s, n1, n2 = symbols("c1 c2 mu s n1 n2")
m, n, k = symbols("m n k")
X, Y, W = MatrixSymbol("X", m, n), MatrixSymbol("Y", m, k), MatrixSymbol("W", n, k)
Z, C, H, P = (MatrixSymbol(name, m, k) for name in "ZCHP")
row, column, deviation = MatrixSymbol("r", 1, k), MatrixSymbol("v", m, 1), MatrixSymbol("sigma", 1, k)
ones = sb.ones(m, 1)
RAISED = {Z: X * W + column * sb.ones(1, k)}
SHIFTED = {Z: X * W + ones * row}
CENTRED = {**SHIFTED, C: Z - ones * sb.colmean(Z)}
SCORES = {z1: w * x + b, z2: w2 * x + b}

# What is still moved, and what is not, by the names of the parameters.
NETWORKS: Mapping[str, tuple[dict[Any, Any], str, str]] = {
    "a bias that is taken off again": ({z1: w * x + b, z2: z1 - b, E: (z2 - y) ** 2}, "w", "b"),
    "a bias of both sides of a difference": ({**SCORES, E: sb.sigmoid(z1 - z2) + y * x}, "w w2", "b"),
    "a sign": ({h: sp.sign(b), E: (w * x + h - y) ** 2}, "w", "b"),
    "nothing but a sign": ({E: sp.sign(w * x) + y}, "", "w"),
    "a bias of all scores of a softmax": (
        {**SCORES, (p1, p2): sb.softmax([z1, z2]), E: sb.cross_entropy([p1, p2], [t1, t2])}, "w w2", "b",
    ),
    "a bias of all scores, behind another loss": (
        {**SCORES, (p1, p2): sb.softmax([z1, z2]), E: (p1 - t1) ** 2 + sb.sigmoid(p2) * t2}, "w w2", "b",
    ),
    "a bias before scalars are normalised": (
        {
            z1: w * x + b, z2: w2 * x2 + b, mu: (z1 + z2) / 2, c1: z1 - mu, c2: z2 - mu,
            s: sp.sqrt((c1**2 + c2**2) / 2 + 1), n1: c1 / s, n2: c2 / s, E: (n1 - t1) ** 2 + sb.sigmoid(n2) * t2,
        }, "w w2", "b",
    ),
    "a row before centring": ({**CENTRED, E: sb.total(sb.power(C - Y, 2))}, "W", "r"),
    "a row before a batch norm": (
        {
            **CENTRED, deviation: sb.sqrt(sb.colmean(sb.power(C, 2)) + sb.ones(1, k) / 100),
            H: sb.divide(C, ones * deviation), E: sb.total(sb.power(sb.sigmoid(H) - Y, 2)) / m,
        }, "W", "r",
    ),
    "a column before a softmax of rows": (
        {**RAISED, P: sb.softmax(Z, axis=1), E: -sb.total(sb.hadamard(Y, sb.log(P)))}, "W", "v",
    ),
    "a column before another loss of a softmax": (
        {**RAISED, P: sb.softmax(Z, axis=1), E: sb.total(sb.power(P - Y, 2)) / m}, "W", "v",
    ),
    "a row before a softmax of columns": (
        {**SHIFTED, P: sb.softmax(Z, axis=0), E: sb.total(sb.power(P - Y, 2)) / m}, "W", "r",
    ),
    "a column before a log-softmax": (
        {**RAISED, P: sb.log_softmax(Z, axis=1), E: -sb.total(sb.hadamard(Y, P)) / m}, "W", "v",
    ),
    "a number before a softmax": (
        {Z: X * W + sb.broadcast(b, m, k), P: sb.softmax(Z, axis=1), E: sb.total(sb.power(P - Y, 2)) / m}, "W", "b",
    ),
    "the total of a softmax": ({P: sb.softmax(X * W, axis=1), E: sb.total(P) + sb.total(Y)}, "", "W"),
    "a matrix and its transpose": ({E: sb.total(W) - sb.total(W.T) + sb.total(X * sb.broadcast(b, n, k))}, "b", "W"),
    "a step": ({Z: sb.step(X * W), E: sb.total(Z) + sb.total(row) ** 2}, "r", "W"),
}  # fmt: skip


def network_of(name: str) -> sb.Network:
    equations, moving, still = NETWORKS[name]
    parameters = set(f"{moving} {still}".split())
    known = {symbol for expr in equations.values() for symbol in _symbols(expr)} - set(equations) - {m, n, k}
    known -= {p for names in equations if isinstance(names, tuple) for p in names}
    names = sorted(known, key=str)
    return sb.Network(
        equations,
        inputs=[q for q in names if q.name not in parameters],
        targets=[],
        parameters=[q for q in names if q.name in parameters],
        loss=E,
    )


def _symbols(expr: Any) -> set[Any]:
    parts = expr if isinstance(expr, (list, tuple)) else [expr]
    return {q for part in parts for q in sp.sympify(part).free_symbols if not q.name.startswith("_")}


def values_of(net: sb.Network, sizes: Mapping[Any, int], dtype: Any = float) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    found = {}
    for name in (*net.inputs, *net.parameters):
        shape = tuple(int(sp.sympify(size).xreplace(sizes)) for size in net.shape(name))
        found[name.name] = rng.uniform(0.2, 0.9, shape).astype(dtype) if shape else dtype(rng.uniform(0.2, 0.9))
    return found


SIZES = ({m: 3, n: 2, k: 4}, {m: 1, n: 1, k: 1}, {m: 2, n: 1, k: 1})


@cache
def derivation_of(name: str) -> sb.Derivation:
    return sb.derive(network_of(name))


@pytest.fixture(params=few(NETWORKS))
def derivation(request: Any) -> sb.Derivation:
    return derivation_of(request.param)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_form_is_zero(name: str) -> None:
    _, _, still = NETWORKS[name]
    d = derivation_of(name)
    assert [q.name for q in d.zero] == still.split()
    for q in d.wrt:
        forms = [d.shared[q], d.gradients[q]] + ([d.expanded(q)] if d.network.dialect == "scalar" else [])
        assert [is_zero(form) for form in forms] == [q.name in still.split()] * len(forms)
        if q in d.zero:
            assert [text(form) for form in forms] == ["0"] * len(forms)
            assert latex(d.shared[q]) == str(d.gradients[q]) == "0"


def test_it_is_checked_and_said(derivation: sb.Derivation) -> None:
    found = sb.check(derivation)
    assert found.ok, str(found)
    assert found.zero == tuple(q.name for q in derivation.zero)
    for q in derivation.zero:
        assert f"\n{q.name} does not move the loss: its gradient is zero" in str(found)
        assert sb.verify(derivation, q, "0").ok
        assert not sb.verify(derivation, q, f"{q.name} + 1e-3").ok


def test_the_work_ends_in_zero(derivation: sb.Derivation) -> None:
    for q in derivation.zero:
        steps = sb.calculus.work(derivation, q)
        assert is_zero(steps[-1].rhs)
        assert [step.number for step in steps] == list(range(1, len(steps) + 1))
        assert all(use < step.number for step in steps for use in step.uses if isinstance(use, int))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_numpy_gives_zeros_of_the_shape_and_dtype(derivation: sb.Derivation, sizes: Mapping[Any, int]) -> None:
    for dtype in (np.float64, np.float32):
        at = values_of(derivation.network, sizes, dtype)
        _, gradients = sb.lambdify(derivation)(**at)
        for q in derivation.zero:
            assert_zeros(gradients[q.name], at[q.name], dtype)


def assert_zeros(found: Any, at: Any, dtype: Any) -> None:
    assert np.shape(found) == np.shape(at)
    assert np.asarray(found).dtype == dtype
    assert not np.any(np.asarray(found))


@pytest.mark.parametrize(
    "backend",
    [
        pytest.param("torch", marks=pytest.mark.needs("torch")),
        pytest.param("jax", marks=pytest.mark.needs("jax")),
        pytest.param("array-api", marks=pytest.mark.needs("array_api_compat")),
    ],
)
def test_other_libraries_give_zeros_of_the_shape_and_dtype(backend: str, derivation: sb.Derivation) -> None:
    library = {"torch": "torch", "jax": "jax.numpy", "array-api": "numpy"}[backend]
    xp = importlib.import_module(library)
    at = values_of(derivation.network, SIZES[0], np.float32)
    given = {name: xp.asarray(value) for name, value in at.items()}
    _, gradients = sb.lambdify(derivation, backend=backend)(**given)
    for q in derivation.zero:
        assert_zeros(gradients[q.name], at[q.name], np.float32)


def test_saved_modules_give_zeros(derivation: sb.Derivation, tmp_path: Path) -> None:
    sb.lambdify(derivation).save(tmp_path / "gradients.py")
    spec = importlib.util.spec_from_file_location("gradients", tmp_path / "gradients.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    at = values_of(derivation.network, SIZES[0])
    _, gradients = module.loss_and_gradients(**at)
    for q in derivation.zero:
        assert_zeros(gradients[q.name], at[q.name], np.float64)


@pytest.mark.parametrize("optimiser", few(["gradient-descent", "adam"]))
def test_training_leaves_it_where_it_is(derivation: sb.Derivation, optimiser: str) -> None:
    at = values_of(derivation.network, SIZES[0])
    data = {q.name: at.pop(q.name) for q in derivation.network.inputs}
    history = sb.train(derivation, data, initial=at, learning_rate=0.1, epochs=3, optimiser=optimiser)
    trainer = sb.trainer(derivation, data, at, 0.1, optimiser, backend="numpy")
    trainer.run(3)
    for q in derivation.zero:
        assert np.array_equal(history.parameters[q.name][-1], at[q.name])
        assert np.array_equal(trainer.weights[q.name], at[q.name])


@pytest.mark.parametrize(
    "name", ["a sign", "a bias of all scores of a softmax", "a row before a batch norm", "the total of a softmax"]
)
def test_a_report_says_so(name: str, tmp_path: Path) -> None:
    derivation = derivation_of(name)
    sb.report(derivation, tmp_path / "report.md")
    written = (tmp_path / "report.md").read_text()
    assert written.count("does not move the loss: its gradient is zero.") == len(derivation.zero)


SPEC = """
name = "raised"

[inputs]
x = 0.3

[targets]
y = 0.5

[parameters]
w = 0.5
b = 1.0

[equations]
z = "w*x + b"
c = "z - b"
E = "(c - y)**2"

[loss]
minimize = "E"
"""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["derive"], "dE/db = 0"),
        (["explain", "b"], "dE/db = "),
        (["check"], "all gradients are proved"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_the_terminal_says_so(arguments: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "raised.toml").write_text(SPEC)
    command, *more = arguments
    ascii_only = ["--ascii"] if command != "check" else []
    ran = CliRunner().invoke(main, [command, str(tmp_path / "raised.toml"), *more, *ascii_only])
    assert ran.exit_code == 0, ran.output
    assert said in ran.output
    assert "b does not move the loss: its gradient is zero" in ran.output


def test_by_other_names_too() -> None:
    """Inputs, targets and values in between whose derivative is zero everywhere derive as 0."""
    net = network_of("the total of a softmax")
    d = sb.derive(net, wrt=["X", "W", "Z_P", "Y"])
    assert [q.name for q in d.zero] == ["X", "W", "Z_P"]
    assert sb.check(d).ok


def test_what_does_not_stand_in_the_loss_at_all_is_refused() -> None:
    net = sb.Network({h: x2 + b, E: (w * x - y) ** 2 + b}, inputs=[x, x2], targets=[y], parameters=[w, b], loss=E)
    with pytest.raises(sb.DerivationError) as caught:
        sb.derive(net, wrt=["x2"])
    assert str(caught.value) == (
        "error[unreached]: in x2: x2 does not reach the loss E; its gradient is zero; leave it out"
    )


@pytest.mark.parametrize(
    ("equations", "parameters"),
    [
        ({z1: w * x + b, z2: w2 * x, (p1, p2): sb.softmax([z1, z2]), E: sb.cross_entropy([p1, p2], [t1, t2])}, "b"),
        ({z1: w * x + b, z2: w2 * x2 - b, E: sb.sigmoid(z1 - z2) + y}, "b"),
        ({**RAISED, P: sb.softmax(Z, axis=0), E: sb.total(sb.power(P - Y, 2)) / m}, "v"),
        ({**SHIFTED, P: sb.softmax(Z, axis=1), E: sb.total(sb.power(P - Y, 2)) / m}, "r"),
        ({**RAISED, P: sb.softmax(Z, axis=1), E: sb.total(sb.hadamard(P, Z))}, "v"),
        ({**SHIFTED, C: Z - ones * sb.colsum(Z), E: sb.total(sb.power(C - Y, 2))}, "r"),
    ],
    ids=range(6),
)
def test_what_moves_the_loss_is_not_called_zero(equations: dict[Any, Any], parameters: str) -> None:
    names = {q for expr in equations.values() for q in _symbols(expr)} - {m, n, k}
    names -= {q for left in equations for q in (left if isinstance(left, tuple) else (left,))}
    inputs = sorted((q for q in names if q.name != parameters), key=str)
    by = [q for q in names if q.name == parameters]
    d = sb.derive(sb.Network(equations, inputs=inputs, targets=[], parameters=by, loss=E))
    assert d.zero == ()
    found = sb.check(d)
    assert found.ok
    assert found.remarks == ()
