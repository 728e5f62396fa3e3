"""What the table of published forms is made of: a network, the gradients as they are published, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sympy import Expr, Symbol

import symbackprop as sb
from symbackprop.algebra.measure import operations
from symbackprop.judge import Gradients, Verdict, judge
from symbackprop.matrices import Array, shape_of
from symbackprop.network.formulas import parse_equation, parse_expression, parse_facts, parse_size

Names = dict[str, Symbol]


@dataclass(frozen=True)
class Form:
    """A network and its gradients as they are published.

    ``shapes`` are such as ``X: m × n, w: n × 1``; names without one are scalars. ``equations`` and ``published`` have
    a line each: of the latter ``r = …`` names a helper or an error signal, and ``w: …`` is the gradient by w. With
    ``outputs``, such as ``Y: G``, the network is a layer, and G the adjoint of its output Y.
    """

    name: str
    source: str
    equations: str
    published: str
    shapes: str = ""
    inputs: str = ""
    targets: str = ""
    parameters: str = ""
    outputs: str = ""
    facts: str = ""

    @cached_property
    def derivation(self) -> sb.Derivation:
        """Ours, by the names that have a published gradient."""
        by = [line.partition(":")[0].strip() for line in _lines(self.published) if _is_gradient(line)]
        return sb.derive(self.network, wrt=by, form="published")

    @cached_property
    def network(self) -> sb.Network:
        """The network. The loss is the last of its equations, unless it is a layer."""
        names = self._given
        groups = {role: [names[word] for word in getattr(self, role).split()] for role in ROLES}
        equations: dict[object, object] = {}
        for line in _lines(self.equations):
            left, _, right = line.partition(" = ")
            lefts = [word.strip() for word in left.split(",")]
            read = parse_equation(right, names, count=len(lefts), where=f"{self.name}, {left}")
            for word, expr in zip(lefts, read if isinstance(read, tuple) else (read,), strict=True):
                names[word] = named(word, expr)
                equations[names[word]] = expr
        facts = [fact for text in _parts(self.facts) for fact in parse_facts(text, names)]
        if self.outputs:
            outputs = dict(_pairs(self.outputs))
            return sb.Network(equations, **groups, outputs=outputs, facts=facts, name=self.name)
        return sb.Network(equations, **groups, loss=list(equations)[-1], facts=facts, name=self.name)

    @property
    def _given(self) -> Names:
        shapes = dict(_pairs(self.shapes))
        words = [word for role in ROLES for word in getattr(self, role).split()]
        sizes = {word: tuple(map(parse_size, shape.split("×"))) for word, shape in shapes.items()}
        found: Names = {word: Array(word, sizes[word]) if word in sizes else Symbol(word) for word in words}
        symbols = {symbol for shape in sizes.values() for size in shape for symbol in size.free_symbols}
        return {symbol.name: symbol for symbol in symbols} | found

    @cached_property
    def lines(self) -> tuple[Mapping[Symbol, Expr], Mapping[Symbol, Expr]]:
        """The published helpers and error signals by name, and the published gradients."""
        network = self.network
        names: Names = {size.name: size for size in network.sizes} | {s.name: s for s in network.names}
        helpers: dict[Symbol, Expr] = {}
        gradients: dict[Symbol, Expr] = {}
        for line in _lines(self.published):
            gradient = _is_gradient(line)
            left, _, right = line.partition(": " if gradient else " = ")
            expr = parse_expression(right, names, where=f"{self.name}, published {left}")
            if gradient:
                gradients[names[left]] = expr
            else:
                assert left not in names, f"{self.name}: {left} has a meaning"
                names[left] = named(left, expr)
                helpers[names[left]] = expr
        return helpers, gradients

    def verdict(self) -> Verdict:
        """Whether the published gradients are those of the network."""
        helpers, gradients = self.lines
        return judge(Gradients(self.network, gradients, signals=helpers, facts=self.derivation.facts))

    @property
    def ours(self) -> int:
        """The operations of our error signals and gradients."""
        return self.derivation.operations.backward

    @property
    def theirs(self) -> int:
        """The operations of the published lines."""
        helpers, gradients = self.lines
        return operations([*helpers.values(), *gradients.values()], self.network.sizes)


ROLES = ("inputs", "targets", "parameters")


def named(word: str, expr: Expr) -> Symbol:
    """A name for an expression, with its shape."""
    shape = shape_of(expr)
    return Array(word, shape) if shape else Symbol(word)


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.strip().splitlines())


def _is_gradient(line: str) -> bool:
    return ":" in line.partition("=")[0]


def _parts(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split(";") if part.strip())


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(","):
        if part.strip():
            word, _, rest = part.partition(":")
            yield word.strip(), rest.strip()
