"""Written-out forms taken for what they are: ``1/(1 + exp(-z))`` is sigmoid(z), ``log(1 + exp(z))`` softplus, and
``exp(z1)/(exp(z1) + exp(z2))`` a component of a softmax.

Each rule looks at one node whose arguments have been recognised already, and returns another node or ``None``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite

from sympy import Add, Basic, Expr, Integer, Max, Mul, Pow, Rational, S, exp, log, polygamma, re, tanh
from sympy import conjugate as sympy_conjugate
from sympy import erfc as sympy_erfc
from sympy import im as sympy_im
from sympy.core.numbers import Float

from symbackprop.functions.entrywise.digamma import digamma
from symbackprop.functions.entrywise.erfc import erfc
from symbackprop.functions.entrywise.relu import relu
from symbackprop.functions.entrywise.sigmoid import sigmoid
from symbackprop.functions.entrywise.softplus import softplus
from symbackprop.functions.entrywise.trigamma import trigamma
from symbackprop.functions.softmax import softmax_component


def _remade(expr: Expr, args: Sequence[Basic]) -> Expr:
    made: Expr = expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)
    return made


def recognise(
    expr: Expr,
    remade: Callable[[Expr, Sequence[Basic]], Expr] = _remade,
    told: Callable[[Expr, Expr], None] = lambda written, known: None,
) -> Expr:
    """Rewrite ``expr`` bottom-up by the rules of this module; decimal numbers become exact fractions.

    ``remade`` makes a node anew with other arguments; that of matrices keeps their shapes. ``told`` is given each form
    that was found, and what it is taken for.
    """
    if not expr.args:
        return _exact(expr) if isinstance(expr, Float) else expr
    node = remade(expr, [recognise(arg, remade, told) for arg in expr.args])
    for rule in _RULES:
        found = rule(node)
        if found is not None:
            told(node, found)
            return found
    return node


def _exact(number: Float) -> Expr:
    """The decimal as a fraction; one that no float can hold stays, for the checks to refuse."""
    value = float(number)
    return Rational(repr(value)) if isfinite(value) else number


def _one_plus_exp(expr: Basic) -> Expr | None:
    """Return z where ``expr`` is 1 + exp(z)."""
    if isinstance(expr, Add) and len(expr.args) == 2 and expr.args[0] == S.One and isinstance(expr.args[1], exp):
        return expr.args[1].args[0]
    return None


def _exp_minus_one(expr: Basic) -> Expr | None:
    """Return z where ``expr`` is exp(z) - 1 or 1 - exp(z)."""
    return _one_plus_exp(expr + 2 if expr.args[0] == S.NegativeOne else 2 - expr) if isinstance(expr, Add) else None


def _sigmoid(node: Expr) -> Expr | None:
    """1/(1 + exp(-z)), also where a factor stands beside it: c/(1 + exp(-z)) and exp(z)/(1 + exp(z))."""
    if isinstance(node, Pow) and isinstance(node.exp, Integer) and node.exp < 0:
        z = _one_plus_exp(node.base)
        return None if z is None else sigmoid(-z) ** -node.exp
    if isinstance(node, Mul):
        # The denominator has been recognised on its own by now: exp(z)·sigmoid(-z) is sigmoid(z).
        for factor in node.args:
            if isinstance(factor, sigmoid) and exp(-factor.args[0]) in node.args:
                rest = [f for f in node.args if f not in (factor, exp(-factor.args[0]))]
                return Mul(sigmoid(-factor.args[0]), *rest)
    return None


def _tanh(node: Expr) -> Expr | None:
    """(exp(z) - exp(-z))/(exp(z) + exp(-z)), and (exp(2*z) - 1)/(exp(2*z) + 1)."""
    if not isinstance(node, Mul):
        return None
    for factor in node.args:
        z = _exp_minus_one(factor)
        if z is not None and sigmoid(-z) in node.args:  # the denominator has been recognised on its own by now
            rest = [f for f in node.args if f not in (factor, sigmoid(-z))]
            return Mul(1 if exp(z) in factor.args else -1, tanh(z / 2), *rest)
    for factor in node.args:
        if not (isinstance(factor, Pow) and factor.exp == S.NegativeOne and isinstance(factor.base, Add)):
            continue
        terms = factor.base.args
        if len(terms) != 2 or not all(isinstance(t, exp) for t in terms):
            continue
        z = terms[0].args[0]
        if terms[1].args[0] != -z:
            continue
        for sign, difference in ((1, exp(z) - exp(-z)), (-1, exp(-z) - exp(z))):
            if difference in node.args:
                rest = [f for f in node.args if f not in (factor, difference)]
                return Mul(sign, tanh(z), *rest)
    return None


def _softmax(node: Expr) -> Expr | None:
    """exp(z_j)/(exp(z_1) + … + exp(z_n))."""
    if not isinstance(node, Mul):
        return None
    for factor in node.args:
        if not (isinstance(factor, Pow) and factor.exp == S.NegativeOne and isinstance(factor.base, Add)):
            continue
        powers = factor.base.args
        above = [power for power in powers if power in node.args]
        if above and all(isinstance(power, exp) for power in powers):
            rest = [f for f in node.args if f not in (factor, above[0])]
            scores = (power.args[0] for power in powers)
            return Mul(softmax_component(Integer(powers.index(above[0]) + 1), *scores), *rest)
    return None


def _softplus(node: Expr) -> Expr | None:
    """log(1 + exp(z))."""
    z = _one_plus_exp(node.args[0]) if isinstance(node, log) else None
    return None if z is None else softplus(z)


def _relu(node: Expr) -> Expr | None:
    """max(0, z)."""
    if isinstance(node, Max) and len(node.args) == 2 and S.Zero in node.args:
        return relu(next(arg for arg in node.args if arg != S.Zero))
    return None


def _real(node: Expr) -> Expr | None:
    """Every quantity of a network is real: SymPy writes re(z) where a symbol was not declared so."""
    if isinstance(node, (re, sympy_conjugate)):
        return node.args[0]
    if isinstance(node, sympy_im):
        return S.Zero
    return None


def _special(node: Expr) -> Expr | None:
    """SymPy's erfc, and its polygamma of orders 0 and 1."""
    if isinstance(node, sympy_erfc):
        return erfc(*node.args)
    if isinstance(node, polygamma) and node.args[0] in (0, 1):
        return (digamma if node.args[0] == 0 else trigamma)(node.args[1])
    return None


_RULES = (_sigmoid, _tanh, _softmax, _softplus, _relu, _real, _special)
