"""Parts of values by their places: rows, columns, entries, and new axes."""

from __future__ import annotations

from typing import Any, NoReturn

from sympy import Expr, Mul, S, sympify

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import ArrayLike
from symbackprop.matrices.vocabulary import WORDS
from symbackprop.network.numpy_style.value import ArrayValue

_KNOWN = "use whole numbers, slices without steps, ... and None; np.where(condition, a, b) chooses by a condition"


def taken(value: ArrayValue, places: Any) -> ArrayValue:
    """What NumPy's ``value[places]`` is, for whole numbers, slices, ``...`` and ``None``."""
    given = list(places) if isinstance(places, tuple) else [places]
    count = sum(place is not None and place is not Ellipsis for place in given)
    if count > value.ndim:
        what = f"{value!s:.60} has {value.ndim} {'axis' if value.ndim == 1 else 'axes'}, and {count} places are given"
        raise NetworkError("places", what, _KNOWN)
    rest = [slice(None)] * (value.ndim - count)
    at = next((k for k, place in enumerate(given) if place is Ellipsis), None)
    given[len(given) if at is None else at : len(given) if at is None else at + 1] = rest
    axes: list[tuple[Expr, Expr, bool]] = []
    kept: list[int | None] = []  # for each axis of the result which of the old ones it is, or None for a new one
    for place in given:
        if place is None:
            kept.append(None)
            continue
        first, last, stays = _ends(value, value.sizes[len(axes)], place)
        if stays:
            kept.append(len(axes))
        axes.append((first, last, stays))
    if len(kept) > 2:
        raise NetworkError("places", f"{value!s:.60} would get {len(kept)} axes", "a matrix network has two at most")
    return _shaped(value, _block(value, axes), kept)


def _ends(value: ArrayValue, size: Expr, place: Any) -> tuple[Expr, Expr, bool]:
    """The first place and the one behind the last, and whether the axis stays."""
    if isinstance(place, slice):
        if place.step not in (None, 1):
            _refuse(value, "in steps")
        first = S.Zero if place.start is None else _from_the_start(value, size, place.start)
        last = size if place.stop is None else _from_the_start(value, size, place.stop)
        if first.is_Integer and last.is_Integer and size.is_Integer:
            first, last = min(first, size), min(last, size)
        return first, last, True
    first = _from_the_start(value, size, place)
    return first, first + 1, False


def _from_the_start(value: ArrayValue, size: Expr, place: Any) -> Expr:
    if isinstance(place, ArrayValue) and place.truth is not None:
        _refuse(value, "by a condition")
    if isinstance(place, bool) or (isinstance(place, ArrayLike) and place.is_Matrix):
        _refuse(value, "by an array")
    try:
        found = sympify(place, strict=True)
    except Exception:
        _refuse(value, "by what is no whole number")
    if not isinstance(found, Expr) or (found.is_number and not found.is_Integer):
        _refuse(value, "by what is no whole number")
    return size + found if found.could_extract_minus_sign() else found


def _refuse(value: ArrayValue, how: str) -> NoReturn:
    raise NetworkError("places", f"parts of {value!s:.60} are taken {how}", _KNOWN)


def _block(value: ArrayValue, axes: list[tuple[Expr, Expr, bool]]) -> ArrayValue:
    """The rows and columns; the value itself where all of them are taken."""
    if all(first == 0 and last == size for (first, last, _), size in zip(axes, value.sizes, strict=True)):
        return value
    if value.ndim == 1:
        other = (S.Zero, S.One, True)
        axes = [*axes, other] if value.is_column else [other, *axes]
    ends = [(end, ()) for first, last, _ in axes for end in (first, last)]
    return value.made(*WORDS["block"].build(value.read, *ends), value.ndim)


def _shaped(value: ArrayValue, block: ArrayValue, kept: list[int | None]) -> ArrayValue:
    """The block with the axes that are kept, and with new ones of size 1."""
    old = [axis for axis in kept if axis is not None]
    if not kept:
        return value.made(*WORDS["total"].build(block.read)) if value.ndim else value
    if len(kept) == 1:
        if not old and not value.ndim:
            return value.made(value.expr, (S.One, S.One), 1)
        expr, shape = block.read
        return value.made(expr, shape, 1)
    if len(old) == 2:
        return block
    if not old and not value.ndim:
        return value.made(value.expr, (S.One, S.One))
    line = value.made(*block.read, 1)
    return value.made(*(line.column if kept[1] is None and old else line.row))


def reshaped(value: ArrayValue, sizes: tuple[Any, ...]) -> ArrayValue:
    """What NumPy's reshape makes of a value whose entries stay in one line, or that keeps its shape."""
    wanted = [sympify(size) for size in sizes]
    unknown = [k for k, size in enumerate(wanted) if size == -1]
    entries = Mul(*value.sizes)
    if len(unknown) == 1:
        wanted[unknown[0]] = (entries / -Mul(*wanted)).cancel()
    if tuple(wanted) == value.sizes:
        return value
    is_line = value.ndim < 2 or S.One in value.stands_for
    fits = len(wanted) == 1 or (len(wanted) == 2 and S.One in wanted)
    if is_line and fits and Mul(*wanted) == entries:
        expr, shape = value.read if value.ndim else (value.expr, (S.One, S.One))
        line = value.made(expr, shape, 1)
        if len(wanted) == 1:
            return line
        return value.made(*(line.column if wanted[1] == S.One else line.row))
    said = ", ".join(map(str, sizes))
    what = f"reshape({said}) of {value!s:.40}, whose shape is ({', '.join(map(str, value.sizes))})"
    raise NetworkError("reshape", what, "in a matrix network rows and columns stay; slices and .T take them apart")
