"""Perceptrons as equations of matrices, a batch of examples at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, final

from sympy import Eq, Expr, Integer, MatrixSymbol, Symbol

from symbackprop.errors import NetworkError, as_given
from symbackprop.functions import binary_cross_entropy, log, smooth_l1, softmax
from symbackprop.functions.applied import entry_by_entry
from symbackprop.matrices.user_functions import broadcast, colsum, hadamard, ones, power, rowsum, total
from symbackprop.naming import NAME
from symbackprop.network.builders.choices import Activation, check_choices
from symbackprop.network.network import Network

LOSSES: Mapping[str, Callable[[Any, Any, Expr], Expr]] = {
    "squared_error": lambda a, y, m: total(power(a - y, 2)) / (2 * m),
    "smooth_l1": lambda a, y, m: total(entry_by_entry(smooth_l1, [a, y])) / m,
    "cross_entropy": lambda p, y, m: -total(hadamard(y, log(p))) / m,
    "binary_cross_entropy": lambda a, y, m: total(entry_by_entry(binary_cross_entropy, [a, y])) / m,
}
"""The mean of each loss over a batch of m examples."""


def matrix_mlp(
    sizes: Sequence[Expr], batch: Expr, examples: str, hidden: Activation, last: Activation, loss: str,
    bias: bool | str, name: str, stating: bool = True,
) -> Network:  # fmt: skip
    """A perceptron with one equation a layer: see ``mlp``."""
    layout = _LAYOUTS[examples](batch)
    inputs, targets = layout.array("X", sizes[0]), layout.array("Y", sizes[-1])
    equations: dict[Any, Any] = {}
    weights, biases = [], []
    values = inputs
    for layer, (before, after) in enumerate(pairwise(sizes), start=1):
        weights.append(layout.weights(f"W{layer}", before, after))
        scores = layout.array(f"Z{layer}", after)
        equations[scores] = layout.product(values, weights[-1])
        if bias:
            biases.append(Symbol(f"b{layer}") if bias == "layer" else layout.bias(f"b{layer}", after))
            equations[scores] += layout.repeated(biases[-1], after)
        activation = hidden if layer < len(sizes) - 1 else last
        values = scores
        if activation is not None:
            values = layout.array(f"A{layer}", after)
            equations[values] = entry_by_entry(activation, [scores])
    facts = []
    if loss == "cross_entropy":
        probabilities = layout.array("P", sizes[-1])
        equations[probabilities] = softmax(values, axis=layout.axis)
        values = probabilities
        facts = [layout.sums_to_one(targets)] if stating else []
    error = Symbol("E")
    equations[error] = LOSSES[loss](values, targets, batch)
    return Network(
        equations,
        inputs=[inputs],
        targets=[targets],
        parameters=[*weights, *biases],
        loss=error,
        name=name,
        facts=facts,
    )


@dataclass(frozen=True)
class _Layout(ABC):
    """How the examples of a batch stand in a matrix; the values of one stand along the ``axis``."""

    batch: Expr
    axis: ClassVar[int]

    @abstractmethod
    def array(self, name: str, width: Expr) -> Any:
        """A matrix with a value of that width for every example."""

    @abstractmethod
    def weights(self, name: str, before: Expr, after: Expr) -> Any:
        """The weights between layers of these widths."""

    @abstractmethod
    def product(self, values: Any, weights: Any) -> Any:
        """What weights make of values."""

    @abstractmethod
    def bias(self, name: str, width: Expr) -> Any:
        """A bias for each neuron."""

    @abstractmethod
    def repeated(self, bias: Any, width: Expr) -> Any:
        """A bias for every example; one scalar is for every neuron, too."""

    @abstractmethod
    def sums_to_one(self, targets: Any) -> Eq:
        """The targets of an example are probabilities."""


@final
class _Rows(_Layout):
    """One example a row: Z = A W + b."""

    axis = 1

    def array(self, name: str, width: Expr) -> Any:
        return MatrixSymbol(name, self.batch, width)

    def weights(self, name: str, before: Expr, after: Expr) -> Any:
        return MatrixSymbol(name, before, after)

    def product(self, values: Any, weights: Any) -> Any:
        return values * weights

    def bias(self, name: str, width: Expr) -> Any:
        return MatrixSymbol(name, 1, width)

    def repeated(self, bias: Any, width: Expr) -> Any:
        return broadcast(bias, self.batch, width)

    def sums_to_one(self, targets: Any) -> Eq:
        return Eq(rowsum(targets), ones(self.batch, 1))


@final
class _Columns(_Layout):
    """One example a column: Z = W A + b."""

    axis = 0

    def array(self, name: str, width: Expr) -> Any:
        return MatrixSymbol(name, width, self.batch)

    def weights(self, name: str, before: Expr, after: Expr) -> Any:
        return MatrixSymbol(name, after, before)

    def product(self, values: Any, weights: Any) -> Any:
        return weights * values

    def bias(self, name: str, width: Expr) -> Any:
        return MatrixSymbol(name, width, 1)

    def repeated(self, bias: Any, width: Expr) -> Any:
        return broadcast(bias, width, self.batch)

    def sums_to_one(self, targets: Any) -> Eq:
        return Eq(colsum(targets), ones(1, self.batch))


_LAYOUTS = {"rows": _Rows, "columns": _Columns}


def checked_sizes(
    sizes: Sequence[Any], batch: Any, examples: str, loss: str, bias: bool | str
) -> tuple[list[Expr], Expr]:
    """Sizes as numbers and symbols. Raises NetworkError for those that are none, and for unknown choices."""
    if len(sizes) < 2:
        raise NetworkError(
            "sizes", f"{list(sizes)} are not the sizes of layers", 'give two or more, as in ["n", "h", "k"]'
        )
    if examples not in _LAYOUTS:
        raise NetworkError("examples", f"examples={as_given(examples)} is not known", 'use "rows" or "columns"')
    widths, number = [_size(size) for size in sizes], _size(batch)
    if number.is_Symbol and number in widths:
        raise NetworkError(
            "sizes",
            f"{number} is the number of examples and the size of a layer",
            "call one of them something else, as in batch='N'",
        )
    check_choices(loss, widths[-1], bias)
    return widths, number


def _size(given: Any) -> Expr:
    if isinstance(given, Symbol):
        return given
    if isinstance(given, str) and NAME.fullmatch(given):
        return Symbol(given)
    if isinstance(given, (int, Integer)) and not isinstance(given, bool) and given > 0:
        return Integer(given)
    raise NetworkError(
        "sizes", f"{as_given(given)} is not a size", "give a whole number from 1 up, a symbol, or the name of a size"
    )
