"""The shapes of data against shapes with symbolic sizes: what number each size comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from sympy import Expr, Poly

from symbackprop.errors import DataError
from symbackprop.matrices import Shape
from symbackprop.network import fitting

Given = tuple[int, ...]
"""The shape of data, as NumPy has it."""


def bind(shapes: Mapping[str, Shape], given: Mapping[str, Given]) -> dict[str, int]:
    """The number that each size comes to, by its name, where the data tell it.

    ``shapes`` are the shapes that names should have and ``given`` those of the data; names without data are left out.
    Raises DataError where data have another number of axes, where they are transposed, and where two arrays disagree.
    """
    if not given:
        return {}
    try:
        return fitting.sizes_of(list(given), list(given.values()), [stated(shapes[name]) for name in given])
    except ValueError as error:
        raise shape_error(error, "empty" if any(0 in shape for shape in given.values()) else "shape") from None


def shape_error(error: Exception, code: str = "shape") -> DataError:
    """What is said of bad data, ``what; fix``, as an error; it begins with the name that it is about."""
    what, _, fix = str(error).partition("; ")
    return DataError(code, what, fix or "give arrays of numbers", about=what.split(" ")[0])


@lru_cache(maxsize=1024)
def stated(shape: Shape) -> fitting.Shape:
    """A shape as ``fitting`` reads it."""
    return tuple(_size(size) for size in shape)


def _size(size: Expr) -> int | str | fitting.Formula:
    if size.is_Integer:
        return int(size)
    return str(size) if size.is_Symbol else (str(size), tuple(_terms(size)))


def _terms(size: Expr) -> Iterable[tuple[int, tuple[str, ...]]]:
    symbols = sorted(size.free_symbols, key=str)
    for powers, coefficient in Poly(size, *symbols).terms():
        names = (s.name for s, power in zip(symbols, powers, strict=True) for _ in range(power))
        yield int(coefficient), tuple(names)
