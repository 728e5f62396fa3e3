"""Derived losses and layers in PyTorch's graph: what they work out, second derivatives, and where models go."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from conftest import few
from sympy import Expr, Symbol, symbols

import symbackprop as sb
from symbackprop.matrices import Array
from symbackprop.numeric.libraries.in_place import steps_of
from symbackprop.numeric.program.line import BACKWARD, Line

pytestmark = pytest.mark.needs("torch")

SHAPES = {"X": (5, 3), "g": (1, 3), "W": (3, 4), "V": (3, 4), "U": (4, 3)}


def gated() -> sb.Network:
    """Rows over their root mean square, then a gated layer: RMSNorm and SwiGLU."""
    x, g, w, v, u = sb.arrays("X: m n, g: 1 n, W: n h, V: n h, U: h n")
    r, rows, a, b, gate, y = sb.arrays("R: m 1, N: m n, A: m h, B: m h, H: m h, Y: m n")
    equations = {
        r: 1 / np.sqrt((x**2).mean(axis=1, keepdims=True) + 0.001), rows: x * r * g,
        a: rows @ w, b: rows @ v, gate: a * sb.sigmoid(a) * b, y: gate @ u,
    }  # fmt: skip
    return sb.Network(equations, inputs=[], parameters=[x, g, w, v, u], outputs=["Y"])


@pytest.fixture(scope="module")
def derivation() -> sb.Derivation:
    return sb.derive(gated())


@pytest.fixture(scope="module")
def layer(derivation: sb.Derivation) -> Any:
    return sb.lambdify(derivation, backend="torch").as_torch()


def by_torch(x: Any, g: Any, w: Any, v: Any, u: Any) -> Any:
    import torch

    rows = x * torch.rsqrt(x.square().mean(1, keepdim=True) + 0.001) * g
    return (torch.nn.functional.silu(rows @ w) * (rows @ v)) @ u


def drawn(seed: int = 0) -> list[Any]:
    import torch

    torch.manual_seed(seed)
    return [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in SHAPES.values()]


def of(layer: Any) -> Any:
    """The layer as a function of its values in order."""
    return lambda *values: layer(dict(zip(SHAPES, values, strict=True)))


def model_of(layer: Any) -> Any:
    import torch

    weights = {name: value.detach() for name, value in zip(SHAPES, drawn(), strict=True) if name != "X"}
    model = torch.nn.Module()
    model.layer, model.weights = layer, torch.nn.ParameterDict(weights)
    return model


def run(model: Any, x: Any) -> Any:
    return model.layer(dict(model.weights), X=x)


# --------------------------------------------------------------------------------------------------------------------
# What is worked out.


def test_only_what_is_asked_for_is_worked_out(layer: Any) -> None:
    """The number of matrix products is that of PyTorch's own differentiation."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    class Count(TorchDispatchMode):
        products = 0

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            self.products += func in (torch.ops.aten.mm.default, torch.ops.aten.addmm.default)
            return func(*args, **(kwargs or {}))

    def counted(made: Any, wanted: str) -> tuple[int, int]:
        values = [x.detach().requires_grad_(name in wanted.split()) for name, x in zip(SHAPES, drawn(), strict=True)]
        with Count() as forward:
            y = made(*values)
        with Count() as backward:
            y.sum().backward()
        assert [x.grad is not None for x in values] == [name in wanted.split() for name in SHAPES]
        return forward.products, backward.products

    for wanted in ("X g W V U", "W V U", "W", "g", "U", "X U"):
        assert counted(of(layer), wanted) == counted(by_torch, wanted), wanted


def test_a_layer_is_as_pytorchs_own(layer: Any) -> None:
    import torch

    values = drawn()
    kept = [x.detach().clone() for x in values]
    y = of(layer)(*values)
    upstream = torch.randn_like(y)
    before = upstream.clone()
    found = torch.autograd.grad(y, values, upstream, retain_graph=True)
    expected = torch.autograd.grad(by_torch(*values), values, upstream)
    torch.testing.assert_close(found, expected, rtol=1e-11, atol=1e-13)
    again = torch.autograd.grad(y, values, upstream)
    assert all(torch.equal(one, other) for one, other in zip(found, again, strict=True))
    assert torch.equal(upstream, before)  # nothing that was given is written to
    assert all(torch.equal(x, was) for x, was in zip(values, kept, strict=True))


