"""What is given in place of a network or a derivation: one line that says what to do, without importing anything."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symbackprop as sb


def made_in(module: str, name: str, base: type = object) -> Any:
    """A value whose type comes from a module that need not be there."""
    return type(name, (base,), {"__module__": module, "__call__": lambda self: None})()


LINEAR = type("Linear", (), {"__module__": "torch.nn.modules.linear"})
STRANGERS = {
    "a module of PyTorch": (
        made_in("torch.nn.modules.linear", "Linear"),
        "PyTorch keeps no equations; write them down",
    ),
    "one of the user's": (made_in("__main__", "Mine", LINEAR), "PyTorch keeps no equations; write them down"),
    "a model of Keras": (made_in("keras.src.models.sequential", "Sequential"), "Keras keeps no equations"),
    "a tensor": (made_in("torch", "Tensor"), "an array is data, which train and gradient functions take"),
    "an array": (np.zeros(3), "an array is data, which train and gradient functions take"),
    "a table": (made_in("pandas.core.frame", "DataFrame"), "a table is data"),
    "a path": (Path("net.toml"), r"sb.load\(path\) reads a file"),
    "text": ("net.toml", r"sb.load\(path\) reads a file, sb.load_example\(name\) an example"),
    "a dictionary": ({"y": 1}, r"write derive\(sb.Network\(equations"),
    "a function": (lambda x: x, r"a function of NumPy is made a network: derive\(sb\.Network\.from_function"),
    "a number": (3, "write its equations: sb.Network"),
}
TAKERS: dict[str, Callable[[Any], Any]] = {
    "derive": sb.derive,
    "check": sb.check,
    "report": lambda given: sb.report(given, "out"),
    "lambdify": sb.lambdify,
    "train": lambda given: sb.train(given, learning_rate=0.1, epochs=1),
    "trainer": sb.trainer,
    "initialise": lambda given: sb.initialise(given, "zeros"),
}


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("taker", TAKERS)
def test_strangers_are_told_what_to_do(taker: str, stranger: str) -> None:
    given, told = STRANGERS[stranger]
    with pytest.raises(sb.SymbackpropError, match=told) as caught:
        TAKERS[taker](given)
    assert "\n" not in str(caught.value)


def test_gradient_functions_and_networks_are_told_what_to_write() -> None:
    derivation = sb.derive(sb.load_example("or-gate"))
    f = sb.lambdify(derivation)
    with pytest.raises(sb.DerivationError, match=r"check was given a GradientFunction.*write check\(f\.derivation\)"):
        sb.check(f)  # type: ignore[arg-type]
    with pytest.raises(sb.DerivationError, match=r"use its own: derive\(f\.derivation\.network\)"):
        sb.derive(f)  # type: ignore[arg-type]
    with pytest.raises(sb.DerivationError, match=r"write check\(sb\.derive\(net\)\)"):
        sb.check(derivation.network)  # type: ignore[arg-type]


@pytest.mark.needs("torch")
def test_modules_of_pytorch_itself() -> None:
    import torch

    for given in (torch.nn.Linear(2, 3), torch.nn.Sequential(torch.nn.ReLU())):
        with pytest.raises(sb.DerivationError, match=r"not a network; PyTorch keeps no equations; write them down, sb"):
            sb.derive(given)
    with pytest.raises(sb.DerivationError, match="an array is data"):
        sb.derive(torch.zeros(2))
    assert sys.modules["torch"] is torch
