"""CasADi: reverse mode over its graph of scalars."""

from __future__ import annotations

from typing import Any

import casadi
import numpy as np

import symbackprop as sb
from benchmark.deriving.scalars import loss_in


def forward(net: sb.Network) -> Any:
    """The loss as a graph, the names, and the weights."""
    names = {s.name: casadi.SX.sym(s.name) for s in (*net.inputs, *net.targets, *net.parameters)}
    return loss_in(net, names, casadi.exp), names, [w.name for w in net.parameters]


def derive(given: Any) -> Any:
    """A function of all the names: the loss, and its gradients in one vector."""
    loss, names, weights = given
    by = casadi.vertcat(*(names[w] for w in weights))
    return casadi.Function("gradients", list(names.values()), [loss, casadi.gradient(loss, by)])


def operations(given: Any, found: Any) -> int:
    """Instructions that compute: not those that read an input or constant or write an output."""
    passive = {casadi.OP_INPUT, casadi.OP_OUTPUT, casadi.OP_CONST}
    return sum(found.instruction_id(k) not in passive for k in range(found.n_instructions()))


def gradients(given: Any, found: Any, at: dict[str, float]) -> dict[str, float]:
    """Numbers, by its virtual machine."""
    _, names, weights = given
    vector = np.asarray(found(*(at[name] for name in names))[1]).ravel()
    return dict(zip(weights, map(float, vector), strict=True))
