"""The derivation whose lines are written for another one, where its own would overflow.

What readers see is left as it is. A loss -log(p) with p = a/(a + b), a = exp(z) and b = exp(k) is derived step by
step, and that is how it is printed; but in numbers a overflows at z = 710, and 1/(a + b)**2 at 355. So code is written
from the derivation of the same network with softplus(k - z) for the loss, whose values and gradients are the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Symbol

from symbackprop.algebra import StableForms
from symbackprop.calculus import Derivation, derive
from symbackprop.calculus.stable import with_equations
from symbackprop.errors import SymbackpropError


def computed(derivation: Derivation) -> Derivation:
    """The derivation whose lines are computed for this one: it has every name of it, and maybe more."""
    network = derivation.network
    forms = StableForms(opaque=frozenset(derivation.wrt))
    equations = {name: forms.defined(name, expr) for name, expr in network.equations.items()}
    lines = (*derivation.backward.values(), *derivation.shared.values())
    if not (forms.overflows or any(map(forms.is_hazard, lines))):
        return derivation
    return _derived(derivation, equations) or derivation


def _derived(derivation: Derivation, equations: Mapping[Symbol, Expr]) -> Derivation | None:
    """The derivation of the same network with these equations; None where one of them has no meaning."""
    network = derivation.network
    stable = with_equations(network, equations)
    if stable is None:
        return None
    try:
        return derive(stable, derivation.wrt, (fact for fact in derivation.facts if fact not in network.facts))
    except SymbackpropError:
        return None
