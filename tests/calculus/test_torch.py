"""PyTorch as a witness: derived gradients against autograd in float64 on random networks."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st
from networks import ACTIVATIONS, EXAMPLES, Described, described, network, random_values
from sympy import Abs, Add, Max, Min, Mul, Piecewise, Pow, Symbol, exp, log, sign, symbols, tanh

import symbackprop as sb
from symbackprop.functions import huber, primitive_of
from symbackprop.functions.base import Primitive
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.functions.user import UserFunction
from symbackprop.numeric.evaluate import evaluate_all, forward
from symbackprop.verification.points import kinks_of

pytestmark = pytest.mark.needs("torch")

TOLERANCE = 1e-10
LARGEST_SCORE = 6.0
"""Beyond it autograd's own a(1 - a) and 1 - a² have lost more digits than the tolerance allows."""


def to_torch(expr: Any, values: Mapping[str, Any]) -> Any:
    """The value of an expression as the user wrote it, by PyTorch's own functions."""
    import torch
    from torch.nn import functional

    def number(value: Any) -> Any:
        return torch.tensor(float(value), dtype=torch.float64)

    def power(base: Any, exponent: Any) -> Any:
        return base**exponent

    functions: dict[type, Callable[..., Any]] = {
        Add: lambda *terms: reduce(torch.add, terms),
        Mul: lambda *factors: reduce(torch.mul, factors),
        Pow: power,
        exp: torch.exp,
        log: torch.log,
        tanh: torch.tanh,
        Abs: torch.abs,
        sp.erfc: torch.special.erfc,
        sign: torch.sign,
        sb.sigmoid: torch.sigmoid,
        sb.relu: torch.relu,
        sb.leaky_relu: lambda z, slope: torch.where(z > 0, z, slope * z),
        sb.elu: lambda z, alpha: torch.where(z > 0, z, alpha * torch.expm1(torch.clamp(z, max=0.0))),
        sb.softplus: lambda z: functional.softplus(z, threshold=1e3),
        sb.gelu: functional.gelu,
        sb.silu: functional.silu,
        huber: lambda x: functional.smooth_l1_loss(x, torch.zeros_like(x), reduction="none"),
        Max: lambda *args: reduce(torch.maximum, args),
        Min: lambda *args: reduce(torch.minimum, args),
        sp.And: lambda *args: reduce(torch.logical_and, args),
        sp.StrictGreaterThan: torch.gt,
        sp.GreaterThan: torch.ge,
        sp.StrictLessThan: torch.lt,
        sp.LessThan: torch.le,
    }
    if isinstance(expr, Symbol):
        return values[expr.name]
    if expr.is_number:
        return number(sp.N(expr, 20))
    if isinstance(expr, UserFunction):
        inner = {p.name: to_torch(arg, values) for p, arg in zip(expr.parameters, expr.args, strict=True)}
        return to_torch(expr.body, inner)
    if isinstance(expr, SoftmaxComponent):
        scores = torch.stack(torch.broadcast_tensors(*(to_torch(z, values) for z in expr.scores)))
        return (torch.softmax if expr.spoken == "softmax" else torch.log_softmax)(scores, 0)[expr.index - 1]
    if isinstance(expr, Piecewise):
        result = to_torch(expr.args[-1].expr, values)
        for branch in reversed(expr.args[:-1]):
            result = torch.where(to_torch(branch.cond, values), to_torch(branch.expr, values), result)
        return result
    if isinstance(expr, Pow) and expr.exp == sp.Rational(1, 2):
        return torch.sqrt(to_torch(expr.base, values))
    arguments = [to_torch(arg, values) for arg in expr.args]
    function = functions.get(type(expr)) or torch_function(primitive_of(expr))
    if function is not None:
        return function(*arguments)
    definition = primitive_of(expr).definition
    places = symbols(f"_0:{len(arguments)}")
    return to_torch(
        definition(*places), {place.name: argument for place, argument in zip(places, arguments, strict=True)}
    )


