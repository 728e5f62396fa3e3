"""Trainers, histories and gradient functions through ``pickle`` and deep copies, and in several threads."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from conftest import few

import symbackprop as sb

COPIES: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
    "deepcopy": copy.deepcopy,
}


@pytest.fixture
def switching() -> Iterator[None]:
    """Threads take turns far more often than they do by default."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("optimiser", ["gradient-descent", "adam"])
@pytest.mark.parametrize("name", few(["or-gate", "xor", "mlp", "batch-norm"]))
def test_a_trainer_goes_on_where_it_was(name: str, optimiser: str, dtype: str, copied: str) -> None:
    trainer = sb.trainer(sb.derive(sb.load_example(name)), optimiser=optimiser, dtype=dtype, initial=0.1)
    trainer.run(5)
    other = COPIES[copied](trainer)
    assert (other.source, other.backend, repr(other)) == (trainer.source, trainer.backend, repr(trainer))
    assert np.array_equal(other.run(5), trainer.run(5), equal_nan=True)
    assert other.step() == trainer.step()
    for weight, value in trainer.weights.items():
        assert np.array_equal(other.weights[weight], value, equal_nan=True)
    trainer.run(3)  # the copy has arrays of its own
    assert any(not np.array_equal(other.weights[w], value) for w, value in trainer.weights.items())


def test_a_trainer_with_numba_goes_on_with_numba() -> None:
    pytest.importorskip("numba")
    for name in ("xor", "mlp"):
        trainer = sb.trainer(sb.derive(sb.load_example(name)), backend="numba", initial=0.1)
        trainer.run(3)
        other = COPIES["pickle"](trainer)
        assert other.backend == trainer.backend == "numba"
        assert np.array_equal(other.run(3), trainer.run(3))


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("name", ["or-gate", "mlp"])
def test_histories_and_sweeps_come_back(name: str, copied: str) -> None:
    d = sb.derive(sb.load_example(name))
    history = sb.train(d, learning_rate=0.5, epochs=4, optimiser="adam", schedule="cosine", patience=3)
    other = COPIES[copied](history)
    assert repr(other) == repr(history)
    assert list(other.rows()) == list(history.rows())
    assert other.columns() == history.columns()
    for weight, value in history.final.items():
        assert np.array_equal(other.final[weight], value)
    sweep = sb.sweep(d, learning_rates=[0.1, 0.5], epochs=3)
    assert repr(COPIES[copied](sweep)) == repr(sweep)


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("name", few(["or-gate", "softmax-classifier", "mlp", "attention"]))
def test_gradient_functions_come_back(name: str, copied: str) -> None:
    net = sb.load_example(name)
    f = sb.lambdify(sb.derive(net), check_facts=False, stable=False)
    other = COPIES[copied](f)
    assert (other.source, other.names, other.wrt, other.check_facts) == (f.source, f.names, f.wrt, f.check_facts)
    (loss, found), (again, others) = f(**net.values), other(**net.values)
    assert loss == again
    assert all(np.array_equal(found[w], others[w]) for w in found)


def test_a_function_of_another_backend_comes_back() -> None:
    torch = pytest.importorskip("torch")
    net = sb.load_example("mlp")
    f = sb.lambdify(sb.derive(net), backend="torch")
    other = COPIES["pickle"](f)
    assert other.backend == "torch"
    assert other.source == f.source
    values = {name: torch.as_tensor(value, dtype=torch.float64) for name, value in net.values.items()}
    assert other(**values)[0] == f(**values)[0]


@pytest.mark.parametrize("name", few(["xor", "softmax-classifier", "mlp", "batch-norm"]))
def test_eight_threads_get_the_bits_of_one(name: str, switching: None) -> None:
    net = sb.load_example(name)
    d = sb.derive(net)
    f, rng = sb.lambdify(d), np.random.default_rng(0)
    weights = {w.name for w in d.wrt}
    values = [
        {key: np.asarray(x) * (rng.uniform(0.5, 1.5) if key in weights else 1) for key, x in net.values.items()}
        for _ in range(100)
    ]

    def bits(given: dict[str, Any]) -> list[bytes]:
        loss, gradients = f(**given)
        return [np.asarray(x).tobytes() for x in (loss, *gradients.values(), *f.again(given)[0].values())]

    def trained(seed: int) -> bytes:
        return sb.train(d, initial="xavier", seed=seed, learning_rate=0.1, epochs=5, optimiser="adam").losses.tobytes()

    def run(seed: int) -> bytes:
        return sb.trainer(d, initial="xavier", seed=seed).run(20).tobytes()

    one = [list(map(bits, values)), [trained(k) for k in range(8)], [run(k) for k in range(8)]]
    with ThreadPoolExecutor(8) as threads:
        assert [
            list(threads.map(bits, values)),
            list(threads.map(trained, range(8))),
            list(threads.map(run, range(8))),
        ] == one
