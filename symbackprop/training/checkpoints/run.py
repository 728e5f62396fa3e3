"""Which training a checkpoint is of: its network, its choices, its data, in words that can be compared."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from symbackprop.errors import CheckpointError
from symbackprop.network.network import Network
from symbackprop.notation import text
from symbackprop.training.recipe import Recipe
from symbackprop.training.start import Start

Run = Mapping[str, Any]
"""By section: parameters, equations, code, choices, data, validation, first weights."""
_FIX = "resume the same training, or name another file"


def run_of(network: Network, source: str, begun: Start, recipe: Recipe, rate: float) -> Run:
    """All that decides the bits of a training, but for its number of epochs.

    ``source`` is the code that computes the gradients.
    """
    return {
        "parameters": {name: list(np.shape(value)) for name, value in begun.weights.items()},
        "equations": {
            name.name: text(formula, order=network.order, unicode=False) for name, formula in network.equations.items()
        },
        "code": _digest(source.encode()),
        "choices": {
            "learning rate": repr(rate),
            "optimiser": _spelt(recipe.optimiser.name, recipe.optimiser.options),
            "schedule": _spelt(recipe.schedule.name, recipe.schedule.options),
            "batch size": str(recipe.batch_size or "none"),
            "seed": str(recipe.seed),
            "patience": str(recipe.patience or "none"),
            "accuracy": _names(recipe.accuracy),
            "dtype": recipe.dtype,
            "backend": recipe.backend,
        },
        "data": _seen(begun.data.values),
        "validation": {} if begun.validation is None else _seen(begun.validation.values),
        "first weights": _seen(begun.weights),
    }


def require_same(kept: Any, now: Run, place: str) -> None:
    """Raise CheckpointError, which names the first difference, unless both are of the same training."""
    kept = kept if isinstance(kept, dict) else {}
    for section, differences in _SECTIONS.items():
        there, here = kept.get(section), now[section]
        if there != here:
            what = next(differences(there if isinstance(there, type(here)) else type(here)(), here))
            raise CheckpointError("checkpoint", what, _FIX, place=place)


def _spelt(name: str, options: Mapping[str, float]) -> str:
    return " ".join([name, *(f"{option}={value!r}" for option, value in options.items())])


def _names(given: Any) -> str:
    parts = given if isinstance(given, (list, tuple)) else [] if given is None else [given]
    return ", ".join(map(str, parts)) or "none"


def _seen(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The shape of each array, and a digest of its bytes."""
    arrays = {name: np.ascontiguousarray(value) for name, value in values.items()}
    return {name: [list(np.shape(values[name])), _digest(array.tobytes())] for name, array in arrays.items()}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _of_parameters(there: Mapping[str, Any], here: Mapping[str, Any]) -> Iterator[str]:
    for name in {**there, **here}:
        if there.get(name) != here.get(name):
            yield f"the checkpoint is of another network: {_two(name, there, here, _shape)}"
    yield f"the checkpoint is of another network: its parameters are {', '.join(there)}, here {', '.join(here)}"


def _of_equations(there: Mapping[str, Any], here: Mapping[str, Any]) -> Iterator[str]:
    for name in {**there, **here}:
        if there.get(name) != here.get(name):
            yield f"the checkpoint is of another network: {_two(name, there, here, lambda formula: f'{formula:.60}')}"
    yield "the checkpoint is of another network: its equations stand in another order"


def _of_code(there: str, here: str) -> Iterator[str]:
    yield "the checkpoint is of gradients that other code computes, by another version of symbackprop or of a function"


def _of_choices(there: Mapping[str, Any], here: Mapping[str, Any]) -> Iterator[str]:
    for name in {**there, **here}:
        if there.get(name) != here.get(name):
            yield f"the checkpoint is of another training: {_two(name, there, here, str)}"


def _of_arrays(word: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[str]]:
    def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> Iterator[str]:
        for name in {**there, **here}:
            a, b = there.get(name), here.get(name)
            if a != b:
                alike = a and b and a[0] == b[0]
                told = f"{name} has other numbers" if alike else _two(name, there, here, lambda seen: _shape(seen[0]))
                yield f"the checkpoint is of {word}: {told}"

    return differences


def _two(name: str, there: Mapping[str, Any], here: Mapping[str, Any], spoken: Callable[[Any], str]) -> str:
    words = [spoken(some[name]) if name in some else "missing" for some in (there, here)]
    return f"{name} is {words[0]} there and {words[1]} here"


def _shape(shape: list[int]) -> str:
    return "×".join(map(str, shape)) or "a number"


_SECTIONS: Mapping[str, Callable[[Any, Any], Iterator[str]]] = {
    "parameters": _of_parameters,
    "equations": _of_equations,
    "choices": _of_choices,
    "data": _of_arrays("other data"),
    "validation": _of_arrays("other validation data"),
    "first weights": _of_arrays("other first weights"),
    "code": _of_code,
}
"""What is compared, in this order, and how the differences are told; what else differs, the code follows."""
