"""A module of functions for plain numbers: what it imports, its constants, and the helpers that the functions call."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from symbackprop.functions.catalogue import ROWS
from symbackprop.numeric.helpers import with_needs
from symbackprop.numeric.loops.helpers import LOOP_HELPERS, TYPED_HELPERS
from symbackprop.numeric.loops.variant import Form
from symbackprop.numeric.loops.writer import CONSTANTS, constant_of, is_numeral


def in_module(functions: Collection[str], uses: Collection[str], form: Form) -> tuple[str, tuple[str, ...]]:
    """The functions behind all that they use, and the names of the helpers among that, callees first.

    ``uses`` are names of helpers and what is taken, as ``Take`` has it. Raises SymbackpropError where plain numbers
    lack a helper.
    """
    among = TYPED_HELPERS if form.is_typed else LOOP_HELPERS
    helpers = with_needs(among.keys() & uses, among)
    takes = (set(uses) - among.keys()).union(*(among[name].takes for name in helpers))
    parts = [*(among[name].source for name in helpers), *functions]
    return "\n".join([*_header(takes, form), "\n\n\n".join(parts)]), tuple(helpers)


def _header(takes: set[str], form: Form) -> list[str]:
    """The lines before the functions, which give what they take its values."""
    if not form.is_typed:
        return [f"from math import {', '.join(sorted(takes))}", "", ""] if takes else []
    numbers = sorted(filter(is_numeral, takes), key=lambda number: (float(number), number))
    constants, taken = sorted(takes & CONSTANTS), sorted(takes - CONSTANTS - set(numbers))
    lines = ["import math", ""]
    if form.space == "numpy":
        renamed = [_IN_NUMPY[name] for name in taken if name in _IN_NUMPY]
        lines += [f"from numpy import {', '.join([*renamed, f'{form.dtype} as scalar'])}"]
    else:
        lines += [f"from math import {', '.join(taken)}", f"from numpy import {form.dtype} as scalar"]
    lines += ["", *(f"{name} = scalar(math.{name})" for name in constants)]
    lines += [*(f"{constant_of(number)} = scalar({number})" for number in numbers), "", ""]
    for name in taken if form.space == "numpy" else ():
        if name not in _IN_NUMPY:
            told = f'    """NumPy has no {name}."""'
            lines += [f"def {name}(z):", told, f"    return scalar(math.{name}(z))", "", ""]
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
