"""The functions that formulas may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import Abs, Expr, Max, Min, Piecewise, exp, log, sign, sqrt, tanh

from symbackprop.functions.activations import (
    elu,
    gelu,
    huber,
    leaky_relu,
    normal_cdf,
    normal_pdf,
    relu,
    sigmoid,
    silu,
    softplus,
    step,
)
from symbackprop.functions.losses import binary_cross_entropy, cross_entropy, smooth_l1, squared_error
from symbackprop.functions.softmax import log_softmax, softmax
from symbackprop.network.formulas.limits import MAX_EXTREMA


@dataclass(frozen=True)
class Known:
    """A function: how it is built, how it is written, and its least and greatest number of arguments."""

    build: Callable[..., Any]
    usage: str
    least: int = 1
    most: int = 1


PLAIN: dict[str, Known] = {
    "sigmoid": Known(sigmoid, "sigmoid(z)"),
    "tanh": Known(tanh, "tanh(z)"),
    "relu": Known(relu, "relu(z)"),
    "leaky_relu": Known(leaky_relu, "leaky_relu(z) or leaky_relu(z, slope)", 1, 2),
    "elu": Known(elu, "elu(z) or elu(z, alpha)", 1, 2),
    "softplus": Known(softplus, "softplus(z)"),
    "gelu": Known(gelu, "gelu(z)"),
    "silu": Known(silu, "silu(z)"),
    "exp": Known(exp, "exp(z)"),
    "log": Known(log, "log(z)"),
    "sqrt": Known(sqrt, "sqrt(z)"),
    "abs": Known(Abs, "abs(z)"),
    "sign": Known(sign, "sign(z)"),
    "step": Known(step, "step(z)"),
    "huber": Known(huber, "huber(x)"),
    "normal_cdf": Known(normal_cdf, "normal_cdf(z)"),
    "normal_pdf": Known(normal_pdf, "normal_pdf(z)"),
    "max": Known(Max, "max(a, b)", 2, MAX_EXTREMA),
    "min": Known(Min, "min(a, b)", 2, MAX_EXTREMA),
}

LOSSES: dict[str, Known] = {
    loss.__name__: Known(loss, f"{loss.__name__}(y, t) or {loss.__name__}([y1, y2], [t1, t2])", 2, 2)
    for loss in (squared_error, smooth_l1, cross_entropy, binary_cross_entropy)
}

VECTOR: dict[str, Callable[..., tuple[Expr, ...]]] = {"softmax": softmax, "log_softmax": log_softmax}

WHERE = Known(Piecewise, "where(condition, a, b)", 3, 3)
PIECEWISE_USAGE = "write piecewise((a, condition), (b, True))"

FUNCTION_NAMES = frozenset([*PLAIN, *LOSSES, *VECTOR, "where", "piecewise"])
"""Every function that a formula may use; none of them can be the name of a quantity."""

UNBOUNDED = frozenset({"log", "sqrt", "abs", "sign", "step", "max", "min"})
"""Functions that make no large number out of a large constant."""

SPELLED: dict[Any, str] = {known.build: name for name, known in PLAIN.items()}
"""The name of a function in formulas, by the SymPy class that it builds."""
