"""The contract of the catalogue of operations: what every record must hold. A new file is tested by being there.

The entries by the definition, the second evaluator, the adjoint, generated code, and words in every notation are held
against one another, and values and gradients against PyTorch.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from conftest import few
from operations import POSITIVE, A, B, C, D, Q, V, k, m, n, nodes_of_word
from sympy import Expr, Integer, MatrixSymbol, Rational, Symbol

import symbackprop as sb
from symbackprop.errors import DataError, NetworkError
from symbackprop.judge import Gradients, judge
from symbackprop.matrices import Array, Operation, SumAll, as_whole, read, shape_of
from symbackprop.matrices import operations as room
from symbackprop.matrices.operations.catalogue import RECORDS, USAGES
from symbackprop.matrices.operations.record import Record
from symbackprop.network.entries import Entries
from symbackprop.network.formulas import parse_expression
from symbackprop.notation import latex, text
from symbackprop.notation.words import WORDS
from symbackprop.numeric.evaluate import evaluate, forward

E = Symbol("E")
CASES = [(word, node) for word in USAGES for node in nodes_of_word(word)]
IDS = [f"{node}" for _, node in CASES]
EACH = pytest.mark.parametrize(("word", "node"), CASES, ids=IDS)
SMALL = [(1, 1, 1), (1, 2, 2), (2, 1, 3), (3, 2, 1), (2, 3, 2)]


def sizes_at(count: tuple[int, int, int]) -> dict[Symbol, Integer]:
    return dict(zip((m, n, k), map(Integer, count), strict=True))


def drawn(node: Operation, word: str, sizes: Mapping[Symbol, Integer], seed: int) -> dict[str, np.ndarray]:
    """Values of the names in a node, in sixteenths, so that they are the same for expressions and for floats."""
    random = np.random.default_rng(seed)
    values = {}
    for array in sorted(node.atoms(Array), key=str):
        shape = tuple(int(size.xreplace(sizes)) for size in array.shape)
        value = random.integers(-40, 40, shape) / 16 + random.integers(1, 9, shape) / 1024
        if word in POSITIVE and array == node.operands[0]:
            value = value @ value.T + np.eye(len(value))
        values[array.name] = value
    return values


def test_every_file_has_its_operations_in_the_catalogue() -> None:
    there = {name for _, name, _ in pkgutil.iter_modules(room.__path__)} - {"record", "catalogue"}
    homes = {record.operation.__module__.rpartition(".")[2] for record in RECORDS}
    assert homes - {"sums"} | {"inverse"} == there  # the class of the inverse stands in the grammar


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.operation.__name__)
def test_a_record_is_whole(record: Record) -> None:
    assert record.operation.__doc__
    assert record.usages
    assert {words.word for words in record.words} == {usage.word for usage in record.usages}
    assert record.adjoint is not None
    assert record.adjoint.operation is record.operation
    for words in record.words:
        assert WORDS[words.word] is words
        assert words.numpy
        assert words.array_api
        for form in (words.numpy, words.array_api, *words.own.values()):
            assert "{}" in form or "{*}" in form
        assert bool(words.kernels) <= bool(words.helper)


def test_each_operation_is_made_by_a_word() -> None:
    assert {type(node) for _, node in CASES} == {record.operation for record in RECORDS}


@EACH
@pytest.mark.parametrize("count", SMALL, ids=str)
def test_entries_are_the_value(word: str, node: Operation, count: tuple[int, int, int]) -> None:
    """The definition, over rational numbers, agrees with the second evaluator."""
    sizes = sizes_at(count)
    values = drawn(node, word, sizes, seed=sum(count))
    grids = {
        array: tuple(tuple(Rational(float(x)) for x in row) for row in values[array.name])
        for array in node.atoms(Array)
    }
    found = Entries(sizes, grids, lambda of, value: value).of(node)
    exact = np.array([[float(x) for x in row] for row in found])
    known = {**values, **{size.name: float(number) for size, number in sizes.items()}}
    value = np.atleast_2d(evaluate(node, known))
    assert value.shape == exact.shape
    np.testing.assert_allclose(value, exact, rtol=1e-9, atol=1e-9)


def network_of(node: Operation) -> tuple[sb.Network, Expr]:
    """A loss in which each entry of the operation counts in its own way; and the weights of the entries."""
    shape = shape_of(node)
    weight = Array("W_", shape) if shape else Symbol("W_")
    loss = SumAll(weight * node) if shape else weight * node
    leaves = [*sorted(node.atoms(Array), key=str), weight]
    return sb.Network({E: loss}, inputs=[], targets=[], parameters=leaves, loss=E), weight


@EACH
def test_an_adjoint_is_proved(word: str, node: Operation) -> None:
    """Of each operand the judge, who knows no adjoints, proves what it gets back, and refuses what is near it."""
    (record,) = (record for record in RECORDS if record.operation is type(node))
    shape = shape_of(node)
    value, upstream = (Array(name, shape) if shape else Symbol(name) for name in ("Y_", "G_"))
    loss = SumAll(value * upstream) if shape else value * upstream
    leaves = [*dict.fromkeys(node.operands), upstream]
    net = sb.Network({value: node, E: loss}, inputs=[], targets=[], parameters=leaves, loss=E)
    for i, operand in enumerate(node.operands):
        passed = as_whole(record.adjoint.passes(node, i, upstream, value), shape_of(operand))
        verdict = judge(Gradients(net, {operand: passed}))
        assert verdict.proved, (node, operand, passed, str(verdict))
        assert judge(Gradients(net, {operand: passed + Rational(1, 10**6)})).wrong


@EACH
@pytest.mark.parametrize("count", few(SMALL[2:]), ids=str)
def test_generated_code_is_the_value(word: str, node: Operation, count: tuple[int, int, int]) -> None:
    net, weight = network_of(node)
    d = sb.derive(net)
    sizes = sizes_at(count)
    values = drawn(node, word, sizes, seed=7)
    shape = tuple(int(size.xreplace(sizes)) for size in shape_of(weight))
    values["W_"] = np.random.default_rng(1).normal(size=shape) if shape else 0.7
    loss, gradients = sb.lambdify(d)(**values)
    known = {**values, **{size.name: float(number) for size, number in sizes.items()}}
    assert float(loss) == pytest.approx(float(forward(net, values)["E"]), rel=1e-10, abs=1e-10)
    for name, gradient in d.gradients.items():
        expected = np.broadcast_to(evaluate(gradient, {**known, **forward(net, values)}), np.shape(values[name.name]))
        np.testing.assert_allclose(gradients[name.name], expected, rtol=1e-8, atol=1e-9)
        assert not np.shares_memory(gradients[name.name], values["W_"])


@EACH
def test_words_are_read_back(word: str, node: Operation) -> None:
    """As text into the same expression; and as text, as Unicode and as LaTeX by verify, which proves it the same."""
    names = {array.name: array for array in node.atoms(Array)} | {size.name: size for size in (m, n, k)}
    assert parse_expression(str(node), names) == node
    assert parse_expression(text(node, unicode=False), names) == node
    net, weight = network_of(node)
    d = sb.derive(net)
    gradient = d.gradients[weight]
    for written in (text(gradient), text(gradient, unicode=False), latex(gradient)):
        assert sb.verify(d, "W_", written).ok, written


def torch_values() -> Mapping[str, Callable[..., Any]]:
    """What PyTorch has for each word, by its own functions, with an axis where the word has one."""
    import torch

    def others(z: Any, dim: int) -> Any:
        parts = [torch.cat([z.narrow(dim, 0, i), z.narrow(dim, i + 1, z.shape[dim] - i - 1)], dim) for i in
                 range(z.shape[dim])]  # fmt: skip
        return torch.cat([part.prod(dim, keepdim=True) for part in parts], dim)

    def first(z: Any, dim: int) -> Any:
        return torch.zeros_like(z).scatter(dim, z.argmax(dim, keepdim=True), 1.0)

    def of_all(function: Callable[..., Any], z: Any) -> Any:
        return function(z.reshape(1, -1), 1).reshape(z.shape)

    def blocks(g: Any, rows: int, columns: int) -> Any:
        return g.reshape(g.shape[0] // rows, rows, g.shape[1] // columns, columns)

    def eigenvalues(a: Any) -> tuple[Any, Any]:
        values, vectors = torch.linalg.eigh((a + a.T) / 2)
        return values, vectors

    def root(a: Any) -> Any:
        values, vectors = eigenvalues(a)
        return vectors @ torch.diag(torch.sqrt(values)) @ vectors.T

    def lyapunov(a: Any, b: Any) -> Any:
        values, vectors = eigenvalues(a)
        return vectors @ ((vectors.T @ b @ vectors) / (values[:, None] + values)) @ vectors.T

    return {
        "softmax": lambda z, dim: torch.softmax(z, dim),
        "log_softmax": lambda z, dim: torch.log_softmax(z, dim),
        "logsumexp": lambda z, dim: torch.logsumexp(z, dim, keepdim=True),
        "trace": torch.trace, "inv": torch.linalg.inv, "det": torch.linalg.det,
        "logdet": lambda a: torch.linalg.slogdet(a)[1],
        "diagonal": lambda a: torch.diagonal(a)[:, None], "diag": torch.diagflat,
        "rowmax": lambda a: a.max(1, keepdim=True)[0], "colmax": lambda a: a.max(0, keepdim=True)[0],
        "rowmin": lambda a: a.min(1, keepdim=True)[0], "colmin": lambda a: a.min(0, keepdim=True)[0],
        "largest": torch.max, "smallest": torch.min,
        "rowargmax": lambda a: first(a, 1), "colargmax": lambda a: first(a, 0),
        "argmax": lambda a: of_all(first, a),
        "rowprod": lambda a: a.prod(1, keepdim=True), "colprod": lambda a: a.prod(0, keepdim=True),
        "prod": torch.prod,
        "rowprod_others": lambda a: others(a, 1), "colprod_others": lambda a: others(a, 0),
        "prod_others": lambda a: of_all(others, a),
        "cumsum": torch.cumsum,
        "reverse_cumsum": lambda a, dim: a.sum(dim, keepdim=True) - torch.cumsum(a, dim) + a,
        "halftril": lambda a: (torch.tril(a) + torch.tril(a, -1)) / 2, "sym": lambda a: (a + a.T) / 2,
        "tril": torch.tril, "triu": torch.triu, "solve": torch.linalg.solve,
        "vstack": lambda *parts: torch.vstack(parts), "hstack": lambda *parts: torch.hstack(parts),
        "kron": torch.kron,
        "blockinner": lambda g, b: torch.einsum("ipjq,pq->ij", blocks(g, *b.shape), b),
        "blocksum": lambda g, a: torch.einsum(
            "ipjq,ij->pq", blocks(g, g.shape[0] // a.shape[0], g.shape[1] // a.shape[1]), a
        ),
        "matrix_power": torch.linalg.matrix_power,
        "between_powers": lambda a, b, k: sum(
            torch.linalg.matrix_power(a, i) @ b @ torch.linalg.matrix_power(a, k - 1 - i) for i in range(k)
        ),
        "cholesky": lambda a: torch.linalg.cholesky((a + a.T) / 2), "pinv": torch.linalg.pinv,
        "sqrtm": root, "lyapunov": lyapunov,
        "block": lambda a, *places: a[places[0] : places[1], places[2] : places[3]],
        "embedded": lambda a, top, left, rows, columns: torch.nn.functional.pad(
            a, (left, columns - left - a.shape[1], top, rows - top - a.shape[0])
        ),
    }  # fmt: skip


@pytest.mark.needs("torch")
def test_pytorch_knows_every_word() -> None:
    assert torch_values().keys() == USAGES.keys()


@EACH
@pytest.mark.needs("torch")
@pytest.mark.parametrize("backend", ["numpy", "torch", "jax", "array-api"])
def test_values_and_gradients_are_those_of_pytorch(word: str, node: Operation, backend: str) -> None:
    check_with_torch(word, node, backend, sizes_at((3, 2, 2)), seed=11)


def check_with_torch(
    word: str, node: Operation, backend: str, sizes: Mapping[Symbol, Integer], seed: int, whole: bool = False
) -> None:
    import torch

    values = drawn(node, word, sizes, seed)
    if whole:  # zeros and ties
        values = {name: np.round(value / 2) for name, value in values.items()}
    net, weight = network_of(node)
    shape = tuple(int(size.xreplace(sizes)) for size in shape_of(weight))
    values["W_"] = np.random.default_rng(seed).normal(size=shape)
    tensors = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in values.items()}
    settings = [int(setting.xreplace(sizes)) for setting in node.settings] if not node.named_by_axis else []
    found = torch_values()[word](*(tensors[operand.name] for operand in node.operands), *settings)
    loss = (found * tensors["W_"]).sum()
    wanted = torch.autograd.grad(loss, list(tensors.values()), allow_unused=True)
    given = values if backend in ("numpy", "array-api") else as_arrays(backend, values)
    ours, gradients = run(net, backend, given)
    np.testing.assert_allclose(float(ours), loss.item(), rtol=1e-12, atol=1e-12)
    for name, gradient in zip(tensors, wanted, strict=True):
        expected = np.zeros(np.shape(values[name])) if gradient is None else gradient.numpy()
        np.testing.assert_allclose(np.asarray(gradients[name]), expected, rtol=1e-10, atol=1e-10)


def as_arrays(backend: str, values: Mapping[str, np.ndarray]) -> Mapping[str, Any]:
    if backend == "torch":
        import torch

        return {name: torch.tensor(value, dtype=torch.float64) for name, value in values.items()}
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    return {name: jax.numpy.asarray(value) for name, value in values.items()}


def run(net: sb.Network, backend: str, values: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    if backend == "array-api":
        pytest.importorskip("array_api_compat")
    loss, gradients = sb.lambdify(sb.derive(net), backend=backend)(**values)
    return loss, gradients


@pytest.mark.needs("torch")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("word", ["prod", "rowprod", "colprod"])
def test_zeros_pass_back_what_the_others_make(word: str, seed: int) -> None:
    (node,) = nodes_of_word(word)
    check_with_torch(word, node, "numpy", sizes_at((2, 3, 1)), seed, whole=True)


@pytest.mark.parametrize("word", ["rowmax", "colmax", "rowmin", "colmin", "largest", "smallest"])
def test_the_first_of_those_that_tie_takes_all(word: str) -> None:
    (node,) = nodes_of_word(word)
    net, weight = network_of(node)
    value = np.ones((2, 3))
    ones = np.ones([int(size.xreplace(sizes_at((2, 3, 1)))) for size in shape_of(weight)])
    _, gradients = sb.lambdify(sb.derive(net))(A=value, W_=ones)
    first = np.zeros((2, 3))
    first[(slice(None), 0) if word.startswith("row") else (0, slice(None)) if word.startswith("col") else (0, 0)] = 1
    np.testing.assert_array_equal(gradients["A"], first)
    assert any("the first of them passes back all" in said for said in net.conventions)


# What is defined for some matrices alone


@pytest.mark.parametrize(
    ("word", "values", "message"),
    [
        ("solve", {"Q": np.zeros((2, 2)), "C": np.ones((2, 1))}, "solve(Q, C) in X_Q has no value"),
        ("cholesky", {"Q": -np.eye(2)}, "cholesky(Q) in L_Q has no value"),
        ("pinv", {"T": np.zeros((3, 2))}, "pinv(T) in pinv_T has no value"),
        ("sqrtm", {"Q": np.ones((2, 2))}, "sqrtm(Q) in R_Q has no value"),
        ("sqrtm", {"Q": np.diag([1.0, -1.0])}, "sqrtm(Q) in R_Q has no value"),
        ("lyapunov", {"Q": -np.eye(2), "P": np.ones((2, 2))}, "lyapunov(Q, P) in S_Q has no value"),
    ],
)
def test_what_has_no_value_is_named(word: str, values: Mapping[str, np.ndarray], message: str) -> None:
    (node,) = nodes_of_word(word)
    net, weight = network_of(node)
    d = sb.derive(net)
    sizes = {symbol: Integer(side) for name, value in values.items() for symbol, side in
             zip(net.symbol(name).shape, value.shape, strict=True) if symbol.is_Symbol}  # fmt: skip
    ones = np.ones([int(size.xreplace(sizes)) for size in shape_of(weight)])
    with pytest.raises(DataError) as caught:
        sb.lambdify(d)(**values, W_=ones)
    assert message in str(caught.value)


def test_a_matrix_of_more_columns_than_rows_has_no_pinv() -> None:
    a = MatrixSymbol("A", m, n)
    net = sb.Network({E: sb.total(sb.pinv(a))}, inputs=[], targets=[], parameters=[a], loss=E)
    with pytest.raises(DataError, match="pinv is given more columns than rows"):
        sb.lambdify(sb.derive(net))(A=np.ones((2, 3)))


# From Python


def equal(written: Any, same: str) -> None:
    """What is made of SymPy's matrices is what a formula says."""
    names = {array.name: array for array in (A, B, C, D, Q, V)} | {size.name: size for size in (m, n, k)}
    assert read(written) == parse_expression(same, names)


