"""The examples in the data: how many there are, along which axis of each array they lie, and mini-batches of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sympy import Eq, Symbol

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, as_given
from symbackprop.matrices import Array, shape_of, spoken
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.network.network import Network
from symbackprop.network.sizes import sizes_of
from symbackprop.training.data import Floats

ALL_AT_ONCE = "leave batch_size out, and train on all at once"


@dataclass(frozen=True)
class Examples:
    """Data by name, and for each name that has one entry or more of each example the axis of the examples."""

    values: Mapping[str, Floats]
    axes: Mapping[str, int]

    @property
    def count(self) -> int:
        """How many examples there are; 1 where no array tells."""
        return next((self.values[name].shape[axis] for name, axis in self.axes.items()), 1)

    def order(self, seed: int, epoch: int) -> NDArray[np.intp]:
        """The numbers of the examples as an epoch takes them; it depends on the seed and the epoch alone."""
        return np.random.default_rng([seed, epoch + 1]).permutation(self.count)

    def batches(self, size: int, seed: int, epoch: int) -> Iterator[dict[str, Floats]]:
        """The data in batches of so many examples, the last of what is left; shuffled anew at each epoch."""
        order = self.order(seed, epoch)
        for first in range(0, len(order), size):
            chosen = order[first : first + size]
            yield {
                name: value.take(chosen, axis=self.axes[name]) if name in self.axes else value
                for name, value in self.values.items()
            }


def checked_batch_size(batch_size: int | None) -> int | None:
    """A number of examples from 1, or None for all of them at once. Raises DataError."""
    if batch_size is None:
        return None
    if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
        raise DataError(
            "batch-size",
            f"batch_size = {as_given(batch_size)} is not a whole number from 1",
            "give, say, 32, or leave it out",
        )
    return int(batch_size)


def example_axes(network: Network, values: Mapping[str, Floats]) -> dict[str, int]:
    """Along which axis the examples lie, for each input and target that has them; empty where nothing tells."""
    return network.kind[EXAMPLES].axes(network, values)


def require_batches(derivation: Derivation) -> None:
    """Refuse to take a batch apart where the network or a fact is about all of its examples together.

    Raises DataError.
    """
    derivation.network.kind[EXAMPLES].require_batches(derivation)


def _any_of_scalars(derivation: Derivation) -> None:
    """Each name has a number an example, and no equation is about several examples."""


def _one_size(derivation: Derivation) -> None:
    network = derivation.network
    size = batch_symbol(network)
    if size is None:
        shapes = ", ".join(f"{a.name} {spoken(a.shape)}" for a in _data(network))
        what = f"no one size counts the examples in {shapes or 'the inputs'}"
        raise DataError("batch-size", what, ALL_AT_ONCE)
    mixed = [name for name in network.equations if isinstance(name, Array) and list(name.shape) == [size, size]]
    if mixed:
        raise DataError(
            "batch-size",
            f"{mixed[0]} ({spoken(mixed[0].shape)}) relates each of the {size} rows to all others",
            ALL_AT_ONCE,
        )
    for fact in derivation.facts:
        if _is_of_all(fact, size):
            raise DataError(
                "batch-size",
                f"the fact {fact.lhs} = {fact.rhs} is about all {size} examples, and would not hold for a part of them",
                "leave the fact or batch_size out",
            )


def batch_symbol(network: Network) -> Symbol | None:
    """The one size that counts the examples: a side of most inputs and targets, and in no parameter and no formula."""
    taken = sizes_of(network.parameters)
    sides = [side for array in _data(network) for side in array.shape]
    inside = {s for side in sides if not side.is_Symbol for s in side.free_symbols}
    found = [size for size in sizes_of(_data(network)) if size in sides and size not in taken and size not in inside]
    once = [size for size in found if all(list(a.shape).count(size) < 2 for a in _data(network))]
    most = max((_users(network, size) for size in once), default=0)
    best = [size for size in once if _users(network, size) == most]
    return best[0] if len(best) == 1 else None


def _users(network: Network, size: Symbol) -> int:
    return sum(size in array.shape for array in _data(network))


def _data(network: Network) -> list[Array]:
    return [s for s in (*network.inputs, *network.targets) if isinstance(s, Array)]


def _is_of_all(fact: Eq, size: Symbol) -> bool:
    """Whether a fact says something of several examples at once: it has their data, and no place for each."""
    arrays = [s for s in (fact.lhs - fact.rhs).free_symbols if isinstance(s, Array)]
    return any(size in a.shape for a in arrays) and size not in shape_of(fact.lhs)


def _of_scalars(network: Network, values: Mapping[str, Floats]) -> dict[str, int]:
    return {name: 0 for name, value in values.items() if value.ndim}


def _of_matrices(network: Network, values: Mapping[str, Floats]) -> dict[str, int]:
    size = batch_symbol(network)
    return {a.name: list(a.shape).index(size) for a in _data(network) if size is not None and size in a.shape}


@dataclass(frozen=True)
class Layout:
    """Where examples lie in arrays of data, and whether they can be told apart."""

    axes: Callable[[Network, Mapping[str, Floats]], dict[str, int]]
    require_batches: Callable[[Derivation], None]


EXAMPLES = Question(
    __name__,
    "where the examples lie in its data",
    {SCALARS: Layout(_of_scalars, _any_of_scalars), MATRICES: Layout(_of_matrices, _one_size)},
)