def torch_function(row: Primitive) -> Callable[..., Any] | None:
    """PyTorch's own function, where it has one."""
    import torch
    from torch.nn import functional

    def trigamma(z: Any) -> Any:
        """As the zeta function, of which PyTorch has all digits; of torch.polygamma(1, z) it has nine."""
        return torch.special.zeta(torch.tensor(2.0, dtype=torch.float64), z)

    class Digamma(torch.autograd.Function):
        """Its derivative is PyTorch's trigamma function otherwise."""

        @staticmethod
        def forward(context: Any, z: Any) -> Any:
            context.save_for_backward(z)
            return torch.digamma(z)

        @staticmethod
        def backward(context: Any, passed: Any) -> Any:
            return passed * trigamma(*context.saved_tensors)

    named: dict[str, Callable[..., Any]] = {
        "celu": lambda z, alpha: functional.celu(z, alpha=float(alpha)),
        "gelu_tanh": lambda z: functional.gelu(z, approximate="tanh"),
        "logaddexp": torch.logaddexp,
        "log_sigmoid": functional.logsigmoid,
        "mish": functional.mish,
        "polygamma": lambda order, z: torch.polygamma(int(order), z) if order > 1 else trigamma(z),
        "relu6": functional.relu6,
        "selu": functional.selu,
        "softsign": functional.softsign,
        "stop_gradient": lambda z: z.detach(),
        "digamma": Digamma.apply,
        "trigamma": trigamma,
        "xlogy": torch.special.xlogy,
    }
    if row.name in named:
        return named[row.name]
    path = row.native.get("torch", "").removeprefix("torch.")
    return reduce(getattr, path.split("."), torch) if path else None


def autograd(
    equations: Iterable[tuple[Symbol, Any]], net: sb.Network, at: Mapping[str, float]
) -> tuple[float, dict[str, float]]:
    """The loss and its gradients by PyTorch, from the equations as the user wrote them."""
    import torch

    wanted = {w.name for w in net.parameters}
    values = {n: torch.tensor(v, dtype=torch.float64, requires_grad=n in wanted) for n, v in at.items()}
    for name, expr in equations:
        values[name.name] = to_torch(expr, values)
    loss = values[net.loss.name]
    gradients = torch.autograd.grad(loss, [values[n] for n in sorted(wanted)], allow_unused=True)
    found = {n: 0.0 if g is None else float(g) for n, g in zip(sorted(wanted), gradients, strict=True)}
    return float(loss.detach()), found


def sizes_of(derivation: sb.Derivation, at: Mapping[str, float]) -> dict[str, float]:
    """For each gradient the sum of the sizes of what arrives along every route: what its rounding is relative to."""
    net = derivation.network
    values = forward(net, at)
    local = dict(zip(derivation.local, evaluate_all(derivation.local.values(), values), strict=True))
    size = {net.loss: 1.0}
    for name in (*reversed(derivation.graph.active), *derivation.wrt):
        if name not in size:
            users = derivation.graph.users.get(name, ())
            size[name] = sum(size[user] * abs(float(local[user, name])) for user in users)
    return {w.name: size[w] for w in derivation.wrt}


def agree(found: Mapping[str, Any], expected: Mapping[str, float], sizes: Mapping[str, float] | None = None) -> None:
    """Every gradient to a relative error of 1e-10, but no closer than the rounding of the terms that cancel in it."""
    largest = max(map(abs, expected.values()))
    for name, value in expected.items():
        error = abs(float(found[name]) - value)
        rounding = max(2e-15 * (sizes or {}).get(name, 0.0), 1e-16 * largest)
        assert error <= max(TOLERANCE * max(abs(float(found[name])), abs(value)), rounding), (name, found[name], value)


def a_good_point(net: sb.Network, rng: random.Random, largest: float = LARGEST_SCORE) -> dict[str, float] | None:
    """Values away from kinks and from scores where floats have no digits left, or None where six tries found none."""
    kinks = [kink for expr in net.equations.values() for kink in kinks_of(expr)]
    for attempt in range(6):
        at = random_values(net, rng, 1.0 / (1 + attempt / 3))
        values = forward(net, at)
        numbers = [float(values[name.name]) for name in net.equations]
        if not np.isfinite(numbers).all() or max(map(abs, numbers[:-1]), default=0.0) > largest:
            continue
        if all(abs(float(gap)) > 1e-4 for gap in evaluate_all(kinks, values)):
            return at
    return None


def compare(d: Described, seed: int) -> None:
    """Every form of every gradient against autograd, at one point."""
    net = d.network()
    at = a_good_point(net, random.Random(seed))
    assume(at is not None)
    assert at is not None
    note(f"at {at}")
    loss, expected = autograd(d.pairs(), net, at)
    derivation = sb.derive(net)
    compiled_loss, compiled = sb.lambdify(derivation)(**at)
    assert float(compiled_loss) == pytest.approx(loss, rel=1e-12, abs=1e-12)
    sizes = sizes_of(derivation, at)
    agree(compiled, expected, sizes)
    values = forward(net, at)
    closed = evaluate_all((derivation.gradients[w] for w in derivation.wrt), values)
    agree(dict(zip((w.name for w in derivation.wrt), closed, strict=True)), expected, sizes)
    if len(net.equations) <= 24:
        written_out = evaluate_all((derivation.expanded(w) for w in derivation.wrt), at)
        agree(dict(zip((w.name for w in derivation.wrt), written_out, strict=True)), expected, sizes)


