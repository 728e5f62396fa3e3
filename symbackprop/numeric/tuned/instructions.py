"""What a tuned step is made of: one NumPy call each, on named arrays that are made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Symbol

from symbackprop.matrices import Array, Shape
from symbackprop.numeric.program.line import Line


@dataclass(frozen=True)
class Operand:
    """An array that is read: its name, its shape there, and whether it is read as its transpose."""

    symbol: Symbol
    shape: Shape
    transposed: bool = False

    def turned(self) -> Operand:
        """Its transpose."""
        return Operand(self.symbol, self.shape[::-1], not self.transposed)


@dataclass(frozen=True)
class Instruction:
    """``function`` of the operands, written into ``target``.

    ``kind`` is "entrywise", "matmul", "along" (a reduction along ``axis``), "total" (of all entries), "readable" (what
    ``line`` says, worked out anew each time and copied, for what has no rule; it may give several results), or "loss",
    which reads the loss and ends the step where it is not finite.
    """

    kind: str
    function: str
    targets: tuple[Symbol, ...]
    operands: tuple[Operand, ...]
    axis: int | None = None
    line: Line | None = None

    @property
    def target(self) -> Symbol:
        """The array that is written."""
        return self.targets[0]

    @property
    def reads(self) -> Iterator[Symbol]:
        """The names that are read."""
        return (operand.symbol for operand in self.operands)


Pass = tuple[Any, ...]
"""One of the passes of a recipe, ``(function, operands…)``, where "z" is the argument and "y" the result."""


@dataclass(frozen=True)
class Number:
    """A number that has a name and is kept as an array, without axes or with some, all of whose entries it is.

    ``changing`` tells whether it differs from step to step, as a learning rate does.
    """

    symbol: Symbol
    value: Expr
    changing: bool = False

    @property
    def shape(self) -> Shape:
        """Its shape, () for a number."""
        return shape_of_name(self.symbol)


def shape_of_name(symbol: Symbol) -> Shape:
    """The shape of a name, () for a scalar."""
    return symbol.shape if isinstance(symbol, Array) else ()


def whole(symbol: Symbol) -> Operand:
    """A name that is read as it is."""
    return Operand(symbol, shape_of_name(symbol))
