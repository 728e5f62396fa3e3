"""The trainer: its updates beside those of ``train``, mini-batches, dtypes, what it refuses, and the cache of numba."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loops import examples, near, point
from networks import EXAMPLES, network, or_gate, two_layer
from processes import TESTS
from sympy import log, symbols

import symbackprop as sb
from symbackprop.numeric import compiled
from symbackprop.numeric.cache import cache_directory, kept_file

NOTES = sb.derive(two_layer())
OR = sb.derive(or_gate())
OR_DATA = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "y": [0, 1, 1, 1]}
START = {"w1": 0.1, "w2": 0.6, "b": 0.0}
MATRIX = sb.derive(sb.mlp(["n", "h", "c"], notation="matrix", loss="cross_entropy"))
rng = np.random.default_rng(0)
POINTS = {"X": rng.normal(size=(30, 2)), "Y": sb.one_hot(rng.integers(0, 3, 30), 3)}
SIZES = {"h": 4}

# -- updates


@pytest.mark.parametrize("optimiser", ["gradient-descent", "adam beta1=0.8"])
@pytest.mark.parametrize("data", [OR_DATA, {"x1": 1, "x2": 0, "y": 1}])
def test_a_run_is_what_train_does(optimiser: str, data: Any) -> None:
    history = sb.train(OR, data, initial=START, learning_rate=0.7, epochs=50, optimiser=optimiser)
    trainer = sb.trainer(OR, data, START, 0.7, optimiser)
    losses = trainer.run(50)
    assert losses.shape == (50,)
    near(losses, history.losses[:50])
    near(list(trainer.weights.values()), [history.final[name] for name in trainer.weights])
    assert all(type(value) is float for value in trainer.weights.values())


def test_a_run_of_matrices_is_what_train_does() -> None:
    history = sb.train(
        MATRIX, POINTS, initial="he", sizes=SIZES, seed=3, learning_rate=0.1, epochs=20, optimiser="adam"
    )
    trainer = sb.trainer(MATRIX, POINTS, "he", 0.1, "adam", seed=3, sizes=SIZES)
    near(trainer.run(20), history.losses[:20])
    for name, value in trainer.weights.items():
        near(value, history.final[name])


def test_steps_are_a_run() -> None:
    one, other = (sb.trainer(NOTES, learning_rate=0.5) for _ in range(2))
    near([one.step() for _ in range(20)], other.run(20))
    assert one.weights == pytest.approx(other.weights, rel=1e-13)


def test_a_run_of_nothing_changes_nothing() -> None:
    trainer = sb.trainer(OR, OR_DATA, START, 1)
    assert trainer.run(0).shape == (0,)
    assert trainer.weights == START


@pytest.mark.parametrize("rows", [slice(1, 3), [1, 2], np.array([2, 1]), (1, 2), slice(-3, -1)])
def test_a_step_from_some_examples(rows: Any) -> None:
    part = {name: values[1:3] for name, values in OR_DATA.items()}
    some, whole = sb.trainer(OR, OR_DATA, START, 1), sb.trainer(OR, part, START, 1)
    assert some.step(rows) == pytest.approx(whole.step(), rel=1e-14)
    assert some.weights == pytest.approx(whole.weights, rel=1e-14)


def test_a_row_may_come_twice() -> None:
    some, whole = sb.trainer(OR, OR_DATA, START, 1), sb.trainer(OR, {"x1": [1, 1], "x2": 0, "y": [1, 1]}, START, 1)
    assert some.step([2, 2]) == whole.step()


def test_constants_beside_examples_are_for_all_of_them() -> None:
    net = EXAMPLES["skip"]()
    data, weights = point(net)
    data["x"] = np.array([0.1, 0.2, 0.3])  # type: ignore[assignment]
    spread = {**data, "t": np.full(3, data["t"])}
    d = sb.derive(net)
    near(sb.trainer(d, data, weights).run(5), sb.trainer(d, spread, weights).run(5))


def test_the_only_example_can_be_named() -> None:
    one, other = (sb.trainer(NOTES, learning_rate=0.5) for _ in range(2))
    assert [one.step([0]), one.step(slice(None))] == pytest.approx([other.step(), other.step()], rel=1e-14)


def test_what_is_given_stays() -> None:
    weights = {"W1": np.ones((2, 4)), "b1": np.zeros((1, 4)), "W2": np.ones((4, 3)), "b2": np.zeros((1, 3))}
    trainer = sb.trainer(MATRIX, POINTS, weights)
    trainer.run(3)
    assert (weights["W1"] == 1).all()
    before = trainer.weights["W2"]
    kept = before.copy()
    trainer.step()
    assert (before == kept).all()


def test_weights_that_are_not_asked_for_stay() -> None:
    trainer = sb.trainer(sb.derive(or_gate(), wrt=["w2"]), OR_DATA, START, 1)
    trainer.run(3)
    assert trainer.weights["w1"] == START["w1"]
    assert trainer.weights["w2"] != START["w2"]


@pytest.mark.parametrize("d", [OR, MATRIX])
def test_float32_arrays_stay_float32(d: Any) -> None:
    data = OR_DATA if d is OR else POINTS
    typed = {name: np.asarray(values, dtype=np.float32) for name, values in data.items()}
    trainer = sb.trainer(d, typed, "normal", seed=1, sizes=None if d is OR else SIZES)
    losses = trainer.run(5)
    assert losses.dtype == np.float32
    exact = sb.trainer(d, data, "normal", seed=1, sizes=None if d is OR else SIZES).run(5)
    near(losses, exact, 1e-5)
    assert np.abs(losses - exact).max() > 0
    assert sb.trainer(d, typed, "normal", sizes=None if d is OR else SIZES, dtype=float).run(5).dtype == np.float64


x, t, w, E = symbols("x t w E")
LOGS = sb.derive(network({E: log(w * x) ** 2 + t}))


@pytest.mark.parametrize(
    "backend", ["numpy", pytest.param("numba", marks=[pytest.mark.needs("numba"), pytest.mark.slow])]
)
@pytest.mark.parametrize("data", [[-1, 2, 3], [-1, *range(1, 60)], -1])
def test_losses_that_are_not_finite_make_no_updates(backend: str, data: Any) -> None:
    """The weights move afterwards as if these had never been; adam counts its updates."""
    some, other = (sb.trainer(LOGS, {"x": data, "t": 0}, {"w": 1.5}, 0.1, "adam", backend=backend) for _ in range(2))
    assert np.isnan([some.step([0]), *some.run(3), some.step([0])]).tolist() == [True] * 3
    assert some.weights == {"w": 1.5}
    if data != -1:
        assert [some.step([1, 2]), some.step([2])] == [other.step([1, 2]), other.step([2])]
        assert some.weights == other.weights != {"w": 1.5}


# -- what it says of itself


def test_it_says_what_it_uses() -> None:
    trainer = sb.trainer(OR, OR_DATA, START, backend="numpy")
    assert trainer.backend == "numpy"
    assert "y_hat = 1/(1 + exp(-(w1*x1 + w2*x2 + b)))" in trainer.source
    assert repr(trainer) == "<Trainer of 'or gate': 4 examples, by numpy>"
    many = sb.trainer(OR, examples(or_gate(), 100), START, backend="numpy")
    assert "def forward_backward(" in many.source
    assert "def update(" in many.source


@pytest.mark.needs("numba")
def test_numba_when_asked_for() -> None:
    trainer = sb.trainer(OR, OR_DATA, START, backend="numba")
    assert trainer.backend == "numba"
    assert "def run(data, weights, rates, begins, ends, losses):" in trainer.source


@pytest.mark.needs("numba")
@pytest.mark.parametrize("data", [OR_DATA, {"x1": 1, "x2": 0, "y": 1}])
def test_the_loop_is_compiled_once_for_any_number_of_updates(data: Any) -> None:
    trainer = sb.trainer(OR, data, START, backend="numba")
    for updates in (3, 1, 0):
        trainer.run(updates)
    trainer.step()
    trainer.step([0])
    (running,) = trainer._engine.loop.functions._made.values()  # type: ignore[attr-defined]
    assert len(running.call.signatures) == 1


@pytest.mark.needs("numba")
def test_auto_takes_numba_where_it_is_worth_it() -> None:
    data = examples(or_gate(), 20)
    trainer = sb.trainer(OR, data, START)
    trainer.run(10)
    assert trainer.backend == "numpy"
    few, slow = trainer.weights, sb.trainer(OR, data, START, backend="numpy")
    slow.run(10)
    assert few == slow.weights
    trainer.run(400_000)
    assert trainer.backend == "numba"


# -- what it refuses


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rate": 0}, "[learning-rate]: learning rate 0 is not a positive number; try 0.1 or 0.5 first"),
        ({"learning_rate": -1}, "[learning-rate]: learning rate -1 is not a positive number; try 0.1 or 0.5 first"),
        (
            {"learning_rate": float("nan")},
            "[learning-rate]: learning rate nan is not a positive number; try 0.1 or 0.5 first",
        ),
        ({"learning_rate": "x"}, "[learning-rate]: learning rate 'x' is not a number; give a positive number"),
        ({"backend": "numbra"}, "[backend]: there is no backend 'numbra'; did you mean 'numba'?"),
        ({"backend": None}, "[backend]: there is no backend None; known names: auto, numba, numpy"),
        ({"dtype": int}, "[dtype]: dtype is int64; give float64 or float32"),
        ({"dtype": "half"}, "[dtype]: dtype is float16; give float64 or float32"),
        ({"dtype": "x"}, "[dtype]: dtype is 'x'; give float64 or float32"),
        ({"optimiser": "adan"}, "[optimiser]: there is no optimiser 'adan'; did you mean 'adam'?"),
        (
            {"initial": {"w1": 1}},
            "[missing-value]: there is no value for w2, b; give a number, or one entry an example",
        ),
    ],
)
def test_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(sb.DataError) as error:
        sb.trainer(OR, OR_DATA, **{"initial": START, **options})
    assert str(error.value) == f"error{message}"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (slice(2, 2), "rows 2:2 are none of the 4 examples; give one at least"),
        (slice(9, None), "rows 9: are none of the 4 examples; give one at least"),
        (slice("a"), "rows :'a' have no whole numbers; give a slice such as 0:32"),
        ([], "there are no rows; give one example at least"),
        ([0, 4], "row 4 is none of the 4 examples; give numbers from 0 to 3"),
        ([-1], "row -1 is none of the 4 examples; give numbers from 0 to 3"),
        ([0.5], "rows are [0.5]; give a slice, or a flat array of whole numbers"),
        (["a"], "rows are ['a']; give a slice, or a flat array of whole numbers"),
        ([[0, 1]], "rows are [[0, 1]]; give a slice, or a flat array of whole numbers"),
        ([[0], [1, 2]], "rows are [[0], [1, 2]]; give a slice, or a flat array of whole numbers"),
        (2, "rows are 2; give a slice, or a flat array of whole numbers"),
    ],
)
@pytest.mark.parametrize("backend", ["numpy", pytest.param("numba", marks=pytest.mark.needs("numba"))])
def test_rows_refused(rows: Any, message: str, backend: str) -> None:
    trainer = sb.trainer(OR, OR_DATA, START, backend=backend)
    with pytest.raises(sb.DataError) as error:
        trainer.step(rows)
    assert str(error.value) == f"error[rows]: {message}"
    assert trainer.weights == START


@pytest.mark.parametrize("updates", [-1, 2.5, True, "10"])
def test_updates_refused(updates: Any) -> None:
    with pytest.raises(sb.DataError) as error:
        sb.trainer(OR, OR_DATA, START).run(updates)
    assert str(error.value) == f"error[updates]: updates = {updates!r} is not a whole number from 0; give, say, 1000"


def test_without_numba_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "has_numba", lambda: False)
    with pytest.raises(sb.SymbackpropError) as error:
        sb.trainer(OR, OR_DATA, START, backend="numba")
    assert str(error.value) == (
        'error[missing-extra]: backend="numba" needs numba, and there is no module numba here; '
        'install it, in a clone of symbackprop: pip install ".[fast]"'
    )


# -- the cache

RUN = """
import sys; sys.path.insert(0, "tests/support")
import symbackprop as sb
from networks import two_layer
t = sb.trainer(sb.derive(two_layer()), learning_rate=.5, backend="numba")
t.run(46)
(running,) = t._engine.loop.functions._made.values()
print(sum(running.call.stats.cache_hits.values()), sum(running.call.stats.cache_misses.values()), t.run(1)[0])
"""


def started(cache: Path) -> subprocess.Popen[bytes]:
    """A process that compiles, with that cache directory."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=TESTS.parent,
        env=os.environ | {"XDG_CACHE_HOME": str(cache), "LOCALAPPDATA": str(cache), "HOME": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def printed(process: subprocess.Popen[bytes]) -> list[str]:
    """What it printed."""
    out, err = process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode().split()


@pytest.mark.slow
@pytest.mark.needs("numba")
def test_a_second_process_does_not_compile_and_two_at_once_do_not_meet(tmp_path: Path) -> None:
    both = [started(tmp_path), started(tmp_path)]
    found = [printed(process) for process in both]
    later = printed(started(tmp_path))
    assert later[:2] == ["1", "0"]
    assert len({loss for *_, loss in [*found, later]}) == 1


@pytest.mark.slow
@pytest.mark.needs("numba")
def test_where_nothing_can_be_written_it_is_compiled_in_memory(tmp_path: Path) -> None:
    place = tmp_path / "a file"
    place.write_text("")
    hits, _, loss = printed(started(place))
    assert hits == "0"
    assert float(loss) < 0.0705


def test_the_cache_is_where_the_system_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "symbackprop"
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "here")  # the standard says that a relative one does not count
    assert cache_directory() == tmp_path / ".cache" / "symbackprop"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert cache_directory() == tmp_path / "local" / "symbackprop"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_directory() == tmp_path / "Library" / "Caches" / "symbackprop"


