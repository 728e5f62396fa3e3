"""Facts: what may be stated, where points are drawn, and that data are held to it by all that computes."""

from __future__ import annotations

import contextlib
import gc
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run, told
from conftest import few
from networks import softmax_classifier
from numeric.test_backends import BACKENDS, moved, numbers
from sympy import Abs, Eq, Expr, MatrixSymbol, Max, Min, Ne, Piecewise, Symbol, log, sqrt, symbols

import symbackprop as sb
from symbackprop.numeric.facts import breach_of
from symbackprop.verification.matrix_points import matrix_points
from symbackprop.verification.points import random_points

x, t, w, delta, E, a, b, c = symbols("x t w delta E a b c")
m, n, k = symbols("m n k")
X, Y, A = MatrixSymbol("X", m, n), MatrixSymbol("Y", m, k), MatrixSymbol("A", n, n)
W, y = MatrixSymbol("W", n, k), MatrixSymbol("y", n, 1)
EXCLUDED = "cannot hold together; correct one, or leave it out"
STATED = "correct the data, leave the fact out, or give check_facts=False"


def scalar(facts: Any = (), loss: Expr | None = None) -> sb.Network:
    """A loss of all of a, b, c and x, with a scale delta whose logarithm it has."""
    loss = (w * a + b * delta - c) ** 2 * log(delta) + w * x if loss is None else loss
    return sb.Network({E: loss}, inputs=[a, b, c, x], targets=[], parameters=[w, delta], loss=E, facts=facts)


def matrix(facts: Any = ()) -> sb.Network:
    loss = sb.total(sb.log(X)) * delta + sb.total(X * W)
    return sb.Network({E: loss}, inputs=[X], targets=[], parameters=[W, delta], loss=E, facts=facts)


# -- what may be stated


@pytest.mark.parametrize(
    ("fact", "stated"),
    [
        ("delta > 0", ["delta > 0"]),
        (delta > 0, ["delta > 0"]),
        ("0 < delta", ["delta > 0"]),
        ("0 < delta < 1", ["delta > 0", "delta < 1"]),
        ("1 >= delta ≥ 0", ["delta <= 1", "delta >= 0"]),
        ("a + b <= c", ["a + b <= c"]),
        ("max(a, b) < 2*delta", ["Max(a, b) < 2*delta"]),
        ("where(a > 0, a, b) >= 1/2", ["Piecewise((a, a > 0), (b, True)) >= 1/2"]),
    ],
)
def test_inequalities_are_facts(fact: Any, stated: list[str]) -> None:
    net = scalar([fact])
    assert [str(found) for found in net.facts] == stated
    assert sb.derive(net).facts == net.facts == sb.derive(scalar(), facts=[fact]).facts
    assert sb.derive(net, facts=[fact]).facts == net.facts  # said twice
    assert sb.derive(net).facts is net.facts  # checked once


