"""Which expressions can be sizes, and which side of which array tells each size."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr, Pow, Symbol

from symbackprop.errors import NetworkError
from symbackprop.matrices import Array, spoken
from symbackprop.network.formulas.sizes import is_size
from symbackprop.network.sizes import sizes_of


def told_sizes(names: Iterable[Symbol]) -> dict[Symbol, tuple[Array, int]]:
    """The side that tells each size, as an array and an axis of it, for the sizes that the shapes of the names tell.

    A side that is the size itself comes first. Else a formula tells the one size in it that no earlier side tells, if
    that stands in no power anywhere: n + 1 tells n, and a*b tells b where another side tells a.
    """
    arrays = [name for name in names if isinstance(name, Array)]
    sides = [(array, axis, size) for array in arrays for axis, size in enumerate(array.shape)]
    told: dict[Symbol, tuple[Array, int]] = {}
    for array, axis, size in sides:
        if size.is_Symbol:
            told.setdefault(size, (array, axis))
    in_powers = {symbol for *_, size in sides for power in size.expand().atoms(Pow) for symbol in power.free_symbols}
    while True:
        known = len(told)
        for array, axis, size in sides:
            unknown = size.free_symbols - told.keys()
            if len(unknown) == 1 and unknown.isdisjoint(in_powers):
                told[unknown.pop()] = array, axis
        if len(told) == known:
            return told


def check_sizes(leaves: Iterable[Symbol]) -> None:
    """Refuse sizes that no array given for these names could tell."""
    leaves = tuple(leaves)
    told = told_sizes(leaves)
    for size, array in sizes_of(leaves).items():
        if size not in told:
            raise NetworkError(
                "size",
                f"nothing tells the size {size}: {array.name} is {spoken(array.shape)}",
                "give such a product or power one symbol of its own, or use each of its sizes alone in another shape",
                where=array.name,
            )


def check_size(size: Expr, array: Array) -> None:
    """Refuse what cannot be a number of rows or columns."""
    if not is_size(size):
        raise NetworkError(
            "size",
            f"{array.name} is {spoken(array.shape)}, and {size} is not a size",
            "write a whole number from 1 on, a symbol, or a sum or product of them, such as 2*h and n + 1",
            where=array.name,
        )
