"""Gradient functions on the arrays of other libraries than NumPy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbackprop.errors import DataError
from symbackprop.network.shapes_of_data import shape_error
from symbackprop.numeric.facts import check_facts_of_arrays, names_in_facts
from symbackprop.numeric.gradient_function import GradientFunction, MatrixGradientFunction, data_error, is_ours
from symbackprop.numeric.undefined import undefined


@dataclass(frozen=True, eq=False)
class LibraryGradientFunction(GradientFunction):
    """``loss, gradients = f(**values)`` on the arrays of a library, which keep their dtype and device."""

    def forward_backward(self, /, **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values, example by example, and the mean of each gradient over the examples."""
        call = self.by_argument(values)
        try:
            arrays, shape = self.module["_prepared"](self.names, [call[self.arguments[name]] for name in self.names])
        except (TypeError, ValueError) as error:
            raise data_error(error) from None
        return self._computed(arrays, shape)

    def again(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Like ``forward_backward``, for arrays of one dtype on one device that have been checked before."""
        arrays = [values[name] for name in self.names]
        return self._computed(arrays, max((tuple(array.shape) for array in arrays), key=len))

    def _computed(self, arrays: Sequence[Any], shape: tuple[int, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values and the means of the gradients, of arrays that fit; ``shape`` is that of the examples."""
        forward, gradients = self.module["forward_backward"](*arrays)
        reduced, like = self.module["_reduced"], arrays[0]
        return (
            {name: reduced(x, shape, "none", like) for name, x in zip(self.module["FORWARD"], forward, strict=True)},
            {name: reduced(x, shape, "mean", like) for name, x in zip(self.wrt, gradients, strict=True)},
        )


@dataclass(frozen=True, eq=False)
class LibraryMatrixGradientFunction(MatrixGradientFunction):
    """``loss, gradients = f(**values)`` on the arrays of a library, which keep their dtype and device.

    What a derivation was told of the data is checked at each call with numbers, not while JAX traces one.
    """

    def check_facts(self, arrays: Mapping[str, Any]) -> None:
        """Hold the data against the facts, where they have numbers; what no fact is about stays where it is."""
        numbers = _numbers({name: arrays[name] for name in names_in_facts(self.derivation) if name in arrays})
        if numbers is not None:
            check_facts_of_arrays(self.derivation, {**arrays, **numbers})

    def computed(self, arrays: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values and gradients of arrays that fit."""
        try:
            forward, gradients = self.module["forward_backward"](*arrays)
        except Exception as error:
            if type(error).__name__.strip("_") == "LinAlgError":  # each library has its own
                raise self._no_value(arrays, error) from None
            if isinstance(error, ValueError) and is_ours(error):  # a user's operation gives another shape
                raise shape_error(error) from None
            raise
        finished, like = self.module["finished"], arrays[0]
        return (
            {name: finished(x, like) for name, x in zip(self.module["FORWARD"], forward, strict=True)},
            {name: finished(x, like) for name, x in zip(self.wrt, gradients, strict=True)},
        )

    def _no_value(self, arrays: Sequence[Any], error: Exception) -> DataError:
        """What is said where a library finds that an operation has no value, as with the inverse of zeros."""
        numbers = _numbers(dict(zip(self.names, arrays, strict=True)))
        found = undefined(self.derivation, numbers) if numbers else ""
        why = str(error).partition("\n")[0].rstrip(".")
        what = f"{found} has no value: {why}" if found else why
        return DataError("matrix", what, "give values at which all that is asked of a matrix exists")


def _numbers(arrays: Mapping[str, Any]) -> dict[str, Any] | None:
    """The arrays as NumPy's, or None where they have no numbers: traced by JAX, or on PyTorch's device "meta"."""
    try:
        return {name: _as_numpy(array) for name, array in arrays.items()}
    except (TypeError, RuntimeError, NotImplementedError):
        return None


def _as_numpy(array: Any) -> Any:
    if hasattr(array, "detach"):
        array = array.detach().cpu()
    return np.asarray(array)
