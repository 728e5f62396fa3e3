"""Where training starts: the data and the first weights, checked together in the way of the network's kind."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.network.network import Network
from symbackprop.numeric.facts import check_facts
from symbackprop.numeric.sizes import bind, sizes_of_values
from symbackprop.training.arrays import checked_arrays, data_arrays
from symbackprop.training.data import Floats, Keyed, by_name, checked_data, checked_parameters
from symbackprop.training.examples import Examples, example_axes, require_batches
from symbackprop.training.initialisers import initialise
from symbackprop.training.recipe import Recipe
from symbackprop.training.weights import Weights, first_weights

Given = Mapping[Any, Any] | None
Initial = Mapping[Any, Any] | Weights | str | os.PathLike[str] | float | None
"""First weights by name, or in a file; or the rule by which they are drawn, or the number that all of them are."""
Checked = tuple[dict[str, Floats], dict[str, Floats]]


@dataclass(frozen=True)
class Start:
    """The data, the first value of each parameter, and the data that are looked at and not trained on."""

    data: Examples
    weights: dict[str, Floats]
    validation: Examples | None


def start(derivation: Derivation, data: Given, initial: Initial, recipe: Recipe) -> Start:
    """Check everything that training starts from. Raises DataError."""
    if recipe.batch_size is not None:
        require_batches(derivation)
    data = None if data is None else by_name("data", data)
    check = derivation.network.kind[BEGINNING].checked
    first = first_weights(initial, derivation.network)
    if isinstance(first, Keyed):
        first = by_name("initial", first)
    elif first is not None:
        first = _drawn(derivation, data, first, recipe)
    values, weights = check(derivation, data, first)
    if recipe.check_facts:
        check_facts(derivation, {**values, **weights})
    examples = Examples(_in(recipe.dtype, values), example_axes(derivation.network, values))
    validation = None
    if recipe.validation is not None:
        given = _completed(examples, recipe.validation)
        try:
            held_out, _ = check(derivation, given, weights)
            if recipe.check_facts:
                check_facts(derivation, {**held_out, **weights})
        except DataError as error:
            error.where = error.where or "validation"
            raise
        validation = Examples(_in(recipe.dtype, held_out), example_axes(derivation.network, held_out))
    return Start(examples, _in(recipe.dtype, weights), validation)


def _in(dtype: str, values: Mapping[str, Floats]) -> dict[str, Floats]:
    """The values in a precision. Raises DataError where it does not hold their size."""
    with np.errstate(over="ignore"):
        found = {name: value.astype(dtype, copy=False) for name, value in values.items()}
    for name, value in found.items():
        if not np.isfinite(value).all():
            raise DataError("dtype", f"{name} has numbers too large for {dtype}", "train in float64", about=name)
    return found


def _drawn(derivation: Derivation, data: Given, initial: str | float, recipe: Recipe) -> dict[str, Any]:
    """First weights by a rule, in the sizes that the data have and that the caller gives."""
    network = derivation.network
    sizes = network.kind[BEGINNING].sizes(network, data)
    return initialise(network, initial, seed=recipe.seed, sizes={**sizes, **(recipe.sizes or {})})


def _completed(data: Examples, validation: Mapping[str, Any]) -> dict[str, Any]:
    """Validation data, with what is no example, such as a constant, from the data that are trained on."""
    for name in data.axes or data.values:
        if name not in validation:
            raise DataError(
                "missing-value", f"there is no value for {name}", "give the examples of every input and target",
                where="validation", about=name,
            )  # fmt: skip
    return {**{name: value for name, value in data.values.items() if name not in data.axes}, **validation}


def _scalars(derivation: Derivation, data: Given, initial: Given) -> Checked:
    return checked_data(derivation, data), checked_parameters(derivation.network, initial)


def _no_sizes(network: Network, data: Given) -> dict[str, int]:
    return {}


def _sizes(network: Network, data: Given) -> dict[str, int]:
    return {**sizes_of_values(network, network.values), **bind(network, data_arrays(network, data))}


@dataclass(frozen=True)
class Beginning:
    """How data and first weights are checked, and which sizes the data tell."""

    checked: Callable[[Derivation, Given, Given], Checked]
    sizes: Callable[[Network, Given], dict[str, int]]


BEGINNING = Question(
    __name__,
    "how its data and first weights are checked",
    {SCALARS: Beginning(_scalars, _no_sizes), MATRICES: Beginning(checked_arrays, _sizes)},
)
