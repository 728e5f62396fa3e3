"""NumPy's functions of whole arrays, by the names that these have there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sympy import Integer, Piecewise, S, sign, sympify

from symbackprop.errors import NetworkError, did_you_mean
from symbackprop.functions import maximum, minimum
from symbackprop.functions.applied import own_rules
from symbackprop.matrices.vocabulary import WORDS
from symbackprop.network.numpy_style import indexing, reductions
from symbackprop.network.numpy_style.einsum import einsum
from symbackprop.network.numpy_style.value import ArrayValue, matmul


def applied_routine(function: Any, args: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """What a function of NumPy's makes of arrays of which some are not worked out yet.

    Raises NetworkError for functions that are not known, and for options that are not.
    """
    module = "np.linalg." if function.__module__ == "numpy.linalg" else "np."
    name = function.__name__
    table = {**ROUTINES, **LINALG} if module == "np.linalg." else ROUTINES
    if name not in table:
        raise NetworkError("unknown-function", f"{module}{name} is not known in networks", did_you_mean(name, table))
    given = {key: value for key, value in options.items() if key not in ("out", "dtype") or value is not None}
    flat = [part for arg in (*args, *given.values()) for part in (arg if isinstance(arg, (list, tuple)) else [arg])]
    kin = own_rules(flat)
    assert isinstance(kin, ArrayValue)
    try:
        return table[name](kin, *args, **given)
    except TypeError as error:
        if "argument" not in str(error):
            raise
        said = ", ".join(given) or "these arguments"
        raise NetworkError(
            "arguments", f"{module}{name} is given {said}, which are not known", "leave them out"
        ) from None


Values = Sequence[Any]


def _where(kin: ArrayValue, condition: Any, *branches: Any) -> ArrayValue:
    if len(branches) != 2:
        raise NetworkError("arguments", "np.where is given a condition alone", "write np.where(condition, a, b)")
    test = kin.lifted(condition)
    if test.truth is None:
        what = f"{test!s:.60} stands in np.where and is no condition"
        raise NetworkError("condition", what, "compare it first, as in np.where(A > 0, a, b)")
    yes, no = branches
    return kin.by_entries(lambda a, b, _: Piecewise((a, test.truth), (b, True)), [yes, no, test])


def _stacked(kin: ArrayValue, parts: Values, axis: Any) -> ArrayValue:
    given = [kin.lifted(part) for part in parts]
    if all(part.ndim == 1 for part in given):
        given[0].axis(axis)
        return kin.made(*WORDS["hstack"].build(*(part.row for part in given)), 1)
    along = given[0].axis(axis)
    return kin.made(*WORDS["vstack" if along == 0 else "hstack"].build(*(part.read for part in given)))


def _concatenate(kin: ArrayValue, parts: Values, axis: Any = 0) -> ArrayValue:
    return _stacked(kin, parts, axis)


def _hstack(kin: ArrayValue, parts: Values) -> ArrayValue:
    return _stacked(kin, parts, 1 if kin.lifted(parts[0]).ndim == 2 else 0)


def _vstack(kin: ArrayValue, parts: Values) -> ArrayValue:
    return kin.made(*WORDS["vstack"].build(*(kin.lifted(part).row for part in parts)))


def _column_stack(kin: ArrayValue, parts: Values) -> ArrayValue:
    return kin.made(*WORDS["hstack"].build(*(kin.lifted(part).column for part in parts)))


def _stack(kin: ArrayValue, parts: Values, axis: Any = 0) -> ArrayValue:
    """Lines on top of one another, or side by side."""
    lines = [kin.lifted(part) for part in parts]
    if any(line.ndim != 1 for line in lines) or axis not in (0, 1, -1, -2):
        what = "np.stack of matrices would have three axes"
        raise NetworkError("axis", what, "a matrix network has two at most; np.hstack and np.vstack put side by side")
    return _vstack(kin, parts) if axis in (0, -2) else _column_stack(kin, parts)


def _outer(kin: ArrayValue, a: Any, b: Any) -> ArrayValue:
    return kin.made(*WORDS["outer"].build(kin.lifted(a).read, kin.lifted(b).read))


def _dot(kin: ArrayValue, a: Any, b: Any) -> ArrayValue:
    left, right = kin.lifted(a), kin.lifted(b)
    if not left.ndim or not right.ndim:
        return kin.by_entries(lambda x, y: x * y, [left, right], "*")
    return matmul(left, right)


def _inner(kin: ArrayValue, a: Any, b: Any) -> ArrayValue:
    """NumPy's inner product, over the last axes."""
    left, right = kin.lifted(a), kin.lifted(b)
    return _dot(kin, left, kin.made(*WORDS["transpose"].build(right.read)) if right.ndim == 2 else right)


