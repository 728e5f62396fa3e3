"""A computation on arrays as lines of code, before they are written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase

from sympy import Basic, Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.matrices import Array, shape_of

FORWARD, BACKWARD, GRADIENTS = "forward", "backward", "gradients"


@dataclass(frozen=True)
class Line:
    """An assignment. Where there is a ``helper``, it is called with ``value``, and may give several results."""

    targets: tuple[Symbol, ...]
    value: Expr
    part: str
    helper: str = ""
    axis: int | None = None
    """Where the helper goes along one."""

    @property
    def settings(self) -> tuple[str, ...]:
        """What the helper is called with behind the value."""
        return () if self.axis is None else (f"axis={self.axis}",)


class Fresh:
    """Names that no network and no earlier line has. What is made for an expression has its shape."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)
        self.begun = {word[0] for word in self.taken if word[1:].isdecimal()}
        self.numbers: dict[str, int] = {}
        self.made: dict[Symbol, Expr] = {}
        self.counted: dict[Symbol, None] = {}

    def word(self, word: str) -> str:
        """A word that begins with that one; nothing else is called so from now on."""
        while word in self.taken:
            word += "_"
        self.taken.add(word)
        return word

    def another(self, word: str) -> Symbol:
        """The first of a name, name_2, name_3, … that nothing has."""
        found, number = word, 1
        while found in self.taken:
            number += 1
            found = f"{word}_{number}"
        self.taken.add(found)
        return Symbol(found)

    def name(self, word: str, stands_for: Expr) -> Symbol:
        """A name beginning with that word, with the shape of what it stands for."""
        return self._made(self.word(word), stands_for)

    def numbered(self, word: str, stands_for: Expr) -> Symbol:
        """The next of the names t1, t2, …; s1, s2, … or r1, r2, … beside names of the network that are like these."""
        word = self._letter(word) if len(word) == 1 else word
        number = self.numbers.get(word, 0) + 1
        while f"{word}{number}" in self.taken:
            number += 1
        self.numbers[word] = number
        symbol = self._made(f"{word}{number}", stands_for)
        self.counted[symbol] = None
        return symbol

    def _letter(self, letter: str) -> str:
        """The letter, or one of those before it, that no name of the network has before a number."""
        at = ascii_lowercase.index(letter)
        return next((each for each in reversed(ascii_lowercase[: at + 1]) if each not in self.begun), letter)

    def in_order(self, lines: Sequence[Line]) -> list[Line]:
        """The lines with the names t1, t2, … given out in the order in which they are assigned."""
        assigned = [s for line in lines for s in line.targets if s in self.counted]
        among = set(assigned)
        words = [s.name for s in self.counted if s in among]
        known: dict[Symbol, Symbol] = {}
        for symbol, word in zip(assigned, words, strict=True):
            expr = self.made.pop(symbol)
            known[symbol] = Array(word, symbol.shape) if isinstance(symbol, Array) else Symbol(word)
            self.made[known[symbol]] = expr
        self.made = {name: expr.xreplace(known) for name, expr in self.made.items()}
        return [
            replace(line, targets=tuple(known.get(s, s) for s in line.targets), value=line.value.xreplace(known))
            for line in lines
        ]

    def _made(self, word: str, stands_for: Expr) -> Symbol:
        self.taken.add(word)
        shape = shape_of(stands_for)
        symbol = Array(word, shape) if shape else Symbol(word)
        self.made[symbol] = stands_for
        return symbol


def parts_of(exprs: Iterable[Basic]) -> list[Basic]:
    """Every node of the expressions, once each."""
    seen: dict[Basic, None] = {}
    stack = list(exprs)[::-1]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen[node] = None
            stack.extend(reversed(node.args))
    return list(seen)


def values_of(lines: Sequence[Line]) -> list[Expr]:
    """The right sides of the lines."""
    return [line.value for line in lines]


def needed(
    lines: Sequence[Line], wanted: Iterable[Symbol], may: Callable[[Line], bool] = lambda line: True
) -> list[Line]:
    """The lines by which the wanted names are worked out, of those that ``may`` be among them."""
    names, found = set(wanted), list[Line]()
    for line in reversed(lines):
        if not names.isdisjoint(line.targets) and may(line):
            names |= line.value.free_symbols
            found.append(line)
    return found[::-1]


def gradient_names(derivation: Derivation, taken: Iterable[str]) -> dict[Symbol, str]:
    """What the code calls each gradient: dE_dw1, and something longer where that is taken."""
    fresh = Fresh(taken)
    return {w: fresh.word(f"d{derivation.network.loss.name}_d{w.name}") for w in derivation.wrt}
