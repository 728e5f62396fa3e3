"""The handwritten digits: read rightly in 97 of 100 cases or more, by weights that only the training images made."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from conftest import slow_except
from threadpoolctl import threadpool_limits

import symbackprop as sb

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))

import digits  # noqa: E402


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Matrices this small lose by a second thread of BLAS, most of all where tests run side by side."""
    with threadpool_limits(1):
        yield


@cache
def run(seed: int) -> tuple[sb.TrainingHistory, float]:
    """The history, and the part of the unseen images that is read rightly."""
    training, test = digits.split(seed)
    d = sb.derive(digits.network())
    history = digits.trained(d, training.moved(), seed)
    return history, float(np.mean(digits.read(d, history, test) == test.labels))


@pytest.mark.slow
@pytest.mark.parametrize("seed", slow_except([0], [0, 1, 2]))
def test_unseen_digits_are_read_rightly(seed: int) -> None:
    history, accuracy = run(seed)
    assert accuracy >= 0.97
    assert history.losses[-1] < history.losses[0] / 100


@pytest.mark.slow
def test_no_test_image_is_trained_on() -> None:
    training, test = digits.split(3)
    assert len(training.labels) + len(test.labels) == 1797
    assert len(test.labels) == 359
    seen = {image.tobytes() for image in training.images}
    assert not [image for image in test.images if image.tobytes() in seen]


def test_images_are_moved_by_one_pixel() -> None:
    image = np.zeros((8, 8))
    image[0, 3] = 1
    moved = digits.Digits(image.reshape(1, 64), np.array([7])).moved()
    places = [[tuple(place) for place in np.argwhere(m.reshape(8, 8)).tolist()] for m in moved.images]
    assert places == [[(0, 3)], [(1, 3)], [], [(0, 4)], [(0, 2)]]
    assert list(moved.labels) == [7] * 5


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights() -> None:
    training, _ = digits.split(0)
    again = digits.trained(sb.derive(digits.network()), training.moved(), 0)
    assert all(np.array_equal(value, run(0)[0].final[name]) for name, value in again.final.items())


def test_confusions_count_what_was_read_for_what() -> None:
    table = digits.confusions(np.array([1, 1, 2]), np.array([1, 7, 2]))
    assert (table[1, 1], table[1, 7], table[2, 2], table.sum()) == (1, 1, 1, 3)


@pytest.mark.slow
def test_the_script_tells_what_it_does() -> None:
    script = ROOT / "scripts" / "lib" / "digits.py"
    done = subprocess.run(
        [sys.executable, script, "0"],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Delta_Z3 = (P - Y)/m" in done.stdout
    assert "dE/dW1 = X.T @ Delta_Z1" in done.stdout
    assert f"{run(0)[1]:.2%}" in done.stdout.splitlines()[-1]
