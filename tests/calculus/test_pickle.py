"""Networks and derivations through ``pickle``: every expression comes back exactly as it was."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import few
from pickled import halved, of_functions, of_operations, told_of
from sympy import Basic, Mul, Symbol, symbols

import symbackprop as sb
from symbackprop.packing import packed, unpacked

NETWORKS = {name: lambda name=name: sb.load_example(name) for name in sb.example_names()} | {
    "functions": of_functions,
    "operations": of_operations,
}


def alike(one: Basic, other: Basic) -> bool:
    """Whether two expressions have the same parts in the same order."""
    if type(one) != type(other) or len(one.args) != len(other.args):  # noqa: E721  # those of users are made anew
        return False
    return all(map(alike, one.args, other.args)) if one.args else one == other


def again(value: Any) -> Any:
    """What comes back from pickle."""
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("name", few(NETWORKS))
def test_derivations_come_back_as_they_were(name: str) -> None:
    d = sb.derive(NETWORKS[name]())
    back = again(d)
    assert back.network.equations == d.network.equations
    assert dict(back.network.values) == dict(d.network.values)
    for found, given in zip(back.steps, d.steps, strict=True):
        assert alike(found.lhs, given.lhs)
        assert alike(found.rhs, given.rhs)
        assert (found.rule, found.because, found.uses, found.number) == (
            given.rule, given.because, given.uses, given.number
        )  # fmt: skip
    for w in d.wrt:
        assert alike(back.gradients[w.name], d.gradients[w])
    assert told_of(pickle.dumps(d)) == told_of(pickle.dumps(back))
    assert copy.deepcopy(d) is d
    assert again(d.gradients) == d.gradients
    assert again(d.network.equations) == d.network.equations
    assert sb.derive(again(d.network)).shared == d.shared


def test_a_spawned_process_tells_the_same() -> None:
    data = [
        pickle.dumps(sb.derive(NETWORKS[name]())) for name in ("softmax-classifier", "mlp", "functions", "operations")
    ]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(told_of, data) == list(map(told_of, data))


@pytest.mark.slow
def test_eight_threads_derive_the_same() -> None:
    names = ["two-layer-sigmoid", "softmax-classifier", "mlp", "or-gate"] * 4

    def derived(name: str) -> list[str]:
        return told_of(pickle.dumps(sb.derive(sb.load_example(name))))

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(derived, names))
    assert found == list(map(derived, names))


def test_functions_and_operations_of_users_come_back_as_the_same() -> None:
    slow = sb.function("slow", lambda z: z * sb.sigmoid(z))
    assert again(slow) == slow
    assert hash(again(slow)) == hash(slow)
    assert slow != sb.function("slow", lambda z: z * sb.tanh(z))
    x = Symbol("x")
    assert again(slow)(x) == slow(x)
    assert pickle.loads(pickle.dumps(slow(x))) == slow(x)
    operation = halved()
    assert again(operation).made == operation.made
    assert operation.made != sb.matrices.UserOperation
    assert repr(operation) == "<operation halved>"


@pytest.mark.slow
def test_expressions_are_not_worked_out_anew() -> None:
    x, y = symbols("x y")
    product = Mul(2, x + y, evaluate=False)
    assert not alike(pickle.loads(pickle.dumps(product)), product)  # what SymPy does by itself
    assert alike(unpacked(packed(product)), product)
    deep = x
    for _ in range(20_000):
        deep = Mul(deep + y, 2, evaluate=False)
    assert unpacked(packed(deep)).args[1] == 2 or unpacked(packed(deep)).args[0] == 2
