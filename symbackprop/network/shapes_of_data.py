"""The shapes of data against shapes with symbolic sizes: what number each size comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from sympy import Expr, Integer, Symbol

from symbackprop.errors import DataError
from symbackprop.matrices import Shape, spoken

Given = tuple[int, ...]
"""The shape of data, as NumPy has it."""


def bind(shapes: Mapping[str, Shape], given: Mapping[str, Given]) -> dict[str, int]:
    """The number that each size comes to, by its name, where the data tell it.

    ``shapes`` are the shapes that names should have and ``given`` those of the data; names without data are left out.
    Raises DataError where data have another number of axes, where they are transposed, and where two arrays disagree.
    """
    wanted = {name: shapes[name] for name in given}
    for name, shape in wanted.items():
        _check_axes(name, shape, given[name])
    sizes, clash = _matched(wanted, given)
    if clash is not None:
        _refuse_transposed(wanted, given)
        clash.refuse(wanted, given)
    return {symbol.name: number for symbol, (number, _) in sizes.items()}


@dataclass(frozen=True)
class _Clash:
    """One side of an array that is not as long as it should be; ``says`` is the other array, if one is to blame."""

    name: str
    axis: int
    wanted: int | None
    says: str

    def refuse(self, shapes: Mapping[str, Shape], given: Mapping[str, Given]) -> NoReturn:
        """Say which two arrays disagree on which size, or what the size must be."""
        size = shapes[self.name][self.axis]
        side = ("rows", "columns")[self.axis]
        what = _is_and_should_be(self.name, given[self.name], shapes[self.name])
        if self.wanted is None:
            raise DataError("shape", f"{what}: no {size} gives {given[self.name][self.axis]} {side}",
                            f"give {self.name} another number of {side}", about=self.name)  # fmt: skip
        found = given[self.name][self.axis]
        if not self.says:
            raise DataError("shape", what, f"give {self.name} {_counted(self.wanted, side)}", about=self.name)
        if self.says == self.name:
            raise DataError("shape", what, f"give {self.name} as many rows as columns", about=self.name)
        raise DataError(
            "shape",
            f"{what}: {size} is {found} in {self.name} and {self.wanted} in {self.says} "
            f"({_written(given[self.says])}, {spoken(shapes[self.says])})",
            f"let {size} be one number in both",
            about=self.name,
        )


_Sizes = dict[Symbol, tuple[int, str]]
"""What each size comes to, and the array that says so."""


def _matched(shapes: Mapping[str, Shape], given: Mapping[str, Given]) -> tuple[_Sizes, _Clash | None]:
    """Sizes that are symbols first, since those with sums and products follow from them."""
    sizes: _Sizes = {}
    sides = [(name, axis) for name, shape in shapes.items() for axis in range(len(shape))]
    left = sorted(sides, key=lambda side: not shapes[side[0]][side[1]].is_Atom)
    while left:
        later: list[tuple[str, int]] = []
        for name, axis in left:
            clash, known = _take(sizes, name, axis, shapes[name][axis], given[name][axis])
            if clash is not None:
                return sizes, clash
            if not known:
                later.append((name, axis))
        if len(later) == len(left):
            break  # sums and products of sizes that no array has alone
        left = later
    return sizes, None


def _take(sizes: _Sizes, name: str, axis: int, size: Expr, number: int) -> tuple[_Clash | None, bool]:
    """Compare one side with what is known, or learn the one symbol that is not; and whether that was possible."""
    unknown = sorted(size.free_symbols - sizes.keys(), key=str)
    says = next((sizes[symbol][1] for symbol in sorted(size.free_symbols, key=str) if symbol in sizes), "")
    here = size.xreplace({symbol: Integer(value) for symbol, (value, _) in sizes.items()})
    if len(unknown) > 1:
        return None, False
    if not unknown:
        return (None if here == number else _Clash(name, axis, int(here), says)), True
    slope = here.diff(unknown[0])
    if not slope.is_number or slope == 0:
        return None, False
    solved = unknown[0] + (number - here) / slope
    value = solved.expand()
    if not (value.is_Integer and value > 0):
        return _Clash(name, axis, None, says), True
    sizes[unknown[0]] = (int(value), name)
    return None, True


def _refuse_transposed(shapes: Mapping[str, Shape], given: Mapping[str, Given]) -> None:
    """Say so where one array's transpose would make everything fit."""
    for name, shape in given.items():
        if len(shape) == 2 and _matched(shapes, {**given, name: shape[::-1]})[1] is None:
            raise DataError(
                "shape",
                f"{_is_and_should_be(name, shape, shapes[name])}: it looks transposed",
                f"give {name}.T",
                about=name,
            )


def _check_axes(name: str, shape: Shape, given: Given) -> None:
    if 0 in given:
        raise DataError("empty", f"{name} has no entries", "give one at least", about=name)
    if len(given) == len(shape):
        return
    if not shape:
        raise DataError(
            "shape", f"{name} has shape {given} and should be a single number", "give one number", about=name
        )
    what = f"{name} has shape {given} and should be {spoken(shape)}"
    if not given:
        fix = f"give {shape[0]} rows of {shape[1]} numbers each, [[…], […]]"
        raise DataError("shape", f"{name} is a single number and should be {spoken(shape)}", fix, about=name)
    if len(given) == 1:
        column, row = (f"np.reshape({name}, {goal})" for goal in ((given[0], 1), (1, given[0])))
        fix = f"write {column}" if shape[1] == 1 else f"write {row}"
        if 1 not in shape:
            fix = f"write {row} for one row, or {column} for one column"
        raise DataError("shape", what, fix, about=name)
    raise DataError("shape", what, "give it rows of numbers, two axes in all", about=name)


def _is_and_should_be(name: str, given: Given, shape: Shape) -> str:
    return f"{name} is {_written(given)} and should be {spoken(shape)}"


def _written(given: Given) -> str:
    return "×".join(map(str, given))


def _counted(number: int, side: str) -> str:
    return f"{number} {side if number != 1 else side[:-1]}"
