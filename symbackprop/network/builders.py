"""Layered networks, written out as equations in the names of the usual hand-written notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Add, Expr, Symbol, tanh

from symbackprop.errors import NetworkError, did_you_mean
from symbackprop.functions import (
    binary_cross_entropy,
    cross_entropy,
    elu,
    gelu,
    leaky_relu,
    relu,
    sigmoid,
    silu,
    smooth_l1,
    softmax,
    softplus,
    squared_error,
)
from symbackprop.network.network import Network

Activation = Callable[[Symbol], Expr] | None

ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": sigmoid, "tanh": tanh, "relu": relu, "leaky_relu": leaky_relu, "elu": elu, "softplus": softplus,
    "gelu": gelu, "silu": silu, "identity": None,
}  # fmt: skip
LOSSES: dict[str, Callable[[Any, Any], Expr]] = {
    "squared_error": squared_error, "smooth_l1": smooth_l1, "cross_entropy": cross_entropy,
    "binary_cross_entropy": binary_cross_entropy,
}  # fmt: skip


def mlp(
    sizes: Sequence[int],
    activation: str | Callable[..., Expr] | None = "sigmoid",
    loss: str = "squared_error",
    bias: bool | str = True,
    output: str | Callable[..., Expr] | None = None,
    name: str | None = None,
) -> Network:
    """Write a multilayer perceptron as equations of named scalars.

    Parameters
    ----------
    sizes
        How many inputs, hidden neurons layer by layer, and outputs: ``[2, 2, 2]`` is the network of the notes.
    activation
        Of the hidden layers: a name, a function of one argument, or None for none.
    loss
        ``squared_error`` (half of it), ``smooth_l1``, ``binary_cross_entropy``, or ``cross_entropy`` behind a softmax.
    bias
        True for one bias a neuron, ``"layer"`` for one a layer, shared by its neurons, False for none.
    output
        Of the output layer: like ``activation``, which it is by default; a sigmoid for binary cross-entropy.
    name
        What reports call the network.

    Names: inputs i1 …, targets t1 …, weights w1 … row by row, biases b1 …, hidden neurons h1 … (h1_1 … with several
    hidden layers), outputs o1 …, and a_h1, a_o1 … for what the activation makes of them. Raises NetworkError.
    """
    _check_sizes(sizes, loss, bias)
    hidden = _activation(activation)
    last = _output_activation(output, hidden, loss)
    writer = _Writer(bias)
    values = inputs = writer.family("i", sizes[0])
    several = len(sizes) > 3
    for layer, size in enumerate(sizes[1:-1], start=1):
        values = writer.layer(f"h{layer}_" if several else "h", size, values, hidden)
    outputs = writer.layer("o", sizes[-1], values, last)
    targets = writer.family("t", sizes[-1])
    if loss == "cross_entropy":
        probabilities = writer.family("p", sizes[-1])
        writer.equations.update(zip(probabilities, softmax(outputs), strict=True))
        outputs = probabilities
    total = writer.loss(LOSSES[loss], outputs, targets, split=loss != "cross_entropy")
    return Network(
        writer.equations,
        inputs=inputs,
        targets=targets,
        parameters=(*writer.weights, *writer.biases),
        loss=total,
        name=name or f"{'-'.join(map(str, sizes))} perceptron",
    )


def _check_sizes(sizes: Sequence[int], loss: str, bias: bool | str) -> None:
    if len(sizes) < 2 or not all(isinstance(n, int) and n > 0 for n in sizes):
        raise NetworkError(
            "sizes", f"{list(sizes)} are not the sizes of layers", "give two whole numbers or more, as in [2, 2, 2]"
        )
    if loss not in LOSSES:
        raise NetworkError("loss", f"there is no loss called {loss!r}", did_you_mean(loss, LOSSES))
    if loss == "cross_entropy" and sizes[-1] < 2:
        raise NetworkError(
            "sizes", "cross-entropy needs two classes or more", "use binary_cross_entropy for one output"
        )
    if bias not in (True, False, "layer"):
        raise NetworkError("bias", f"bias={bias!r} is not known", 'use True, False or "layer"')


def _activation(given: str | Callable[..., Expr] | None) -> Activation:
    if given is None or callable(given):
        return given
    if not isinstance(given, str):
        raise NetworkError(
            "activation",
            f"activation {given!r:.60} is neither a name nor a function",
            "all hidden layers have the same one",
        )
    if given not in ACTIVATIONS:
        raise NetworkError("activation", f"there is no activation called {given!r}", did_you_mean(given, ACTIVATIONS))
    return ACTIVATIONS[given]


def _output_activation(given: str | Callable[..., Expr] | None, hidden: Activation, loss: str) -> Activation:
    if given is not None:
        return _activation(given)
    return {"cross_entropy": None, "binary_cross_entropy": sigmoid}.get(loss, hidden)


@dataclass
class _Writer:
    """Writes equations layer by layer, numbering weights and biases as it goes."""

    bias: bool | str
    equations: dict[Symbol, Expr] = field(default_factory=dict)
    weights: list[Symbol] = field(default_factory=list)
    biases: list[Symbol] = field(default_factory=list)

    def family(self, stem: str, count: int) -> list[Symbol]:
        return [Symbol(f"{stem}{k}") for k in range(1, count + 1)]

    def layer(self, stem: str, size: int, values: list[Symbol], activation: Activation) -> list[Symbol]:
        neurons = self.family(stem, size)
        shared = [self._new("b", self.biases)] if self.bias == "layer" else []
        for neuron in neurons:
            terms = [self._new("w", self.weights) * value for value in values]
            own = [self._new("b", self.biases)] if self.bias is True else shared
            self.equations[neuron] = Add(*terms, *own)
        if activation is None:
            return neurons
        outputs = [Symbol(f"a_{neuron.name}") for neuron in neurons]
        self.equations.update((a, activation(z)) for a, z in zip(outputs, neurons, strict=True))
        return outputs

    def loss(
        self, loss: Callable[[Any, Any], Expr], outputs: list[Symbol], targets: list[Symbol], split: bool
    ) -> Symbol:
        total = Symbol("E")
        if split and len(outputs) > 1:
            errors = self.family("E", len(outputs))
            self.equations.update((e, loss(y, t)) for e, y, t in zip(errors, outputs, targets, strict=True))
            self.equations[total] = Add(*errors)
        else:
            self.equations[total] = loss(outputs, targets)
        return total

    def _new(self, stem: str, kept: list[Symbol]) -> Symbol:
        kept.append(Symbol(f"{stem}{len(kept) + 1}"))
        return kept[-1]