def _vdot(kin: ArrayValue, a: Any, b: Any) -> ArrayValue:
    return reductions.reduced("sum", kin.by_entries(lambda x, y: x * y, [a, b], "*"))


def _chain(kin: ArrayValue, parts: Values) -> ArrayValue:
    total = kin.lifted(parts[0])
    for part in parts[1:]:
        total = matmul(total, kin.lifted(part))
    return total


def _diag(kin: ArrayValue, a: Any) -> ArrayValue:
    value = kin.lifted(a)
    if value.ndim == 2:
        return kin.made(*WORDS["diagonal"].build(value.read), 1)
    return kin.made(*WORDS["diag"].build(value.column))


def _diagonal(kin: ArrayValue, a: Any) -> ArrayValue:
    return kin.made(*WORDS["diagonal"].build(kin.lifted(a).read), 1)


def _transpose(kin: ArrayValue, a: Any) -> ArrayValue:
    value = kin.lifted(a)
    return kin.made(*WORDS["transpose"].build(value.read)) if value.ndim == 2 else value


def _clip(kin: ArrayValue, a: Any, low: Any = None, high: Any = None, **others: Any) -> ArrayValue:
    value = kin.lifted(a)
    low, high = others.pop("min", low), others.pop("max", high)
    if others:
        raise NetworkError("arguments", f"np.clip is given {', '.join(others)}", "write np.clip(a, low, high)")
    value = value if high is None else minimum(high, value)
    return value if low is None else maximum(low, value)


def _filled(number: Any) -> Callable[..., ArrayValue]:
    def filled(kin: ArrayValue, a: Any) -> ArrayValue:
        value = kin.lifted(a)
        return kin.made(sympify(number), value.stands_for, value.ndim)

    return filled


def _full_like(kin: ArrayValue, a: Any, number: Any) -> ArrayValue:
    value = kin.lifted(a)
    return kin.made(kin.lifted(number).expr, value.stands_for, value.ndim)


def _broadcast_to(kin: ArrayValue, a: Any, shape: Any) -> ArrayValue:
    sizes = tuple(sympify(size) for size in (shape if isinstance(shape, tuple) else (shape,)))
    value = kin.lifted(a)
    if len(sizes) != 2:
        raise NetworkError("shape", f"np.broadcast_to is given {len(sizes)} sizes", "give rows and columns")
    like = kin.made(S.One, sizes)
    return kin.by_entries(lambda x, _: x, [value, like])


def _expand_dims(kin: ArrayValue, a: Any, axis: Any) -> ArrayValue:
    value = kin.lifted(a)
    places: list[Any] = [slice(None)] * value.ndim
    places.insert(axis if axis >= 0 else axis + value.ndim + 1, None)
    return indexing.taken(value, tuple(places))


def _squeeze(kin: ArrayValue, a: Any, axis: Any = None) -> ArrayValue:
    value = kin.lifted(a)
    gone = [value.axis(axis)] if axis is not None else [k for k, size in enumerate(value.sizes) if size == S.One]
    if any(value.sizes[k] != S.One for k in gone):
        raise NetworkError("axis", f"axis {axis} of {value!s:.60} is of size {value.sizes[gone[0]]}", "it must be 1")
    return indexing.taken(value, tuple(0 if k in gone else slice(None) for k in range(value.ndim)))


def _atleast_2d(kin: ArrayValue, a: Any) -> ArrayValue:
    value = kin.lifted(a)
    return kin.made(*value.row) if value.ndim else kin.made(value.expr, (S.One, S.One))


def _reshape(kin: ArrayValue, a: Any, shape: Any) -> ArrayValue:
    return indexing.reshaped(kin.lifted(a), shape if isinstance(shape, tuple) else (shape,))


