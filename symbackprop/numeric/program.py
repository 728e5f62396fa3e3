"""A computation on arrays as lines of code, before they are written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

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
    settings: tuple[str, ...] = ()


class Fresh:
    """Names that no network and no earlier line has."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)
        self.made: dict[Symbol, Expr] = {}
        self.counted: list[Symbol] = []

    def name(self, word: str, stands_for: Expr) -> Symbol:
        """A name beginning with that word, with the shape of what it stands for."""
        while word in self.taken:
            word += "_"
        return self._made(word, stands_for)

    def numbered(self, letter: str, stands_for: Expr) -> Symbol:
        """The next of the names t1, t2, …"""
        number = 1
        while f"{letter}{number}" in self.taken:
            number += 1
        self.counted.append(self._made(f"{letter}{number}", stands_for))
        return self.counted[-1]

    def in_order(self, lines: Sequence[Line]) -> list[Line]:
        """The lines with the names t1, t2, … given out in the order in which they are assigned."""
        assigned = [s for line in lines for s in line.targets if s in self.counted]
        words = [s.name for s in self.counted if s in assigned]
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


def gradient_names(derivation: Derivation, taken: Iterable[str]) -> dict[Symbol, str]:
    """What the code calls each gradient: dE_dw1, and something longer where that is taken."""
    used = set(taken)
    names: dict[Symbol, str] = {}
    for w in derivation.wrt:
        name = f"d{derivation.network.loss.name}_d{w.name}"
        while name in used:
            name += "_"
        used.add(name)
        names[w] = name
    return names
