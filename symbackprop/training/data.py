"""Data and first weights, checked against the network before anything runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from symbackprop.calculus import Derivation, way_from
from symbackprop.errors import DataError, as_given
from symbackprop.network.network import Network
from symbackprop.network.values import check_known

Floats = NDArray[np.float64]


def checked_data(derivation: Derivation, data: Mapping[Any, Any] | None) -> dict[str, Floats]:
    """Values of every input and target, as numbers or as arrays of one length. Raises DataError."""
    network = derivation.network
    names = [s.name for s in (*network.inputs, *network.targets)]
    given = given_values(network, data, names, _no_number)
    values = {name: _array(name, given[name]) for name in names}
    lengths = {name: array.shape[0] for name, array in values.items() if array.ndim}
    if len(set(lengths.values())) > 1:
        first, *_ = lengths
        other = next(name for name in lengths if lengths[name] != lengths[first])
        raise DataError(
            "ragged",
            f"{first} has {lengths[first]} examples and {other} has {lengths[other]}",
            "give every input and target one entry an example",
        )
    return values


def checked_parameters(network: Network, initial: Mapping[Any, Any] | None) -> dict[str, Floats]:
    """The first value of every parameter, each a single number. Raises DataError."""
    names = [s.name for s in network.parameters]
    given = given_values(network, initial, names, _no_number)
    values = {name: _array(name, given[name]) for name in names}
    for name, array in values.items():
        if array.ndim:
            raise DataError("shape", f"parameter {name} has {array.shape[0]} values", "a parameter has one value")
    return values


def count_of(data: Mapping[str, Floats]) -> int:
    """How many examples data of scalars have: arrays have an entry for each of them; 1 where all are numbers."""
    return max((np.size(value) for value in data.values() if np.ndim(value)), default=1)


def checked_rate(learning_rate: float) -> float:
    """A learning rate that makes sense: positive and finite. Raises DataError."""
    try:
        rate = math.nan if isinstance(learning_rate, bool) else float(learning_rate)
    except (TypeError, ValueError):
        raise DataError(
            "learning-rate", f"learning rate {as_given(learning_rate)} is not a number", "give a positive number"
        ) from None
    except OverflowError:
        rate = math.inf
    if not (math.isfinite(rate) and rate > 0):
        raise DataError(
            "learning-rate", f"learning rate {as_given(learning_rate)} is not a positive number", "try 0.1 or 0.5 first"
        )
    return rate


def checked_epochs(epochs: int) -> int:
    """A number of epochs: a whole number from 0. Raises DataError."""
    if isinstance(epochs, bool) or not isinstance(epochs, (int, np.integer)) or epochs < 0:
        raise DataError("epochs", f"epochs = {as_given(epochs)} is not a whole number from 0", "give, say, 45")
    return int(epochs)


def network_of(given: Network | Derivation, where: str) -> Network:
    """The network, or that of a derivation. ``where`` is the function that wants it. Raises DataError."""
    network = given.network if isinstance(given, Derivation) else given
    if not isinstance(network, Network):
        what = f"{where} takes a network, not {as_given(given)}"
        raise DataError("network", what, f"give a network or its derivation; {way_from(given, 'derive')}")
    return network


@runtime_checkable
class Keyed(Protocol):
    """Values by name: a dictionary, a table of pandas, a file of NumPy's arrays."""

    def keys(self) -> Iterable[Any]:
        """The names."""

    def __getitem__(self, name: Any, /) -> Any:
        """The value of one of them."""


def by_name(what: str, given: Any) -> dict[str, Any]:
    """What is given by names or by symbols, by names. ``what`` is what errors call it. Raises DataError."""
    if not isinstance(given, Keyed):
        raise DataError(what, f"{what} is {as_given(given)}", "give a dictionary, with a value for each name")
    return {str(name): given[name] for name in given.keys()}  # noqa: SIM118  # tables of pandas have keys, too


def given_values(
    network: Network,
    values: Mapping[Any, Any] | None,
    names: Sequence[str],
    missing_values: Callable[[Sequence[str]], tuple[str, str]],
) -> dict[str, Any]:
    """The values given, with the network's own in place of missing ones. Raises DataError.

    ``missing_values`` says of names without values what they are, and what to do.
    """
    given = {str(key): value for key, value in (values or {}).items()}
    check_known(given, {s.name for s in network.leaves})
    complete = {**{name: network.values[name] for name in names if name in network.values}, **given}
    missing = [name for name in names if name not in complete]
    if missing:
        what, fix = missing_values(missing)
        raise DataError("missing-value", f"there is no value for {what}", fix, about=missing[0])
    return {name: complete[name] for name in names}


def _no_number(names: Sequence[str]) -> tuple[str, str]:
    return ", ".join(names), "give a number, or one entry an example"


def refuse_masked(name: str, value: Any) -> None:
    """Refuse arrays in which entries are masked: what is under the mask is no data. Raises DataError."""
    masked = np.argwhere(np.ma.getmaskarray(value)).tolist() if np.ma.isMaskedArray(value) else []
    if masked:
        place = ", ".join(str(k + 1) for k in masked[0])
        what = f"{name} is masked{f' at ({place})' if place else ''}"
        raise DataError("masked", what, "fill it, or leave the example out", about=name)


def _array(name: str, value: Any) -> Floats:
    refuse_masked(name, value)
    try:
        if value is None:
            raise TypeError
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise DataError("number", f"{name} = {as_given(value)} is not a number", "give numbers alone") from None
    if array.ndim > 1:
        raise DataError(
            "shape",
            f"{name} has shape {array.shape}",
            "give a flat array with one entry an example: shape (n,), not (n, 1)",
        )
    if array.size == 0:
        raise DataError("empty", f"{name} has no entries", "give one example at least")
    if not np.isfinite(array).all():
        position = f"[{int(np.flatnonzero(~np.isfinite(array))[0])}]" if array.ndim else ""
        raise DataError("not-finite", f"{name}{position} is NaN or infinite", "give finite numbers")
    return array
