"""Weights: the values of a network's parameters, in files of their own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, SymbackpropError, as_given
from symbackprop.files import write_atomically
from symbackprop.network.fitting import spoken
from symbackprop.network.network import Network
from symbackprop.network.shapes_of_data import bind, stated
from symbackprop.training.data import by_name, network_of, refuse_masked
from symbackprop.training.weight_files import FORMATS, format_of

FIX = "give the weights of this network"


@dataclass(frozen=True, eq=False)
class Weights:
    """The value of each parameter by name, and what else there is to know of them: ``metadata``, as JSON has it."""

    values: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Weights {', '.join(_shaped(name, np.shape(value)) for name, value in self.values.items()):.200}>"


def write_weights(path: str | os.PathLike[str], weights: Weights | Mapping[Any, Any]) -> None:
    """Write weights to a file that ends in ``.npz`` or ``.safetensors``; it appears whole or not at all.

    ``numpy.load`` opens the former: an array for each parameter, and ``metadata.json``. The latter needs the extra
    ``safetensors``. The same weights give the same bytes. Raises DataError where a value is no array of real numbers
    and where metadata are no JSON, and SymbackpropError where the file cannot be written or the extra is absent.
    """
    form = format_of(path)
    weights = weights if isinstance(weights, Weights) else Weights(by_name("weights", weights))
    arrays = {name: _real(name, value) for name, value in weights.values.items()}
    write_atomically(path, form.packed(arrays, weights.metadata))


def read_weights(path: str | os.PathLike[str], network: Network | Derivation | None = None) -> Weights:
    """Read weights from a file, and see that they are those of a network, where one is given.

    Nothing is unpickled. Raises DataError, with the file, where it is damaged or no file of weights, and where a name
    or a shape is another one than in the network.
    """
    found = Weights(*format_of(path).read(path))
    try:
        found = Weights({name: _real(name, value) for name, value in found.values.items()}, found.metadata)
        if network is not None:
            require_fitting(network_of(network, "read_weights"), found.values)
    except SymbackpropError as error:
        error.place = error.place or str(path)
        raise
    return found


def require_fitting(network: Network, values: Mapping[str, Any]) -> None:
    """Raise DataError, which names what differs, unless the values are those of the parameters of a network."""
    shapes = {s.name: network.shape(s) for s in network.parameters}
    for name in shapes:
        if name not in values:
            raise _another(f"they have no {_shaped(name, stated(shapes[name]))}")
    for name in values:
        if name not in shapes:
            raise _another(
                f"they have {_shaped(name, np.shape(values[name]))}, which is no parameter of {network.name}"
            )
    try:
        bind(shapes, {name: np.shape(values[name]) for name in shapes})
    except DataError as error:
        raise _another(error.what) from None
    for name, value in values.items():
        if not np.isfinite(value).all():
            raise DataError("not-finite", f"{name} has entries that are NaN or infinite", "give finite weights")


def first_weights(initial: Any, network: Network) -> Any:
    """First weights, which are read where a file is named; what else they may be is left as it is. Raises DataError."""
    if isinstance(initial, Weights):
        require_fitting(network, initial.values)
        return initial.values
    return read_weights(initial, network).values if is_file_of_weights(initial) else initial


def is_file_of_weights(given: Any) -> bool:
    """Whether something is the name of a file of weights, and not that of a rule."""
    return isinstance(given, os.PathLike) or (isinstance(given, str) and given.lower().endswith(tuple(FORMATS)))


def _another(what: str) -> DataError:
    return DataError("weights", f"the weights are of another network: {what}", FIX)


def _shaped(name: str, shape: tuple[Any, ...]) -> str:
    return f"{name} ({spoken(shape)})" if shape else name


def _real(name: str, value: Any) -> Any:
    """A value as an array of real numbers. Raises DataError."""
    refuse_masked(name, value)
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray("ragged")
    if array.dtype.kind not in "biuf":
        raise DataError("weights", f"{name} is {as_given(value)}, which is no array of real numbers", "give numbers")
    return array