def test_the_way_back_goes_on_in_arrays_of_its_own(derivation: sb.Derivation) -> None:
    source = sb.lambdify(derivation, backend="torch").source
    lines = """
        Delta_A = Delta_H*(1 + (1 - A_A)*A)
        Delta_A *= A_A
        Delta_A *= B
"""
    assert lines in source
    assert " *= " not in source.partition("def _backward(")[0]


def test_lines_that_go_on_in_an_array() -> None:
    m, n = symbols("m n")
    a, b, d, y = (Array(name, (m, n)) for name in "ABDY")
    row, number = Array("r", (1, n)), Symbol("c")

    def steps(value: Expr, passed: set[Symbol]) -> tuple[Expr, tuple[tuple[str, Expr], ...]]:
        found = steps_of(Line((y,), value, BACKWARD), passed)
        return found.first, found.then

    assert steps(d * a * row, {d}) == (d * a, (("*=", row),))
    assert steps(a * b / number, set()) == (a / number, (("*=", b),))
    assert steps(d * a - b, {d}) == (d * a, (("-=", b),))
    assert steps(a + b, set()) == (a + b, ())  # none of them is its own
    assert steps(a * row, set()) == (a * row, ())
    assert steps(a * b + d, {d}) == (a * b + d, ())  # what comes back goes into nothing else
    assert steps(row * number, set()) == (row * number, ())  # it is no whole array


@pytest.mark.parametrize("name", few([n for n in sb.example_names() if sb.load_example(n).dialect == "matrix"]))
def test_the_way_back_is_that_of_all_lines(name: str) -> None:
    """What runs in the graph gives what ``forward_backward`` gives, and writes to nothing that it was handed."""
    import torch

    d = sb.derive(sb.load_example(name))
    f = sb.lambdify(d, backend="torch", check_facts=False)
    sizes = {"m": 4, "n": 3, "h": 5, "k": 2, "d": 3, "c": 2, "p": 3}
    torch.manual_seed(0)
    values = {
        s.name: torch.rand([int(size.subs(sizes)) for size in d.network.shape(s)], dtype=torch.float64) + 0.1
        for s in d.network.leaves
    }
    kept = {name: value.clone() for name, value in values.items()}
    given = {w: values[w].clone().requires_grad_() for w in f.wrt}
    inputs = {n: x for n, x in (values | given).items() if not f.outputs or n in f.module["INPUTS"]}
    made = f.as_torch()(inputs)
    made = made if isinstance(made, tuple) else (made,)
    upstream = [values[adjoint.name] for adjoint in d.network.outputs.values()] or None
    found = torch.autograd.grad(made, list(given.values()), upstream)
    torch.testing.assert_close(dict(zip(given, found, strict=True)), f(**values)[1], rtol=1e-11, atol=1e-13)
    assert all(torch.equal(values[n], x) for n, x in kept.items())


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("W", (3, 5), "W is 3×5 and should be n×h"),
        ("g", (3,), r"g has shape \(3,\) and should be 1×n"),
        ("X", (0, 3), "X is 0×3: it has no entries"),
    ],
)
def test_the_fast_check_leaves_the_words_as_they_are(
    layer: Any, name: str, shape: tuple[int, ...], message: str
) -> None:
    import torch

    values = dict(zip(SHAPES, drawn(), strict=True)) | {name: torch.ones(shape, dtype=torch.float64)}
    with pytest.raises(sb.DataError, match=message):
        layer(values)


def test_mixed_dtypes_and_numbers_still_become_tensors_of_one_dtype(layer: Any) -> None:
    import torch

    values: dict[str, Any] = dict(zip(SHAPES, drawn(), strict=True))
    values["g"] = values["g"].detach().float()
    values["U"] = np.ones(SHAPES["U"]).tolist()
    assert layer(values).dtype == torch.float64


