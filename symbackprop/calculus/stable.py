"""A network whose equations neither overflow nor lose digits, and mean the same."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping

from sympy import Expr, Symbol

from symbackprop.algebra import StableForms
from symbackprop.errors import SymbackpropError
from symbackprop.network.network import Network


def in_stable_form(network: Network, kept: Iterable[Symbol]) -> Network:
    """The network in stable form, in which the names of ``kept`` stay; itself where nothing of it is unstable."""
    forms = StableForms(opaque=frozenset(kept))
    equations = {name: forms.defined(name, expr) for name, expr in network.equations.items()}
    if equations == dict(network.equations):
        return network
    return with_equations(network, equations) or network


def with_equations(network: Network, equations: Mapping[Symbol, Expr]) -> Network | None:
    """The same network with other equations; None where one of them has no meaning."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is said of the network has been said when it was made
            return network.with_equations(equations)
    except SymbackpropError:
        return None
