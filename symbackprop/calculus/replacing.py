"""Putting the names of error signals in the place of what they stand for."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Mul, Symbol


def nameable(expr: Expr, signals: Mapping[Symbol, Expr]) -> dict[Expr, Symbol]:
    """The definitions that stand in ``expr``, written in signals that it has been given already."""
    here = expr.free_symbols
    return {
        definition: delta
        for delta, definition in signals.items()
        if definition.free_symbols <= here and replaced(expr, {definition: delta}) != expr
    }


def replaced(expr: Expr, definitions: Mapping[Expr, Symbol]) -> Expr:
    """Replace definitions that stand whole, or as the factors of a product, by their names."""
    if expr in definitions:
        return definitions[expr]
    if not expr.args:
        return expr
    args = [replaced(arg, definitions) if isinstance(arg, Expr) else arg for arg in expr.args]
    node = expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)
    if isinstance(node, Mul):
        for definition, delta in definitions.items():
            parts = Mul.make_args(definition)
            if len(parts) > 1 and all(part in node.args for part in parts):
                rest = [factor for factor in node.args if factor not in parts]
                return replaced(Mul(delta, *rest), definitions)
    return node
