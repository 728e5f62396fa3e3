"""Names with shapes, from text: ``X: m n, W: n h, c: scalar``."""

from __future__ import annotations

import re
from typing import Any

from sympy import Symbol

from symbackprop.errors import NetworkError
from symbackprop.matrices import Array, Shape
from symbackprop.naming import NAME
from symbackprop.network.formulas import parse_size, quote
from symbackprop.network.numpy_style.expression import ArrayExpression

_BETWEEN = re.compile(r"\s*×\s*|\s+x\s+|(?<=[0-9])x(?=[0-9])|\s+(?![-+*])(?<![-+*] )")
"""What stands between sizes: a blank, ``×`` or ``x``; none beside the sign of a sum."""
_FIX = 'write rows and columns, as in "m n", "m × n" or "4 × 2"; a row is "1 × n", a column "n × 1", a number "scalar"'


def arrays(text: str) -> Any:
    """Names with shapes, for networks that are written as in NumPy.

    >>> X, W, c = arrays("X: m n, W: n h, c: scalar")

    Sizes are whole numbers, names, and sums and products of these; between them stands a blank or ``×``. One name
    gives one value, several a tuple. Raises NetworkError where a name or a shape cannot be read.
    """
    named = tuple(_declared(part) for part in re.split(r"[,;\n]", text) if part.strip())
    if not named:
        raise NetworkError("arrays", "no name is given", 'write names with shapes: sb.arrays("X: m n, W: n h")')
    names = [str(one) for one in named]
    for name in names:
        if names.count(name) > 1:
            raise NetworkError(
                "duplicate", f"{name} stands twice in {quote(text)}", "give each value a name of its own"
            )
    return named[0] if len(named) == 1 else named


def _declared(part: str) -> ArrayExpression:
    name, colon, shape = (piece.strip() for piece in part.partition(":"))
    if not colon or not NAME.fullmatch(name):
        raise NetworkError("arrays", f"{quote(part.strip())} is no name with a shape", 'write it as in "X: m n"')
    return leaf(name, shape_in(shape, name))


def leaf(name: str, shape: Shape) -> ArrayExpression:
    """The value of that name, of that shape."""
    return ArrayExpression(Array(name, shape) if shape else Symbol(name), shape)


def shape_in(text: str, where: str) -> Shape:
    """The shape that a text states. Raises NetworkError that names ``where``."""
    if text.strip() == "scalar":
        return ()
    parts = _BETWEEN.split(text.strip())
    if len(parts) != 2 or "" in parts:
        raise NetworkError("shape", f"the shape of {where} is {quote(text)}", _FIX, where=where)
    rows, columns = (parse_size(part, where=where) for part in parts)
    return rows, columns
