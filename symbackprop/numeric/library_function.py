"""Gradient functions on the arrays of other libraries than NumPy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbackprop.errors import DataError
from symbackprop.network.shapes_of_data import shape_error
from symbackprop.numeric.gradient_function import GradientFunction, MatrixGradientFunction
from symbackprop.numeric.module_errors import data_error, is_ours
from symbackprop.numeric.undefined import undefined


@dataclass(frozen=True, eq=False)
class LibraryGradientFunction(GradientFunction):
    """``loss, gradients = f(**values)`` on the arrays of a library, which keep their dtype and device."""

    def forward_backward(
        self, /, *, check_facts: bool | None = None, **values: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values, example by example, and the mean of each gradient over the examples."""
        call = self.by_argument(values)
        try:
            arrays, shape = self.module["_prepared"](self.names, [call[self.arguments[name]] for name in self.names])
        except (TypeError, ValueError) as error:
            raise data_error(error) from None
        return self._computed(arrays, shape, self.hold(arrays, check_facts))

    def again(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Like ``forward_backward``, for arrays of one dtype on one device whose shapes have been checked before.

        Facts are checked once for each array that has not been seen. An array that is written to afterwards is trusted
        to obey them still.
        """
        arrays = [values[name] for name in self.names]
        shape: tuple[int, ...] = max((tuple(array.shape) for array in arrays), key=len)
        return self._computed(arrays, shape, self.hold_once(values))

    def _computed(
        self, arrays: Sequence[Any], shape: tuple[int, ...], marks: Sequence[Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values and the means of the gradients, of arrays that fit; ``shape`` is that of the examples."""
        forward, gradients = self.module["forward_backward"](*arrays)
        reduced, like = self.module["_reduced"], arrays[0]
        return self.marked(
            {name: reduced(x, shape, "none", like) for name, x in zip(self.module["FORWARD"], forward, strict=True)},
            {name: reduced(x, shape, "mean", like) for name, x in zip(self.wrt, gradients, strict=True)},
            marks,
        )


@dataclass(frozen=True, eq=False)
class LibraryMatrixGradientFunction(MatrixGradientFunction):
    """``loss, gradients = f(**values)`` on the arrays of a library, which keep their dtype and device.

    What a derivation was told of the data is checked at each call. Where JAX traces or PyTorch hides the numbers, data
    that break it give NaN for the loss and all gradients.
    """

    def computed(self, arrays: Sequence[Any], marks: Sequence[Any] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
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
        return self.marked(
            {name: finished(x, like) for name, x in zip(self.module["FORWARD"], forward, strict=True)},
            {name: finished(x, like) for name, x in zip(self.wrt, gradients, strict=True)},
            marks,
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
    detach = getattr(array, "detach", None)  # of PyTorch, which is not imported here
    return np.asarray(array if detach is None else detach().cpu())
