"""The writer of Python source for NumPy, and what is alike in all source, of Python and of JavaScript."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, NoReturn, final

from sympy import Basic

from symbackprop.errors import SymbackpropError
from symbackprop.functions.catalogue import BY_NAME, ROWS
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
    Power,
    Root,
)
from symbackprop.notation.python.guard import guarded
from symbackprop.notation.python.products import associated
from symbackprop.notation.text.writer import KeyboardWriter
from symbackprop.notation.words import WORDS
from symbackprop.notation.writer import ATOM, LOOSE, POWER, Factor

Hook = Callable[[Any, Sequence[str]], str | None]
"""Given an applied SymPy function or operation on matrices, and its arguments as written: how to write it, or None for
the usual way."""

Branches = Sequence[tuple[Node, Node | None]]
"""Values, each with the condition under which it holds, as in ``Cases``."""

OPERATIONS: Mapping[str, str] = {word: words.numpy for word, words in WORDS.items()}
"""How operations on matrices are written in NumPy, with their operands and then their settings in the places of {}."""
OF_NUMBERS = {row.name: f"math.{row.native['math']}" for row in ROWS if "math" in row.native} | {
    name: name for name in ("abs", "max", "min")
}
"""What Python's own functions work out."""
_NONE = Constant("none")
_MATH = "math"
_EXACT = 2**53


class CodeWriter(KeyboardWriter):
    """Writes source. ``operations`` says how the operations on matrices are written, ``taken_by`` what these take.

    ``call`` is asked first how a function is written that is of the kind ``asked``. ``takes`` are what the source takes
    from elsewhere.
    """

    operations: Mapping[str, str] = OPERATIONS
    taken_by: Mapping[str, str] = MappingProxyType({})
    asked: ClassVar[type[Basic]] = Basic

    def __init__(self, names: NameTable, call: Hook | None = None) -> None:
        super().__init__(names)
        self.call = call
        self.takes: set[str] = set()

    # Numbers

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

    # Functions

    def apply(self, node: Apply) -> str:
        return self.own_call(node) or self.known_call(node)

    def operation(self, node: Call) -> str:
        return self.own_call(node) or self.known_operation(node)

    def own_operation(self, node: OwnCall) -> str:
        return self.own_call(node) or self.call_of(function_of(node), node.arguments)

    def own_call(self, node: Apply | Call | OwnCall) -> str | None:
        """What the caller of this writer has for the function, or None."""
        if self.call is None or not isinstance(node.source, self.asked):
            return None
        settings = () if isinstance(node, OwnCall) else node.settings
        return self.call(node.source, [*map(self.argument, node.arguments), *self.writes(settings)])

    @abstractmethod
    def argument(self, node: Node) -> str:
        """An argument of a function that is not of Python's own."""

    @abstractmethod
    def known_call(self, node: Apply) -> str:
        """A function of the vocabulary with its arguments."""

    def known_operation(self, node: Call) -> str:
        """An operation of the vocabulary with its operands."""
        form = self.operations.get(node.word)
        if form is None:
            return self.call_by_word(node)
        self.takes |= {self.taken_by[node.word]} if node.word in self.taken_by else set()
        operands = (self.within(part, ATOM if form.startswith("{}") else LOOSE) for part in node.arguments)
        if "{*}" in form:
            return form.replace("{*}", ", ".join(operands))
        return form.format(*operands, *self.writes(node.settings))

    # Choices

    def choose(self, branches: Branches) -> str:
        """Choices inside one another, nan where no condition holds."""
        if not branches:
            return self.constant(Constant("nan"))
        (value, condition), *rest = branches
        return self.write(value) if condition is None else self.choice(value, condition, rest)

    @abstractmethod
    def choice(self, value: Node, condition: Node, rest: Branches) -> str:
        """A value where a condition holds, and elsewhere what the rest gives."""

    # Matrices

    def matrix_factors(self, operands: tuple[Operand, ...]) -> list[Factor]:
        return self.joined(associated(operands), " @ ", "@ ")

    def entries(self, node: Entrywise, divisor: str) -> list[Factor]:
        """Scalars, rows and columns before matrices, as NumPy works from left to right."""
        over_scalar = [Factor(divisor, "/", None, "/ ")] if divisor else []
        if len(node.above) + len(node.below) + len(over_scalar) == 2:
            return [*self.by_entry(node, "*", "/"), *over_scalar]
        small, large, small_below, large_below = (
            [part for part in parts if part.narrow == narrow]
            for parts in (node.above, node.below)
            for narrow in (True, False)
        )
        over = [*self.divided_by(small_below), *over_scalar]
        factors = self.joined([*small, *large], "*", "* ")
        before = len(small or large)
        return [*factors[:before], *over, *factors[before:], *self.divided_by(large_below)]

    def divided_by(self, below: Sequence[Operand]) -> list[Factor]:
        """The divisors, as one factor."""
        node = self.divisor(tuple(below))
        return [Factor(self.within(node, POWER), "/", node, "/ ")] if node else []

    # What there is no source for

    def derivative(self, node: Derivative) -> NoReturn:
        raise SymbackpropError("notation", "a derivative that is not worked out has no Python", "work it out first")

    def change(self, node: Change) -> NoReturn:
        raise SymbackpropError("notation", "a differential has no Python", "work it out first")

    def inner(self, node: Inner) -> NoReturn:
        raise SymbackpropError("notation", "an inner product with a differential has no Python", "work it out first")


