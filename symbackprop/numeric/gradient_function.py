"""The compiled gradient: generated NumPy source, and a callable made of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import DataError, DerivationError
from symbackprop.files import write_atomically
from symbackprop.matrices import Shape
from symbackprop.network.shapes_of_data import shape_error
from symbackprop.network.values import check_known
from symbackprop.numeric.facts import check_facts
from symbackprop.numeric.matrix_source import matrix_module_source
from symbackprop.numeric.source import ModuleSource, module_source
from symbackprop.numeric.undefined import undefined

Reduction = Literal["mean", "sum", "none"]


@dataclass(frozen=True, eq=False)
class GradientFunction:
    """``loss, gradients = f(**values)``: values by name, numbers or flat arrays with one entry an example.

    ``gradients`` maps names to numbers. With arrays the loss and the gradients are means over the examples;
    ``reduction`` may be "mean", "sum" or "none". Integers are cast to floats, and float32 stays float32. ``source`` is
    the module that runs; ``save(path)`` writes it to a file that needs NumPy and nothing else. ``shapes`` has the shape
    of each name, () for a scalar.
    """

    source: str
    names: tuple[str, ...]
    loss: str
    wrt: tuple[str, ...]
    arguments: dict[str, str]
    module: dict[str, Any]
    shapes: Mapping[str, Shape]
    derivation: Derivation

    def __call__(self, /, *, reduction: Reduction = "mean", **values: Any) -> tuple[Any, dict[str, Any]]:
        """The loss and its gradients. Raises DataError for missing or unknown names and shapes that do not fit."""
        if reduction not in ("mean", "sum", "none"):
            raise DataError("reduction", f"reduction is {reduction!r}", 'use "mean", "sum" or "none"')
        call = self._by_argument(values)
        try:
            result: tuple[Any, dict[str, Any]] = self.module["loss_and_gradients"](**call, reduction=reduction)
        except (TypeError, ValueError) as error:
            raise _data_error(error) from None
        return result

    def forward_backward(self, /, **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values, example by example, and the mean of each gradient over the examples."""
        call = self._by_argument(values)
        try:
            arrays, shape = self.module["_prepared"]([call[self.arguments[name]] for name in self.names])
        except (TypeError, ValueError) as error:
            raise _data_error(error) from None
        forward, gradients = self.module["forward_backward"](*arrays)
        reduced, dtype = self.module["_reduced"], arrays[0].dtype
        return (
            {name: reduced(x, shape, "none", dtype) for name, x in zip(self.module["FORWARD"], forward, strict=True)},
            {name: reduced(x, shape, "mean", dtype) for name, x in zip(self.wrt, gradients, strict=True)},
        )

    def again(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Like ``forward_backward``, for values whose shapes and facts have been checked before."""
        return self.forward_backward(**values)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the module; the file appears whole or not at all."""
        write_atomically(path, self.source)

    def _by_argument(self, values: dict[str, Any]) -> dict[str, Any]:
        check_known(values, self.arguments)
        missing = [name for name in self.names if name not in values]
        if missing:
            raise DataError("missing-value", f"there is no value for {_shown(missing)}", "give a value for every name")
        return {self.arguments[name]: value for name, value in values.items()}

    def __repr__(self) -> str:
        return f"<GradientFunction of {self.loss}: takes {_shown(self.names)}; gradients by {_shown(self.wrt)}>"


@dataclass(frozen=True, eq=False)
class MatrixGradientFunction(GradientFunction):
    """``loss, gradients = f(**values)``: values by name, arrays of the shapes that the network gives them.

    Each gradient is an array of exactly the shape of what it is the gradient by. The network has its batch inside, so
    that its loss says how the examples are added up. What a derivation was told of the data is checked at each call.
    """

    def __call__(self, /, *, reduction: Reduction = "mean", **values: Any) -> tuple[Any, dict[str, Any]]:
        """The loss and its gradients. Raises DataError for names, shapes and facts that do not hold."""
        if reduction != "mean":
            raise DataError(
                "reduction",
                f"reduction is {reduction!r}, and a network of matrices has its batch inside",
                f"leave it out; the equation of {self.loss} says how the examples are added up",
            )
        forward, gradients = self.forward_backward(**values)
        return forward[self.loss], gradients

    def forward_backward(self, /, **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values and all gradients, by name. Raises DataError as a call does."""
        call = self._by_argument(values)
        try:
            arrays = self.module["fitted"](
                [call[self.arguments[name]] for name in self.names], self.names, self.module["SHAPES"]
            )
        except (TypeError, ValueError) as error:
            raise shape_error(error) from None
        check_facts(self.derivation, dict(zip(self.names, arrays, strict=True)))
        return self._computed(arrays)

    def again(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Like ``forward_backward``, for arrays of one dtype whose shapes and facts have been checked before."""
        return self._computed([values[name] for name in self.names])

    def _computed(self, arrays: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        try:
            with np.errstate(over="ignore"):
                forward, gradients = self.module["forward_backward"](*arrays)
        except np.linalg.LinAlgError as error:
            found = undefined(self.derivation, dict(zip(self.names, arrays, strict=True)))
            what = f"{error}: {found} has no value" if found else str(error)
            raise DataError("matrix", what, "give values at which all that is asked of a matrix exists") from None
        except ValueError as error:  # a user's NumPy function gives another shape than it was said to
            raise shape_error(error) from None
        dtype = arrays[0].dtype
        return (
            {name: np.asarray(x, dtype)[()] for name, x in zip(self.module["FORWARD"], forward, strict=True)},
            {name: np.asarray(x, dtype)[()] for name, x in zip(self.wrt, gradients, strict=True)},
        )


def _data_error(error: Exception) -> DataError:
    what, _, fix = str(error).partition("; ")
    return DataError("shape", what, fix or "give numbers, or flat arrays of one length")


def _shown(names: Iterable[str]) -> str:
    words = list(names)
    return ", ".join(words if len(words) <= 12 else [*words[:6], "…", *words[-3:]])


@dataclass(frozen=True)
class Emitter:
    """How the networks of one dialect become code: what writes the module, and what calls it."""

    write: Callable[[Derivation], ModuleSource]
    function: type[GradientFunction]


EMITTERS: Mapping[str, Emitter] = {
    "scalar": Emitter(module_source, GradientFunction),
    "matrix": Emitter(matrix_module_source, MatrixGradientFunction),
}
"""By the name of the dialect."""


def lambdify(derivation: Derivation) -> GradientFunction:
    """Compile a derivation to NumPy: one pass forward, one backward, every gradient.

    Raises DerivationError where a value of the network is called ``reduction``.
    """
    require_derivation(derivation, "lambdify")
    network = derivation.network
    if any(s.name == "reduction" for s in network.names):
        raise DerivationError(
            "name",
            "the network calls a value 'reduction', as the gradient function calls its option",
            "rename the value",
        )
    emitter = EMITTERS[network.dialect]
    written = emitter.write(derivation)
    module: dict[str, Any] = {"__name__": "symbackprop_gradients"}
    # The source is ours from the first line to the last: names in it have passed the check of names, and a network's
    # title is quoted, so that no text of a user's is run.
    exec(compile(written.text, "<symbackprop>", "exec"), module)  # noqa: S102
    return emitter.function(
        source=written.text,
        names=tuple(written.arguments),
        loss=network.loss.name,
        wrt=tuple(w.name for w in derivation.wrt),
        arguments=written.arguments,
        module=module,
        shapes={s.name: network.shape(s) for s in network.names},
        derivation=derivation,
    )
