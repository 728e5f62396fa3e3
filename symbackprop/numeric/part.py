"""A derived loss or layer as a part of what another library differentiates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, final

from symbackprop.numeric.module_errors import told


class _Module(Protocol):
    """The compiled gradient, as far as a part of a model asks it."""

    @property
    def module(self) -> dict[str, Any]: ...

    def by_argument(self, values: Mapping[str, Any], names: Sequence[str] = ()) -> dict[str, Any]: ...


@final
@dataclass(frozen=True, eq=False)
class Part:
    """A function of dictionaries of values and of values by name, for the graph of PyTorch or of JAX.

    It can be pickled with the model that it is in, and is written anew where it is read; a copy of a model has the
    same, as nothing in it ever changes.
    """

    function: _Module
    what: str
    """The function of the module: its loss or its layer."""
    names: Sequence[str]
    options: Mapping[str, Any]
    words: str

    def __call__(self, /, *groups: Mapping[str, Any], **values: Any) -> Any:
        """What the function gives. Raises DataError and DerivationError."""
        call = self.function.by_argument({n: x for group in (*groups, values) for n, x in group.items()}, self.names)
        with told():
            return self.function.module[self.what](**call, **self.options)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __repr__(self) -> str:
        return f"<{self.words.removesuffix('.')}>"