# --------------------------------------------------------------------------------------------------------------------
# Second derivatives.


def test_gradcheck_and_gradgradcheck(layer: Any) -> None:
    import torch

    values = drawn()
    assert torch.autograd.gradcheck(of(layer), values, check_batched_grad=True)
    assert torch.autograd.gradgradcheck(of(layer), values, fast_mode=True)


def test_the_second_derivative_is_that_of_the_derived_gradients(derivation: sb.Derivation, layer: Any) -> None:
    """Twice through the layer, or once through the network of its gradients: the same numbers."""
    import torch

    values = drawn()
    upstream = torch.randn(SHAPES["X"], dtype=torch.float64)
    first = torch.autograd.grad(of(layer)(*values), values, upstream, create_graph=True)
    penalty = sum(x.square().sum() for x in first)
    second = torch.autograd.grad(penalty, values)

    of_gradients = sb.lambdify(sb.derive(derivation.as_network()), backend="torch").as_torch()
    gradients = of_gradients(dict(zip(SHAPES, values, strict=True)), Y_bar=upstream)
    derived = torch.autograd.grad(sum(x.square().sum() for x in gradients), values)
    torch.testing.assert_close(second, derived, rtol=1e-9, atol=1e-11)


# --------------------------------------------------------------------------------------------------------------------
# Transforms and models.


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_compile_takes_a_layer_as_it_is(layer: Any, backend: str) -> None:
    import torch

    values = drawn()
    compiled = torch.compile(lambda *x: of(layer)(*x).sin(), backend=backend, fullgraph=True)
    found = torch.autograd.grad(compiled(*values).sum(), values)
    torch.testing.assert_close(found, torch.autograd.grad(by_torch(*values).sin().sum(), values))


def test_vmap_of_values_of_gradients_and_of_what_comes_back(layer: Any) -> None:
    import torch

    x, *weights = drawn()
    many = torch.stack([x.detach(), -x.detach(), 2 * x.detach()])

    def by_weight(made: Any) -> Any:
        return lambda x: torch.func.grad(lambda w: made(x, weights[0], w, *weights[2:]).sin().sum())(weights[1])

    found, expected = (torch.func.vmap(by_weight(made))(many) for made in (of(layer), by_torch))
    torch.testing.assert_close(found, expected)
    stacked = torch.func.vmap(lambda x: of(layer)(x, *weights))(many)
    found, expected = (
        torch.autograd.grad(y.square().sum(), weights)
        for y in (stacked, torch.stack([by_torch(x, *weights) for x in many]))
    )
    torch.testing.assert_close(found, expected)
    found, expected = (
        torch.autograd.grad(made(x, *weights), [x, *weights], many, is_grads_batched=True)
        for made in (of(layer), by_torch)
    )
    torch.testing.assert_close(found, expected)
    found, expected = (
        torch.func.jacrev(torch.func.jacrev(lambda g, of=made: of(x, g, *weights[1:]).sum()))(weights[0])
        for made in (of(layer), by_torch)
    )
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("take", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_models_can_be_copied_and_pickled(layer: Any, take: Any) -> None:
    import torch

    model, x = model_of(layer), drawn()[0]
    other = take(model)
    assert torch.equal(run(other, x), run(model, x))
    run(other, x).sum().backward()
    assert all(p.grad is not None for p in other.parameters())
    assert all(p.grad is None for p in model.parameters())
    assert repr(other.layer) == "<Y, whose gradients by X, g, W, V, U were derived>"


def test_replicas_of_a_model_run_in_threads(layer: Any) -> None:
    """What DataParallel does on several devices: copies in threads, whose gradients add up in the one model."""
    import torch

    model, x = model_of(layer), drawn()[0].detach()
    replicas = [model._replicate_for_data_parallel() for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(run, replicas, x.split([2, 3])))
    torch.cat(parts).sum().backward()  # type: ignore[no-untyped-call]
    found = [p.grad.clone() for p in model.parameters()]
    model.zero_grad()
    run(model, x).sum().backward()
    torch.testing.assert_close(found, [p.grad for p in model.parameters()])
