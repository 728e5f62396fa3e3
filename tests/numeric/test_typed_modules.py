"""Saved modules as engineers take them: annotated, clean for mypy and ruff, with short checks that say what to do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import slow_except
from functions.test_catalogue import network_of
from layers import LAYERS
from matrix_networks import MATRIX_EXAMPLES
from operations import nodes_of_word
from saved_modules import loaded
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.functions.catalogue import ROWS
from symbackprop.matrices import Array, SumAll, shape_of
from symbackprop.matrices.operations.catalogue import USAGES
from symbackprop.numeric import source_of

E = Symbol("E")
h, m = symbols("h m", integer=True, positive=True)
STRICT = ("torch", "jax", "array-api")
NUMPY_RULES = ("E", "F", "W", "I", "UP", "B", "D1", "D2", "D3", "D4", "ANN")
SETTINGS = (
    "line-length = 120",
    "lint.pydocstyle.convention = 'numpy'",
    "lint.ignore = ['ANN401']",
    "lint.per-file-ignores = {'operation_*.py' = ['E501']}",  # a call within calls is one line, however long
)
CLIENT = '''"""What a user writes around saved modules."""

import numpy as np

import example_mlp
import example_mlp_alone
import example_xor
import layer_dense

rng = np.random.default_rng(0)
W1 = rng.normal(size=(2, 3))
data = {"X": rng.normal(size=(4, 2)), "b1": np.zeros((1, 3)), "W2": rng.normal(size=(3, 1)), "b2": np.zeros((1, 1))}
best: float = np.inf
for _ in range(3):
    loss, gradients = example_mlp.loss_and_gradients(T=np.ones((4, 1)), W1=W1, **data)
    best = min(best, float(loss))
    W1 -= 0.5*gradients["W1"]
predicted = example_mlp.forward(W1=W1, **data)
print(best, predicted.shape, np.abs(example_mlp_alone.forward(W1=W1, **data) - predicted).max())
values = dict.fromkeys(example_xor.NAMES, 0.5)
one, slopes = example_xor.loss_and_gradients(**values, reduction="sum")
w1 = 0.5
w1 -= 0.1*slopes["w1"]
print(float(one), w1)
print({name: value.shape for name, value in layer_dense.backward([[1.0]], [[2.0]], [[3.0]], [[4.0]]).items()})
'''


def formulas() -> sb.Network:
    """A network whose sizes are formulas."""
    twice, added, column = MatrixSymbol("A", m, 2 * h), MatrixSymbol("B", 2 * h, m + h), MatrixSymbol("c", m + 1, 1)
    loss = sb.total(twice * added) / h + sb.total(column)
    return sb.Network({E: loss}, inputs=[twice], targets=[], parameters=[added, column], loss=E)


def operation_network(word: str) -> sb.Network:
    """A network of every way of writing an operation."""
    nodes = nodes_of_word(word)
    given = sorted({s for node in nodes for s in node.free_symbols if isinstance(s, Array)}, key=str)
    parts = [SumAll(node) if shape_of(node) else node for node in nodes]
    return sb.Network({E: sum(parts)}, inputs=given[:-1], targets=[], parameters=given[-1:], loss=E)


NETWORKS: dict[str, Callable[[], sb.Network]] = {
    **{f"example_{name}".replace("-", "_"): lambda name=name: sb.load_example(name) for name in sb.example_names()},
    **{f"function_{row.name}": lambda row=row: network_of(row) for row in ROWS if row.derivatives},
    **{f"operation_{word}": lambda word=word: operation_network(word) for word in USAGES},
    **{f"matrices_{k}": lambda make=make: make().network() for k, make in enumerate(MATRIX_EXAMPLES.values())},
    **{f"layer_{name}": make for name, make in LAYERS.items()},
    "formulas": formulas,
}
QUICK = ("example_mlp", "example_xor", "example_softmax_classifier", "layer_dense", "formulas")


def written(folder: Path, names: tuple[str, ...], backend: str) -> Iterator[Path]:
    """The modules of networks in a folder: gradients, and what is predicted alone where anything is."""
    for name in names:
        derivation = sb.derive(NETWORKS[name]())
        path = folder / f"{name}.py"
        path.write_text(source_of(derivation, backend), encoding="utf-8")
        yield path
        try:
            alone = sb.predictor(derivation, backend=backend)
        except sb.DerivationError:
            continue
        alone.save(folder / f"{name}_alone.py")
        yield folder / f"{name}_alone.py"


def run(*words: str, folder: Path) -> str:
    """What a tool says of a folder, where it says nothing good."""
    done = subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def check(folder: Path, backend: str) -> None:
    """Hold the modules in a folder to mypy and to ruff."""
    (folder / "ruff.toml").write_text("\n".join(SETTINGS), encoding="utf-8")
    assert run("mypy", "--strict", "--cache-dir", str(folder / "cache"), ".", folder=folder) == ""
    rules = NUMPY_RULES if backend == "numpy" else ("F", "I")
    assert run("ruff", "check", "--isolated", "--no-cache", ".", folder=folder) == ""
    assert run("ruff", "check", "--no-cache", "--select", ",".join(rules), ".", folder=folder) == ""


@pytest.mark.needs("mypy", "ruff")
@pytest.mark.parametrize("names", slow_except([QUICK], [QUICK, tuple(NETWORKS)]), ids=["some", "all"])
def test_modules_and_their_users_are_clean(tmp_path: Path, names: tuple[str, ...]) -> None:
    assert len(list(written(tmp_path, names, "numpy"))) > len(names)
    (tmp_path / "client.py").write_text(CLIENT, encoding="utf-8")
    check(tmp_path, "numpy")
    ran = subprocess.run([sys.executable, "client.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[0].endswith("(4, 1) 0.0")


@pytest.mark.slow
@pytest.mark.needs("mypy", "ruff", "torch", "jax", "array_api_compat")
@pytest.mark.parametrize("backend", STRICT)
def test_modules_for_other_libraries_are_clean(tmp_path: Path, backend: str) -> None:
    names = tuple(name for name in NETWORKS if not (backend == "array-api" and name in LACKING))
    assert len(list(written(tmp_path, names, backend))) > len(names)
    check(tmp_path, backend)


LACKING = [f"function_{word}" for word in ("erf", "erfinv", "lgamma", "digamma", "trigamma", "polygamma")]
"""What the Array API has no function for."""


@pytest.mark.parametrize("name", slow_except(QUICK, NETWORKS))
def test_the_checks_of_shapes_are_short_and_come_last(name: str) -> None:
    source = source_of(sb.derive(NETWORKS[name]()))
    assert "def fitted(" in source or "def _prepared(" in source
    lines = source.partition("\ndef fitted(" if "def fitted(" in source else "\ndef _prepared(")[2]
    assert len(lines.splitlines()) <= (40 if "def fitted(" in source else 48)  # with what adds up over the examples
    assert "forward_backward(" not in lines


@pytest.fixture(scope="module")
def mlp(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The saved module of a network."""
    path = tmp_path_factory.mktemp("mlp") / "saved_mlp.py"
    sb.lambdify(sb.derive(sb.load_example("mlp"))).save(path)
    return loaded(path)


