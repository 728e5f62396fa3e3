"""Which forms nothing can shorten, told at a glance; and the slopes of activations, which are never taken apart."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Basic, Expr, Mul, Pow, S, Symbol, preorder_traversal

from symbackprop.matrices import Array, Product, Transposed, shape_of


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


def is_settled(expr: Expr, definitions: Mapping[Symbol, Expr]) -> bool:
    """Whether each name stands there once, in sums and products alone, and no equation is made of such names."""
    counts: dict[Basic, int] = {}
    stack: list[Basic] = [expr]
    constants = 0
    while stack:
        node = stack.pop()
        if node.is_Symbol:
            counts[node] = counts.get(node, 0) + 1
        elif node.is_Number:
            constants += node not in (S.One, S.NegativeOne)
        elif node.is_Add or node.is_Mul or isinstance(node, (Product, Transposed)):
            stack.extend(node.args)
        elif isinstance(node, Pow) and node.exp == -1 and node.base.is_Symbol:
            stack.append(node.base)
        else:
            return False
    if constants > 1 or any(count > 1 for count in counts.values()):
        return False
    here = counts.keys()
    return not any(value.free_symbols <= here for name, value in definitions.items() if name not in here)


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
