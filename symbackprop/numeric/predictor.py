"""The forward pass to some names as a function of what they need."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from symbackprop.calculus import Derivation
from symbackprop.files import write_atomically
from symbackprop.matrices import Shape
from symbackprop.numeric.called import by_argument, shown
from symbackprop.numeric.exchange import Exchange


@dataclass(frozen=True, eq=False)
class Predictor:
    """``P = f(**values)``: named values of a network from the inputs and parameters that they need.

    Values are as for gradients: numbers or flat arrays with one entry an example, or arrays of the shapes of their
    names. Nothing is added up over examples. There is a dictionary by name where several names were asked for. Values
    of the network that are not needed, such as targets, may be given and are not looked at. ``source`` is the module
    that runs; ``save(path)`` writes it to a file that needs NumPy, or the library of the backend, and nothing else.

    ``names`` are those that are needed, ``predicts`` those that are computed, and ``shapes`` has the shape of each. The
    lines are those by which gradients are computed, so that the same values have the same bits.
    """

    source: str
    names: tuple[str, ...]
    predicts: tuple[str, ...]
    arguments: Mapping[str, str]
    module: Mapping[str, Any]
    shapes: Mapping[str, Shape]
    derivation: Derivation
    exchange: Exchange
    """How values come in and results go out."""
    again: tuple[Callable[..., Predictor], tuple[Any, ...]]
    """What makes it once more, and of what."""
    several: bool
    backend: str = "numpy"

    def __call__(self, /, **values: Any) -> Any:
        """The value that was asked for, or a dictionary of several by name.

        Raises DataError for missing or unknown names, and shapes that do not fit.
        """
        known = [s.name for s in self.derivation.network.leaves]
        call = by_argument(values, self.names, self.arguments, known)
        taken = self.exchange.taken(self.module, self.names, [call[self.arguments[name]] for name in self.names])
        try:
            with self.exchange.quiet():
                found = self.module["predicted"](*taken.arrays)
        except Exception as error:
            refused = self.exchange.refusal(self.derivation, self.names, taken.arrays, error)
            if refused is None:
                raise
            raise refused from None
        results = dict(zip(self.predicts, taken.finished(found, "none"), strict=True))
        return results if self.several else results[self.predicts[0]]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the module; the file appears whole or not at all."""
        write_atomically(path, self.source)

    def __reduce__(self) -> tuple[Callable[..., Predictor], tuple[Any, ...]]:
        return self.again

    def __repr__(self) -> str:
        return f"<Predictor of {shown(self.predicts)}: takes {shown(self.names)}>"
