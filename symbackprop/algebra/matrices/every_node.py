"""A rule applied to every node of an array expression; shapes are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Expr

from symbackprop.matrices import Product, as_whole, product, rebuilt, shape_of

NodeRule = Callable[[Expr], Expr]


class Everywhere:
    """A rule applied to every node, from the leaves up, until nothing changes; what is known is not done twice."""

    def __init__(self, rule: NodeRule) -> None:
        self.rule = rule
        self._known: dict[Expr, Expr] = {}

    def __call__(self, expr: Expr) -> Expr:
        """The expression with the rule applied as often as it applies."""
        if not expr.args:
            return expr
        if expr not in self._known:
            node = _rebuilt(expr, [self(arg) if isinstance(arg, Expr) else arg for arg in expr.args])
            if node != expr and node.args:
                node = self(node)  # SymPy may have combined the parts: B·B is B²
            changed = as_whole(self.rule(node), shape_of(node))
            self._known[expr] = node if changed == node else self(changed)
        return self._known[expr]


def _rebuilt(expr: Expr, args: Sequence[Expr]) -> Expr:
    node: Expr = rebuilt(expr, args)
    if isinstance(node, Product):
        return product(*node.args)  # a factor that has become a product is no factor any more
    return node if node is expr else as_whole(node, shape_of(expr))
