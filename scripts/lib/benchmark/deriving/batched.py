"""Softmax and cross-entropy of a whole batch of any size, by the weights and biases: ours and tensorgrad's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import symbackprop as sb


def ours() -> tuple[Callable[[], Any], Callable[[Any], str]]:
    """What derives, and what it found, in words."""
    net = sb.mlp(["n", "c"], notation="matrix", loss="cross_entropy")
    return lambda: sb.derive(net), lambda d: f"Δ = {next(iter(d.backward.values()))}"


def tensorgrad() -> tuple[Callable[[], Any], Callable[[Any], str]]:
    """The same with tensorgrad. Raises ImportError where it is absent."""
    import tensorgrad as tg
    import tensorgrad.functions as fn

    m, n, c = tg.symbols("m n c")
    x, w, b, y = tg.Variable("X", m, n), tg.Variable("W", n, c), tg.Variable("b", c), tg.Variable("Y", m, c)
    loss = fn.sum(fn.cross_entropy(x @ w + b, y, ["c"]))

    def derive() -> Any:
        return [tg.Derivative(loss, by).full_simplify() for by in (w, b)]

    def words(found: Any) -> str:
        deltas = [part for tensor in found for part in _parts(tensor) if isinstance(part, tg.Delta)]
        widest = max((len(delta.edges) for delta in deltas), default=0)
        softmax = "exp" in repr(found)
        return (
            f"the softmax {'written out again' if softmax else 'kept'}; {len(deltas)} Δ of up to {widest} indices left"
        )

    return derive, words


def _parts(tensor: Any) -> list[Any]:
    """A tensor of tensorgrad's and all within it."""
    inside = [*getattr(tensor, "terms", []), *getattr(tensor, "factors", []), *getattr(tensor, "inputs", [])]
    inside += [tensor.tensor] if hasattr(tensor, "tensor") else []
    return [tensor, *(part for child in inside for part in _parts(child))]
