"""What is to have a name: error signals that are better written out, and what is used again and has none.

Names are chosen when a whole sweep is known, and a second sweep then has them from the start; so every line of the work
is recorded as it is taken, with the names that it ends with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Basic, Expr, Pow, Symbol

from symbackprop.algebra.forms import Shortening
from symbackprop.algebra.measure import operations
from symbackprop.calculus.sweep import Plan, Swept
from symbackprop.matrices import Array, Operation, Sum, SumAll, Transposed, as_whole, shape_of, substituted
from symbackprop.network.network import Network
from symbackprop.notation.recursion import has_parts_within

WORTH = 2
"""How many operations a part takes that gets a name where it stands twice."""
MOST_LINES = 60
"""A derivation of more lines keeps the names that it has."""
LONG = 200


def planned(network: Network, swept: Swept, sources: Sequence[Symbol], shortening: Shortening) -> Plan:
    """The names for a second sweep; the plan is empty where the first will do."""
    lines = {**swept.backward, **{w: swept.adjoint[w] for w in sources if not swept.adjoint[w].is_Symbol}}
    if len(lines) > MOST_LINES or not all(has_parts_within(value, LONG) for value in lines.values()):
        return Plan()
    choice = _Choice(network, lines, shortening)
    named = {delta: name for name, delta in swept.signal.items()}
    unnamed = frozenset(named[delta] for delta in choice.better_written_out(named))
    return Plan(unnamed, choice.used_again())


@dataclass
class _Choice:
    """The lines as they are once the choices so far are made."""

    network: Network
    lines: dict[Symbol, Expr]
    shortening: Shortening
    words: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.words = {s.name for s in (*self.network.names, *self.network.sizes, *self.lines)}

    def better_written_out(self, signals: Mapping[Symbol, Symbol]) -> Iterator[Symbol]:
        """The error signals that stand in one line alone, which is shorter with what they stand for."""
        for delta in list(self.lines):
            users = [line for line, value in self.lines.items() if delta in value.free_symbols]
            if delta not in signals or len(users) != 1:
                continue
            line, value = users[0], self.lines[delta]
            opened = self._opened(self.lines[line], delta, value)
            way = self.shortening.way(opened, shape_of(line))
            result = way[-1].result if way else opened
            if self._cost([result]) < self._cost([self.lines[line], value]):
                del self.lines[delta]
                self.lines[line] = result
                yield delta

    def _opened(self, line: Expr, delta: Symbol, value: Expr) -> Expr:
        whole = as_whole(value, shape_of(delta)) if isinstance(delta, Array) else value
        opened: Expr = substituted(line, {delta: whole})
        return as_whole(opened, shape_of(line)) if shape_of(line) else opened

    def used_again(self) -> dict[Symbol, Expr]:
        """Names for what stands in several places and takes operations, the longest first."""
        found: dict[Symbol, Expr] = {}
        while True:
            part = self._repeated()
            if part is None:
                return found
            name = self._name_for(part)
            found[name] = part
            self.lines = {line: substituted(value, {part: name}) for line, value in self.lines.items()}

    def _repeated(self) -> Expr | None:
        places: dict[Basic, int] = {}
        for value in self.lines.values():
            for node in _nodes(value):
                places[node] = places.get(node, 0) + 1
        again = [node for node, count in places.items() if count > 1 and self._is_worth(node)]
        return max(again, key=lambda node: (self._cost([node]), str(node)), default=None)

    def _is_worth(self, node: Basic) -> bool:
        return not isinstance(node, Transposed) and self._cost([node]) >= WORTH

    def _cost(self, exprs: Sequence[Basic]) -> int:
        return operations(exprs, self.network.sizes)

    def _name_for(self, part: Expr) -> Symbol:
        """r for a difference, s for a sum along an axis, u for others; capital where it is a matrix."""
        shape = shape_of(part)
        letter = "r" if part.is_Add else "s" if isinstance(part, (Sum, SumAll)) else "u"
        if shape and not any(size == 1 for size in shape):
            letter = letter.upper()
        word, count = letter, 1
        while word in self.words:
            count += 1
            word = f"{letter}{count}"
        self.words.add(word)
        return Array(word, shape) if shape else Symbol(word)


def _nodes(expr: Expr) -> Iterator[Basic]:
    """The parts of a form, each as often as it stands there; a power of a name is none, nor a product with a number."""
    stack: list[Basic] = [expr]
    while stack:
        node = stack.pop()
        stack.extend(node.operands if isinstance(node, Operation) else node.args)
        if node is not expr and node.args and not node.is_number and not isinstance(node, Pow):
            yield node
