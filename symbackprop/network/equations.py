"""The equations of a network as a mapping that cannot be changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sympy import Expr, MatrixSymbol, Symbol

from symbackprop.matrices import array_of
from symbackprop.packing import Packed


class Equations(Packed, Mapping[Symbol, Expr]):
    """Expressions by name, in order. A MatrixSymbol finds the equation of the array that it stands for."""

    def __init__(self, ordered: dict[Symbol, Expr]) -> None:
        self._ordered = ordered

    def packed_state(self) -> Mapping[str, Any]:
        """The equations in order, for ``pickle``."""
        return {"_ordered": self._ordered}

    def __getitem__(self, key: Any) -> Expr:
        return self._ordered[array_of(key) if isinstance(key, MatrixSymbol) else key]

    def __contains__(self, key: object) -> bool:
        return (array_of(key) if isinstance(key, MatrixSymbol) else key) in self._ordered

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._ordered)

    def __reversed__(self) -> Iterator[Symbol]:
        yield from reversed(self._ordered)

    def __len__(self) -> int:
        return len(self._ordered)

    def __repr__(self) -> str:
        return repr(self._ordered)
