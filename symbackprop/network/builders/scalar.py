"""Perceptrons as equations of named scalars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Add, Expr, Symbol

from symbackprop.errors import NetworkError
from symbackprop.functions import softmax
from symbackprop.network.builders.choices import LOSSES, Activation, check_choices
from symbackprop.network.network import Network


def scalar_mlp(
    sizes: Sequence[int], hidden: Activation, last: Activation, loss: str, bias: bool | str, name: str
) -> Network:
    """A perceptron with one equation a neuron: see ``mlp``."""
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
        name=name,
    )


def check_scalar_mlp(sizes: Sequence[int], loss: str, bias: bool | str) -> None:
    """Refuse sizes that are not whole numbers, and choices that there are not."""
    if len(sizes) < 2 or not all(isinstance(n, int) and n > 0 for n in sizes):
        raise NetworkError(
            "sizes", f"{list(sizes)} are not the sizes of layers", "give two whole numbers or more, as in [2, 2, 2]"
        )
    check_choices(loss, sizes[-1], bias)


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
