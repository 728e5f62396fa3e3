"""What stands before the functions of a loop: what they import, and the helpers that they call."""

from __future__ import annotations

import re
from collections.abc import Collection

from symbackprop.numeric.loops.helpers import LOOP_HELPERS
from symbackprop.numeric.loops.writer import CONSTANTS, MATH


def helpers_in(words: Collection[str]) -> dict[str, str]:
    """The helpers that a text of these words needs, by name, each before those that call it."""
    found: dict[str, str] = {}

    def add(name: str) -> None:
        if name in LOOP_HELPERS and name not in found:
            for need in LOOP_HELPERS[name].needs:
                add(need)
            found[name] = LOOP_HELPERS[name].source

    for name in sorted(words):
        add(name)
    return found


def header(functions: str, space: str, dtype: str, cast: bool) -> list[str]:
    """The lines before the functions: what they take from "math" or "numpy", and how numbers are ``cast``."""
    words = set(re.findall(r"\w+", functions))
    taken, constants = sorted(words & (MATH | {"isfinite"})), sorted(words & CONSTANTS)
    if not cast:
        return [f"from math import {', '.join(sorted([*constants, *taken]))}", "", ""]
    lines = ["import math", ""]
    if space == "numpy":
        renamed = ("power as pow" if name == "pow" else name for name in taken if name != "erfc")
        lines += [f"from numpy import {', '.join([*renamed, f'{dtype} as scalar'])}"]
    else:
        lines += [f"from math import {', '.join(taken)}", f"from numpy import {dtype} as scalar"]
    lines += ["", *(f"{name} = scalar(math.{name})" for name in constants)]
    if space == "numpy" and "erfc" in taken:
        lines += [
            "",
            "",
            "def erfc(z):",
            '    """NumPy has no error function."""',
            "    return scalar(math.erfc(z))",
            "",
            "",
        ]
    return lines