@pytest.mark.parametrize("fact", ["X >= 0", "0 < X < 1", "trace(W.T @ W) < 3", "X < delta", "rowsum(X) > 0"])
def test_inequalities_of_matrices_hold_entry_by_entry(fact: str) -> None:
    assert all(not isinstance(found, Eq) for found in matrix([fact]).facts)
    entries = matrix([fact]).expand({"m": 2, "n": 1, "k": 3})
    point = random_points(sb.derive(entries), 1, 0)[0]
    assert breach_of(entries.facts, point) is None


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (["delta > 0", "delta < 0"], f"'delta > 0' and 'delta < 0' {EXCLUDED}"),
        (["delta > 0", "delta <= 0"], f"'delta > 0' and 'delta <= 0' {EXCLUDED}"),
        (["2*delta > 1", "0.5 > delta"], f"'2*delta > 1' and '0.5 > delta' {EXCLUDED}"),
        (["a + b < 1", "-a - b < -1"], f"'a + b < 1' and '-a - b < -1' {EXCLUDED}"),
        (["a + b = 1", "b + a > 2"], f"'a + b = 1' and 'b + a > 2' {EXCLUDED}"),
        (["a = 1", "a < 0"], f"'a = 1' and 'a < 0' {EXCLUDED}"),
        (["a > a"], "a > a is about no value; correct it, or leave it out"),
        (["2 < 1"], "'2 < 1' can never hold; correct it, or leave it out"),
        (["0 < a > 1"], "'0 < a > 1' mixes < and >; write one fact for each"),
        (["0 < a = 1"], "'0 < a = 1' mixes < and =; write one fact for each"),
        (
            ["w = 1"],
            "w = 1 is about the parameter w, and a fact with = is about inputs and targets; "
            "state an inequality, such as w > 0, or make w an input",
        ),
        (
            [Ne(a, 1)],
            "Ne(a, 1) is neither an equation nor an inequality; state a fact with =, <, <=, > or >=",
        ),
        (
            [E > 0],
            "E > 0 is not about inputs, targets and parameters alone; state where a value lies, such as delta > 0",
        ),
    ],
)
def test_what_cannot_be_stated(facts: list[Any], message: str) -> None:
    with pytest.raises(sb.NetworkError) as caught:
        scalar(facts)
    assert str(caught.value) == f"error[fact]: in facts: {message}"


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (["rowsum(X) = 1", "rowsum(X) > 1"], f"'rowsum(X) = 1' and 'rowsum(X) > 1' {EXCLUDED}"),
        (["X > 0", "X < 0"], f"'X > 0' and 'X < 0' {EXCLUDED}"),
        (["X > W"], "X > W: the sizes differ; let both sides have one shape, or one be a number"),
        (["W.T @ W = 1"], "W.T*W = 1 is about the parameter W"),
    ],
)
def test_what_cannot_be_stated_of_matrices(facts: list[Any], message: str) -> None:
    with pytest.raises(sb.NetworkError) as caught:
        matrix(facts)
    said = str(caught.value).replace("W.T @ W", "W.T*W")
    assert said.startswith(f"error[fact]: in facts: {message}")


def test_facts_stand_in_files_and_on_the_command_line(tmp_path: Path) -> None:
    text = """facts = ["0 < delta < 2", "x + t = 3"]
[inputs]
x = 2.0
[targets]
t = 1.0
[parameters]
w = 0.5
delta = 1.0
[equations]
E = "delta**2*(sqrt(1 + ((w*x - t)/delta)**2) - 1)"
[loss]
minimize = "E"
"""
    path = tmp_path / "net.toml"
    path.write_text(text)
    derived = run("derive", str(path)).stdout
    assert "the fact x + t = 3 changed no gradient" in derived
    checked = run("check", str(path), "--facts", "w >= 0").stdout
    assert "all gradients are proved" in checked
    assert "the fact x + t = 3 changed no gradient" in checked
    assert told("check", str(path), "--facts", "delta > 2").endswith(
        "error[fact]: in facts: '0 < delta < 2' and 'delta > 2' cannot hold together; correct one, or leave it out"
    )
    strict, loose = (run("compile", str(path), *words).stdout for words in ((), ("--no-check-facts",)))
    assert "check_facts: bool = True" in strict
    assert "Given that  delta > 0" in strict
    assert strict.replace("check_facts: bool = True", "check_facts: bool = False") == loose
    run("report", str(path), "-o", str(tmp_path / "out"), "--format", "md")
    (written,) = (tmp_path / "out").rglob("*.md")
    words = written.read_text()
    assert r"It is stated that $`\delta>0`$ and $`\delta<2`$, where the checks draw their points." in words
    assert "That $`x+t = 3`$ changes no gradient." in words


# -- points


@pytest.mark.parametrize(
    "facts",
    [
        ["delta > 0"],
        ["delta > 3"],
        ["delta >= 1/2", "delta < 1"],
        ["0 < delta < 1/100"],
        ["delta > 0", "a + b + c = 1", "a > 0", "b > 0", "c > 0"],
        ["delta > 0", "a > b", "b > c"],
        ["delta > 0", "a*b > 2"],
        ["delta > 0", "a**2 + b**2 < 1/4"],
        ["delta > 0", "w >= 10", "x = 2*a", "x < 0"],
    ],
    ids=", ".join,
)
@pytest.mark.parametrize("seed", few(range(3)))
def test_points_lie_where_it_is_stated(facts: list[str], seed: int) -> None:
    d = sb.derive(scalar(facts))
    points = random_points(d, 5, seed)
    assert len(points) == 5
    assert all(breach_of(d.facts, point) is None for point in points)
    assert len({point["delta"] for point in points}) == 5
    assert sb.check(d, seed=seed).ok


