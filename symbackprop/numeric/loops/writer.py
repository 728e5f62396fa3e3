"""Expressions as Python source for plain numbers: the functions of ``math``, and choices where NumPy has ``np.where``.

The same text serves Python and numba. Nothing raises where NumPy would not, but for overflow, division by zero and
arguments outside of a domain; who runs it in Python is ready for these. A NaN goes through everything, as in NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Basic, Expr

from symbackprop.functions import UserFunction
from symbackprop.functions.catalogue import BY_NAME, ROWS, primitive_of
from symbackprop.notation import NameTable, Order
from symbackprop.notation.breaking import Piece
from symbackprop.notation.layout import laid_out
from symbackprop.notation.nodes import (
    Apply,
    Call,
    Cases,
    Constant,
    Fraction,
    Logic,
    Name,
    Node,
    Number,
    OwnCall,
    Power,
    Product,
    Root,
)
from symbackprop.notation.python import Hook, PythonBreaker, PythonWriter, is_number
from symbackprop.notation.recursion import parts_first
from symbackprop.notation.text.ascii import AsciiWriter
from symbackprop.notation.writer import ATOM, PRODUCT, Factor
from symbackprop.numeric.loops.take import Take

MATH = frozenset(row.native["math"] for row in ROWS if "math" in row.native) | {"sqrt", "pow"}
"""Functions of ``math`` that may stand in the code under their own names."""
_LONGEST_PRODUCT = 3
"""Up to this power a name is multiplied by itself, which costs less than a power does."""


def in_plain_numbers(expr: Expr) -> Expr:
    """The expression with the definitions of those functions whose definition is good enough for plain numbers."""
    known: dict[Basic, Expr] = {}
    for part in parts_first(expr):
        row = primitive_of(part)
        if row is not None and row.quick and row.definition is not None:
            known[part] = row.definition(*(arg.xreplace(known) for arg in part.args))
    return expr.xreplace(known) if known else expr


class LoopWriter(PythonWriter):
    """Writes source for plain numbers, ``typed`` or Python's own. ``call`` writes the functions of the user's own.

    ``called`` are the functions that it has called, beside those of ``math`` and of the user's own; ``takes`` are the
    words that it has taken, as ``Take`` has them; ``read`` are the names in it, each as often as it stands there.
    """

    def __init__(self, names: NameTable, call: Hook | None = None, typed: bool = False) -> None:
        super().__init__(names, call)
        self.called: set[str] = set()
        self.take = Take(typed)
        self.takes = self.take.words
        self.read: list[str] = []

    def step(self, expr: Expr, order: Order | None = None) -> str:
        """An expression that stands on its own."""
        return laid_out(in_plain_numbers(expr), order, self.statement)

    def statement(self, node: Node) -> str:
        """A node that stands on its own, without the brackets of a choice or a quotient."""
        text = self.write(node)
        return text[1:-1] if isinstance(node, (Apply, Cases)) and text.startswith("(") else text

    def name(self, node: Name) -> str:
        self.read.append(node.name)
        return super().name(node)

    def number(self, node: Number) -> str:
        above, below = self.split_number(node)
        return self.take(above) if below == 1 else f"{self.take(above)}/{self.take(str(below))}"

    def factors(self, node: Product) -> list[Factor]:
        return [f if f.node is not None else replace(f, text=self.take(f.text)) for f in super().factors(node)]

    def constant(self, node: Constant) -> str:
        return self.take(node.name)

    def root(self, node: Root) -> str:
        return f"{self.take('sqrt')}({self.write(node.radicand)})"

    def strength(self, node: Node) -> int:
        return PRODUCT if is_short(node) else super().strength(node)

    def power(self, node: Power) -> str:
        exponent = node.exponent
        if is_short(node) and isinstance(exponent, Number):
            return "*".join(self.writes([node.base] * exponent.numerator))
        if isinstance(exponent, Number) and exponent.whole:
            return f"{self.within(node.base, ATOM)}**{self.split_number(exponent)[0]}"
        return f"{self.take('pow')}({self.write(node.base)}, {self.write(exponent)})"

    def apply(self, node: Apply) -> str:
        own = self.own_call(node)
        if own is not None:
            return own
        match node:
            case Apply("max", (low, Apply("min", (high, of)))) if is_number(low) and is_number(high):
                self.called.add("clip")
                return f"clip({', '.join(self.writes([of, low, high]))})"
            case Apply("max" | "min", (low, Name() as z)) if is_number(low):
                sign = "<" if node.function == "max" else ">"
                return f"({self.write(low)} if {self.write(z)} {sign} {self.write(low)} else {self.write(z)})"
            case Apply("max" | "min", (first, *rest)):
                other = rest[0] if len(rest) == 1 else Apply(node.function, tuple(rest))
                word = "maximum" if node.function == "max" else "minimum"
                self.called.add(word)
                return f"{word}({self.write(first)}, {self.write(other)})"
            case Apply("step", (Name() as z,)):
                above, otherwise = f"{self.write(z)} > {self.take('0')}", f"{self.write(z)} <= {self.take('0')}"
                return f"({self.take('1.0')} if {above} else {self.take('0.0')} if {otherwise} else {self.write(z)})"
        row = BY_NAME.get(node.function)
        native = row.native if row is not None else {}
        word = self.take(native["math"]) if "math" in native else native.get("python", "")
        if not word:
            word = node.function
            self.called.add(word)
        return f"{word}({', '.join(self.writes((*node.arguments, *node.settings)))})"

    def own_call(self, node: Apply | Call | OwnCall) -> str | None:
        """A call of a user's function; the arguments of others are written where they stand, and not here too."""
        return super().own_call(node) if isinstance(node.source, UserFunction) else None

    def choose(self, branches: Sequence[tuple[Node, Node | None]]) -> str:
        if not branches:
            return self.take("nan")
        (value, condition), *rest = branches
        if condition is None:
            return self.write(value)
        return f"({self.write(value)} if {self.write(condition)} else {self.choose(rest)})"

    def cases(self, node: Cases) -> str:
        return self.choose(node.branches)

    def logic(self, node: Logic) -> str:
        return AsciiWriter.logic(self, node)


class LoopBreaker(PythonBreaker):
    """Breaks sums, products and quotients; what is in brackets stays in one line."""

    def pieces_inside(self, node: Node, width: float) -> list[Piece]:
        return super().pieces_inside(node, width) if isinstance(node, Fraction) else []


def is_short(node: Node) -> bool:
    """Whether a power is written as a product."""
    return (
        isinstance(node, Power)
        and isinstance(node.base, Name)
        and isinstance(node.exponent, Number)
        and node.exponent.whole
        and 2 <= node.exponent.numerator <= _LONGEST_PRODUCT
    )
