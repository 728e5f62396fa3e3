"""The same faults before other checkers: each is given a loss whose backward pass is the faulty formula."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sympy import Expr, Symbol

import symbackprop as sb
from reliability.truth import lifted, point, sizes_of
from symbackprop.judge.numbers import Undecidable, Unlucky
from symbackprop.numeric.evaluate import evaluate_all

POINTS = 5
"""At how many random points each checker is asked; a person asks at one."""
Array = Any
Objects = Callable[[Callable[[Array], float], Callable[[Array], Array], Array], bool]
"""Whether a checker objects to a derivative: a loss, what is said to be its gradient, and a point."""


def by_torch(loss: Callable[[Array], float], gradient: Callable[[Array], Array], at: Array) -> bool:
    """torch.autograd.gradcheck as it comes."""
    import torch

    class Loss(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, w: Any) -> Any:
            ctx.save_for_backward(w)
            return torch.tensor(loss(w.detach().numpy()), dtype=torch.float64)

        @staticmethod
        def backward(ctx: Any, passed: Any) -> Any:
            (w,) = ctx.saved_tensors
            return passed * torch.tensor(gradient(w.detach().numpy()), dtype=torch.float64)

    w = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    return not torch.autograd.gradcheck(Loss.apply, (w,), raise_exception=False)


def by_jax(loss: Callable[[Array], float], gradient: Callable[[Array], Array], at: Array) -> bool:
    """jax.test_util.check_grads as it comes, of the first order, backward."""
    import jax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)

    @jax.custom_vjp
    def called(w: Any) -> Any:
        return jax.numpy.asarray(loss(np.asarray(w)))

    called.defvjp(lambda w: (called(w), w), lambda w, passed: (passed * jax.numpy.asarray(gradient(np.asarray(w))),))
    try:
        check_grads(called, (jax.numpy.asarray(at),), order=1, modes=["rev"])
    except AssertionError:
        return True
    return False


RIVALS: dict[str, tuple[str, Objects]] = {
    "torch.autograd.gradcheck": ("torch", by_torch),
    "jax.test_util.check_grads": ("jax", by_jax),
}


def installed() -> dict[str, Objects]:
    """The checkers that are there."""
    return {name: objects for name, (module, objects) in RIVALS.items() if importlib.util.find_spec(module)}


def objects(checker: Objects, d: sb.Derivation, name: Symbol, formula: Expr) -> bool:
    """Whether a checker objects to a formula at any of the points."""
    return any(checker(*asked) for asked in _questions(d, name, formula))


def _questions(d: sb.Derivation, name: Symbol, formula: Expr) -> Iterator[tuple[Any, Any, Any]]:
    sizes = sizes_of(d.network)
    rng = random.Random(f"{name} {formula}")
    asked = 0
    for _ in range(6 * POINTS):
        try:
            values = point(d, sizes, 1, rng)
            lifted(values)
        except (Unlucky, Undecidable):
            continue
        numbers = {
            leaf: np.array([float(x) for x in value.flat]).reshape(value.shape) for leaf, value in values.items()
        }
        loss, gradient = _wrapped(d, name, formula, numbers, sizes)
        if not (np.isfinite(loss(numbers[name.name])) and np.all(np.isfinite(gradient(numbers[name.name])))):
            continue
        yield loss, gradient, numbers[name.name]
        asked += 1
        if asked == POINTS:
            return


def _wrapped(
    d: sb.Derivation, name: Symbol, formula: Expr, numbers: dict[str, Array], sizes: dict[str, int]
) -> tuple[Callable[[Array], float], Callable[[Array], Array]]:
    """The loss and the formula as functions of one name, in floats."""

    def values(w: Array, backward: bool) -> dict[str, Any]:
        known: dict[str, Any] = {**sizes, **numbers, name.name: w}
        for group in (d.network.equations, d.backward) if backward else (d.network.equations,):
            for symbol, expr in group.items():
                known[symbol.name] = evaluate_all([expr], known)[0]
        return known

    def gradient(w: Array) -> Array:
        found = np.asarray(evaluate_all([formula], values(w, True))[0], dtype=float)
        return np.broadcast_to(found, np.shape(w)).copy()

    return lambda w: float(values(w, False)[d.network.loss.name]), gradient
