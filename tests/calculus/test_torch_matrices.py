"""PyTorch as a witness of matrix networks: derived gradients against autograd in float64."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from matrix_networks import (
    MATRIX_EXAMPLES,
    SIZES,
    MatrixCase,
    Witnessed,
    agree,
    derived,
    random_matrix_networks,
    sizes_for,
)

import symbackprop as sb
from symbackprop.numeric.evaluate import evaluate_all, forward

pytestmark = pytest.mark.needs("torch")


def a_good_point(case: MatrixCase, sizes: Mapping[str, int], wrt: Sequence[str], seed: int):
    """Values away from kinks and from scores where floats have no digits left, or None where six tries found none."""
    for attempt in range(6):
        at = case.values(sizes, seed + attempt, 1.0 / (1 + attempt / 3))
        witnessed = case.autograd(at, sizes, wrt)
        if witnessed.is_good:
            return at, witnessed
    return None


def check(case: MatrixCase, net: sb.Network, sizes: Mapping[str, int], seed: int) -> Witnessed | None:
    """The generated code and the closed forms against autograd at one point, where there is a good one."""
    wrt = list(case.wrt) or [w.name for w in net.parameters]
    point = a_good_point(case, sizes, wrt, seed)
    if point is None:
        return None
    at, witnessed = point
    derivation, zero = derived(net, wrt)
    nothing = {name: np.zeros(np.shape(at[name])) for name in zero}
    loss, compiled = sb.lambdify(derivation)(**at)
    assert float(loss) == pytest.approx(witnessed.loss, rel=1e-12, abs=1e-12)
    agree({**compiled, **nothing}, witnessed)
    values = forward(net, {**at, **sizes})
    closed = evaluate_all(derivation.gradients.values(), values)
    named = zip((w.name for w in derivation.wrt), closed, strict=True)
    agree({**nothing, **{w: np.broadcast_to(g, np.shape(at[w])) for w, g in named}}, witnessed)
    return witnessed


@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: f"m={sizes['m']}")
@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_the_examples(name: str, sizes: Mapping[str, int]) -> None:
    case = MATRIX_EXAMPLES[name]()
    net = case.network()
    assert check(case, net, sizes_for(net, sizes), seed=sizes["m"]) is not None


def check_random(case: MatrixCase, seed: int) -> None:
    assume(check(case, case.network(), case.sizes, seed) is not None)


SEEDS = st.integers(0, 2**16)


@pytest.mark.slow
@settings(max_examples=130)
@given(random_matrix_networks(layers=2, depth=3), SEEDS)
def test_networks_of_large_expressions(case: MatrixCase, seed: int) -> None:
    check_random(case, seed)


@pytest.mark.slow
@settings(max_examples=130)
@given(random_matrix_networks(layers=5, depth=2), SEEDS)
def test_networks_of_many_values(case: MatrixCase, seed: int) -> None:
    check_random(case, seed)


@pytest.mark.slow
@settings(max_examples=100)
@given(random_matrix_networks(layers=6, depth=1), SEEDS)
def test_networks_of_one_operation_an_equation(case: MatrixCase, seed: int) -> None:
    check_random(case, seed)
