"""Arrays that fit the shapes stated for them; each error reads ``what; fix``.

A shape is a tuple of sizes. A size is a number, the name of one, or a formula: its text, and its terms, each a
coefficient and the names that it multiplies. ``2*h + 1`` is ``("2*h + 1", ((2, ("h",)), (1, ())))``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Formula = tuple[str, tuple[tuple[int, tuple[str, ...]], ...]]
"""A text with its terms."""
Shape = tuple[int | str | Formula, ...]
Lengths = tuple[int, ...]
"""The shape of an array."""


def sizes_of(names: Sequence[str], found: Sequence[Lengths], shapes: Sequence[Shape]) -> dict[str, int]:
    """The size that each name of a size has in the shapes found; a ValueError where they do not fit."""
    for name, have, shape in zip(names, found, shapes, strict=True):
        if len(have) != len(shape) or 0 in have:
            raise ValueError(misfit(name, have, shape))
    sizes, clash = unified(names, found, shapes)
    if clash:
        for k, (name, have) in enumerate(zip(names, found, strict=True)):
            turned = [*found[:k], have[::-1], *found[k + 1 :]]
            if len(set(have)) == 2 and not unified(names, turned, shapes)[1]:
                raise ValueError(f"{not_so(name, have, shapes[k])}: it looks transposed; give {name}.T")
        # Where the others agree without one array, that one is to blame: it comes last.
        order = list(range(len(names)))
        alone = [k for k in order if not unified(*picked([j for j in order if j != k], names, found, shapes))[1]]
        if len(alone) == 1:
            order = [k for k in order if k not in alone] + alone
        raise ValueError(unified(*picked(order, names, found, shapes))[1])
    return sizes


def picked(
    order: list[int], names: Sequence[str], found: Sequence[Lengths], shapes: Sequence[Shape]
) -> tuple[list[str], list[Lengths], list[Shape]]:
    """Some of the arrays, in that order."""
    return [names[k] for k in order], [found[k] for k in order], [shapes[k] for k in order]


def unified(names: Sequence[str], found: Sequence[Lengths], shapes: Sequence[Shape]) -> tuple[dict[str, int], str]:
    """The size that each name of a size has in the shapes found, and what does not fit, or an empty text."""
    sizes: dict[str, int] = {}
    first: dict[str, tuple[str, Lengths, Shape]] = {}
    later = []
    for name, have, shape in zip(names, found, shapes, strict=True):
        for axis, (size, actual) in enumerate(zip(shape, have, strict=True)):
            if isinstance(size, tuple):
                later.append((name, have, shape, axis, size, actual))
                continue
            expected = sizes.setdefault(size, actual) if isinstance(size, str) else size
            if expected != actual:
                what, fix = not_so(name, have, shape), f"give {name} {counted(expected, axis)}"
                if isinstance(size, str) and first[size][0] != name:
                    other, there, its_shape = first[size]
                    what += f": {size} is {actual} in {name} and {expected} in {other}"
                    what += f" ({spoken(there)}, {spoken(its_shape)})"
                    fix = f"let {name} have {counted(expected, axis)}, or give another {other}"
                return sizes, f"{what}; {fix}"
            if isinstance(size, str):
                first.setdefault(size, (name, have, shape))
    # Formulas come last: one with a single unknown name tells its size; one with several stands for itself.
    whole: dict[str, int] = {}
    while later:
        later.sort(key=lambda entry: len(unknown(entry[4], sizes)))
        name, have, shape, axis, size, actual = later.pop(0)
        missing = unknown(size, sizes)
        if len(missing) == 1:
            base, step = (worked_out(size, {**sizes, missing[0]: k}) for k in (0, 1))
            sizes[missing[0]] = max(1, round((actual - base) / (step - base or 1)))
        expected = whole.setdefault(size[0], actual) if len(missing) > 1 else worked_out(size, sizes)
        if expected != actual:
            known = ", ".join(f"{k} is {sizes[k]}" for k in named_in(size) if k in sizes)
            return (
                sizes,
                f"{not_so(name, have, shape)}{': ' * bool(known)}{known}; give {name} {counted(expected, axis)}",
            )
    return sizes, ""


def named_in(size: Formula) -> list[str]:
    """The names in the formula of a size."""
    return list(dict.fromkeys(name for _, names in size[1] for name in names))


def unknown(size: Formula, sizes: dict[str, int]) -> list[str]:
    """The names in the formula of a size that are not known yet."""
    return [name for name in named_in(size) if name not in sizes]


def worked_out(size: Formula, sizes: dict[str, int]) -> int:
    """The number that the formula of a size stands for."""
    return sum(coefficient * math.prod(sizes[name] for name in names) for coefficient, names in size[1])


def misfit(name: str, have: Lengths, shape: Shape) -> str:
    """What is wrong with an array that has another number of axes, or no entries."""
    if len(have) == 2 and 0 in have:
        return f"{name} is {spoken(have)}: it has no entries; give one at least"
    if 0 in have:
        return f"{name} has no entries; give one at least"
    if not shape:
        return f"{name} has shape {have} and should be a single number; give one number"
    if not have:
        rows, columns = spoken(shape[:1]), spoken(shape[1:])
        return (
            f"{name} is a single number and should be {spoken(shape)}; "
            f"give {rows} rows of {columns} numbers each, [[…], […]]"
        )
    what = f"{name} has shape {have} and should be {spoken(shape)}"
    if len(have) > 1:
        return f"{what}; give it rows of numbers, two axes in all"
    row, column = (f"np.reshape({name}, {goal})" for goal in ((1, have[0]), (have[0], 1)))
    if 1 in shape:
        return f"{what}; write {row if shape[0] == 1 else column}"
    return f"{what}; write {row} for one row, or {column} for one column"


def not_so(name: str, have: Lengths, shape: Shape) -> str:
    """What an array is and should be."""
    return f"{name} is {spoken(have)} and should be {spoken(shape)}"


def counted(number: int, axis: int) -> str:
    """A number of rows or columns: 1 row, 3 columns."""
    return f"{number} {('row', 'column')[axis]}{'s' * (number != 1)}"


def spoken(shape: Shape) -> str:
    """A shape in words: 4×2."""
    words = (size[0].replace(" ", "") if isinstance(size, tuple) else str(size) for size in shape)
    return "×".join(f"({word})" if "+" in word or "-" in word else word for word in words)
