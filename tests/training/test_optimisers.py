"""Optimisers: each step against PyTorch's, the equations that are printed against the code that runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from networks import two_layer
from sympy import symbols

import symbackprop as sb
from symbackprop.training.optimisers import as_optimiser
from symbackprop.training.rules import RULES

RNG = np.random.default_rng(11)
START = {"W": RNG.normal(size=(3, 2)), "b": np.array(0.4)}
GRADIENTS = [{"W": RNG.normal(size=(3, 2)), "b": np.array(RNG.normal())} for _ in range(20)]
ON_TORCH: list[tuple[str, str, dict[str, Any]]] = [
    ("gradient-descent", "SGD", {}),
    ("momentum", "SGD", {"momentum": 0.9}),
    ("momentum mu=0.5", "SGD", {"momentum": 0.5}),
    ("nesterov", "SGD", {"momentum": 0.9, "nesterov": True}),
    ("adagrad", "Adagrad", {}),
    ("adagrad epsilon=0.01", "Adagrad", {"eps": 0.01}),
    ("rmsprop", "RMSprop", {}),
    ("rmsprop rho=0.9 epsilon=1e-6", "RMSprop", {"alpha": 0.9, "eps": 1e-6}),
    ("adam", "Adam", {}),
    ("adam beta1=0.8 beta2=0.95 epsilon=1e-4", "Adam", {"betas": (0.8, 0.95), "eps": 1e-4}),
    ("adamw", "AdamW", {}),
    ("adamw decay=0.3", "AdamW", {"weight_decay": 0.3}),
]


@pytest.mark.needs("torch")
@pytest.mark.parametrize(("name", "theirs", "options"), ON_TORCH, ids=[name for name, _, _ in ON_TORCH])
def test_each_step_is_that_of_pytorch(name: str, theirs: str, options: dict[str, Any]) -> None:
    import torch

    tensors = {key: torch.tensor(value, dtype=torch.float64, requires_grad=True) for key, value in START.items()}
    other = getattr(torch.optim, theirs)(list(tensors.values()), lr=0.05, **options)
    ours = as_optimiser(name)
    weights, state = dict(START), ours.start(START)
    for gradients in GRADIENTS:
        for key, gradient in gradients.items():
            tensors[key].grad = torch.tensor(gradient, dtype=torch.float64)
        other.step()
        weights, state = ours.step(weights, gradients, state, 0.05)
        for key, tensor in tensors.items():
            np.testing.assert_allclose(weights[key], tensor.detach().numpy(), rtol=1e-12, atol=1e-12)
    assert state.updates == 20


@pytest.mark.parametrize("name", RULES)
def test_the_equations_that_are_shown_are_those_that_run(name: str) -> None:
    """Two updates of one number, worked out by SymPy from the equations to 50 digits."""
    ours = sb.optimiser(name)
    weight, state = {"w": 0.4}, ours.start({"w": 0.4})
    known = {symbols("w"): 0.4, symbols("eta"): 0.1, **dict.fromkeys(RULES[name].kept, 0.0)}
    known |= {symbols(option): value for option, value in ours.options.items()}
    for update, gradient in enumerate((0.3, -0.7), 1):
        known |= {symbols("g"): gradient, symbols("t"): update}
        for left, right in ours.rules():
            known[left] = right.evalf(50, subs=known)
        known |= {old: known[new] for old, new in RULES[name].kept.items()}
        known[symbols("w")] = known[symbols("w_new")]
        weight, state = ours.step(weight, {"w": gradient}, state, 0.1)
        assert float(weight["w"]) == pytest.approx(float(known[symbols("w")]), rel=1e-14)


def test_the_source_has_one_line_an_equation() -> None:
    assert sb.optimiser("adamw").source == (
        "def update(w, g, eta, t, m, v, beta1, beta2, epsilon, decay):\n"
        "    m_new = beta1*m + (1 - beta1)*g\n"
        "    v_new = beta2*v + (1 - beta2)*g**2\n"
        "    m_hat = m_new/(1 - beta1**t)\n"
        "    v_hat = v_new/(1 - beta2**t)\n"
        "    w_new = w*(1 - decay*eta) - eta*m_hat/(np.sqrt(v_hat) + epsilon)\n"
        "    return w_new, [m_new, v_new]\n"
    )


def test_what_has_no_gradient_stays() -> None:
    ours = sb.optimiser("adamw")
    state = ours.start({"a": 1.0})
    weights, _ = ours.step({"a": 1.0, "b": 2.0}, {"a": 0.5}, state, 0.1)
    assert weights["b"] == 2.0
    assert weights["a"] < 1.0


def test_nothing_that_is_given_is_changed() -> None:
    ours = sb.optimiser("adam")
    first = {name: value.copy() for name, value in START.items()}
    state = ours.start(first)
    ours.step(first, GRADIENTS[0], state, 0.1)
    assert state.updates == 0
    assert not any(np.any(kept) for parts in state.kept.values() for kept in parts)
    for name in START:
        np.testing.assert_array_equal(first[name], START[name])


@pytest.mark.parametrize("name", RULES)
def test_every_optimiser_trains(name: str) -> None:
    rate = 0.5 if name in ("gradient-descent", "momentum", "nesterov") else 0.05
    history = sb.train(sb.derive(two_layer()), learning_rate=rate, epochs=60, optimiser=name)
    assert history.losses[-1] < 0.5 * history.losses[0]
    assert history.optimiser == sb.optimiser(name)
    words = "" if name == "gradient-descent" else f" of {name}"
    assert f": 60 epochs{words} at rate {rate}, " in repr(history)


def test_sweeps_take_an_optimiser() -> None:
    d = sb.derive(two_layer())
    swept = sb.sweep(d, learning_rates=[0.01, 0.1], epochs=20, optimiser="adam", schedule="cosine")
    alone = sb.train(d, learning_rate=0.1, epochs=20, optimiser="adam", schedule="cosine")
    np.testing.assert_array_equal(swept[0.1].losses, alone.losses)


def test_options_in_words_and_as_keywords() -> None:
    assert sb.optimiser("adam beta1=0.8") == sb.optimiser("adam", beta1=0.8)
    assert str(sb.optimiser("adam", beta1=0.8, epsilon=1e-8)) == "adam beta1=0.8"
    assert str(sb.optimiser()) == "gradient-descent"
    assert sb.optimiser("momentum").options == {"mu": 0.9}


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("adan", {}, "there is no optimiser 'adan'; did you mean 'adam'?"),
        ("", {}, "the optimiser is ''; name one: gradient-descent, momentum, nesterov, adagrad, rmsprop, adam, adamw"),
        (7, {}, "the optimiser is 7; name one: gradient-descent, momentum, nesterov, adagrad, rmsprop, adam, adamw"),
        ("adam", {"epsilo": 0.5}, "adam has no option 'epsilo'; did you mean 'epsilon'?"),
        ("gradient-descent", {"mu": 0.5}, "gradient-descent has no option 'mu'; leave it out"),
        ("adam", {"beta1": 1}, "beta1 = 1 of adam is not from 0 up to 1; give, say, 0.9"),
        ("adam", {"beta1": float("nan")}, "beta1 = nan of adam is not from 0 up to 1; give, say, 0.9"),
        ("adam", {"epsilon": 0}, "epsilon = 0 of adam is not a positive number; give, say, 1e-08"),
        ("adamw", {"decay": -1}, "decay = -1 of adamw is not a number from 0; give, say, 0.01"),
        ("adam", {"beta1": "big"}, "beta1 = 'big' of adam is not a number; give a number"),
        ("adam beta1=big", {}, "beta1 = 'big' of adam is not a number; give a number"),
        ("adam 0.9", {}, "'0.9' behind adam is no option; write it as in 'adam option=0.9'"),
    ],
)
def test_refused(name: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(sb.DataError) as error:
        sb.optimiser(name, **options)
    assert str(error.value) == f"error[optimiser]: {message}"
