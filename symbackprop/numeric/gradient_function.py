"""The compiled gradient: generated NumPy source, and a callable made of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import DataError, DerivationError
from symbackprop.files import write_atomically
from symbackprop.network.values import check_known
from symbackprop.numeric.source import module_source

Reduction = Literal["mean", "sum", "none"]


@dataclass(frozen=True, eq=False)
class GradientFunction:
    """``loss, gradients = f(**values)``: values by name, numbers or flat arrays with one entry an example.

    ``gradients`` maps names to numbers. With arrays the loss and the gradients are means over the examples;
    ``reduction`` may be "mean", "sum" or "none". Integers are cast to floats, and float32 stays float32. ``source`` is
    the module that runs; ``save(path)`` writes it to a file that needs NumPy and nothing else.
    """

    source: str
    names: tuple[str, ...]
    loss: str
    wrt: tuple[str, ...]
    arguments: dict[str, str]
    module: dict[str, Any]

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


def _data_error(error: Exception) -> DataError:
    what, _, fix = str(error).partition("; ")
    return DataError("shape", what, fix or "give numbers, or flat arrays of one length")


def _shown(names: Iterable[str]) -> str:
    words = list(names)
    return ", ".join(words if len(words) <= 12 else [*words[:6], "…", *words[-3:]])


def lambdify(derivation: Derivation) -> GradientFunction:
    """Compile a derivation to NumPy: one pass forward, one backward, every gradient.

    Raises DerivationError where a value of the network is called ``reduction``.
    """
    require_derivation(derivation, "lambdify")
    if any(s.name == "reduction" for s in derivation.network.names):
        raise DerivationError(
            "name",
            "the network calls a value 'reduction', as the gradient function calls its option",
            "rename the value",
        )
    written = module_source(derivation)
    module: dict[str, Any] = {"__name__": "symbackprop_gradients"}
    # The source is ours from the first line to the last: names in it have passed the check of names, and a network's
    # title is quoted, so that no text of a user's is run.
    exec(compile(written.text, "<symbackprop>", "exec"), module)  # noqa: S102
    return GradientFunction(
        source=written.text,
        names=tuple(written.arguments),
        loss=derivation.network.loss.name,
        wrt=tuple(w.name for w in derivation.wrt),
        arguments=written.arguments,
        module=module,
    )
