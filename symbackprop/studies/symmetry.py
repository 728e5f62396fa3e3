"""Equal first weights stay equal: the derived formulas say so, and training shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sympy import Expr, Symbol

from symbackprop.calculus import Derivation, derive
from symbackprop.network import mlp
from symbackprop.training import TrainingHistory, train
from symbackprop.training.data import Floats

EQUAL = 0.5
INPUTS = ((0.0, 0.0, 1.0, 1.0), (0.0, 1.0, 0.0, 1.0))
TARGET = (0.0, 1.0, 1.0, 0.0)
"""Both inputs are asked whether they differ: there is something to learn for which hidden neurons must differ."""
RATE, EPOCHS = 0.5, 200


@dataclass(frozen=True, eq=False)
class Symmetry:
    """A network of two hidden neurons, trained from equal weights and from drawn ones.

    ``exchange`` maps each name to that of the other neuron. ``pairs`` are the gradients of the first neuron, each with
    that of the second: exchanging the names in the one formula gives the other, which ``holds`` tells. So where the
    names have equal values, so have the gradients, and after the update the weights.
    """

    derivation: Derivation
    exchange: dict[Symbol, Symbol]
    pairs: tuple[tuple[Symbol, Symbol], ...]
    equal: TrainingHistory
    drawn: TrainingHistory
    rule: str

    def exchanged(self, name: Symbol) -> Expr:
        """The gradient by a weight with the names of the two neurons exchanged."""
        return self.derivation.gradients[name].xreplace(self.exchange)

    @property
    def holds(self) -> bool:
        """Whether exchanging the neurons turns the gradients of the one into those of the other, letter by letter."""
        gradients = self.derivation.gradients
        return all(self.exchanged(one) == gradients[other] for one, other in self.pairs)

    def apart(self, history: TrainingHistory) -> Floats:
        """The largest difference between a weight of the first neuron and that of the second, epoch by epoch."""
        values = history.parameters
        differences = [np.abs(values[one.name] - values[other.name]) for one, other in self.pairs]
        return np.asarray(np.max(differences, axis=0), dtype=float)


def symmetry(activation: str, *, seed: int, rule: str = "xavier") -> Symmetry:
    """Train the 2-2-1 network from equal weights and from weights that are drawn. Raises NetworkError like ``mlp``."""
    derivation = derive(mlp([2, 2, 1], activation, bias=False, name=f"2-2-1 {activation}"))
    x1, x2 = INPUTS
    data = {"i1": x1, "i2": x2, "t1": TARGET}
    equal, drawn = (
        train(derivation, data, initial=initial, learning_rate=RATE, epochs=EPOCHS, seed=seed)
        for initial in (EQUAL, rule)
    )
    exchange = _exchange(derivation)
    pairs = tuple((w, exchange[w]) for w in derivation.wrt if w.name < exchange.get(w, w).name)
    return Symmetry(derivation, exchange, pairs, equal, drawn, rule)


def _exchange(derivation: Derivation) -> dict[Symbol, Symbol]:
    """Each name of the first hidden neuron with that of the second, and the other way round."""
    network = derivation.network
    parameters = set(network.parameters)
    sums = [z for z, expr in network.equations.items() if expr.free_symbols & parameters]
    first, second, output = sums
    pairs = [(first, second), *_alike(derivation, first, second)]
    outputs = {z: a for a, expr in network.equations.items() for z in (first, second) if expr.free_symbols == {z}}
    if outputs:
        pairs.append((outputs[first], outputs[second]))
    weights = [_weight_of(network.equations[output], outputs.get(z, z), parameters) for z in (first, second)]
    pairs.append((weights[0], weights[1]))
    return {**dict(pairs), **{b: a for a, b in pairs}}


def _alike(derivation: Derivation, first: Symbol, second: Symbol) -> list[tuple[Symbol, Symbol]]:
    """The weights of the same input."""
    network = derivation.network
    parameters = set(network.parameters)
    return [
        (_weight_of(network.equations[first], x, parameters), _weight_of(network.equations[second], x, parameters))
        for x in network.inputs
    ]


def _weight_of(total: Expr, value: Symbol, parameters: set[Symbol]) -> Symbol:
    (weight,) = total.coeff(value).free_symbols & parameters
    return weight
