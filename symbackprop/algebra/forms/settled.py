"""Which forms nothing can shorten, told at a glance; and the slopes of activations, which are never taken apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Basic, Expr, Mul, Pow, S, Symbol, preorder_traversal

from symbackprop.matrices import Array, Broadcast, Inverse, Operation, Product, Sum, SumAll, Trace, Transposed, shape_of


def slopes_in(expr: Expr) -> dict[Expr, Symbol]:
    """Each a·(1 - a) in a product, with a symbol that stands for it: what a reader knows as σ' stays together."""
    found: dict[Expr, Symbol] = {}
    powers = {node.base for node in expr.atoms(Pow)}
    for node in sorted(expr.atoms(Mul), key=str):
        for factor in node.args:
            if factor.is_Symbol and (S.One - factor) in node.args and powers.isdisjoint((factor, S.One - factor)):
                slope = factor * (S.One - factor)
                name = f"_slope_{factor.name}"
                shape = shape_of(factor)
                found.setdefault(slope, Array(name, shape) if shape else Symbol(name))
    return found


def veiled(expr: Expr, slopes: Mapping[Expr, Symbol]) -> Expr:
    """The form with a symbol for each slope."""
    for slope, symbol in slopes.items():
        changed = {}
        for node in expr.atoms(Mul):
            if all(factor in node.args for factor in slope.args):
                rest = [factor for factor in node.args if factor not in slope.args]
                changed[node] = Mul(symbol, *rest)
        expr = expr.xreplace(changed)
    return expr


class Settled:
    """Tells which forms need no search: each name stands there once, and no equation is made of such names alone.

    Functions and powers are of single names there, and no minus stands before a product with a sum. An equation in
    which they are of more is no part of such a form.
    """

    def __init__(self, stated: frozenset[Symbol] = frozenset()) -> None:
        self._stated = stated
        """Names of which an equation is stated, such as M² = M: it may make a form of them shorter."""
        self._made_of: dict[Symbol, list[tuple[Symbol, frozenset[Symbol]]]] = {}
        self._uses: dict[Symbol, int] = {}

    def learn(self, name: Symbol, value: Expr) -> None:
        """Take note of an equation, by that of its names which stands in the fewest."""
        symbols = _names_once(value)
        for symbol in symbols or ():
            self._uses[symbol] = self._uses.get(symbol, 0) + 1
        if symbols:
            rarest = min(symbols, key=lambda symbol: (self._uses[symbol], symbol.name))
            self._made_of.setdefault(rarest, []).append((name, symbols))

    def has(self, expr: Expr) -> bool:
        """Whether a form is settled."""
        names = _names_once(expr)
        if names is None or not names.isdisjoint(self._stated):
            return False
        known = (made for name in names for made in self._made_of.get(name, ()))
        return not any(name not in names and symbols <= names for name, symbols in known)


def _names_once(expr: Expr) -> frozenset[Symbol] | None:
    """The names of a form in which each stands once, but for those in slopes a·(1 - a); None of any other form."""
    names: set[Symbol] = set()
    constants = 0
    stack: list[Basic] = [expr]
    while stack:
        node = stack.pop()
        if node.is_Symbol:
            if node in names:
                return None
            names.add(node)
        elif node.is_Number:
            constants += node not in (S.One, S.NegativeOne)
        elif node.is_Mul:
            parts = _without_slopes(node)
            if node.args[0] is S.NegativeOne and any(part.is_Add for part in parts):
                return None  # the sum may take the minus
            stack.extend(parts)
        elif node.is_Add and sum(map(_is_sum, node.args)) > 1:
            return None  # they may be one sum
        elif node.is_Add or isinstance(node, (Product, Transposed, Sum, SumAll, Broadcast)):
            stack.extend(node.operands if isinstance(node, Operation) else node.args)
        elif (
            len(node.args)
            and not isinstance(node, Inverse)
            and node.args[0].is_Symbol
            and all(arg.is_Number for arg in node.args[1:])
        ):
            stack.append(node.args[0])  # a power of a name, or a function of one
        else:
            return None
    return None if constants > 1 else frozenset(names)


def _is_sum(term: Basic) -> bool:
    """Whether a term is a sum of entries, perhaps transposed, times a number."""
    inner = term.as_coeff_Mul()[1] if isinstance(term, Expr) else term
    return isinstance(inner.args[0] if isinstance(inner, Transposed) else inner, (Sum, SumAll, Trace))


def _without_slopes(node: Mul) -> list[Basic]:
    """The factors of a product, without a and 1 - a where they stand side by side."""
    args: Sequence[Basic] = node.args
    sums = [factor for factor in args if factor.is_Add and len(factor.args) == 2 and factor.args[0] is S.One]
    slopes = [(factor, -factor.args[1]) for factor in sums]
    both = [part for slope in slopes if slope[1].is_Symbol and slope[1] in args for part in slope]
    return [factor for factor in args if factor not in both] if both else list(args)


def in_places(expr: Expr, definitions: Mapping[Symbol, Expr]) -> tuple[Basic, ...]:
    """A form and the equations of its names, with numbered places for the names, in the order in which they stand."""
    places: dict[Symbol, Symbol] = {}
    written: list[Basic] = []
    for part in (expr, *(definitions[name] for name in _names_in(expr) if name in definitions)):
        for name in _names_in(part):
            shape = shape_of(name)
            places.setdefault(name, Array(f"_{len(places)}", shape) if shape else Symbol(f"_{len(places)}"))
        written.append(part.xreplace(places))
    return tuple(written)


def _names_in(expr: Expr) -> list[Symbol]:
    return list(dict.fromkeys(node for node in preorder_traversal(expr) if node.is_Symbol))
