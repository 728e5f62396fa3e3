"""Sizes that are declared as positive whole numbers, as textbooks do, from the derivation to the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb

E = Symbol("E")
VALUES = {
    "X": [[0.5, -1.0], [1.0, 2.0], [0.3, 0.1]], "y": [[1.0], [0.0], [1.0]], "w": [[0.2], [-0.4]], "b": [[0.1]]
}  # fmt: skip


def regression(**assumptions: Any) -> sb.Network:
    """A neuron whose batch is a mean over m examples in rows."""
    m, n = symbols("m n", **assumptions)
    X, y, w, b = (MatrixSymbol(name, *shape) for name, shape in
                  (("X", (m, n)), ("y", (m, 1)), ("w", (n, 1)), ("b", (1, 1))))  # fmt: skip
    z, a = MatrixSymbol("z", m, 1), MatrixSymbol("a", m, 1)
    equations = {
        z: X * w + sb.broadcast(b, m, 1), a: sb.sigmoid(z), E: sb.total(sb.power(a - y, 2)) / (2 * m)
    }  # fmt: skip
    return sb.Network(equations, inputs=[X], targets=[y], parameters=[w, b], loss=E, values=VALUES)


@pytest.mark.parametrize("assumptions", [{"integer": True}, {"integer": True, "positive": True}], ids=str)
def test_assumed_sizes_are_sizes_like_others(assumptions: dict[str, bool], tmp_path: Path) -> None:
    plain, assumed = sb.derive(regression()), sb.derive(regression(**assumptions))
    assert [str(g) for g in assumed.gradients.values()] == [str(g) for g in plain.gradients.values()]
    assert sb.lambdify(assumed).source == sb.lambdify(plain).source
    assert sb.check(assumed).ok
    assert sb.verify(assumed, "w", "X.T @ ((a - y)*a*(1 - a))/m").ok
    scalar = sb.derive(assumed.network.expand({"m": 2, "n": 2}))
    assert sb.check(scalar).ok
    history = sb.train(assumed, learning_rate=0.5, epochs=3)
    np.testing.assert_array_equal(history.losses, sb.train(plain, learning_rate=0.5, epochs=3).losses)
    written = sb.report(assumed, tmp_path / "assumed" / "net", history=history)
    for one, other in zip(written, sb.report(plain, tmp_path / "plain" / "net", history=history), strict=True):
        assert one.read_text() == other.read_text()
    assert "Batch descent in two ways" in written[0].read_text()
