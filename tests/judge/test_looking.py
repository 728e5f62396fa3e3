"""Where the judge looks before it tries a claim."""

from __future__ import annotations

from sympy import symbols

import symbackprop as sb
from symbackprop.judge import Equal, judge


def test_sides_that_were_seen_apart_are_looked_at_together() -> None:
    """Where all rest, p1 = p2 = 1/2; both sides of each kink can be seen and p2 never be anything else."""
    x1, x2, w1, w2, w3, t1, t2, E = symbols("x1 x2 w1 w2 w3 t1 t2 E")
    z, a, z1, z2, a1, a2, p1, p2 = symbols("z a z1 z2 a1 a2 p1 p2")
    net = sb.Network(
        {
            z: w1 * x1 + w1 * x2, a: sb.relu(z), z1: a * w2 + x2, z2: a * w3 + x2, a1: sb.relu(z1), a2: sb.relu(z2),
            (p1, p2): sb.softmax([a1, a2]), E: -t1 * sb.log(p1) - t2 * sb.log(p2),
        },
        inputs=[x1, x2], targets=[t1, t2], parameters=[w1, w2, w3], loss=E,
    )  # fmt: skip
    for seed in range(20):
        assert not judge(Equal(net, p2 * (t1 + t2) - t2, p2 * t1 - p2 * t2), seed, witnesses=False).proved
