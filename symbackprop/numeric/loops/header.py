"""What stands before the functions of a loop: what they import, and the helpers that they call."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from symbackprop.functions.catalogue import ROWS
from symbackprop.numeric.helpers import with_needs
from symbackprop.numeric.loops.helpers import LOOP_HELPERS
from symbackprop.numeric.loops.writer import CONSTANTS, MATH


def helpers_in(words: Collection[str]) -> dict[str, str]:
    """The helpers that a text of these words needs, by name, each before those that call it.

    Raises SymbackpropError where plain numbers lack one.
    """
    return {name: LOOP_HELPERS[name].source for name in with_needs(set(words) & LOOP_HELPERS.keys(), LOOP_HELPERS)}


def header(functions: str, space: str, dtype: str, cast: bool) -> list[str]:
    """The lines before the functions: what they take from "math" or "numpy", and how numbers are ``cast``."""
    words = set(re.findall(r"\w+", functions))
    taken, constants = sorted(words & (MATH | {"isfinite"})), sorted(words & CONSTANTS)
    if not cast and not (constants or taken):
        return []
    if not cast:
        return [f"from math import {', '.join(sorted([*constants, *taken]))}", "", ""]
    lines = ["import math", ""]
    if space == "numpy":
        renamed = [_IN_NUMPY[name] for name in taken if name in _IN_NUMPY]
        lines += [f"from numpy import {', '.join([*renamed, f'{dtype} as scalar'])}"]
    else:
        lines += [f"from math import {', '.join(taken)}", f"from numpy import {dtype} as scalar"]
    lines += ["", *(f"{name} = scalar(math.{name})" for name in constants)]
    for name in taken if space == "numpy" else ():
        if name not in _IN_NUMPY:
            told = f'    """NumPy has no {name}."""'
            lines += ["", "", f"def {name}(z):", told, f"    return scalar(math.{name}(z))", "", ""]
    return lines


def _spelled() -> Iterator[tuple[str, str]]:
    """What math has and NumPy has too, with how it is imported from there under the name in math."""
    yield from (("sqrt", "sqrt"), ("pow", "power as pow"), ("isfinite", "isfinite"))
    for row in ROWS:
        theirs = row.native.get("numpy", "")
        if "math" in row.native and theirs.startswith("np."):
            ours, theirs = row.native["math"], theirs.removeprefix("np.")
            yield ours, ours if ours == theirs else f"{theirs} as {ours}"


_IN_NUMPY = dict(_spelled())