class ArrayCode(CodeWriter):
    """Writes source in which arrays stand where plain numbers could."""

    def name(self, node: Name) -> str:
        return self.names.code(node.name)

    def long_power(self, node: Power) -> str:
        return self.raised(node)

    def logic(self, node: Logic) -> str:
        return {"and": " & ", "or": " | "}[node.operator].join(self.within(part, ATOM) for part in node.parts)


class FormulaCode(ArrayCode):
    """Writes formulas with the functions of an array library, whose module is called ``space``.

    ``key`` finds the library's own word in the record of a function.
    """

    space: str
    key: str

    def cases(self, node: Cases) -> str:
        return self.choose(guarded(node).branches)

    def root(self, node: Root) -> str:
        return f"{self.word('sqrt', _MATH if self.is_plain(node) else self.space)}({self.write(node.radicand)})"

    def as_call(self, node: Apply) -> tuple[str, tuple[Node, ...]]:
        """The function to call and its arguments; the bounds of max and min that are numbers are those of clip."""
        match node:
            case Apply("max", (low, Apply("min", (high, inner)))) if is_number(low) and is_number(high):
                return self.word("clip"), (inner, low, high)
            case Apply("max" | "min") if not self.is_plain(node):
                return self.extreme(node)
        if self.is_plain(node):
            space, _, word = OF_NUMBERS[node.function].rpartition(".")
            return self.word(word, space), node.arguments
        native = BY_NAME[node.function].native.get(self.key, "") if node.function in BY_NAME else ""
        if native.startswith(f"{self.space}."):
            return self.word(native.removeprefix(f"{self.space}.")), (*node.arguments, *node.settings)
        return node.function, (*node.arguments, *node.settings)

    def word(self, word: str, space: str | None = None) -> str:
        """A word of the library, or of another module or of none: it takes note of the module."""
        space = self.space if space is None else space
        self.takes |= {space} if space else set()
        return f"{space}.{word}" if space else word

    def extreme(self, node: Apply) -> tuple[str, tuple[Node, ...]]:
        """The largest or smallest of several, some of which may be numbers."""
        arrays = tuple(part for part in node.arguments if not self.is_plain(part))
        bounds = tuple(part for part in node.arguments if self.is_plain(part))
        if bounds:
            bound, of = (parts[0] if len(parts) == 1 else Apply(node.function, parts) for parts in (bounds, arrays))
            return self.word("clip"), (of, bound) if node.function == "max" else (of, _NONE, bound)
        first, *rest = arrays
        other = rest[0] if len(rest) == 1 else Apply(node.function, tuple(rest))
        return self.word("maximum" if node.function == "max" else "minimum"), (first, other)

    @abstractmethod
    def is_plain(self, part: Any) -> bool:
        """Whether a node, or all of several, are made of Python's own numbers, which the library's functions refuse."""

    def is_bare(self, value: Node, rest: Branches) -> bool:
        """Whether a choice is one between two numbers."""
        return self.is_plain(value) and (not rest or self.is_plain(rest[0][0])) and not (rest and rest[0][1])


@final
class PythonWriter(FormulaCode):
    """Writes Python source that works on NumPy arrays."""

    space, key = "np", "numpy"

    def is_plain(self, part: Any) -> bool:
        return False  # NumPy's functions take numbers, too

    def argument(self, node: Node) -> str:
        return self.write(node)

    def constant(self, node: Constant) -> str:
        return f"np.{node.name}"

    def known_call(self, node: Apply) -> str:
        return self.component(node) if node.index is not None else self.call_of(*self.as_call(node))

    def choice(self, value: Node, condition: Node, rest: Branches) -> str:
        return f"np.where({self.write(condition)}, {self.write(value)}, {self.choose(rest)})"


def function_of(node: OwnCall) -> str:
    """The NumPy function of an operation of the user's own, or its name."""
    return getattr(node.source, "numpy", "") or node.name


def _integer(value: int) -> str:
    return str(value) if abs(value) <= _EXACT else repr(float(value))


def is_number(node: Node) -> bool:
    """Whether the node is a number, with a sign or without."""
    return isinstance(node, Number) or (isinstance(node, Minus) and isinstance(node.term, Number))