@pytest.mark.parametrize(
    ("made", "same"),
    [
        (lambda a, d, v: a[0, 0], "total(block(A, 0, 1, 0, 1))"),
        (lambda a, d, v: d[m, n] * a, "D[m, n]*A"),
        (lambda a, d, v: d[0:m, :], "block(D, 0, m, 0, n + 1)"),
        (lambda a, d, v: d[m, :], "D[m, :]"),
        (lambda a, d, v: sb.tanh(a)[0, 0], "tanh(A)[0, 0]"),
        (lambda a, d, v: sb.cumsum(a, axis=0)[m - 1, :], "cumsum(A, axis=0)[m - 1, :]"),
        (lambda a, d, v: sb.block(d, 0, 1, n, n + 1), "D[0:1, n:n + 1]"),
        (lambda a, d, v: sb.maximum(a, 0), "max(A, 0)"),
        (lambda a, d, v: sb.minimum(a, 2 * a), "min(A, 2*A)"),
        (lambda a, d, v: sb.norm1(v), "total(abs(V))"),
        (lambda a, d, v: sb.norminf(v.T), "largest(abs(V.T))"),
        (lambda a, d, v: sb.outer(v, v), "V @ V.T"),
        (lambda a, d, v: sb.outer(v.T, v.T), "V @ V.T"),
        (lambda a, d, v: a + sb.zeros(m, n), "A + zeros(m, n)"),
        (lambda a, d, v: sb.vstack(a, a), "vstack(A, A)"),
        (lambda a, d, v: sb.hstack(a, a, a), "hstack(A, A, A)"),
        (lambda a, d, v: sb.kron(a, v), "kron(A, V)"),
        (lambda a, d, v: sb.cumsum(a, axis=0), "cumsum(A, axis=0)"),
        (lambda a, d, v: sb.solve(a * a.T, a), "solve(A @ A.T, A)"),
        (lambda a, d, v: sb.cholesky(a * a.T), "cholesky(A @ A.T)"),
        (lambda a, d, v: sb.sqrtm(a * a.T), "sqrtm(A @ A.T)"),
        (lambda a, d, v: sb.lyapunov(a * a.T, sb.eye(m)), "lyapunov(A @ A.T, eye(m))"),
    ],
)
def test_what_python_makes(made: Callable[..., Any], same: str) -> None:
    a, d, v = MatrixSymbol("A", m, n), MatrixSymbol("D", m + 1, n + 1), MatrixSymbol("V", n, 1)
    equal(made(a, d, v), same)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda a, v: sb.norm1(a), "norm1(A (m×n)) is given a matrix that is neither a row nor a column"),
        (lambda a, v: sb.outer(a, v), "outer is given A (m×n), which is neither a row nor a column"),
        (lambda a, v: sb.cumsum(a), "cumsum(A) has no axis"),
        (lambda a, v: sb.solve(a, a), "A (m×n) is not square, and solve needs a square matrix"),
        (lambda a, v: sb.solve(a.T * a, a), "A.T @ A (n×n) has n rows and A (m×n) m"),
        (lambda a, v: sb.vstack(a, v), "A (m×n) and V (n×1) have not as many columns"),
        (lambda a, v: sb.hstack(a, v), "A (m×n) and V (n×1) have not as many rows"),
        (lambda a, v: a[m, 0], "A (m×n) may have fewer than m + 1 rows"),
        (lambda a, v: sb.block(a, 0, k, 0, 1), "A (m×n) may have fewer than k rows"),
        (lambda a, v: sb.block(a, 1, 1, 0, 1), "there may be no rows from 1 to 1"),
        (lambda a, v: a[0:m:2, :], "leaves out rows or columns"),
        (lambda a, v: sb.rowmax(Symbol("s")), "rowmax(s) is given no matrix"),
        (lambda a, v: sb.cholesky(a), "A (m×n) is not square, and cholesky needs a square matrix"),
        (lambda a, v: sb.matrix_power(a, k), "A (m×n) is not square, and matrix_power needs a square matrix"),
        (lambda a, v: sb.matrix_power(a * a.T, k - 2), "the exponent k - 2 of matrix_power(A @ A.T) may be no whole"),
        (lambda a, v: sb.sqrtm(a), "A (m×n) is not square, and sqrtm needs a square matrix"),
        (lambda a, v: sb.lyapunov(a, a), "A (m×n) is not square, and lyapunov needs a square matrix"),
        (lambda a, v: sb.lyapunov(a.T * a, v), "A.T @ A (n×n) and V (n×1) have not one shape"),
    ],
)
def test_what_does_not_fit(made: Callable[..., Any], message: str) -> None:
    a, v = MatrixSymbol("A", m, n), MatrixSymbol("V", n, 1)
    with pytest.raises(NetworkError) as caught:
        shape_of(read(made(a, v)))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "made", [lambda q, x, c: sb.matrix_power(q, c) * x, lambda q, x, c: sb.broadcast(sb.total(q * x), c, 1)]
)
def test_a_size_is_one_of_the_matrices(made: Callable[..., Any]) -> None:
    q, x, c = MatrixSymbol("Q", n, n), MatrixSymbol("X", n, k), Symbol("c")
    with pytest.raises(NetworkError, match=r"in E: c in .+ is not a size; use whole numbers and the sizes .+: k, n"):
        sb.Network({E: sb.total(made(q, x, c))}, inputs=[x, c], targets=[], parameters=[q], loss=E)