@pytest.mark.parametrize(
    "facts",
    few(
        [
            ["X > 0"],
            ["0 < X < 1", "delta < 0"],
            ["rowsum(X) = 1", "X >= 0"],
            ["X > 0", "trace(W.T @ W) > 3"],
            ["X > 0", "rowsum(X) < 1"],
            ["X >= 2", "W < 0"],
        ]
    ),
    ids=", ".join,
)
def test_points_of_matrices_lie_where_it_is_stated(facts: list[str]) -> None:
    d = sb.derive(matrix(facts))
    points = matrix_points(d, 5, 1)
    assert len(points) == 5
    sizes = [{"m": point["X"].shape[0], "n": point["X"].shape[1], "k": point["W"].shape[1]} for point in points]
    assert all(breach_of(d.facts, {**point, **size}) is None for point, size in zip(points, sizes, strict=True))
    assert sb.check(d).ok


@pytest.mark.parametrize("make", [scalar, matrix])
def test_where_no_point_obeys_the_facts_are_named(make: Callable[[Any], sb.Network]) -> None:
    impossible = "delta**2 < -1"
    with pytest.raises(sb.DataError, match=re.escape("no random point was found that obeys delta**2 < -1; state")):
        sb.check(sb.derive(make([impossible])))


HUBER = Piecewise((x**2 / 2, Abs(x) <= delta), (delta * (Abs(x) - delta / 2), True))
PUBLISHED = {
    "huber": ((HUBER, "max(-delta, min(delta, x))"), "x"),
    "root": ((sqrt(x**2 * delta**2), "delta*x/sqrt(x**2)"), "x"),
    "clipped": ((Max(-delta, Min(delta, x)) ** 2, "where(x**2 < delta**2, 2*x, 0)"), "x"),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_formula_is_judged_where_it_is_said_to_hold(name: str) -> None:
    (loss, formula), by = PUBLISHED[name]
    net = sb.Network({E: loss}, inputs=[], targets=[], parameters=[x, delta], loss=E)
    anywhere, stated = sb.derive(net), sb.derive(net, facts=["delta > 0"])
    assert not all(sb.verify(anywhere, by, formula, seed).ok for seed in range(8))
    assert all(sb.verify(stated, by, formula, seed).ok for seed in range(8))


# -- all that computes holds data to the facts

CLASSES = sb.mlp([3, 4, 2], loss="cross_entropy", notation="matrix")
STRETCHED = sb.Network(
    {E: sb.total(sb.sqrt(X)) * delta + sb.total(X * W)}, inputs=[X], targets=[], parameters=[W, delta], loss=E,
    facts=["X >= 0", "0 < delta < 2"],
)  # fmt: skip
SYMMETRIC = sb.Network(
    {E: sb.quadratic(y, A)}, inputs=[A], targets=[], parameters=[y], loss=E, facts=[Eq(A.T, A)]
)  # fmt: skip
CENTRED = sb.Network(
    {E: sb.total(sb.power(X * W + sb.broadcast(MatrixSymbol("v", 1, k), m, k), 2))},
    inputs=[X], targets=[], parameters=[W, MatrixSymbol("v", 1, k)], loss=E, facts=["colsum(X) = 0"],
)  # fmt: skip
HALVES = sb.Network({E: (w * a - b) ** 2 * delta}, inputs=[a, b], targets=[], parameters=[w, delta], loss=E,
                    facts=["a + b = 1", "a >= 0", "delta > 0"])  # fmt: skip


def _one_hot(count: int) -> Any:
    return np.eye(2)[np.arange(count) % 2]


def _classes(count: int = 5) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    shapes = {"X": (count, 3), "W1": (3, 4), "b1": (1, 4), "W2": (4, 2), "b2": (1, 2)}
    return {"Y": _one_hot(count), **{name: rng.normal(size=shape) for name, shape in shapes.items()}}


def _with(values: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**values, **changes}


STRETCH = {"X": np.array([[0.0, 2.0], [1.0, 4.0]]), "W": np.ones((2, 1)), "delta": np.array(0.5)}
SQUARE = {"A": np.array([[1.0, 2.0], [2.0, 5.0]]), "y": np.array([[1.0], [2.0]])}
CENTRE = {"X": np.array([[1.0, 2e5], [-1.0, -2e5]]), "W": np.ones((2, 1)), "v": np.ones((1, 1))}
HALF = {"a": np.array([0.25, 0.5]), "b": np.array([0.75, 0.5]), "w": np.array(2.0), "delta": np.array(1.0)}
SOFT = np.array([[0.9, 0.1], [0.2, 0.9], [0.5, 0.5]])
BROKEN: dict[str, tuple[sb.Network, dict[str, Any], dict[str, Any], str]] = {
    "a padded row": (
        CLASSES, _classes(), {"Y": np.r_[_one_hot(4), [[0.0, 0.0]]]},
        "rowsum(Y) = 1 is stated, and row 5 of rowsum(Y) is 0",
    ),
    "one example, weighted": (
        CLASSES, _classes(1), {"Y": np.array([[0.0, 3.0]])}, "rowsum(Y) = 1 is stated, and row 1 of rowsum(Y) is 3"
    ),
    "smoothing that does not add up": (
        CLASSES, _classes(3), {"Y": SOFT}, "rowsum(Y) = 1 is stated, and row 2 of rowsum(Y) is 1.1"
    ),
    "no number": (
        CLASSES, _classes(2), {"Y": np.array([[np.nan, 1.0], [1.0, 0.0]])},
        "rowsum(Y) = 1 is stated, and row 1 of rowsum(Y) is nan",
    ),
    "an entry below": (
        STRETCHED, STRETCH, {"X": np.array([[0.0, 2.0], [-1e-9, 4.0]])},
        "X >= 0 is stated, and entry (2, 1) of X is -1e-09",
    ),
    "a parameter at its bound": (STRETCHED, STRETCH, {"delta": np.array(2.0)}, "delta < 2 is stated, and delta is 2"),
    "a matrix that is not symmetric": (
        SYMMETRIC, SQUARE, {"A": np.array([[1.0, 3.0], [4.0, 1.0]])},
        "A.T = A is stated, and entry (1, 2) of A.T is 4 where A is 3",
    ),
    "a small one that is not symmetric": (
        SYMMETRIC, SQUARE, {"A": 1e-9 * np.array([[1.0, 3.0], [4.0, 1.0]])},
        "A.T = A is stated, and entry (1, 2) of A.T is 4e-09 where A is 3e-09",
    ),
    "a small column beside a large one": (
        CENTRED, CENTRE, {"X": np.array([[1.0, 2e5], [-0.7, -2e5]])},
        "colsum(X) = 0 is stated, and column 1 of colsum(X) is 0.3",
    ),
    "the second example": (
        HALVES, HALF, {"b": np.array([0.75, 0.25])}, "a + b = 1 is stated, and in example 2 a + b is 0.75"
    ),
    "numbers": (HALVES, HALF, {"a": np.array(0.5), "b": np.array(0.25)}, "a + b = 1 is stated, and a + b is 0.75"),
    "an input below": (
        HALVES, HALF, {"a": np.array([-0.25, 1.0]), "b": np.array([1.25, 0.0])},
        "a >= 0 is stated, and in example 1 a is -0.25",
    ),
}  # fmt: skip


QUICK = ("a parameter at its bound", "the second example")
OF_LIBRARIES = [
    pytest.param(case, *backend.values, marks=[*backend.marks, *([] if case in QUICK else [pytest.mark.slow])])
    for case in BROKEN
    for backend in BACKENDS
]
"""JAX compiles each operation anew."""


def _ways(d: sb.Derivation, backend: str) -> dict[str, Callable[[dict[str, Any]], Any]]:
    """All that computes from values by name, with one backend."""
    f = sb.lambdify(d, backend=backend)
    module: dict[str, Any] = {}
    exec(compile(f.source, "saved", "exec"), module)
    ways: dict[str, Callable[..., Any]] = {
        "the function": lambda values, **how: f(**values, **how),
        "all values": lambda values, **how: f.forward_backward(**values, **how),
        "the saved module": lambda values, **how: module["loss_and_gradients"](**values, **how),
    }
    if backend in ("torch", "jax"):
        ways["its loss"] = lambda values, **how: module["loss"](**values, **how)
        part = f.as_torch if backend == "torch" else f.as_jax
        ways["the part of a model"] = lambda values, **how: part(**how)(values)
    return ways


@pytest.mark.parametrize(("case", "backend"), [*((case, "numpy") for case in BROKEN), *OF_LIBRARIES])
@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_data_are_held_to_the_facts(case: str, backend: str) -> None:
    net, good, change, message = BROKEN[case]
    d = sb.derive(net)
    arrays = (lambda values: values) if backend == "numpy" else (lambda values: moved(backend, values))
    for name, compute in _ways(d, backend).items():
        compute(arrays(good))
        with pytest.raises(ValueError, match="is stated") as caught:
            compute(arrays(_with(good, **change)))
        said = str(caught.value).removeprefix("error[fact]: ")
        assert said == f"{message}; {STATED}", name
        compute(arrays(_with(good, **change)), check_facts=False)
    f = sb.lambdify(d, backend=backend)
    with pytest.raises(sb.DataError, match=r"^error\[fact\]: .* is stated"):
        f.again(arrays(_with(good, **change)))
    sb.lambdify(d, backend=backend, check_facts=False)(**arrays(_with(good, **change)))


@pytest.mark.parametrize("case", [name for name in BROKEN if name != "no number"])
def test_training_holds_data_and_first_weights_to_the_facts(case: str) -> None:
    net, good, change, message = BROKEN[case]
    d = sb.derive(net)
    names = {s.name for s in net.parameters}

    def split(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        return {n: v for n, v in values.items() if n not in names}, {n: v for n, v in values.items() if n in names}

    begins: list[Callable[..., Any]] = [
        lambda data, initial, **how: sb.train(d, data, initial=initial, learning_rate=1e-12, epochs=1, **how),
        lambda data, initial, **how: sb.trainer(d, data, initial, learning_rate=1e-12, **how).run(1),
    ]
    for begin in begins:
        for backend in ("numpy", "auto"):
            begin(*split(good), backend=backend)
            with pytest.raises(sb.DataError) as caught:
                begin(*split(_with(good, **change)), backend=backend)
            assert str(caught.value) == f"error[fact]: {message}; {STATED}"
            with contextlib.suppress(sb.Diverged), np.errstate(invalid="ignore"):
                begin(*split(_with(good, **change)), backend=backend, check_facts=False)


def test_gradients_without_the_fact_are_right_for_all_targets() -> None:
    values = _with(_classes(4), Y=np.r_[_one_hot(3), [[0.0, 0.0]]])
    free = sb.derive(sb.mlp([3, 4, 2], loss="cross_entropy", notation="matrix", facts=False))
    _, found = sb.lambdify(free)(**values)
    _, wrong = sb.lambdify(sb.derive(CLASSES), check_facts=False)(**values)
    step = 1e-6
    moved_up, moved_down = (_with(values, b2=values["b2"] + [[sign * step, 0]]) for sign in (1, -1))
    f = sb.lambdify(free)
    slope = (float(f(**moved_up)[0]) - float(f(**moved_down)[0])) / (2 * step)
    assert found["b2"][0, 0] == pytest.approx(slope, rel=1e-7)
    assert wrong["b2"][0, 0] != pytest.approx(slope, rel=1e-2)
    assert sb.check(free).ok


# -- rounding


@pytest.mark.parametrize(
    ("classes", "backend"),
    [
        *((count, "numpy") for count in (1, 2, 10, 3000)),
        *(pytest.param(10, *each.values, marks=each.marks) for each in BACKENDS),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rounding_breaks_no_fact(dtype: Any, classes: int, backend: str) -> None:
    net = sb.mlp(["n", "k"], loss="cross_entropy", notation="matrix")
    rng = np.random.default_rng(classes)
    scores = rng.normal(size=(7, classes)) * 3
    soft = np.exp(scores - scores.max(axis=1, keepdims=True)).astype(np.float32)
    soft /= soft.sum(axis=1, keepdims=True)
    values = {"X": rng.normal(size=(7, 2)), "W1": np.ones((2, classes)), "b1": np.ones((1, classes)), "Y": soft}
    given = {name: value.astype(dtype) for name, value in values.items()}
    sb.lambdify(sb.derive(net), backend=backend)(**(given if backend == "numpy" else moved(backend, given, dtype)))


@pytest.mark.parametrize("rows", [2, 1000, 200_000])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_centred_columns_are_centred_up_to_rounding(dtype: Any, scale: float, rows: int) -> None:
    data = np.random.default_rng(rows).normal(size=(rows, 3)) * [scale, 1.0, 1e-3]
    centred = (data - data.mean(axis=0)).astype(dtype)
    f = sb.lambdify(sb.derive(CENTRED))
    weights = {"W": np.ones((3, 1), dtype), "v": np.ones((1, 1), dtype)}
    f(X=centred, **weights)
    with pytest.raises(sb.DataError, match="column 3 of"):
        f(X=centred + np.array([0, 0, 1e-4], dtype), **weights)


# -- again


def _counted(f: sb.GradientFunction) -> list[int]:
    calls: list[int] = []
    real = f.module["require_facts"]
    f.module["require_facts"] = lambda values: (calls.append(1), real(values))[1]
    return calls


@pytest.mark.parametrize("backend", ["numpy", *BACKENDS])
def test_again_checks_each_array_once(backend: str) -> None:
    f = sb.lambdify(sb.derive(CLASSES), backend=backend)
    calls = _counted(f)
    values = _classes() if backend == "numpy" else moved(backend, _classes())
    for _ in range(3):
        f.again(values)
        values = _with(values, W1=values["W1"] * 0.5)  # no fact is about it
    assert len(calls) == 1
    f.again(_with(values, Y=values["Y"] * 1))
    f.again(values)
    assert len(calls) == 2
    gc.collect()
    assert len(f.seen._known) == 1  # the other array is gone
    with pytest.raises(sb.DataError, match="rowsum"):
        f.again(_with(values, Y=values["Y"] * 2))


def test_again_trusts_an_array_that_is_written_to() -> None:
    f = sb.lambdify(sb.derive(CLASSES))
    values = _classes()
    f.again(values)
    values["Y"] *= 2
    f.again(values)
    with pytest.raises(sb.DataError, match="rowsum"):
        f(**values)
    assert "trusted" in " ".join((type(f).again.__doc__ or "").split())


def test_again_takes_numbers_of_scalars() -> None:
    f = sb.lambdify(sb.derive(HALVES))
    given = {"a": 0.25, "b": 0.75, "w": 2.0, "delta": 1.0}
    for _ in range(2):
        assert float(f.again(given)[0]["E"]) == pytest.approx(0.0625)
    with pytest.raises(sb.DataError, match="is stated"):
        f.again({**given, "b": 0.5})


def test_training_checks_no_batch_again() -> None:
    f = sb.lambdify(sb.derive(CLASSES))
    data = {name: value for name, value in _classes().items() if name in "XY"}
    weights = {name: value for name, value in _classes().items() if name not in "XY"}
    history = sb.train(f.derivation, data, initial=weights, learning_rate=0.1, epochs=3, batch_size=2)
    assert history.epochs == 3


# -- where numbers cannot be seen


@pytest.mark.needs("jax")
@pytest.mark.parametrize("net", [CLASSES, HALVES], ids=["matrix", "scalar"])
def test_traced_data_that_break_a_fact_give_nan(net: sb.Network) -> None:
    import jax

    good = _classes() if net is CLASSES else HALF
    change = {"Y": _one_hot(5) * 2} if net is CLASSES else {"b": np.array([0.75, 0.25])}
    d = sb.derive(net)
    f, loss = sb.lambdify(d, backend="jax"), sb.lambdify(d).as_jax()
    names = [w.name for w in net.parameters]
    for values, holds in ((good, True), (_with(good, **change), False)):
        at = moved("jax", values)
        weights, data = {n: at[n] for n in names}, {n: x for n, x in at.items() if n not in names}
        found = [jax.jit(jax.value_and_grad(loss))(weights, data), jax.jit(lambda at: f(**at))(at)]
        found.append(jax.jit(lambda at: f.again(at))(at)[1])
        for result in found:
            leaves = [np.asarray(x) for x in jax.tree.leaves(result)]
            assert all(np.isfinite(x).all() if holds else np.isnan(x).all() for x in leaves)
        unchecked = jax.jit(lambda at: f(check_facts=False, **at))(at)
        assert all(np.isfinite(np.asarray(x)).all() for x in jax.tree.leaves(unchecked))
    with pytest.raises(sb.DataError, match="is stated"):  # data that are not differentiated by have their numbers
        jax.grad(loss)(weights, data)


@pytest.mark.needs("torch")
def test_hidden_data_that_break_a_fact_give_nan() -> None:
    import torch

    at = moved("torch", _classes())
    loss = sb.lambdify(sb.derive(CLASSES)).as_torch()
    many = torch.stack([at["Y"], 2 * at["Y"]])
    losses = torch.func.vmap(lambda given: loss(at, Y=given))(many)
    assert losses.isnan().tolist() == [False, True]
    slopes = torch.func.vmap(torch.func.grad(lambda b, given: loss(at, b2=b, Y=given)), in_dims=(None, 0))(
        at["b2"], many
    )
    assert slopes.isnan().all(dim=(1, 2)).tolist() == [False, True]


# -- layers


@pytest.mark.parametrize("backend", BACKENDS[:2])
def test_layers_hold_what_they_are_given_to_the_facts(backend: str) -> None:
    P, G = MatrixSymbol("P", m, k), MatrixSymbol("G", m, k)
    equations = {P: X * W, E: sb.inner(G, P)}
    facts = ["rowsum(X) = 1"]
    net = sb.Network(equations, inputs=[X], targets=[G], parameters=[W], loss=E, facts=facts)
    f = sb.lambdify(sb.derive(net, wrt=[X, W]), backend=backend)
    layer = (f.as_torch if backend == "torch" else f.as_jax)(output="P")
    good, bad = (moved(backend, {"X": data, "W": np.ones((2, 3))}) for data in (np.full((2, 2), 0.5), np.ones((2, 2))))
    np.testing.assert_allclose(numbers(layer(good)), 1)
    with pytest.raises(sb.DataError, match=r"row 1 of rowsum\(X\) is 2; "):
        layer(bad)
    unchecked = (f.as_torch if backend == "torch" else f.as_jax)(output="P", check_facts=False)
    np.testing.assert_allclose(numbers(unchecked(bad)), 2)
    of_upstream = sb.derive(sb.Network(equations, inputs=[X], targets=[G], parameters=[W], loss=E, facts=["G > 0"]))
    part = sb.lambdify(of_upstream, backend=backend)
    with pytest.raises(sb.DerivationError, match="layer"):
        (part.as_torch if backend == "torch" else part.as_jax)(output="P")


def test_names_of_options_are_refused() -> None:
    named = Symbol("check_facts")
    net = sb.Network({E: (w * named) ** 2}, inputs=[named], targets=[], parameters=[w], loss=E)
    with pytest.raises(sb.DerivationError, match="calls a value 'check_facts', as the gradient function calls its opt"):
        sb.lambdify(sb.derive(net))


@pytest.mark.parametrize("backend", ["numpy", *BACKENDS])
def test_words_of_the_check_may_be_names(backend: str) -> None:
    left, right, scale, values, marks, require = symbols("left right scale values marks require")
    net = sb.Network(
        {E: (left * right - scale * values) ** 2 * marks * require},
        inputs=[left, right, scale, values],
        targets=[marks],
        parameters=[require],
        loss=E,
        facts=["left + right = scale", "values > 0", "marks + require < 9"],
    )
    given = {"left": 1.0, "right": 2.0, "scale": 3.0, "values": 1.0, "marks": 1.0, "require": 2.0}
    f = sb.lambdify(sb.derive(net), backend=backend)
    at = given if backend == "numpy" else moved(backend, given)
    assert float(f(**at)[0]) == pytest.approx(2.0)
    with pytest.raises(sb.DataError, match=r"marks \+ require < 9 is stated, and marks \+ require is 9; "):
        f(**{**at, "require": at["require"] + 6})


@pytest.mark.parametrize("backend", ["numpy", *BACKENDS])
def test_a_plain_number_may_be_on_the_left(backend: str) -> None:
    total = sum(symbols("t1:3"))
    d = sb.derive(softmax_classifier(2), facts=[Eq(1, total, evaluate=False)])
    given = {s.name: 0.5 for s in d.network.leaves}
    f = sb.lambdify(d, backend=backend)
    at = given if backend == "numpy" else moved(backend, given)
    assert float(f(**at)[0]) == pytest.approx(float(np.log(2)))
    with pytest.raises(sb.DataError, match=r"1 = t1 \+ t2 is stated, and 1 is 1 where t1 \+ t2 is 1\.25; "):
        f(**{**at, "t1": at["t1"] + 0.25})


# -- facts that change nothing


@pytest.mark.parametrize("fact", ["total(y) = 1", "colsum(y) = 1", "rowsum(y.T) = 1", "mean(y) = 1/n"])
@pytest.mark.parametrize("shape", few(["column", "row"]))
@pytest.mark.parametrize("loss", ["softmax", "total", "sum of sums"])
def test_sums_of_a_column_are_one_fact(loss: str, shape: str, fact: str) -> None:
    column = y if shape == "column" else MatrixSymbol("y", 1, n)
    standing = column if shape == "column" else column.T
    if shape == "row":
        fact = fact.replace("rowsum(y.T)", "colsum(y.T)").replace("colsum(y) ", "rowsum(y) ")
    squares = sb.total(sb.power(A, 2))
    losses = {
        "softmax": -sb.inner(standing, sb.log_softmax(A * MatrixSymbol("z", n, 1), axis=0)),
        "total": sb.total(column) * squares,
        "sum of sums": sb.total(sb.colsum(standing)) * squares,
    }
    inputs = [column, MatrixSymbol("z", n, 1)] if loss == "softmax" else [column]
    net = sb.Network({E: losses[loss]}, inputs=inputs, targets=[], parameters=[A], loss=E, facts=[fact])
    d = sb.derive(net)
    assert d.unused_facts == ()
    assert not re.search("sum|total", str(d.gradients[A]))
    assert sb.check(d).ok


@pytest.mark.parametrize(
    ("facts", "unused"),
    [
        (["A*A = A"], []),
        (["A.T = A"], ["A.T = A"]),
        (["A*A = A", "A.T = A", "A >= 0"], ["A.T = A"]),
        (["A > 0"], []),
        (["total(A) = 1", "trace(A) = 1"], ["total(A) = 1", "trace(A) = 1"]),
    ],
)
def test_facts_that_change_no_gradient_are_known(facts: list[str], unused: list[str]) -> None:
    B = MatrixSymbol("B", n, n)
    net = sb.Network(
        {E: sb.total(sb.hadamard(A, A, B, B))}, inputs=[A], targets=[], parameters=[B], loss=E, facts=facts
    )
    found = sb.derive(net).unused_facts
    assert [f"{fact.lhs} = {fact.rhs}" for fact in found] == unused


def test_facts_about_scalars_that_change_no_gradient_are_known() -> None:
    used, idle = Eq(sum(symbols("t1:4")), 1), Eq(symbols("i1"), 2 * symbols("i2"))
    assert sb.derive(softmax_classifier(3), facts=[used]).unused_facts == ()
    assert sb.derive(softmax_classifier(3), facts=[used, idle]).unused_facts == (idle,)
    assert sb.derive(softmax_classifier(3)).unused_facts == ()


# -- kinks of users' functions


def test_kinks_of_users_functions_are_told() -> None:
    z = Symbol("z")
    hard = sb.function("hard", lambda z: Piecewise((0, z < 0), (z, z < 1), (1, True)))
    outer = sb.function("outer", lambda u, v: hard(u) * Abs(v))
    net = sb.Network({z: outer(w * x, t), E: (z - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E)
    assert net.conventions == (
        "where z = 0 or z = 1, hard(z) has the derivative of the branch that holds there",
        "|·|'(0) = 0",
    )
    cases = sb.Network({E: Piecewise((w * (x - 2), x > 2), (0, True))}, inputs=[x], targets=[], parameters=[w], loss=E)
    assert "where x = 2, what is given by cases has the derivative of the branch that holds there" in cases.conventions
    assert "At kinks    where z = 0 or z = 1, hard(z) has" in sb.lambdify(sb.derive(net)).source


@pytest.mark.parametrize(
    "function",
    [
        sb.function("jump", lambda z: Piecewise((0, z < 0), (z + 2, True))),
        sb.function("jump", lambda score: Piecewise((0, score < 0), (score + 2, True))),
    ],
)
def test_a_warning_of_a_jump_has_the_names_of_the_user(function: Any) -> None:
    (name,) = (str(parameter) for parameter in function.written)
    with pytest.warns(UserWarning, match="jumps") as caught:
        sb.Network({E: function(w * x)}, inputs=[x], targets=[], parameters=[w], loss=E)
    (message,) = {str(warning.message) for warning in caught}
    formula = f"Piecewise((0, {name} < 0), ({name} + 2, True))"
    assert message == f"in E: {formula} jumps where {name} = 0; the gradient does not see the jump"
