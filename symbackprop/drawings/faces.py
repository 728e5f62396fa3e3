"""What stands in the box of a name: the name, what is done there, and its shape."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sympy import Add, Expr, Mul, Pow, Symbol

from symbackprop.calculus import Derivation
from symbackprop.drawings.picture import Label, Node
from symbackprop.drawings.setting import room_for
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.network.network import Network
from symbackprop.notation import NameTable, latex, latex_lines

ROUND, FLAT = 28.0, 19.0
"""How high the circle of a value is, and the box of what is given."""
LINE = 9.0
MOST_LINES = 3
OPERATION_WIDTH = 17
"""Of a line of an operation, in characters."""

Face = Callable[[Derivation, NameTable, Symbol, bool], Node]
"""The box of a name at the origin, from a derivation and its names; what is small has the name alone."""


def names_of(derivation: Derivation) -> NameTable:
    """How the names of a network are written in its pictures."""
    network = derivation.network
    return NameTable.of(s.name for s in (*network.names, *derivation.backward, *network.sizes))


def fill_of(network: Network, name: Symbol) -> str:
    """The tone of the box of a name, by what it is there for."""
    if name in network.parameters:
        return "learned"
    return "computed" if name in network.equations else "given"


def corner_of(network: Network, name: Symbol, height: float) -> float:
    """Values have round boxes, parameters rounded ones, inputs and targets square ones."""
    if name in network.equations:
        return height / 2
    return 4.0 if name in network.parameters else 0.0


def _scalar(derivation: Derivation, names: NameTable, name: Symbol, small: bool) -> Node:
    network = derivation.network
    written = names.latex(name.name)
    operation = sign_of(network.equations[name]) if name in network.equations and not small else ""
    height = ROUND if name in network.equations else FLAT
    width = max(height, room_for(written, 9) + 9, room_for(operation, 6) + 13)
    rows = [(written, 9, "name")] + ([(operation, 6, "operation")] if operation else [])
    labels = _stacked(rows, [10.0, 8.0], name.name)
    corner = corner_of(network, name, height)
    return Node(name.name, 0, 0, width, height, corner, fill_of(network, name), labels=labels)


def _matrix(derivation: Derivation, names: NameTable, name: Symbol, small: bool) -> Node:
    network = derivation.network
    rows = [(names.latex(name.name), 10, "name")]
    if name in network.equations and not small:
        write = partial(latex_lines, names=names, order=derivation.order, width=OPERATION_WIDTH)
        pieces = write(network.equations[name])
        rows += [(piece, 7, "operation") for piece in pieces[:MOST_LINES]]
        if len(pieces) > MOST_LINES:
            rows[-1] = (rf"{rows[-1][0]}\,\dots", 7, "operation")
    shape = network.shape(name)
    if shape and not small:
        rows.append((r"\times ".join(latex(size, names) for size in shape), 7, "shape"))
    heights = [10.5, *([LINE] * (len(rows) - 1))]
    height = max(sum(heights) + 8, FLAT)
    width = max(max(room_for(written, size) for written, size, _ in rows) + 10, FLAT)
    corner = 6.0 if name in network.equations else corner_of(network, name, height)
    fill = fill_of(network, name)
    return Node(name.name, 0, 0, width, height, corner, fill, labels=_stacked(rows, heights, name.name))


def _stacked(rows: list[tuple[str, int, str]], heights: list[float], name: str) -> tuple[Label, ...]:
    """Lines below one another about the origin."""
    top = -sum(heights[: len(rows)]) / 2
    labels = []
    for (written, size, role), high in zip(rows, heights, strict=False):
        tone = "ink" if role == "name" else "why"
        labels.append(Label(0, top + high / 2 + 0.28 * size, written, size=size, role=role, of=(name,), tone=tone))
        top += high
    return tuple(labels)


def sign_of(expr: Expr) -> str:
    """What an equation does in one sign: its function, a sum, a product; nothing where that says too little."""
    if isinstance(expr, UserFunction):
        return rf"\mathrm{{{type(expr).__name__}}}" if str(type(expr).__name__).isalpha() else ""
    row = primitive_of(expr)
    if row is not None:
        return row.latex
    if isinstance(expr, Add):
        return "+"
    if isinstance(expr, Mul) and any(isinstance(factor, Add | Pow) for factor in expr.args):
        return ""
    return r"\times" if isinstance(expr, Mul) else ""


FACES = Question(__name__, "how its names are drawn", {SCALARS: _scalar, MATRICES: _matrix})