@pytest.mark.parametrize("exponent", [1, 2, 9, 64])
def test_a_power_is_the_product_of_so_many_factors(exponent: int) -> None:
    q, v = MatrixSymbol("Q", n, n), MatrixSymbol("V", n, 1)
    net = sb.Network({E: sb.total(sb.matrix_power(q, exponent) * v)}, inputs=[v], targets=[], parameters=[q], loss=E)
    d = sb.derive(net)
    assert sb.check(d).proved
    assert sb.verify(d, "Q", text(d.gradients[net.symbol("Q")])).ok
    values = {"Q": np.array([[0.9, 0.3], [-0.2, 0.8]]), "V": np.array([[1.0], [2.0]])}
    loss, _ = sb.lambdify(d)(**values)
    assert loss == pytest.approx((np.linalg.matrix_power(values["Q"], exponent) @ values["V"]).sum(), rel=1e-12)


@pytest.mark.parametrize("power", ["Q^k", "Q^{k}", "matrix_power(Q, k)", r"\mathrm{matrix\_power}(Q, k)"])
def test_a_raised_size_is_a_power(power: str) -> None:
    q, x, t = MatrixSymbol("Q", n, n), MatrixSymbol("X", n, k), MatrixSymbol("T", n, k)
    net = sb.Network({E: sb.inner(q**k * x, t)}, inputs=[t], targets=[], parameters=[q, x], loss=E)
    d = sb.derive(net)
    assert sb.verify(d, "X", f"({power})^T T").ok
    assert not sb.verify(d, "X", f"{power} T").ok
    assert sb.verify(d, "Q", "between_powers(Qᵀ, T Xᵀ, k)").ok
    equation = net.equations[net.symbol("P_Q")]
    assert (text(equation), text(equation, unicode=False), latex(equation)) == ("Q^k", "matrix_power(Q, k)", "Q^k")


