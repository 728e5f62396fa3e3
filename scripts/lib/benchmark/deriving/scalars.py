"""A network of scalars as other libraries take it: values in the order of its equations, and numbers to try it at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Add, Integer, Mul, Pow, Rational, Symbol

import symbackprop as sb


def network(sizes: Sequence[int]) -> sb.Network:
    """A perceptron of named weights."""
    return sb.mlp(list(sizes))


def numbers(net: sb.Network) -> dict[str, float]:
    """A value for every weight, input and target, drawn from one seed."""
    rng = np.random.default_rng(0)
    return {symbol.name: float(rng.uniform(-1, 1)) for symbol in (*net.inputs, *net.targets, *net.parameters)}


def loss_in(net: sb.Network, symbols: Mapping[str, Any], exp: Callable[[Any], Any]) -> Any:
    """The loss as an expression of another library, by its own arithmetic, every value put into the next."""
    values: dict[Any, Any] = {symbol: symbols[symbol.name] for symbol in (*net.inputs, *net.targets, *net.parameters)}
    for name, formula in net.equations.items():
        values[name] = _translated(formula, values, exp)
    return values[net.loss]


def _translated(formula: Any, values: Mapping[Any, Any], exp: Callable[[Any], Any]) -> Any:
    """One formula: sums, products, powers with whole exponents, and sigmoids."""
    if isinstance(formula, Symbol):
        return values[formula]
    if isinstance(formula, Integer):
        return int(formula)
    if isinstance(formula, Rational):
        return float(formula)
    parts = [_translated(part, values, exp) for part in formula.args]
    if isinstance(formula, Add):
        return sum(parts[1:], parts[0])
    if isinstance(formula, Mul):
        product = parts[0]
        for part in parts[1:]:
            product = product * part
        return product
    if isinstance(formula, Pow):
        return parts[0] ** parts[1]
    if isinstance(formula, sb.sigmoid):
        return 1 / (1 + exp(-parts[0]))
    raise TypeError(f"{formula} is no formula of a perceptron of sigmoids")
