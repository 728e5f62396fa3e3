"""The writer of Python source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from symbackprop.errors import SymbackpropError
from symbackprop.functions.catalogue import ROWS
from symbackprop.notation.coefficients import decimal_text
from symbackprop.notation.names import NameTable
from symbackprop.notation.nodes import (
    Apply,
    Call,
    Cases,
    Change,
    Constant,
    Derivative,
    Entrywise,
    Inner,
    Logic,
    Minus,
    Name,
    Node,
    Number,
    Operand,
    OwnCall,
    Root,
    Scaled,
)
from symbackprop.notation.python.guard import guarded
from symbackprop.notation.python.products import associated
from symbackprop.notation.text.ascii import AsciiWriter
from symbackprop.notation.words import WORDS
from symbackprop.notation.writer import ATOM, LOOSE, POWER, Factor

Hook = Callable[[Any, Sequence[str]], str | None]
"""Given an applied SymPy function or operation on matrices, and its arguments as written: how to write it, or None for
the usual way."""

_NUMPY = {row.name: word for row in ROWS if (word := row.native.get("numpy", "")).startswith("np.")}
"""Functions that NumPy has; others are helpers, under their own names."""
_EXTREMES = {"max": "np.maximum", "min": "np.minimum"}
OPERATIONS: Mapping[str, str] = {word: words.numpy for word, words in WORDS.items()}
"""How operations on matrices are written in NumPy, with their operands and then their settings in the places of {}."""
_EXACT = 2**53


class PythonWriter(AsciiWriter):
    """Writes Python source. ``operations`` says how the operations on matrices are written."""

    operations = OPERATIONS

    def __init__(self, names: NameTable, call: Hook | None = None) -> None:
        super().__init__(names)
        self.call = call

    def name(self, node: Name) -> str:
        return self.names.code(node.name)

    def split_number(self, node: Number) -> tuple[str, int]:
        if node.whole:
            return _integer(node.numerator), 1
        if node.decimal is not None:
            return decimal_text(node), 1
        if max(node.numerator, node.denominator) > _EXACT:
            return repr(node.numerator / node.denominator), 1
        return str(node.numerator), node.denominator

    def split_coefficient(self, node: Number) -> tuple[str, int]:
        if node.numerator == 1 and not node.reads_as_decimal and node.denominator <= _EXACT:
            return "", node.denominator
        return self.split_number(node)

    def constant(self, node: Constant) -> str:
        return f"np.{node.name}"

    def root(self, node: Root) -> str:
        return f"np.sqrt({self.write(node.radicand)})"

    def apply(self, node: Apply) -> str:
        own = self.own_call(node)
        if own is not None:
            return own
        if node.index is not None:
            return super().apply(node)
        function, arguments = self.as_call(node)
        return f"{function}({', '.join(self.writes(arguments))})"

    def own_call(self, node: Apply | Call | OwnCall) -> str | None:
        """What the caller of this writer has for the function, or None."""
        if self.call is None or node.source is None:
            return None
        settings = () if isinstance(node, OwnCall) else node.settings
        return self.call(node.source, self.writes((*node.arguments, *settings)))

    def as_call(self, node: Apply) -> tuple[str, tuple[Node, ...]]:
        """The Python function to call and its arguments: max and min take two at a time, and np.clip is both."""
        match node:
            case Apply("max", (low, Apply("min", (high, inner)))) if is_number(low) and is_number(high):
                return "np.clip", (inner, low, high)
            case Apply("max" | "min", (first, *rest)):
                rest_node = rest[0] if len(rest) == 1 else Apply(node.function, tuple(rest))
                return _EXTREMES[node.function], (first, rest_node)
        return _NUMPY.get(node.function, node.function), (*node.arguments, *node.settings)

    def cases(self, node: Cases) -> str:
        return self.choose(guarded(node).branches)

    def choose(self, branches: Sequence[tuple[Node, Node | None]]) -> str:
        """Nested ``np.where``, nan where no condition holds."""
        if not branches:
            return "np.nan"
        (value, condition), *rest = branches
        if condition is None:
            return self.write(value)
        return f"np.where({self.write(condition)}, {self.write(value)}, {self.choose(rest)})"

    def logic(self, node: Logic) -> str:
        return {"and": " & ", "or": " | "}[node.operator].join(self.within(part, ATOM) for part in node.parts)

    def derivative(self, node: Derivative) -> str:
        raise SymbackpropError("notation", "a derivative that is not worked out has no Python", "work it out first")

    # Matrices

    def matrix_factors(self, operands: tuple[Operand, ...]) -> list[Factor]:
        return super().matrix_factors(associated(operands))

    def entry_factors(self, node: Entrywise) -> list[Factor]:
        return self.cheapest_first(node, "")

    def cheapest_first(self, node: Entrywise, divisor: str) -> list[Factor]:
        """Scalars, rows and columns before matrices, as NumPy works from left to right."""
        if len(node.above) + len(node.below) + bool(divisor) == 2:
            factors = super().entry_factors(node)
            return [*factors, Factor(divisor, "/", None, "/ ")] if divisor else factors
        small, large, small_below, large_below = (
            [part for part in parts if part.narrow == narrow]
            for parts in (node.above, node.below)
            for narrow in (True, False)
        )
        over = self.divided_by(small_below)
        over += [Factor(divisor, "/", None, "/ ")] if divisor else []
        first, rest = (small, large) if small else (large, [])
        factors = [Factor(self.operand(part), "*", part.node, "* ") for part in (*first, *rest)]
        factors[0] = replace(factors[0], joint="")
        return [*factors[: len(first)], *over, *factors[len(first) :], *self.divided_by(large_below)]

    def divided_by(self, below: Sequence[Operand]) -> list[Factor]:
        """The divisors, as one factor."""
        node = self.divisor(tuple(below))
        return [Factor(self.within(node, POWER), "/", node, "/ ")] if node else []

    def scaled_factors(self, node: Scaled) -> list[Factor]:
        front, divisor = self.split_scale(node.scale)
        if front or not isinstance(node.of, Entrywise):
            return super().scaled_factors(node)
        return self.cheapest_first(node.of, divisor)

    def operation(self, node: Call) -> str:
        own = self.own_call(node)
        return own if own is not None else self.write_call(node)

    def write_call(self, node: Call) -> str:
        """An operation as NumPy has it."""
        form = self.operations.get(node.word)
        if form is None:
            return super().operation(node)
        operands = (self.within(part, ATOM if form.startswith("{}") else LOOSE) for part in node.arguments)
        if "{*}" in form:
            return form.replace("{*}", ", ".join(operands))
        return form.format(*operands, *self.writes(node.settings))

    def own_operation(self, node: OwnCall) -> str:
        own = self.own_call(node)
        return own if own is not None else f"{function_of(node)}({', '.join(self.writes(node.arguments))})"

    def change(self, node: Change) -> str:
        raise SymbackpropError("notation", "a differential has no Python", "work it out first")

    def inner(self, node: Inner) -> str:
        raise SymbackpropError("notation", "an inner product with a differential has no Python", "work it out first")


def function_of(node: OwnCall) -> str:
    """The NumPy function of an operation of the user's own, or its name."""
    return getattr(node.source, "numpy", "") or node.name


def _integer(value: int) -> str:
    return str(value) if abs(value) <= _EXACT else repr(float(value))


def is_number(node: Node) -> bool:
    """Whether the node is a number, with a sign or without."""
    return isinstance(node, Number) or (isinstance(node, Minus) and isinstance(node.term, Number))
