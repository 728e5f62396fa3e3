"""How values come into the functions of a generated module that runs here, and how results come out, by their kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, final

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, as_given
from symbackprop.network.fitting import Shape, sizes_of
from symbackprop.network.shapes_of_data import shape_error
from symbackprop.numeric.fitting import fitted
from symbackprop.numeric.module_errors import data_error, is_ours
from symbackprop.numeric.undefined import undefined

Module = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """Arrays of one dtype that fit; ``finished`` makes results of what lines give, reduced over examples in a way."""

    arrays: Sequence[Any]
    finished: Callable[[Iterable[Any], str], Iterable[Any]]


@dataclass(frozen=True)
class Exchange(ABC):
    """What is done before the lines of a module run, and after. A ``strict`` library has functions of arrays alone."""

    strict: bool

    def quiet(self) -> AbstractContextManager[Any]:
        """Where the lines run: what overflows is infinite, and NumPy need not say so."""
        return nullcontext() if self.strict else np.errstate(over="ignore")

    @abstractmethod
    def checks(self, module: Module) -> Module:
        """What takes the place of a module's own checks where it runs here: the same, in more words."""

    @abstractmethod
    def check_reduction(self, reduction: str, loss: str) -> None:
        """Raise DataError where the examples cannot be added up so."""

    @abstractmethod
    def taken(self, module: Module, names: Sequence[str], values: Sequence[Any]) -> Taken:
        """Values as arrays that fit. Raises DataError where they do not."""

    @abstractmethod
    def trusted(self, module: Module, names: Sequence[str], values: Sequence[Any]) -> Taken:
        """Arrays of one dtype on one device whose shapes have been checked before."""

    @abstractmethod
    def refusal(
        self, derivation: Derivation, names: Sequence[str], arrays: Sequence[Any], error: Exception
    ) -> DataError | None:
        """What is said of an error in the lines that ran; None where it is none of ours."""


@final
class OfExamples(Exchange):
    """Numbers, or flat arrays with one entry an example, over which results are reduced."""

    def checks(self, module: Module) -> Module:
        return {}

    def check_reduction(self, reduction: str, loss: str) -> None:
        if reduction not in ("mean", "sum", "none"):
            raise DataError("reduction", f"reduction is {as_given(reduction)}", 'use "mean", "sum" or "none"')

    def taken(self, module: Module, names: Sequence[str], values: Sequence[Any]) -> Taken:
        try:
            arrays, shape = module["_prepared"](names, values)
        except (TypeError, ValueError) as error:
            raise data_error(error) from None
        return self._taken(module, arrays, shape)

    def trusted(self, module: Module, names: Sequence[str], values: Sequence[Any]) -> Taken:
        if not self.strict:  # plain numbers may stand among NumPy's
            return self.taken(module, names, values)
        return self._taken(module, values, max((tuple(array.shape) for array in values), key=len))

    def _taken(self, module: Module, arrays: Sequence[Any], shape: tuple[int, ...]) -> Taken:
        reduced, like = module["_reduced"], arrays[0]
        return Taken(arrays, lambda values, how: [reduced(x, shape, how, like) for x in values])

    def refusal(
        self, derivation: Derivation, names: Sequence[str], arrays: Sequence[Any], error: Exception
    ) -> DataError | None:
        return data_error(error) if isinstance(error, (TypeError, ValueError)) else None


@final
class OfShapes(Exchange):
    """Arrays that have to fit the shapes of the network, whose loss says itself how the examples are added up."""

    def checks(self, module: Module) -> Module:
        return {"fitted": partial(_fitted, partial(_as_arrays, module["arrays"]) if self.strict else fitted)}

    def check_reduction(self, reduction: str, loss: str) -> None:
        if reduction != "mean":
            raise DataError(
                "reduction",
                f"reduction is {as_given(reduction)}, and a network of matrices has its batch inside",
                f"leave it out; the equation of {loss} says how the examples are added up",
            )

    def taken(self, module: Module, names: Sequence[str], values: Sequence[Any]) -> Taken:
        return self.trusted(module, names, module["fitted"](values, names, module["SHAPES"]))

    def trusted(self, module: Module, names: Sequence[str], values: Sequence[Any]) -> Taken:
        if self.strict:
            finished, like = module["finished"], values[0]
            return Taken(values, lambda found, how: [finished(x, like) for x in found])
        dtype = values[0].dtype
        return Taken(values, lambda found, how: [np.asarray(x, dtype)[()] for x in found])

    def refusal(
        self, derivation: Derivation, names: Sequence[str], arrays: Sequence[Any], error: Exception
    ) -> DataError | None:
        if type(error).__name__.strip("_") == "LinAlgError":  # each library has its own
            found = _undefined(derivation, dict(zip(names, arrays, strict=True)))
            why = str(error).partition("\n")[0].rstrip(".")
            found = found and f"{found} has no value"
            what = ": ".join(filter(None, [found, why] if self.strict else [why, found]))
            return DataError("matrix", what, "give values at which all that is asked of a matrix exists")
        if isinstance(error, ValueError) and (is_ours(error) or not self.strict):
            return shape_error(error)  # a user's operation gives another shape than it was said to
        return None


def _fitted(
    fit: Callable[..., Sequence[Any]], values: Sequence[Any], names: Sequence[str], shapes: Sequence[Shape]
) -> Sequence[Any]:
    """The values as arrays that fit, as ``fit`` makes them. Raises DataError where they do not."""
    try:
        return fit(values, names, shapes)
    except (TypeError, ValueError) as error:
        raise shape_error(error) from None


def _as_arrays(
    arrays: Callable[..., Sequence[Any]], values: Sequence[Any], names: Sequence[str], shapes: Sequence[Shape]
) -> Sequence[Any]:
    """The arrays of a library that is not NumPy."""
    found = arrays(names, values)
    sizes_of(names, [tuple(array.shape) for array in found], shapes)
    return found


def _undefined(derivation: Derivation, arrays: Mapping[str, Any]) -> str:
    """Which operation has no value; empty where arrays have no numbers: traced by JAX, or on PyTorch's "meta"."""
    try:
        numbers = {name: _as_numpy(array) for name, array in arrays.items()}
    except (TypeError, RuntimeError, NotImplementedError):
        return ""
    return undefined(derivation, numbers)


def _as_numpy(array: Any) -> Any:
    detach = getattr(array, "detach", None)  # of PyTorch, which is not imported here
    return np.asarray(array if detach is None else detach().cpu())
