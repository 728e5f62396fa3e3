"""The update rules of the optimisers, stated in SymPy.

w is a weight, g its gradient, η the learning rate and t the number of the update, from 1. A rule is a list of equations
in order; what ends in ``_new`` goes over to the next update, and all that is kept starts at zero. The code that runs is
written from these equations (optimisers.py).

    momentum, nesterov   Polyak 1964, Nesterov 1983, in the form of Sutskever et al. 2013
    adagrad              Duchi, Hazan, Singer 2011
    rmsprop              Tieleman, Hinton 2012
    adam                 Kingma, Ba 2015
    adamw                Loshchilov, Hutter 2019
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr, Symbol, sqrt, symbols

w, g, eta, t = symbols("w g eta t")
mu, rho, beta1, beta2, epsilon, decay = symbols("mu rho beta1 beta2 epsilon decay")
m, v, s = symbols("m v s")
w_new, m_new, v_new, s_new, m_hat, v_hat = symbols("w_new m_new v_new s_new m_hat v_hat")

Equations = tuple[tuple[Symbol, Expr], ...]


@dataclass(frozen=True)
class Rule:
    """How one weight is moved. ``kept`` maps what an update finds to what it leaves; ``options`` have defaults."""

    equations: Equations
    kept: Mapping[Symbol, Symbol] = field(default_factory=dict)
    options: Mapping[str, float] = field(default_factory=dict)


_MOMENTS: Equations = (
    (m_new, beta1 * m + (1 - beta1) * g),
    (v_new, beta2 * v + (1 - beta2) * g**2),
    (m_hat, m_new / (1 - beta1**t)),
    (v_hat, v_new / (1 - beta2**t)),
)
_STEP = eta * m_hat / (sqrt(v_hat) + epsilon)
_ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}

RULES: Mapping[str, Rule] = {
    "gradient-descent": Rule(((w_new, w - eta * g),)),
    "momentum": Rule(((v_new, mu * v + g), (w_new, w - eta * v_new)), {v: v_new}, {"mu": 0.9}),
    "nesterov": Rule(((v_new, mu * v + g), (w_new, w - eta * (g + mu * v_new))), {v: v_new}, {"mu": 0.9}),
    "adagrad": Rule(
        ((s_new, s + g**2), (w_new, w - eta * g / (sqrt(s_new) + epsilon))), {s: s_new}, {"epsilon": 1e-10}
    ),
    "rmsprop": Rule(
        ((s_new, rho * s + (1 - rho) * g**2), (w_new, w - eta * g / (sqrt(s_new) + epsilon))),
        {s: s_new},
        {"rho": 0.99, "epsilon": 1e-8},
    ),
    "adam": Rule((*_MOMENTS, (w_new, w - _STEP)), {m: m_new, v: v_new}, _ADAM),
    "adamw": Rule((*_MOMENTS, (w_new, (1 - eta * decay) * w - _STEP)), {m: m_new, v: v_new}, {**_ADAM, "decay": 0.01}),
}
"""By name. ``decay`` is the weight decay λ."""
