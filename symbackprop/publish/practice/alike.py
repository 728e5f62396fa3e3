"""What of a network goes alike, so that one of each shape is asked: error signals, gradients, local derivatives."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.matrices import Operation, same_shape, shape_of
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.notation import Direct, text
from symbackprop.reading.derivatives import Derivatives
from symbackprop.reporting.alike import groups_of, outline, roles_of
from symbackprop.reporting.sweep_parts import likenesses

Names = tuple[Symbol, ...]
"""Names that go alike, of which the first is asked."""

NEAR, FAR = 4, 2
"""So many shapes nearest to the loss are asked, and farthest from it; those between go like them."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Local:
    """A local derivative, and what it is."""

    link: Direct
    derivative: Expr

    @property
    def of(self) -> Symbol:
        """What is differentiated."""
        return self.link.of


@dataclass(frozen=True)
class Alike:
    """How the names of one kind are told to go alike, from the loss back.

    ``signals`` are names that have error signals, ``sources`` names that the derivation is with respect to, ``locals``
    local derivatives of one expression each, with their shapes.
    """

    signals: Callable[[Derivation], Sequence[Names]]
    sources: Callable[[Derivation], Sequence[Names]]
    locals: Callable[[Derivation], Iterable[tuple[Hashable, Local]]]


def asked_sources(derivation: Derivation) -> list[Names]:
    """The names whose gradients are asked: those that move the loss, and have no error signal instead."""
    found = derivation.network.kind[ALIKE].sources(derivation)
    kept = (tuple(w for w in names if w not in derivation.zero and w not in derivation.signals) for names in found)
    return [names for names in kept if names]


def asked_locals(derivation: Derivation, among: Container[Direct] | None = None) -> list[Local]:
    """Local derivatives, one of each shape; ``among`` some alone."""
    found: dict[Hashable, Local] = {}
    for shape, local in derivation.network.kind[ALIKE].locals(derivation):
        if among is None or local.link in among:
            found.setdefault(shape, local)
    return list(found.values())


def from_the_loss(derivation: Derivation) -> list[Symbol]:
    """The equations on routes to the loss, that of the loss first, and those of one depth in their order."""
    levels = derivation.network.levels
    return sorted(derivation.graph.active, key=lambda name: -levels.get(name.name, inf))


def equations_alike(derivation: Derivation) -> list[Names]:
    """The names of equations, those of one form and one depth together, in order."""
    network = derivation.network
    known = {s.name for s in (*network.names, *network.sizes)}
    found: dict[tuple[str, float], list[Symbol]] = {}
    for name, expr in network.equations.items():
        found.setdefault((_form(expr, known), network.levels[name.name]), []).append(name)
    return [tuple(names) for names in found.values()]


def _form(expr: Expr, known: set[str]) -> str:
    """An expression in which each name is replaced by its number in the order of appearance."""
    numbers: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        word = found[0]
        return f"#{numbers.setdefault(word, len(numbers))}" if word in known else word

    return _NAME.sub(numbered, text(expr, unicode=False))


# Scalars


def _scalar_signals(derivation: Derivation) -> list[Names]:
    return [group.names for group in groups_of(derivation, derivation.signals)]


def _scalar_sources(derivation: Derivation) -> list[Names]:
    return [group.names for group in groups_of(derivation)]


def _scalar_locals(derivation: Derivation) -> Iterator[tuple[Hashable, Local]]:
    roles = roles_of(derivation.network)
    for user in from_the_loss(derivation):
        for name in derivation.graph.arguments[user] if user in derivation.network.equations else ():
            derivative = derivation.local[user, name]
            if not derivative.is_number:
                shape = outline(derivative, user, name, roles), roles[name]
                yield shape, Local(derivation.link(user, name), derivative)


# Matrices


def _matrix_signals(derivation: Derivation) -> list[Names]:
    return [tuple(p.name for p in like.parts) for like in likenesses(derivation) if like.worked.signal is not None]


def _matrix_sources(derivation: Derivation) -> list[Names]:
    """Those that go alike and stand at one depth."""
    levels = derivation.network.levels
    found: dict[tuple[int, float], list[Symbol]] = {}
    for number, like in enumerate(likenesses(derivation)):
        for part in like.parts:
            if part.signal is None:
                found.setdefault((number, levels[part.name.name]), []).append(part.name)
    return [tuple(names) for _, names in sorted(found.items(), key=lambda item: -item[0][1])]


def _matrix_locals(derivation: Derivation) -> Iterator[tuple[Hashable, Local]]:
    """The derivatives entry by entry of what works entry by entry, and those of the loss by what leads to it alone."""
    network, graph = derivation.network, derivation.graph
    known = {s.name for s in network.names}
    derivatives = Derivatives(derivation)
    for user in from_the_loss(derivation):
        if user not in network.equations:  # that of a layer's outputs and what is passed back to them
            continue
        expr = network.equations[user]
        for name in graph.arguments[user]:
            if graph.has_detour(user, name) or not shape_of(name):
                continue
            if user == network.loss:
                derivative = derivation.adjoint(name)
            elif same_shape(shape_of(user), shape_of(name)) and not expr.atoms(Operation):
                derivative = derivatives.local(user, name)
            else:
                continue
            if same_shape(shape_of(derivative), shape_of(name)) and not derivative.is_number:
                yield (_form(derivative, known), bool(shape_of(user))), Local(derivation.link(user, name), derivative)


ALIKE = Question(
    __name__,
    "what of it goes alike",
    {
        SCALARS: Alike(_scalar_signals, _scalar_sources, _scalar_locals),
        MATRICES: Alike(_matrix_signals, _matrix_sources, _matrix_locals),
    },
)
