"""The precision of training: float64, or float32 throughout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from networks import two_layer

import symbackprop as sb
from symbackprop.training.rules import RULES

LAYERS = sb.derive(sb.mlp(["n", "h", "c"], notation="matrix", loss="cross_entropy"))
NEURONS = sb.derive(two_layer())
RNG = np.random.default_rng(3)
POINTS = RNG.uniform(-1, 1, (30, 2)).astype(np.float32)
DATA = {"X": POINTS, "Y": sb.one_hot(POINTS[:, 0] > 0, 2)}
HOW: dict[str, Any] = {"initial": "xavier", "sizes": {"h": 5}, "learning_rate": 0.1, "epochs": 3}


def dtypes(history: sb.TrainingHistory) -> set[np.dtype[Any]]:
    """Of all that was computed."""
    tables = (history.data, history.parameters, history.gradients, history.forward)
    return {value.dtype for table in tables for value in table.values()}


@pytest.mark.parametrize("optimiser", RULES)
@pytest.mark.parametrize("batch_size", [None, 8])
def test_float32_stays(optimiser: str, batch_size: int | None, tmp_path: Path) -> None:
    path = tmp_path / "run.ckpt"
    history = sb.train(
        LAYERS,
        DATA,
        dtype="float32",
        optimiser=optimiser,
        batch_size=batch_size,
        validation=DATA,
        checkpoint=path,
        **HOW,
    )
    assert dtypes(history) == {np.dtype(np.float32)}
    assert history.final["W1"].dtype == np.float32
    with np.load(path) as file:
        kept = {file[name].dtype for name in file.files if name.startswith(("weights", "optimiser"))}
    assert kept == {np.dtype(np.float32)}


@pytest.mark.parametrize("batch_size", [None, 2])
def test_scalars_in_float32(batch_size: int | None) -> None:
    data = {name: RNG.uniform(size=5) for name in ("i1", "i2", "t1", "t2")}
    how = {"initial": 0.3, "learning_rate": 0.5, "epochs": 9, "optimiser": "adam", "batch_size": batch_size}
    single, double = (sb.train(NEURONS, data, dtype=dtype, **how) for dtype in ("float32", "float64"))
    assert dtypes(single) == {np.dtype(np.float32)}
    assert dtypes(double) == {np.dtype(np.float64)}
    np.testing.assert_allclose(single.losses, double.losses, rtol=1e-4)
    assert (single.losses != double.losses).any()


def test_float64_is_what_training_takes_by_itself() -> None:
    assert dtypes(sb.train(LAYERS, DATA, **HOW)) == {np.dtype(np.float64)}
    by_name, by_type = (sb.train(LAYERS, DATA, dtype=dtype, **HOW) for dtype in ("float32", np.float32))
    np.testing.assert_array_equal(by_name.losses, by_type.losses)


def test_sweeps_take_it_too() -> None:
    result = sb.sweep(LAYERS, DATA, learning_rates=[0.1], epochs=2, initial="he", sizes={"h": 3}, dtype="float32")
    assert dtypes(result[0.1]) == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("dtype", "word"), [("float16", "float16"), ("flaot", "'flaot'"), (int, "int64"), (None, "none")]
)
def test_what_is_no_precision(dtype: Any, word: str) -> None:
    with pytest.raises(sb.DataError) as error:
        sb.train(LAYERS, DATA, dtype=dtype, **HOW)
    assert str(error.value) == f"error[dtype]: dtype is {word}; give float64 or float32"


def test_numbers_that_are_too_large() -> None:
    with pytest.raises(sb.DataError) as error:
        sb.train(LAYERS, {**DATA, "X": POINTS.astype(float) * 1e300}, dtype="float32", **HOW)
    assert str(error.value) == "error[dtype]: X has numbers too large for float32; train in float64"
