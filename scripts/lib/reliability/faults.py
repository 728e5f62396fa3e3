"""Faults in the formula of a gradient, of the kinds that people and programs make."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sympy import Add, Basic, Expr, Integer, Piecewise, Pow, Rational, Symbol

import symbackprop as sb
from symbackprop.matrices import Array, Transposed, shape_of

TINY = Rational(1, 10**10)


@dataclass(frozen=True)
class Fault:
    """A wrong formula for the gradient by a name."""

    kind: str
    derivation: sb.Derivation
    name: Symbol
    formula: Expr


class Site:
    """One place in a formula, and the formula with something else in that place."""

    def __init__(self, root: Expr, path: tuple[int, ...], node: Basic) -> None:
        self.root, self.path, self.node = root, path, node

    def holding(self, other: Basic) -> Expr:
        """The formula with ``other`` here."""
        return _replaced(self.root, self.path, other)


def _replaced(node: Basic, path: tuple[int, ...], other: Basic) -> Expr:
    if not path:
        return other
    args = list(node.args)
    args[path[0]] = _replaced(args[path[0]], path[1:], other)
    return node.func(*args)


def sites(root: Expr) -> list[Site]:
    """Every place, once for each time that something stands there."""
    return list(_sites(root, root, ()))


def _sites(root: Expr, node: Basic, path: tuple[int, ...]) -> Iterator[Site]:
    yield Site(root, path, node)
    for place, arg in enumerate(node.args):
        yield from _sites(root, arg, (*path, place))


Draw = Callable[[sb.Derivation, Symbol, random.Random], Expr | None]
"""A wrong formula for the gradient by a name, or None where the fault cannot be made there."""


def _choice(rng: random.Random, found: list[Site]) -> Site | None:
    return rng.choice(found) if found else None


def _sums(formula: Expr) -> list[Site]:
    return [site for site in sites(formula) if isinstance(site.node, Add)]


def _sign(d: sb.Derivation, w: Symbol, rng: random.Random) -> Expr | None:
    site = _choice(rng, _sums(d.shared[w]))
    if site is None or rng.random() < 0.2:
        return -d.shared[w]
    term = rng.choice(site.node.args)
    return site.holding(Add(*(-arg if arg == term else arg for arg in site.node.args)))


def _factor(d: sb.Derivation, w: Symbol, rng: random.Random) -> Expr | None:
    near = 1 + rng.choice((1, -1)) * TINY
    site = _choice(rng, _sums(d.shared[w]))
    if site is None or rng.random() < 0.5:
        return near * d.shared[w]
    term = rng.choice(site.node.args)
    return site.holding(Add(*(near * arg if arg == term else arg for arg in site.node.args)))


def _dropped(d: sb.Derivation, w: Symbol, rng: random.Random) -> Expr | None:
    site = _choice(rng, _sums(d.shared[w]))
    if site is None:
        return None
    term = rng.choice(site.node.args)
    return site.holding(Add(*(arg for arg in site.node.args if arg != term)))


def _transposed(d: sb.Derivation, w: Symbol, rng: random.Random) -> Expr | None:
    found = [site for site in sites(d.shared[w]) if isinstance(site.node, Array | Transposed)]
    site = _choice(rng, [site for site in found if shape_of(site.node)[0] == shape_of(site.node)[1]])
    if site is None:
        return None
    return site.holding(site.node.args[0] if isinstance(site.node, Transposed) else Transposed(site.node))


def _swapped(d: sb.Derivation, w: Symbol, rng: random.Random) -> Expr | None:
    site = _choice(rng, [site for site in sites(d.shared[w]) if _is_name(site.node, d)])
    if site is None:
        return None
    others = [s for s in _names(d) if s != site.node and shape_of(s) == shape_of(site.node)]
    return site.holding(rng.choice(others)) if others else None


def _lost(d: sb.Derivation, w: Symbol, rng: random.Random) -> Expr | None:
    """An error signal in which one of its terms was forgotten."""
    formula = d.shared[w]
    used = sorted((s for s in formula.free_symbols if s in d.backward and isinstance(d.backward[s], Add)), key=str)
    if not used:
        return None
    signal = rng.choice(used)
    term = rng.choice(d.backward[signal].args)
    less = Add(*(arg for arg in d.backward[signal].args if arg != term))
    return _substituted(formula, signal, less)


def _power(d: sb.Derivation, w: Symbol, rng: random.Random) -> Expr | None:
    formula = d.shared[w]
    powers = [site for site in sites(formula) if isinstance(site.node, Pow) and site.node.exp.is_Rational]
    if powers and rng.random() < 0.7:
        site = rng.choice(powers)
        return site.holding(Pow(site.node.base, site.node.exp + rng.choice((1, -1))))
    site = _choice(rng, [site for site in sites(formula) if _is_name(site.node, d)])
    return None if site is None else site.holding(Pow(site.node, 2))


def _flip(bound: int, factors: tuple[Rational, ...]) -> Draw:
    def drawn(d: sb.Derivation, w: Symbol, rng: random.Random) -> Expr | None:
        """The formula times a number other than one on one side of a bound on a value of the network."""
        formula = d.shared[w]
        size = rng.choice(factors)
        places = [Site(formula, (), formula)] if not shape_of(formula) else []
        places += [site for site in sites(formula) if isinstance(site.node, Array)]
        place = _choice(rng, places)
        if place is None:
            return None
        values = [s for s in d.network.equations if shape_of(s) == shape_of(place.node) and s != d.network.loss]
        if not values:
            return None
        value = rng.choice(values)
        condition = value > bound if rng.random() < 0.5 else value < -bound
        return place.holding(Piecewise((size, condition), (Integer(1), True)) * place.node)

    return drawn


KINDS: Mapping[str, Draw] = {
    "a sign": _sign,
    "a factor 1 ± 1e-10": _factor,
    "a dropped term": _dropped,
    "a transpose of a square matrix": _transposed,
    "a name for another": _swapped,
    "a lost route": _lost,
    "a wrong power": _power,
    "a flip beyond ±8": _flip(8, (Integer(-1), Integer(2), 1 + TINY)),
    "a fault on one side of zero": _flip(0, (Integer(-1), Integer(0), Rational(1001, 1000))),
}


def fault(kind: str, d: sb.Derivation, rng: random.Random) -> Fault | None:
    """A fault of that kind in the gradient by one of the names, or None where it cannot be made there."""
    for w in rng.sample(list(d.wrt), len(d.wrt)):
        try:
            formula = KINDS[kind](d, w, rng)
            if formula is not None and formula != d.shared[w] and shape_of(formula) == shape_of(w):
                return Fault(kind, d, w, formula)
        except sb.NetworkError:  # sizes that no longer fit: nobody would be taken in by that
            continue
    return None


def _names(d: sb.Derivation) -> list[Symbol]:
    return [s for s in (*d.network.names, *d.backward) if s != d.network.loss]


def _is_name(node: Basic, d: sb.Derivation) -> bool:
    return isinstance(node, Symbol) and node not in d.network.sizes


def _substituted(formula: Expr, name: Symbol, other: Expr) -> Expr:
    for site in reversed(sites(formula)):
        if site.node == name:
            formula = _replaced(formula, site.path, other)
    return formula