GOOD = {
    "X": np.ones((4, 3)), "T": np.ones((4, 2)), "W1": np.ones((3, 5)), "b1": np.ones((1, 5)), "W2": np.ones((5, 2)),
    "b2": np.ones((1, 2)),
}  # fmt: skip
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"X": np.ones((3, 4))}, "T is 4×2 and should be m×k, m is 3 in X: X looks transposed; give X.T"),
    ({"W1": np.ones((5, 3))}, "W1 is 5×3 and should be n×h, n is 3 in X: W1 looks transposed; give W1.T"),
    ({"b1": np.ones((5, 1))}, "b1 is 5×1 and should be 1×h: b1 looks transposed; give b1.T"),
    ({"b1": np.ones((2, 5))}, "b1 is 2×5 and should be 1×h; give b1 1 row"),
    ({"b1": np.ones(5)}, "b1 is (5,) and should be 1×h; give it 2 axes and no empty one"),
    ({"T": np.ones((3, 2))}, "T is 3×2 and should be m×k, m is 4 in X; give T 4 rows"),
    ({"W2": np.ones((5, 3))}, "W2 is 5×3 and should be h×k, k is 2 in T; give W2 2 columns"),
    ({"X": 2.0}, "X is () and should be m×n; give it 2 axes and no empty one"),
    ({"X": np.ones((0, 3))}, "X is 0×3 and should be m×n; give it 2 axes and no empty one"),
    ({"W1": [[1, 2], [3]]}, "W1 has rows of different lengths; give every row as many numbers"),
    ({"X": np.array([["a"]])}, "X is <U1, not real numbers; give it numbers"),
]


@pytest.mark.parametrize(("change", "message"), WRONG, ids=[message[:24] for _, message in WRONG])
def test_a_saved_module_says_what_does_not_fit(mlp: Any, change: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        mlp.loss_and_gradients(**{**GOOD, **change})
    assert str(raised.value) == message


def test_sizes_that_are_formulas_are_checked(tmp_path: Path) -> None:
    sb.lambdify(sb.derive(formulas())).save(tmp_path / "saved_formulas.py")
    module = loaded(tmp_path / "saved_formulas.py")
    good = {"A": np.ones((3, 4)), "B": np.ones((4, 5)), "c": np.ones((4, 1))}
    assert module.loss_and_gradients(**good)[0] == 34.0
    for change, message in (
        ({"B": np.ones((4, 6))}, "B is 4×6 and should be (2*h)×(h + m), h is 2 in A, m is 3 in A; give B 5 columns"),
        ({"c": np.ones((5, 1))}, "c is 5×1 and should be (m + 1)×1, m is 3 in A; give c 4 rows"),
        ({"A": np.ones((3, 5))}, "A is 3×5 and should be m×(2*h), h is 2 in A; give A 4 columns"),
    ):
        with pytest.raises(ValueError, match="should be") as raised:
            module.loss_and_gradients(**{**good, **change})
        assert str(raised.value) == message


def test_formulas_that_nothing_tells_stand_for_themselves(mlp: Any) -> None:
    size = ("m + n", ((1, ("m",)), (1, ("n",))))
    assert mlp.misfit(["A", "B"], [(4, 1), (4, 1)], [(size, 1), (size, 1)]) == ""
    found = mlp.misfit(["A", "B"], [(4, 1), (5, 1)], [(size, 1), (size, 1)])
    assert found == "B is 5×1 and should be (m + n)×1, m + n is 4 in A; give B 4 rows"


def test_the_package_itself_says_more() -> None:
    f = sb.lambdify(sb.derive(sb.load_example("mlp")))
    with pytest.raises(sb.DataError, match=r"T is 3×2 and should be m×k: m is 3 in T and 4 in X \(4×3, m×n\); let T"):
        f(**{**GOOD, "T": np.ones((3, 2))})


def test_public_functions_say_what_they_take_and_give(mlp: Any) -> None:
    words = mlp.loss_and_gradients.__doc__
    for line in (
        "Parameters",
        "X : array_like of shape (m, n)",
        "b1 : array_like of shape (1, h)",
        "Returns",
        "Raises",
    ):
        assert f"    {line}\n" in words
    assert mlp.forward.__annotations__["return"] == np.typing.NDArray[np.floating[Any]]
