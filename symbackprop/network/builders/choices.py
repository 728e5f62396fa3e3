"""Activations and losses by the names that a builder is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Expr

from symbackprop.errors import NetworkError, as_given, did_you_mean
from symbackprop.functions import (
    VOCABULARY,
    binary_cross_entropy,
    cross_entropy,
    sigmoid,
    smooth_l1,
    squared_error,
)

Activation = Callable[[Any], Expr] | None

ACTIVATIONS: dict[str, Activation] = {row.name: row.cls for row in VOCABULARY if row.activation} | {"identity": None}
LOSSES: dict[str, Callable[[Any, Any], Expr]] = {
    "squared_error": squared_error, "smooth_l1": smooth_l1, "cross_entropy": cross_entropy,
    "binary_cross_entropy": binary_cross_entropy,
}  # fmt: skip


def check_choices(loss: str, outputs: Any, bias: bool | str) -> None:
    """Refuse a loss that there is not or that does not go with the outputs, and an unknown kind of bias."""
    if loss not in LOSSES:
        raise NetworkError("loss", f"there is no loss called {as_given(loss)}", did_you_mean(loss, LOSSES))
    if loss == "cross_entropy" and outputs == 1:
        raise NetworkError(
            "sizes", "cross-entropy needs two classes or more", "use binary_cross_entropy for one output"
        )
    if bias not in (True, False, "layer"):
        raise NetworkError("bias", f"bias={as_given(bias)} is not known", 'use True, False or "layer"')


def activation_of(given: str | Callable[..., Expr] | None) -> Activation:
    """The activation of that name, or the function itself."""
    if given is None or callable(given):
        return given
    if not isinstance(given, str):
        raise NetworkError(
            "activation",
            f"activation {as_given(given)} is neither a name nor a function",
            "all hidden layers have the same one",
        )
    if given not in ACTIVATIONS:
        raise NetworkError(
            "activation", f"there is no activation called {as_given(given)}", did_you_mean(given, ACTIVATIONS)
        )
    return ACTIVATIONS[given]


def output_activation(given: str | Callable[..., Expr] | None, hidden: Activation, loss: str) -> Activation:
    """The activation of the last layer: the one given, or else what goes with the loss."""
    if given is not None:
        return activation_of(given)
    return {"cross_entropy": None, "binary_cross_entropy": sigmoid}.get(loss, hidden)
