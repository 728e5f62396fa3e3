"""Arrays that count what NumPy does with them: how many operations the backward pass of a generated module takes.

How operations go with those on paper: what looks at an array in another way, repeats it or puts its entries elsewhere
is free. So is what is done with sizes alone, which is done with Python's own numbers. A mean is one operation, also
where its sum is there already; an inner product is one, and is a product and a sum here. A helper of the module's is
one; where it gives a slope as well, that counts as a*(1 - a) does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any

import numpy as np

import symbackprop as sb
from symbackprop.judge.point import Drawing

FREE = frozenset(
    "transpose broadcast_to reshape ones_like zeros_like full_like concatenate block hstack vstack diag diagonal eye "
    "asarray copy shape ndim squeeze expand_dims result_type atleast_2d tril triu".split()
)
"""What moves entries or has none of its own. A triangle is what a mask leaves."""
SLOPE = 2
"""What the derivative of σ or tanh takes on paper, a*(1 - a) or 1 - a**2, which their helpers give with the value."""
OWN = frozenset(
    {"forward_backward", "loss_and_gradients", "forward", "backward", "output", "outputs", "fitted", "misfit"}
)
BACK = re.compile(r"^    # (backward pass|gradients)", re.M)


class Tally:
    """What was done, by words, from where it is switched on."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.on = False

    def add(self, word: str, count: int = 1) -> None:
        """Note so many operations."""
        if self.on:
            self.done[word] += count


TALLY = Tally()


class Counted(np.ndarray):
    """An array whose operations are counted. ``made`` is what made it, as far as that lets something be free."""

    made: str = ""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        word = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        found = _counted(getattr(ufunc, method)(*_plain(inputs), **_plain(kwargs)))
        made = {part.made for part in inputs if isinstance(part, Counted)}
        if word == "add.reduce":
            found.made = "sum"
            free = made == {"product"} and found.size == 1  # an inner product
        else:
            free = word in {"multiply", "divide"} and made == {"sum"} and any(map(_is_number, inputs))  # a mean
            found.made = "product" if word in {"multiply", "square", "power"} and not free else ""
        TALLY.add(word, not free)
        return found

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        TALLY.add(function.__name__, function.__name__ not in FREE)
        return _counted(function(*_plain(args), **_plain(kwargs)))

    def mean(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """One operation, as a sum is."""
        TALLY.add("mean", not (self.made == "product" and kwargs.get("axis") is None))
        return _counted(self.view(np.ndarray).mean(*args, **kwargs))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, np.generic)


def _plain(value: Any) -> Any:
    if isinstance(value, Counted):
        return value.view(np.ndarray)
    if isinstance(value, (tuple, list)):
        return type(value)(map(_plain, value))
    return {key: _plain(part) for key, part in value.items()} if isinstance(value, dict) else value


def _counted(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_counted, value))
    return np.asarray(value).view(Counted) if isinstance(value, (np.ndarray, np.generic)) else value


def _helper(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the module's own, which counts as one; with a slope the latter belongs to the backward pass."""

    def called(*args: Any, **kwargs: Any) -> Any:
        TALLY.add(name)
        if name.endswith("_and_slope"):
            TALLY.done[name] += SLOPE
        on, TALLY.on = TALLY.on, False
        try:
            return _counted(function(*_plain(args), **_plain(kwargs)))
        finally:
            TALLY.on = on

    return called


def operations_back(derivation: sb.Derivation) -> Counter[str]:
    """What the generated NumPy module of a derivation does in its backward pass, counted while it runs."""
    source = sb.lambdify(derivation).source
    start = source.index("def forward_backward")
    marked = source[:start] + BACK.sub("    _BEGIN()\n\\g<0>", source[start:], count=1)
    module: dict[str, Any] = {"_BEGIN": partial(setattr, TALLY, "on", True)}
    exec(compile(marked, "<counted>", "exec"), module)
    helpers = [name for name, value in module.items() if isinstance(value, FunctionType) and name not in OWN]
    module |= {name: _helper(name, module[name]) for name in helpers}
    TALLY.done, TALLY.on = Counter(), False
    try:
        with np.errstate(all="ignore"):
            module["forward_backward"](*values_of(derivation, module["NAMES"]))
    finally:
        TALLY.on = False
    return +TALLY.done


def values_of(derivation: sb.Derivation, names: tuple[str, ...]) -> list[Counted]:
    """Arrays for the names, at a point that obeys the facts; of a network of scalars one entry an example."""
    drawing = Drawing(derivation.network, derivation.facts, 7)
    point = next(iter(drawing.points(drawing.sizes(0), 1)))
    scalars = not any(value.shape for value in point.values.values())
    return [_array(point.values[name], scalars) for name in names]


def _array(value: Any, repeated: bool) -> Counted:
    numbers = np.array([float(x) for x in value.flat])
    array = np.repeat(numbers, 2) if repeated else numbers.reshape(value.shape)
    return array.view(Counted)
