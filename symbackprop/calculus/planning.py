"""What is to have a name: error signals that are better written out, and what is used again and has none.

Names are chosen when a whole sweep is known, and a second sweep then has them from the start; so every line of the work
is recorded as it is taken, with the names that it ends with.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Basic, Expr, Pow, S, Symbol, preorder_traversal, sqrt

from symbackprop.algebra.forms import Shortening
from symbackprop.calculus.choices import Choices, Written, whole
from symbackprop.calculus.sweep import Plan, Swept
from symbackprop.matrices import (
    Array,
    Broadcast,
    Operation,
    Product,
    Sum,
    SumAll,
    Transposed,
    as_whole,
    shape_of,
    substituted,
)
from symbackprop.network.network import Network
from symbackprop.notation.recursion import has_parts_within

WORTH = 2
"""How many operations a part takes that gets a name where it stands twice."""
MOST_LINES = 60
"""A derivation of more lines keeps the names that it has."""
LONG = 200
MOST_NAMES = 12
"""More names than this help nobody."""


def planned(network: Network, swept: Swept, sources: Sequence[Symbol], shortening: Shortening) -> Plan:
    """The names for a second sweep; the plan is empty where the first will do."""
    lines = {**swept.backward, **{w: swept.adjoint[w] for w in sources}}
    if len(lines) > MOST_LINES or not all(has_parts_within(value, LONG) for value in lines.values()):
        return Plan()
    choice = _Choice(network, lines, shortening)
    named = {delta: name for name, delta in swept.signal.items()}
    unnamed = {named[delta] for delta in choice.better_written_out(named)}
    helpers = choice.used_again()
    start = Written(choice.lines, helpers)
    best = Choices(shortening, named, choice.name_for, choice.gone).best(start)
    unnamed |= {named[delta] for delta in start.lines if delta in named and delta not in best.lines}
    goals = {named.get(line, line): value for line, value in best.lines.items()} if unnamed or best.helpers else {}
    return Plan(frozenset(unnamed), best.ordered, goals)


@dataclass
class _Choice:
    """The lines as they are once the choices so far are made."""

    network: Network
    lines: dict[Symbol, Expr]
    shortening: Shortening
    words: set[str] = field(init=False)
    gone: set[Symbol] = field(default_factory=set, init=False)
    """The error signals that are written out: no other line may use them."""

    def __post_init__(self) -> None:
        self.words = {s.name for s in (*self.network.names, *self.network.sizes, *self.lines)}

    def better_written_out(self, signals: Mapping[Symbol, Symbol]) -> Iterator[Symbol]:
        """The error signals that stand in no line, or in one alone, which is shorter with what they stand for."""
        users = self._users()
        for delta in list(self.lines):
            if delta not in signals or len(users.get(delta, ())) > 1:
                continue
            if delta not in users:
                self._drop(delta)
                users = self._users()
                yield delta
                continue
            line, value = users[delta][0], self.lines[delta]
            opened = self._opened(self.lines[line], delta, value)
            hidden = {delta, *self.gone, *self._from(line)}
            result = self.shortening.shortest(opened, shape_of(line), without=hidden)
            if self._is_better(result, self.lines[line], delta, value):
                self._drop(delta)
                self.lines[line] = result
                users = self._users()
                yield delta

    def _users(self) -> dict[Symbol, list[Symbol]]:
        """The lines in which the name of each other line stands."""
        users: dict[Symbol, list[Symbol]] = {}
        for line, value in self.lines.items():
            for name in value.free_symbols & self.lines.keys():
                users.setdefault(name, []).append(line)
        return users

    def _drop(self, delta: Symbol) -> None:
        self.gone.add(delta)
        del self.lines[delta]

    def _from(self, line: Symbol) -> list[Symbol]:
        """A line and those behind it: their names are not known yet where it is written."""
        return list(itertools.dropwhile(lambda other: other != line, self.lines))

    def _is_better(self, result: Expr, line: Expr, delta: Symbol, value: Expr) -> bool:
        """Whether a line without the name is shorter; or as long in fewer names, with nothing left of its value.

        A product that becomes factors among others is no gain: its name tells what comes back.
        """
        measure = self.shortening.measure
        before, after = measure(line, value), measure(result)
        if after != before:
            return after < before
        if delta in _factors(line) and len(_factors(value)) > 1:
            return False
        fewer = _names(result) < _names(line) + _names(value)
        return fewer and measure.class_of(value) not in map(measure.class_of, _nodes(result))

    def _opened(self, line: Expr, delta: Symbol, value: Expr) -> Expr:
        opened: Expr = substituted(line, {delta: whole(value, delta)})
        return as_whole(opened, shape_of(line)) if shape_of(line) else opened

    def used_again(self) -> dict[Symbol, Expr]:
        """Names for what stands in several places and takes operations, the longest first."""
        found: dict[Symbol, Expr] = {}
        while (part := self._repeated()) is not None and len(found) < MOST_NAMES:
            name = self.name_for(part, Written(self.lines, found))
            found[name] = part
            self.lines = {line: self._with(name, part, value) for line, value in self.lines.items()}
        return found

    def _with(self, name: Symbol, part: Expr, value: Expr) -> Expr:
        """A line with a name for a part, times a number or transposed where it is so."""
        known: dict[Expr, Expr] = {}
        for node in _nodes(value):
            content, inner = node.primitive() if node.is_Add else (S.One, node)
            found = self.shortening.measure.multiple_of(inner, part)
            if found is not None:
                known[node] = content * found[0] * (Transposed(name) if found[1] else name)
        if isinstance(part, Pow):
            known = {node: name ** (2 * node.exp) for node in value.atoms(Pow) if node.base == part.base}
        changed: Expr = substituted(value, known)
        return changed

    def _repeated(self) -> Expr | None:
        """The longest part in two places, up to a constant and transposition, as it stands first; no line is one."""
        measure = self.shortening.measure
        places: dict[int, list[Expr]] = {}
        for node in self._of_names_used_again():
            if measure(node) >= WORTH:
                places.setdefault(measure.class_of(node), []).append(node)
        again = {of: nodes[0] for of, nodes in places.items() if len(nodes) > 1}
        if not again:
            return None
        whole = {measure.class_of(value) for value in self.lines.values()}
        parts = [node for of, node in again.items() if of not in whole]
        return max(parts, key=lambda node: (measure(node), str(node)), default=None)

    def _of_names_used_again(self) -> list[Expr]:
        """The parts of lines, no whole ones, that are made of what stands in several places: others stand in one."""
        uses = Counter(name for value in self.lines.values() for name in _names_in(value))
        return [
            node
            for value in self.lines.values()
            for node in _nodes(value)
            if node is not value and all(uses[name] > 1 for name in node.free_symbols)
        ]

    def name_for(self, part: Expr, beside: Written) -> Symbol:
        """r for a difference, s for a sum along an axis, u for others; capital where it is a matrix."""
        shape = shape_of(part)
        letter = "r" if part.is_Add else "s" if isinstance(part, (Sum, SumAll)) else "u"
        if shape and not any(size == 1 for size in shape):
            letter = letter.upper()
        words = self.words | {name.name for name in beside.helpers}
        word, count = letter, 1
        while word in words:
            count += 1
            word = f"{letter}{count}"
        return Array(word, shape) if shape else Symbol(word)


def _factors(expr: Expr) -> list[Basic]:
    """What is multiplied in a form, entry by entry or as matrices."""
    if expr.is_Mul:
        return [factor for part in expr.args if not part.is_Number for factor in _factors(part)]
    return list(expr.operands) if isinstance(expr, Product) else [expr]


def _names(expr: Expr) -> int:
    """How many names are written, each as often as it stands there."""
    return sum(1 for _ in _names_in(expr))


def _names_in(expr: Expr) -> Iterator[Symbol]:
    return (node for node in preorder_traversal(expr) if node.is_Symbol)


def _nodes(expr: Expr) -> Iterator[Expr]:
    """The parts of a form, each as often as it stands there; of a root's power the root."""
    stack: list[Basic] = [expr]
    while stack:
        node = stack.pop()
        stack.extend(node.operands if isinstance(node, Operation) else node.args)
        if not isinstance(node, Expr) or not node.args or node.is_number or isinstance(node, (Transposed, Broadcast)):
            continue
        if node.is_Mul and node.as_coeff_Mul()[1] is not node and not node.as_coeff_Mul()[1].is_Mul:
            continue  # a number times a part, which is seen for itself
        if isinstance(node, Pow):
            if node.exp.is_Rational and node.exp.q == 2:
                yield sqrt(node.base)
        else:
            yield node