def test_a_file_of_the_cache_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = kept_file("a.py", "1\n")
    assert path is not None
    os.utime(path, (1, 1))
    assert kept_file("a.py", "1\n") == path
    assert path.stat().st_mtime == 1
    assert kept_file("a.py", "2\n") == path
    assert path.read_text() == "2\n"
    assert sorted(p.name for p in path.parent.iterdir()) == ["__pycache__", "a.py"]
    if os.name == "posix":
        assert path.parent.stat().st_mode & 0o077 == 0
    path.write_bytes(b"\xff\xfe")
    assert kept_file("a.py", "2\n") == path
    assert path.read_text() == "2\n"


@pytest.mark.skipif(sys.platform == "win32", reason="modes and owners are those of POSIX")
@pytest.mark.parametrize("inside", ["", "__pycache__"])
def test_where_others_can_write_nothing_is_kept(inside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is run: nobody else may put it there."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = kept_file("a.py", "1\n")
    assert path is not None
    (path.parent / inside).chmod(0o770)
    assert kept_file("a.py", "1\n") is None
    (path.parent / inside).chmod(0o755)
    assert kept_file("a.py", "1\n") == path
    monkeypatch.setattr(os, "getuid", lambda: path.stat().st_uid + 1)
    assert kept_file("a.py", "1\n") is None


@pytest.mark.slow
@pytest.mark.needs("numba")
@pytest.mark.parametrize(("ending", "left"), [("nbi", 0), ("nbi", -1), ("nbc", 0), ("nbc", -1)])
def test_machine_code_in_pieces_is_made_anew(ending: str, left: int, tmp_path: Path) -> None:
    first = printed(started(tmp_path))
    for file in tmp_path.rglob(f"*.{ending}"):
        file.write_bytes(file.read_bytes()[:left])
    assert printed(started(tmp_path)) == first
    assert printed(started(tmp_path)) == ["1", "0", first[2]]


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(Path, "home", homeless)
    assert kept_file("a.py", "1\n") is None
    assert not compiled.is_kept("1\n")


@pytest.mark.needs("numba")
def test_threads_that_compile_the_same_get_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "kept_file", lambda name, text: None)
    source = f"# {tmp_path}\n" + "".join(f"def f{k}(x):\n    return x + {k}\n\n" for k in range(40))
    entries = [f"f{k}" for k in range(40)]
    with ThreadPoolExecutor(4) as pool:
        modules = list(pool.map(lambda _: compiled.compiled(source, entries), range(4)))
    assert all(hasattr(module[entry], "py_func") for module in modules for entry in entries)
    assert all(module is modules[0] for module in modules)
