"""Schedules of the learning rate: closed forms, PyTorch's schedulers, and what training makes of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from networks import two_layer

import symbackprop as sb

NOTES = sb.derive(two_layer())


def factors(words: str, epochs: int, losses: Any = None) -> list[float]:
    losses = np.ones(epochs + 1) if losses is None else losses
    made = sb.schedule(words)
    return [made.factor(epoch, epochs, losses[: epoch + 1]) for epoch in range(epochs + 1)]


def test_closed_forms() -> None:
    assert factors("constant", 4) == [1, 1, 1, 1, 1]
    assert factors("step every=2 factor=0.5", 5) == [1, 1, 0.5, 0.5, 0.25, 0.25]
    assert factors("exponential factor=0.9", 3) == pytest.approx([1, 0.9, 0.81, 0.729])
    assert factors("cosine", 4) == pytest.approx([1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2, 0])
    assert factors("cosine least=0.2", 2) == pytest.approx([1, 0.6, 0.2])
    assert factors("cosine", 0) == [1]


def test_a_plateau() -> None:
    losses = np.array([5, 4, 4, 4, 3, 3, 3.5, 3, 3, 2, np.nan, np.inf])
    half = factors("plateau patience=2 factor=0.5", 11, losses)
    assert half == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.125, 0.0625]
    floor = factors("plateau patience=2 factor=0.5 least=0.2", 11, losses)
    assert floor == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2, 0.2]
    assert factors("plateau patience=1 factor=0.5", 3, np.full(4, np.nan)) == [1, 0.5, 0.25, 0.125]


@pytest.mark.needs("torch")
@pytest.mark.parametrize(
    ("words", "theirs", "options"),
    [
        ("step every=7 factor=0.3", "StepLR", {"step_size": 7, "gamma": 0.3}),
        ("exponential factor=0.9", "ExponentialLR", {"gamma": 0.9}),
        ("cosine least=0.1", "CosineAnnealingLR", {"T_max": 30, "eta_min": 0.05}),
    ],
)
def test_rates_are_those_of_pytorch(words: str, theirs: str, options: dict[str, Any]) -> None:
    import torch

    other = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    scheduler = getattr(torch.optim.lr_scheduler, theirs)(other, **options)
    for factor in factors(words, 30):
        assert 0.5 * factor == pytest.approx(other.param_groups[0]["lr"], rel=1e-12)
        other.step()
        scheduler.step()


@pytest.mark.needs("torch")
def test_plateaus_are_those_of_pytorch() -> None:
    """PyTorch waits for one epoch more than its patience says."""
    import torch

    losses = np.abs(np.random.default_rng(0).normal(size=200)) + np.linspace(1, 0, 200)
    other = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(other, factor=0.7, patience=4, threshold=0.0, eps=0.0)
    for loss, factor in zip(losses, factors("plateau patience=5 factor=0.7", 199, losses), strict=True):
        scheduler.step(loss)
        assert factor == pytest.approx(other.param_groups[0]["lr"], rel=1e-12)


def test_training_at_a_rate_that_changes() -> None:
    history = sb.train(NOTES, learning_rate=0.5, epochs=6, schedule="step every=2 factor=0.1")
    np.testing.assert_allclose(history.rates, [0.5, 0.5, 0.05, 0.05, 0.005, 0.005, 0.0005])
    for epoch in range(6):
        step = history.parameters["w5"][epoch] - history.rates[epoch] * history.gradients["w5"][epoch]
        assert history.parameters["w5"][epoch + 1] == step
    assert history.columns()[22:24] == ["learning rate", "dE/dw1"]
    assert history.records()[3]["learning rate"] == pytest.approx(0.05)


def test_a_plateau_looks_at_the_validation_data() -> None:
    held_out = {"i1": 0.05, "i2": 0.1, "t1": 0.99, "t2": 0.01}
    options = {"learning_rate": 0.5, "epochs": 10, "schedule": "plateau patience=3 factor=0.5"}
    assert (sb.train(NOTES, **options).rates == 0.5).all()
    history = sb.train(NOTES, **options, validation=held_out)
    assert (np.diff(history.validation_losses) > 0).all()
    np.testing.assert_array_equal(history.rates[:8], [0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("cosin", "there is no schedule 'cosin'; did you mean 'cosine'?"),
        ("constant factor=2", "constant has no option 'factor'; leave it out"),
        ("step every=0", "every = 0 of step is not a whole number from 1; give, say, 10"),
        ("step every=2.5", "every = 2.5 of step is not a whole number from 1; give, say, 10"),
        ("plateau patience=inf", "patience = inf of plateau is not a whole number from 1; give, say, 5"),
        ("exponential factor=1.5", "factor = 1.5 of exponential is not above 0 and at most 1; give, say, 0.95"),
        ("cosine least=-1", "least = -1 of cosine is not from 0 to 1; give, say, 0"),
    ],
)
def test_refused(words: str, message: str) -> None:
    with pytest.raises(sb.DataError) as error:
        sb.train(NOTES, learning_rate=0.5, epochs=1, schedule=words)
    assert str(error.value) == f"error[schedule]: {message}"
