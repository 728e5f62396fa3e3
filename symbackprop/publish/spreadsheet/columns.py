"""The columns of a table of training: what is given, learnt and computed, in the order in which it is worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from symbackprop.algebra import stabilised
from symbackprop.calculus import Derivation
from symbackprop.network.order import upstream
from symbackprop.notation import NameTable, Order
from symbackprop.numeric.stable import computed
from symbackprop.training.data import count_of

EPOCH = "number of the epoch"
"""The name of the column that counts: no name of a network has a blank in it."""


class Group(Enum):
    """What the numbers of a column are."""

    EPOCH = "Epoch"
    INPUTS = "Inputs"
    TARGETS = "Targets"
    WEIGHTS = "Weights"
    FORWARD = "Forward pass"
    ERRORS = "Errors"
    SIGNALS = "Error signals"
    GRADIENTS = "Gradients"


@dataclass(frozen=True)
class Column:
    """A column: what it is of, its head, and the expression that it is worked out by, None where it has none.

    ``example`` is the number of the example that it is of, from 1; 0 where it is of all of them, as a mean is.
    """

    name: str
    head: str
    group: Group
    example: int = 0
    value: Expr | None = None
    is_mean: bool = False


@dataclass(frozen=True)
class Plan:
    """The columns of a derivation for data of so many examples.

    ``gradients`` has the name of the column of each parameter's gradient, ``names`` how names are shown.
    """

    derivation: Derivation
    examples: int
    columns: tuple[Column, ...]
    gradients: Mapping[str, str]
    names: NameTable
    order: Order

    @cached_property
    def places(self) -> Mapping[tuple[str, int], int]:
        """The position of each column, from 0, by its name and its example."""
        return {(column.name, column.example): position for position, column in enumerate(self.columns)}

    def place(self, name: str, example: int) -> int:
        """The position of what a name stands for in an example: its own there, or that of all examples."""
        return self.places.get((name, example), self.places.get((name, 0), -1))

    def read(self, column: Column) -> Mapping[str, int]:
        """The positions of the columns that a column is worked out from, by their names."""
        if column.value is None:
            return {}
        return {s.name: self.place(s.name, column.example) for s in column.value.free_symbols}

    def each(self, name: str) -> list[int]:
        """The positions of a name in all examples."""
        return [self.places[name, example] for example in range(1, self.examples + 1)]

    def mean(self, name: str) -> int:
        """The position of a mean over the examples, or of the value of the one example that there is."""
        return self.places[name, 0 if self.examples > 1 else 1]

    @property
    def loss(self) -> int:
        """The position of the loss, or of its mean over the examples."""
        return self.mean(self.derivation.network.loss.name)


def plan_of(derivation: Derivation, data: Mapping[str, Any]) -> Plan:
    """The columns for a derivation and data by name, numbers or flat arrays with one entry an example."""
    written = computed(derivation)
    network = written.network
    examples = count_of(data)
    gradients = _named(written)
    names = NameTable.of([s.name for s in (*network.names, *written.backward)])
    maker = _Maker(written, data, gradients, names)
    columns = tuple(maker.columns(examples))
    return Plan(written, examples, columns, gradients, names, written.order)


def _named(derivation: Derivation) -> dict[str, str]:
    """A name that nothing else has for the gradient by each parameter: no name of a network has a sign ∂."""
    loss, learnt = derivation.network.loss.name, derivation.network.parameters
    return {w.name: f"∂{loss}/∂{w.name}" for w in derivation.wrt if w in learnt}


@dataclass(frozen=True)
class _Maker:
    written: Derivation
    data: Mapping[str, Any]
    gradients: Mapping[str, str]
    names: NameTable

    def columns(self, examples: int) -> Iterator[Column]:
        """All columns: what is the same for all examples, each example, and the means."""
        network, shown = self.written.network, self.names.unicode
        yield Column(EPOCH, "epoch", Group.EPOCH)
        given = {Group.INPUTS: network.inputs, Group.TARGETS: network.constants}
        for group, family in given.items():
            yield from (Column(s.name, shown(s.name), group) for s in family if not self._of_examples(s))
        yield from (Column(w.name, shown(w.name), Group.WEIGHTS) for w in network.parameters)
        for example in range(1, examples + 1):
            for group, family in given.items():
                yield from (Column(s.name, shown(s.name), group, example) for s in family if self._of_examples(s))
            yield from self._computed(example)
        if examples > 1:
            loss = network.loss.name
            yield Column(loss, f"mean {shown(loss)}", Group.ERRORS, is_mean=True)
            for name, gradient in self.gradients.items():
                yield Column(gradient, f"mean {self._partial(name)}", Group.GRADIENTS, is_mean=True)

    def _of_examples(self, name: Symbol) -> bool:
        return bool(np.ndim(self.data[name.name]))

    def _computed(self, example: int) -> Iterator[Column]:
        """What is worked out for one example, forward and then backward."""
        network, shown = self.written.network, self.names.unicode
        for name, expr in stabilised(network.equations).items():
            group = Group.ERRORS if self._is_error(name) else Group.FORWARD
            yield Column(name.name, shown(name.name), group, example, expr)
        for delta, expr in self.written.backward.items():
            yield Column(delta.name, shown(delta.name), Group.SIGNALS, example, expr)
        for name, gradient in self.gradients.items():
            yield Column(gradient, self._partial(name), Group.GRADIENTS, example, self.written.shared[name])

    def _is_error(self, name: Symbol) -> bool:
        """Whether a value compares with the targets, as the loss does and its parts."""
        network = self.written.network
        return name == network.loss or bool(upstream(network.equations, [name]) & set(network.constants))

    def _partial(self, name: str) -> str:
        loss = self.names.unicode(self.written.network.loss.name)
        return f"∂{loss}/∂{self.names.unicode(name)}"