# Training


@pytest.mark.parametrize(
    "backend", few([pytest.param("numpy"), pytest.param("numba", marks=pytest.mark.needs("numba"))])
)
@pytest.mark.parametrize(
    "made",
    [
        sb.rowmax, sb.rowprod, lambda z: sb.rowmean(sb.hadamard(z, sb.reverse_cumsum(z, axis=1))),
        lambda z: sb.rowsum(sb.power(sb.triu(z), 2)), lambda z: sb.power(sb.block(z, 0, m, 0, 1), 2),
        lambda z: sb.rowmean(sb.power(sb.hstack(z, z), 2)), lambda z: sb.solve(z * z.T + sb.eye(m), z)[:, 0],
        lambda z: sb.rowsum(sb.cholesky(z * z.T + sb.eye(m))), lambda z: sb.rowsum(sb.sqrtm(z * z.T + sb.eye(m))),
        lambda z: sb.rowsum(sb.lyapunov(z * z.T + sb.eye(m), z * z.T)), lambda z: sb.rowsum(sb.kron(z, sb.ones(1, 2))),
        lambda z: sb.rowsum(sb.matrix_power(z * z.T / 9 + sb.eye(m), k)),
        lambda z: sb.rowsum(sb.pinv(sb.hstack(z.T, sb.eye(k)).T)[:, 0:m].T),
    ],
    ids=["rowmax", "rowprod", "cumsum", "triu", "block", "hstack", "solve", "cholesky", "sqrtm", "lyapunov", "kron",
         "power", "pinv"],
)  # fmt: skip
def test_tuned_steps_are_gradient_descent(made: Callable[[Any], Any], backend: str) -> None:
    x, w, z, t = MatrixSymbol("X", m, n), MatrixSymbol("W", n, k), MatrixSymbol("Z", m, k), MatrixSymbol("T", m, 1)
    net = sb.Network(
        {z: x * w, E: sb.total(sb.power(made(z) - t, 2)) / m}, inputs=[x], targets=[t], parameters=[w], loss=E
    )
    random = np.random.default_rng(0)
    data = {"X": random.normal(size=(5, 3)), "T": random.normal(size=(5, 1))}
    weights = random.normal(size=(3, 2))
    d = sb.derive(net)
    function = sb.lambdify(d)
    training = sb.trainer(d, data, {"W": weights}, learning_rate=0.01, backend=backend)
    training.run(5)
    for _ in range(5):
        weights = weights - 0.01 * function(**data, W=weights)[1]["W"]
    np.testing.assert_allclose(training.weights["W"], weights, rtol=1e-12, atol=1e-12)