SEEDS = st.integers(0, 2**16)
SMOOTH = ["identity", "sigmoid", "tanh", "softplus", "gelu", "silu"]
PIECES = ["relu", "leaky_relu", "leaky_relu-slope", "elu", "elu-alpha", "abs", "piecewise", "max", "min", "tanh"]
COMPOUND = ["exp", "log", "sqrt", "power", "reciprocal", "written-sigmoid", "written-softplus", "product", "nested"]


@pytest.mark.slow
@settings(max_examples=110)
@given(described(SMOOTH, max_depth=5, max_width=5), SEEDS)
def test_networks_of_smooth_activations(d: Described, seed: int) -> None:
    compare(d, seed)


@pytest.mark.slow
@settings(max_examples=90)
@given(described(PIECES, max_depth=4, max_width=4), SEEDS)
def test_networks_of_piecewise_linear_and_other_cases(d: Described, seed: int) -> None:
    compare(d, seed)


@pytest.mark.slow
@settings(max_examples=80)
@given(described([*COMPOUND, "user", "user-2"], max_depth=3, max_width=3), SEEDS)
def test_networks_of_compound_expressions(d: Described, seed: int) -> None:
    compare(d, seed)


@pytest.mark.slow
@settings(max_examples=80)
@given(described(max_depth=5, max_width=3), SEEDS)
def test_networks_of_everything(d: Described, seed: int) -> None:
    compare(d, seed)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_examples(name: str, seed: int) -> None:
    net = EXAMPLES[name]()
    d = Described(dict(net.equations), list(net.inputs), list(net.targets), list(net.parameters), net.loss)
    at = a_good_point(net, random.Random(seed))
    assert at is not None
    loss, expected = autograd(d.pairs(), net, at)
    derivation = sb.derive(net)
    if not net.facts:  # gradients that use a fact hold where it does
        found_loss, found = sb.lambdify(derivation)(**at)
        assert float(found_loss) == pytest.approx(loss, rel=1e-13)
        agree(found, expected)


@pytest.mark.parametrize("activation", sorted(set(ACTIVATIONS) - {"exp", "power"}))
def test_a_batch_is_the_mean_over_its_examples(activation: str) -> None:
    import torch

    x, w, b, s, z, a, y, t, E = symbols("x w b s z a y t E")
    equations = {z: w * x + b, a: ACTIVATIONS[activation](z, s), y: a * w + s, E: sb.squared_error(y, t)}
    net = network(equations, parameters="w b s")
    rng = np.random.default_rng(4)
    batch = {"x": rng.uniform(-2, 2, 7), "t": rng.uniform(-1, 1, 7)}
    weights = {"w": 0.7, "b": 0.31, "s": 0.45}
    values = {n: torch.tensor(v, dtype=torch.float64, requires_grad=n in weights) for n, v in (batch | weights).items()}
    for name, expr in equations.items():
        values[name.name] = to_torch(expr, values)
    values["E"].mean().backward()
    loss, gradients = sb.lambdify(sb.derive(net))(**batch, **weights)
    assert float(loss) == pytest.approx(float(values["E"].mean().detach()), rel=1e-13)
    for name in weights:
        assert float(gradients[name]) == pytest.approx(float(values[name].grad), rel=1e-11, abs=1e-13)


def test_gradients_by_inputs_and_by_values_on_the_way() -> None:
    import torch

    net = EXAMPLES["softmax-mlp"]()
    d = Described(dict(net.equations), loss=net.loss)
    at = random_values(net, random.Random(9))
    wanted = ["i1", "t2", "a_h2", "o1", "w3"]
    values = {n: torch.tensor(v, dtype=torch.float64, requires_grad=True) for n, v in at.items()}
    for name, expr in d.pairs():
        values[name.name] = to_torch(expr, values)
        values[name.name].retain_grad()
    values["E"].backward()
    _, found = sb.lambdify(sb.derive(net, wrt=wanted))(**at)
    agree(found, {name: float(values[name].grad) for name in wanted})


def test_the_larger_perceptrons() -> None:
    import torch

    torch.manual_seed(0)
    for sizes in ([4, 8, 3], [8, 16, 16, 4]):
        net = sb.mlp(sizes)
        at = random_values(net, random.Random(1))
        d = Described(dict(net.equations), loss=net.loss)
        _, expected = autograd(d.pairs(), net, at)
        _, found = sb.lambdify(sb.derive(net))(**at)
        agree(found, expected)
