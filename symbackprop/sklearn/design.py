"""What an estimator fits: a perceptron of so many layers, or a network of the user's own, and its derivation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation, derive
from symbackprop.errors import DataError, as_given
from symbackprop.network import Network, mlp
from symbackprop.numeric import Predictor, predictor
from symbackprop.training.columns import Columns, answers_of, columns_of, width_of
from symbackprop.training.data import Floats


@dataclass(frozen=True)
class Perceptron:
    """Layers in matrix form, whose widths are names; they are the same network at every width."""

    hidden: int
    activation: str | Callable[..., Any] | None
    loss: str

    def network(self) -> Network:
        """The equations."""
        widths = [f"h{layer}" for layer in range(1, self.hidden + 1)]
        output = "identity" if self.loss == "squared_error" else None
        return mlp(["n", *widths, "k"], self.activation, self.loss, output=output, notation="matrix", name="perceptron")


@dataclass(frozen=True)
class Own:
    """A network of the user's, and the outputs that answer its inputs where it does not tell."""

    given: Network
    output: str | tuple[str, ...] | None

    def network(self) -> Network:
        """The network itself."""
        return self.given


Design = Perceptron | Own


@dataclass(frozen=True)
class Model:
    """A derivation, and where the columns of a table go in its network."""

    derivation: Derivation
    predictor: Predictor
    inputs: Columns
    targets: Columns
    answers: Columns

    def data(self, inputs: Floats, targets: Floats) -> dict[str, Floats]:
        """Tables with a row an example, by the names of the network. Raises DataError."""
        return {**self.inputs.given(inputs), **self.targets.given(targets)}

    def answer(self, weights: Mapping[str, Any], inputs: Floats) -> Floats:
        """What the network makes of a table of inputs: a row an example."""
        network = self.derivation.network
        given = self.inputs.given(inputs)
        constants = network.given(network.inputs)
        values = {name: np.asarray(value, inputs.dtype) for name, value in {**constants, **weights}.items()}
        return self.answers.table(self.predictor(**{**values, **given}))

    @property
    def width(self) -> int | None:
        """How many numbers the targets of an example have; None where the network leaves that to the data."""
        return width_of(self.derivation.network, self.targets, self.derivation.network.values)


@lru_cache(maxsize=32)
def model_of(design: Design) -> Model:
    """Derive a design, once. Raises DataError where columns have no place in a network of the user's."""
    network = design.network()
    answers = answers_of(network, design.output if isinstance(design, Own) else None)
    inputs, targets = columns_of(network, "inputs", network.inputs), columns_of(network, "targets", network.targets)
    derivation = derive(network)
    return Model(derivation, predictor(derivation, list(answers.names)), inputs, targets, answers)


def own(network: Any, output: Any) -> Own:
    """A network of the user's as a design. Raises DataError."""
    if not isinstance(network, Network):
        raise DataError("network", f"network is {as_given(network)}", "give an sb.Network, or leave it out")
    return Own(network, tuple(output) if isinstance(output, (list, tuple)) else output)


def widths_of(hidden: Any) -> tuple[int, ...]:
    """How many neurons each hidden layer has: one number, or several. Raises DataError."""
    given = hidden if isinstance(hidden, (list, tuple, np.ndarray)) else (hidden,)
    for width in given:
        if isinstance(width, (bool, np.bool_)) or not isinstance(width, (int, np.integer)) or width < 1:
            raise DataError("hidden", f"hidden is {as_given(hidden)}", "give whole numbers from 1, such as (100,)")
    return tuple(int(width) for width in given)
