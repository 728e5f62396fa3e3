"""Derivatives in terms of the output, such as a·(1 - a) of a = σ(z), where 1 - a has lost its digits: for numbers.

1 - a is 0 from z = 37 on, and 1 - y² of y = tanh(z) from 19, where the derivatives are about exp(-z) and 4·exp(-2z). So
code gets these from z. What is printed stays a·(1 - a).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sympy import Add, Basic, Expr, Mul, Piecewise, Pow, S, Symbol, exp, tanh

from symbackprop.functions import elu, sigmoid, sigmoid_slope, tanh_slope
from symbackprop.functions.softmax import log_softmax_component, softmax_component


class Tails:
    """Rewrites lines of the backward pass of a network with these equations.

    What an equation has itself, such as the 1 - u of u*h + (1 - u)*n, is a value of the network as it is written.
    """

    def __init__(self, equations: Mapping[Symbol, Expr]) -> None:
        self.equations = equations
        self.names = {
            expr: name
            for name, expr in equations.items()
            if isinstance(expr, (softmax_component, log_softmax_component))
        }
        self.forward = _differences(equations.values()) if any(map(_has_tail, equations.values())) else None

    def accurate(self, expr: Expr) -> Expr:
        """The expression with derivatives that keep their digits far from zero."""
        return expr if self.forward is None else self._accurate(expr)

    def _accurate(self, expr: Expr) -> Expr:
        if not expr.args:
            return expr
        if isinstance(expr, Mul):
            expr = self._slopes(expr)
        if isinstance(expr, Piecewise):
            return self._elu_slope(expr) or expr
        found = self._difference(expr) if isinstance(expr, Add) else None
        if found is not None:
            return found
        args = [self._accurate(arg) if isinstance(arg, Expr) else arg for arg in expr.args]
        return expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)

    def _slopes(self, expr: Mul) -> Expr:
        """a·(1 - a) as σ'(z)."""
        factors = list(expr.args)
        for factor in expr.args:
            definition = self.equations.get(factor)
            if not isinstance(definition, sigmoid):
                continue
            for turned, sign in ((1 - factor, 1), (factor - 1, -1)):
                if turned in factors and turned not in (self.forward or ()):
                    factors.remove(factor)
                    factors.remove(turned)
                    factors += [sign * sigmoid_slope(definition.args[0])]
        return Mul(*factors)

    def _difference(self, expr: Add) -> Expr | None:
        """1 - a and 1 - y², and the same with the other sign."""
        if len(expr.args) != 2 or expr.args[0] not in (S.One, S.NegativeOne) or expr in (self.forward or ()):
            return None
        sign = expr.args[0]
        part = -sign * expr.args[1]
        rest = self._rest(part)
        return None if rest is None else sign * rest

    def _rest(self, part: Expr) -> Expr | None:
        """What is left of 1."""
        if isinstance(part, Pow) and part.exp == 2:
            definition = self.equations.get(part.base)
            return tanh_slope(definition.args[0]) if isinstance(definition, tanh) else None
        logarithm = isinstance(part, exp)
        definition = self.equations.get(part.args[0] if logarithm else part)
        if isinstance(definition, sigmoid) and not logarithm:
            return sigmoid(-definition.args[0])
        if not isinstance(definition, log_softmax_component if logarithm else softmax_component):
            return None
        others = [self.names.get(sibling) for sibling in definition.siblings() if sibling != definition]
        if any(name is None for name in others):
            return None
        return Add(*(exp(name) if logarithm else name for name in others))

    def _elu_slope(self, expr: Piecewise) -> Expr | None:
        """alpha·exp(z) in place of y + alpha, where y is alpha·(exp(z) - 1)."""
        if len(expr.args) != 2:
            return None
        (one, condition), (value, _) = expr.args
        for name in sorted(value.free_symbols, key=str):
            definition = self.equations.get(name)
            if isinstance(definition, elu):
                z, alpha = definition.args
                if value == name + alpha and condition == (z > 0):
                    return Piecewise((one, condition), (alpha * exp(z), True))
        return None


def _has_tail(expr: Expr) -> bool:
    return isinstance(expr, (sigmoid, tanh, elu, softmax_component, log_softmax_component))


def _differences(exprs: Collection[Expr]) -> frozenset[Basic]:
    """The sums of two terms in these expressions, with either sign."""
    sums = {node for expr in exprs for node in expr.atoms(Add) if len(node.args) == 2}
    return frozenset(sums | {-node for node in sums})