def _average(kin: ArrayValue, a: Any, axis: Any = None, weights: Any = None, keepdims: bool = False) -> ArrayValue:
    value = kin.lifted(a)
    if weights is None:
        return reductions.reduced("mean", value, axis, keepdims)
    by = kin.lifted(weights)
    if by.ndim < value.ndim:
        by = kin.made(*(by.row if value.axis(axis) else by.column))
    weighed = reductions.reduced("sum", kin.by_entries(lambda x, w: x * w, [value, by], "*"), axis, keepdims)
    total = reductions.reduced("sum", by, axis, keepdims)
    return kin.by_entries(lambda x, w: x / w, [weighed, total], "/")


def _by_word(word: str) -> Callable[..., ArrayValue]:
    """A function that is an operation of symbackprop on matrices."""

    def applied(kin: ArrayValue, *parts: Any) -> ArrayValue:
        return kin.made(*WORDS[word].build(*(kin.lifted(part).read for part in parts)))

    return applied


def _matrix_power(kin: ArrayValue, a: Any, exponent: Any) -> ArrayValue:
    return kin.made(*WORDS["matrix_power"].build(kin.lifted(a).read, (sympify(exponent), ())))


def _solve(kin: ArrayValue, a: Any, b: Any) -> ArrayValue:
    right = kin.lifted(b)
    expr, shape = WORDS["solve"].build(kin.lifted(a).read, right.column)
    return kin.made(expr, shape, right.ndim)


def _slogdet(kin: ArrayValue, a: Any) -> tuple[ArrayValue, ArrayValue]:
    det = _by_word("det")(kin, a)
    return det.by_entries(sign, [det]), _by_word("logdet")(kin, a)


def _along(name: str) -> Callable[..., Any]:
    method = reductions.METHODS[name]
    return lambda kin, a, *args, **options: method(kin.lifted(a), *args, **options)


ROUTINES: Mapping[str, Callable[..., Any]] = {
    **{name: _along(name) for name in reductions.METHODS}, "amax": _along("max"), "amin": _along("min"),
    "where": _where, "concatenate": _concatenate, "hstack": _hstack, "vstack": _vstack, "stack": _stack,
    "column_stack": _column_stack, "outer": _outer, "dot": _dot, "inner": _inner, "vdot": _vdot, "diag": _diag,
    "diagonal": _diagonal, "trace": _by_word("trace"),
    "transpose": _transpose, "matrix_transpose": _transpose, "clip": _clip,
    "ones_like": _filled(Integer(1)), "zeros_like": _filled(Integer(0)), "full_like": _full_like,
    "broadcast_to": _broadcast_to, "expand_dims": _expand_dims, "squeeze": _squeeze, "atleast_2d": _atleast_2d,
    "einsum": einsum, "reshape": _reshape, "average": _average, "tril": _by_word("tril"), "triu": _by_word("triu"),
    "kron": _by_word("kron"), "copy": lambda kin, a: kin.lifted(a), "shape": lambda kin, a: a.shape,
    "ndim": lambda kin, a: a.ndim, "size": lambda kin, a: a.size,
    "ravel": lambda kin, a: indexing.reshaped(kin.lifted(a), (-1,)),
}  # fmt: skip
"""Those of NumPy itself: each takes a value of the class that is to come out, and then its own arguments."""

LINALG: Mapping[str, Callable[..., Any]] = {
    "inv": _by_word("inv"), "pinv": _by_word("pinv"), "det": _by_word("det"), "cholesky": _by_word("cholesky"),
    "slogdet": _slogdet, "solve": _solve, "matrix_power": _matrix_power, "multi_dot": _chain,
    "norm": lambda kin, a, ord=None, axis=None, keepdims=False: reductions.norm(kin.lifted(a), ord, axis, keepdims),
    "matrix_norm": lambda kin, a: reductions.norm(kin.lifted(a)),
    "vector_norm": lambda kin, a, axis=None, keepdims=False, ord=2: reductions.norm(
        kin.lifted(a), None if ord == 2 else ord, axis, keepdims
    ),
}  # fmt: skip
"""Those of ``np.linalg`` beside."""
