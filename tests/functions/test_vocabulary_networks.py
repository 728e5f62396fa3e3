"""Random networks over the whole vocabulary: proved by the judge, and equal to PyTorch in float64."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import pytest
from calculus.test_torch import a_good_point, agree, autograd, sizes_of, to_torch
from conftest import few
from matrices.test_operations import torch_values
from sympy import Add
from vocabulary_networks import OPERATIONS, UNDER, Drawn, E, of_matrices, of_scalars

import symbackprop as sb
from symbackprop.functions.catalogue import LOSSES, VOCABULARY
from symbackprop.judge.ranges import Ranges
from symbackprop.matrices import Identity, Operation, Product, SumAll, Transposed
from symbackprop.numeric.evaluate import forward
from symbackprop.verification.sampled import BENCH

SEEDS = few(range(48), 16)
LARGEST = 1e3
"""Networks of larger values have too few digits to be compared."""
pytestmark = pytest.mark.filterwarnings("ignore:.*jumps")


def test_every_loss_is_among_them() -> None:
    assert UNDER.keys() == {loss.name for loss in LOSSES}


@pytest.mark.slow
def test_every_function_and_every_operation_is_among_them() -> None:
    words = {word for seed in range(400) for make in (of_scalars, of_matrices) for word in make(seed).words}
    assert words >= {*OPERATIONS, *UNDER, *(row.name for row in VOCABULARY)}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("make", [of_scalars, of_matrices])
def test_it_is_proved(make: Callable[[int], Drawn], seed: int) -> None:
    drawn = make(seed)
    report = sb.check(sb.derive(drawn.network), points=2)
    assert report.proved, (drawn.words, str(report))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("make", [of_scalars, of_matrices])
def test_values_lie_in_their_ranges(make: Callable[[int], Drawn], seed: int) -> None:
    net = make(seed).network
    ranges, points = Ranges(net), net.kind[BENCH].points(sb.derive(net), 2, seed)
    for values in (forward(net, point) for point in points):
        for name, expr in net.equations.items():
            found, value = ranges.of(expr), np.asarray(values[name.name])
            room = 1e-9 * (1 + np.abs(value))
            assert np.all(value + room >= float(found.low)), (name, expr, found)
            assert np.all(value - room <= float(found.high)), (name, expr, found)


@pytest.mark.needs("torch")
@pytest.mark.parametrize("seed", SEEDS)
def test_scalars_have_the_gradients_of_pytorch(seed: int) -> None:
    drawn = of_scalars(seed)
    at = a_good_point(drawn.network, random.Random(seed), LARGEST)
    if at is None:
        return
    loss, expected = autograd(drawn.equations.items(), drawn.network, at)
    d = sb.derive(drawn.network)
    found_loss, found = sb.lambdify(d)(**at)
    assert float(found_loss) == pytest.approx(loss, rel=1e-11, abs=1e-11), drawn.words
    agree(found, expected, sizes_of(d, at))


@pytest.mark.needs("torch")
@pytest.mark.parametrize("seed", SEEDS)
def test_matrices_have_the_gradients_of_pytorch(seed: int) -> None:
    import torch

    drawn = of_matrices(seed)
    net = drawn.network
    rng = np.random.default_rng(seed)
    shapes = {s: tuple(int(size.subs(drawn.sizes)) for size in net.shape(s)) for s in (*net.inputs, *net.parameters)}
    at = {s.name: rng.normal(size=shape) for s, shape in shapes.items()}
    values = {s.name: torch.tensor(at[s.name], dtype=torch.float64, requires_grad=s in net.parameters) for s in shapes}
    for name, expr in drawn.equations.items():
        values[name.name] = _value(expr, values, drawn)
    largest = max(float(value.detach().abs().max()) for value in values.values())
    if not largest < LARGEST:
        return
    wanted = [values[w.name] for w in net.parameters]
    moves = values[E.name].requires_grad
    expected = torch.autograd.grad(values[E.name], wanted, allow_unused=True) if moves else [None] * len(wanted)
    loss, gradients = sb.lambdify(sb.derive(net))(**at)
    assert float(loss) == pytest.approx(float(values[E.name].detach()), rel=1e-11, abs=1e-11), drawn.words
    for w, gradient in zip(net.parameters, expected, strict=True):
        true = np.zeros(shapes[w]) if gradient is None else gradient.numpy()
        scale = np.abs(true).max(initial=0.0)
        np.testing.assert_allclose(gradients[w.name], true, rtol=1e-10, atol=1e-10 * max(scale, 1e-3))


def _value(expr: Any, values: Mapping[str, Any], drawn: Drawn) -> Any:
    """A matrix by PyTorch: an operation of the catalogue by what PyTorch has for it, a function entry by entry."""
    import torch

    def value(part: Any) -> Any:
        return _value(part, values, drawn)

    match expr:
        case Product():
            return reduce(torch.matmul, map(value, expr.args))
        case Transposed():
            return value(expr.args[0]).T
        case Identity():
            return torch.eye(int(expr.args[0].subs(drawn.sizes)), dtype=torch.float64)
        case SumAll():
            return value(expr.args[0]).sum()
        case Operation():
            settings = [] if expr.named_by_axis else [int(size.subs(drawn.sizes)) for size in expr.settings]
            return torch_values()[drawn.words[0]](*map(value, expr.operands), *settings)
        case Add() if expr.has(Operation):
            return reduce(torch.add, map(value, expr.args))
    return to_torch(expr, values)
