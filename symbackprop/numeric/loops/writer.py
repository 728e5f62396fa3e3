"""Expressions as Python source for plain numbers: the functions of ``math``, and choices where NumPy has ``np.where``.

The same text serves Python and numba. Nothing raises where NumPy would not, but for overflow, division by zero and
arguments outside of a domain; who runs it in Python is ready for these. A NaN goes through everything, as in NumPy.
"""

from __future__ import annotations

from typing import final

from sympy import Expr

from symbackprop.functions import UserFunction
from symbackprop.functions.catalogue import BY_NAME, ROWS
from symbackprop.notation import NameTable, Order
from symbackprop.notation.layout import laid_out
from symbackprop.notation.nodes import Apply, Cases, Constant, Logic, Name, Node, Number, Power, Root
from symbackprop.notation.python.writer import Branches, Hook, is_number
from symbackprop.notation.writer import ATOM
from symbackprop.numeric.plain_numbers import NumberCode, in_plain_numbers

MATH = frozenset(row.native["math"] for row in ROWS if "math" in row.native) | {"sqrt", "pow"}
"""Functions of ``math`` that may stand in the code under their own names."""

CONSTANTS = frozenset(["pi", "e", "inf", "nan"])
_IN_NAMES = str.maketrans(".-", "_m", "+")


class Take:
    """Takes words for a source: ``take("exp")`` is how it stands there, and ``words`` are all that was taken.

    Words are functions and constants of ``math``, and numbers as they are written. numba makes float64 of float32 times
    a Python number, and NumPy's scalars forgive what Python's numbers do not. So where numbers are ``typed``, each is a
    constant of the module, cast once; where they are Python's own they are nothing to take.
    """

    def __init__(self, typed: bool) -> None:
        self.typed = typed
        self.words: set[str] = set()

    def __call__(self, word: str) -> str:
        """Take note of a word; how it stands in the source."""
        number = is_numeral(word)
        if self.typed or not number:
            self.words.add(word)
        return constant_of(word) if self.typed and number else word


def is_numeral(word: str) -> bool:
    """Whether a word that was taken is a number."""
    return word[0].isdigit()


def constant_of(number: str) -> str:
    """The name of the constant for a number: no name of a network begins with an underscore, so none is like it."""
    return f"_number_{number.translate(_IN_NAMES)}"


@final
class LoopWriter(NumberCode):
    """Writes source for plain numbers, ``typed`` or Python's own. ``call`` writes the functions of the user's own.

    ``called`` are the functions that it has called, beside those of ``math`` and of the user's own; ``takes`` are the
    words that it has taken, as ``Take`` has them; ``read`` are the names in it, each as often as it stands there.
    """

    asked = UserFunction

    def __init__(self, names: NameTable, call: Hook | None = None, typed: bool = False) -> None:
        super().__init__(names, call)
        self.take = self.numeral = Take(typed)
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
        return self.names.code(node.name)

    def constant(self, node: Constant) -> str:
        return self.take(node.name)

    def root(self, node: Root) -> str:
        return f"{self.take('sqrt')}({self.write(node.radicand)})"

    def long_power(self, node: Power) -> str:
        base, exponent = node.base, node.exponent
        if isinstance(exponent, Number) and exponent.whole:
            return f"{self.within(base, ATOM)}**{self.split_number(exponent)[0]}"
        return f"{self.take('pow')}({self.write(base)}, {self.write(exponent)})"

    def known_call(self, node: Apply) -> str:
        match node:
            case Apply("max", (low, Apply("min", (high, of)))) if is_number(low) and is_number(high):
                return self.helper_call("clip", of, low, high)
            case Apply("max" | "min", (low, Name() as z)) if is_number(low):
                sign = "<" if node.function == "max" else ">"
                return f"({self.write(low)} if {self.write(z)} {sign} {self.write(low)} else {self.write(z)})"
            case Apply("max" | "min", (first, *rest)):
                other = rest[0] if len(rest) == 1 else Apply(node.function, tuple(rest))
                return self.helper_call("maximum" if node.function == "max" else "minimum", first, other)
            case Apply("step", (Name() as z,)):
                above, otherwise = f"{self.write(z)} > {self.take('0')}", f"{self.write(z)} <= {self.take('0')}"
                return f"({self.take('1.0')} if {above} else {self.take('0.0')} if {otherwise} else {self.write(z)})"
        row = BY_NAME.get(node.function)
        native = row.native if row is not None else {}
        word = self.take(native["math"]) if "math" in native else native.get("python", "")
        return self.function_call(word, node)

    def choice(self, value: Node, condition: Node, rest: Branches) -> str:
        return f"({self.write(value)} if {self.write(condition)} else {self.choose(rest)})"

    def logic(self, node: Logic) -> str:
        return self.in_words(node)
