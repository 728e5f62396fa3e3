"""Networks as they are written in NumPy, held against NumPy itself, against SymPy's notation, and against the judge."""

import numpy as np
import pytest
from conftest import few
from numpy_networks import NETWORKS
from sympy import Eq, MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.matrices import as_whole
from symbackprop.numeric.evaluate import evaluate

SIZES = {"m": 3, "n": 2, "h": 4, "k": 3, "d": 2, "p": 2}


def values_of(network, rng):
    """Numbers for the names of a network; what must be inverted is well away from singular."""
    found = {}
    for name in (*network.inputs, *network.targets, *network.parameters):
        shape = tuple(int(size.subs(SIZES)) for size in network.shape(name))
        found[name.name] = rng.uniform(0.2, 0.9, shape) + (np.eye(*shape) if shape and shape[0] == shape[1] else 0)
    return found


@pytest.mark.parametrize("function", few(NETWORKS), ids=lambda f: f.__name__)
def test_the_network_computes_what_numpy_computes(function):
    network = sb.Network.from_function(function)
    code = sb.lambdify(sb.derive(network))
    values = values_of(network, np.random.default_rng(1))
    loss = code(**values)[0]
    given = {name: np.asarray(value) if np.ndim(value) else float(value) for name, value in values.items()}
    assert np.allclose(float(np.mean(loss)), function(**given), rtol=1e-12, atol=0)


def test_there_are_sixty_networks():
    assert len(NETWORKS) >= 60


@pytest.mark.slow
@pytest.mark.parametrize("function", NETWORKS, ids=lambda f: f.__name__)
def test_every_gradient_is_proved(function):
    report = sb.check(sb.derive(sb.Network.from_function(function)), points=1)
    assert report.ok, str(report)


def gradients(network):
    return {str(name): gradient for name, gradient in sb.derive(network).gradients.items()}


m, n, k = symbols("m n k")
X, Y, W, b = (MatrixSymbol(*given) for given in (("X", m, n), ("Y", m, k), ("W", n, k), ("b", 1, k)))
Z, P, A, R = (MatrixSymbol(name, m, k) for name in "ZPAR")
loss = Symbol("loss")


def softmax_classifier(X, Y, W, b):
    Z = X @ W + b
    P = sb.softmax(Z, axis=1)
    loss = -(Y * np.log(P)).sum() / X.shape[0]
    return loss


def gated(X, Y, W, b):
    A = 1 / (1 + np.exp(-(X @ W + b)))
    R = 1 - A
    loss = (A * R * Y).mean()
    return loss


def scaled(X, Y, W, b):
    Z = 2 * (X @ W) - b
    R = np.maximum(Z, 0) - Y
    loss = np.sum(R**2) / 2
    return loss


def normed(X, Y, W, b):
    Z = X @ W
    A = Z / np.sqrt((Z**2).sum(axis=1, keepdims=True))
    loss = (A * Y + b).sum()
    return loss


IN_SYMPY = {
    softmax_classifier: {
        Z: X * W + sb.ones(m, 1) * b, P: sb.softmax(Z, axis=1), loss: -sb.total(sb.hadamard(Y, sb.log(P))) / m,
    },
    gated: {
        A: sb.sigmoid(X * W + sb.broadcast(b, m, k)), R: sb.ones(m, k) - A, loss: sb.mean(sb.hadamard(A, R, Y)),
    },
    scaled: {
        Z: 2 * X * W - sb.broadcast(b, m, k), R: sb.relu(Z) - Y, loss: sb.total(sb.power(R, 2)) / 2,
    },
    normed: {
        Z: X * W, A: sb.divide(Z, sb.broadcast(sb.sqrt(sb.rowsum(sb.power(Z, 2))), m, k)),
        loss: sb.total(sb.hadamard(A, Y) + sb.broadcast(b, m, k)),
    },
}  # fmt: skip


@pytest.mark.parametrize("function", IN_SYMPY, ids=lambda f: f.__name__)
def test_gradients_are_those_of_sympys_notation(function):
    written = sb.Network.from_function(function, X="m × n", Y="m × k", W="n × k", b="1 × k")
    said = sb.Network(IN_SYMPY[function], inputs=[X], targets=[Y], parameters=[W, b], loss=loss)
    assert written.equations == said.equations
    assert gradients(written) == gradients(said)


def test_arrays_stand_in_a_network_beside_sympys_matrices():
    X, w, r, t = sb.arrays("X: m n, w: n 1, r: m 1, t: m 1")
    E, c = symbols("E c")
    network = sb.Network({r: X @ w - t, E: c * (r**2).sum()}, inputs=[X], targets=[t], parameters=[w, c], loss=E)
    assert str(sb.derive(network).gradients["w"]) == "2*c*(X.T @ r)"
    S = MatrixSymbol("S", n, n)
    assert str(S @ w) == "S @ w"
    assert str(X @ S + 1) == "X @ S + 1"
    assert (c * X).stands_for == (m, n)


def test_facts_values_and_names_are_those_of_arrays():
    Y, Z, W, P = sb.arrays("Y: m k, Z: m k, W: k k, P: m k")
    E = Symbol("E")
    network = sb.Network(
        {P: sb.softmax(Z @ W, axis=-1), E: -(Y * np.log(P)).sum()}, inputs=[Z], targets=[Y], parameters=[W], loss=E,
        facts=[Eq(sb.rowsum(MatrixSymbol("Y", m, k)), sb.ones(m, 1))],
    )  # fmt: skip
    assert str(sb.derive(network, wrt=W).gradients["W"]) == "Z.T @ (P - Y)"
    assert network.symbol(W).name == "W"


NUMBERS = {
    "X": np.array([[0.3, 0.8], [0.5, -0.4], [0.9, 0.1]]), "W": np.arange(1, 9).reshape(2, 4) / 9,
    "b": np.array([[0.1, -0.2, 0.3, 0.7]]), "c": 0.6,
}  # fmt: skip
RULES = {
    "1 - X": lambda X, W, b, c: 1 - X,
    "X + c": lambda X, W, b, c: X + c,
    "c / (X + 2)": lambda X, W, b, c: c / (X + 2),
    "2 ** X": lambda X, W, b, c: 2**X,
    "X @ W + b": lambda X, W, b, c: X @ W + b,
    "(X*X) @ (W*W)": lambda X, W, b, c: (X * X) @ (W * W),
    "sum": lambda X, W, b, c: X.sum(),
    "sum axis 0": lambda X, W, b, c: X.sum(axis=0),
    "sum axis 1": lambda X, W, b, c: X.sum(axis=1),
    "sum axis -1 kept": lambda X, W, b, c: X.sum(axis=-1, keepdims=True),
    "sum of both axes": lambda X, W, b, c: X.sum(axis=(0, 1), keepdims=True),
    "np.add.reduce": lambda X, W, b, c: np.add.reduce(X),
    "mean of a sum": lambda X, W, b, c: X.sum(axis=1).mean(),
    "product of sums": lambda X, W, b, c: X.sum(axis=1) * X[:, 0],
    "outer minus": lambda X, W, b, c: X[:, 0][:, None] - X[:, 1][None, :],
    "subtract.outer": lambda X, W, b, c: np.subtract.outer(X[:, 0], X[:, 1]),
    "a vector on the left": lambda X, W, b, c: X[0] @ W,
    "a vector on the right": lambda X, W, b, c: X @ W[:, 1],
    "two vectors": lambda X, W, b, c: X[0] @ W[:, 1],
    "column of sums": lambda X, W, b, c: X.sum(1)[:, None] + X,
    "row of sums": lambda X, W, b, c: X.sum(0) + X,
    "reshape to a column": lambda X, W, b, c: b.reshape(-1, 1),
    "reshape to a line": lambda X, W, b, c: b.reshape(-1),
    "ravel": lambda X, W, b, c: b.ravel(),
    "squeeze": lambda X, W, b, c: b.squeeze(),
    "expand_dims": lambda X, W, b, c: np.expand_dims(X.sum(0), 1),
    "entry": lambda X, W, b, c: X[1, 0],
    "last row": lambda X, W, b, c: X[-1],
    "block": lambda X, W, b, c: X[1:, :1],
    "ellipsis": lambda X, W, b, c: X[..., 0],
    "beyond the end": lambda X, W, b, c: X[1:9],
    "max": lambda X, W, b, c: X.max(axis=0),
    "np.min": lambda X, W, b, c: np.min(X),
    "prod": lambda X, W, b, c: np.prod(X, axis=1),
    "var": lambda X, W, b, c: X.var(axis=1, ddof=1),
    "std": lambda X, W, b, c: np.std(X, axis=0, keepdims=True),
    "cumsum": lambda X, W, b, c: np.cumsum(X, axis=0),
    "where": lambda X, W, b, c: np.where(X > 0, X, -1),
    "conditions": lambda X, W, b, c: ((X > 0) & (X < 0.5)).astype(float),
    "not": lambda X, W, b, c: np.where(~(X > 0) | (X > 0.4), 1.0, c),
    "abs": lambda X, W, b, c: abs(X) + np.abs(-X) + np.fabs(X),
    "clip": lambda X, W, b, c: X.clip(0, 0.5) + np.clip(X, 0, None),
    "np.float64 first": lambda X, W, b, c: np.float64(2.0) * X,
    "hstack": lambda X, W, b, c: np.hstack([X, X]),
    "vstack of lines": lambda X, W, b, c: np.vstack([X[0], X[1]]),
    "stack": lambda X, W, b, c: np.stack([X[:, 0], X[:, 1]], axis=1),
    "concatenated lines": lambda X, W, b, c: np.concatenate([X[0], X[1]]),
    "column_stack": lambda X, W, b, c: np.column_stack([X[:, 0], X]),
    "broadcast_to": lambda X, W, b, c: np.broadcast_to(b, (3, 4)) + 0 * (X @ W),
    "full_like": lambda X, W, b, c: np.full_like(X, 2.0) + c,
    "inverse": lambda X, W, b, c: np.linalg.inv(X.T @ X),
    "det": lambda X, W, b, c: np.linalg.det(X.T @ X),
    "norm": lambda X, W, b, c: np.linalg.norm(X, axis=1),
    "norms": lambda X, W, b, c: np.linalg.norm(X, 1) + np.linalg.norm(X, np.inf) + np.linalg.norm(X[0], 1),
    "matrix_power": lambda X, W, b, c: np.linalg.matrix_power(X.T @ X, 3),
    "solve for a line": lambda X, W, b, c: np.linalg.solve(X.T @ X, X[0]),
    "multi_dot": lambda X, W, b, c: np.linalg.multi_dot([X, W, W.T]),
    "dot": lambda X, W, b, c: X.dot(W) + np.dot(c, X @ W),
    "inner": lambda X, W, b, c: np.inner(X, X),
    "trace": lambda X, W, b, c: np.trace(X.T @ X),
    "diag": lambda X, W, b, c: np.diag(X[:, 0]) @ X,
    "diagonal": lambda X, W, b, c: np.diag(X.T @ X),
    "tril": lambda X, W, b, c: np.tril(X.T @ X),
    "kron": lambda X, W, b, c: np.kron(X, b),
    "average": lambda X, W, b, c: np.average(X, axis=0, weights=X[:, 0] + 2),
    "einsum": lambda X, W, b, c: np.einsum("ij,jk->ki", X, W),
    "einsum of three": lambda X, W, b, c: np.einsum("ij,jk,ik->j", X, W, X @ W),
    "einsum diagonal": lambda X, W, b, c: np.einsum("ii->i", X.T @ X),
    "einsum batch": lambda X, W, b, c: np.einsum("ij,ij->i", X, X),
    "einsum implicit": lambda X, W, b, c: np.einsum("ji", X),
    "einsum outer": lambda X, W, b, c: np.einsum("i,j->ji", X[:, 0], X[0]),
    "rows": lambda X, W, b, c: sum(row * (k + 1) for k, row in enumerate(X)),
    "size": lambda X, W, b, c: X.sum() / X.size + len(X) + X.ndim,
    "sign": lambda X, W, b, c: np.sign(X) + np.heaviside(X, 0.5),
    "hypot": lambda X, W, b, c: np.hypot(X, c) + np.cbrt(X) + np.exp2(X) + np.log2(X + 2) + np.log10(X + 2),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_what_comes_out_has_numpys_shape_and_numbers(rule):
    made = RULES[rule](*sb.arrays("X: 3 2, W: 2 4, b: 1 4, c: scalar"))
    truth = np.asarray(RULES[rule](**NUMBERS))
    assert made.shape == truth.shape
    found = evaluate(as_whole(*made.read), NUMBERS)
    assert np.allclose(np.reshape(found, truth.shape), truth, rtol=1e-13, atol=1e-15)


def refused(function, **shapes):
    with pytest.raises(sb.NetworkError) as caught:
        sb.Network.from_function(function, **shapes)
    return str(caught.value)


SHAPES = {"X": "m n", "w": "n 1"}


class TestBadFunctions:
    """One line, which names the line of the user's source."""

    def test_a_branch(self):
        def f(X, w):
            z = X @ w
            if z.sum() > 0:
                return z.sum()
            return -z.sum()

        assert refused(f, **SHAPES) == (
            f"error[branch]: in f, line {f.__code__.co_firstlineno + 2} of test_numpy_style.py: if z.sum() > 0: "
            "[total(z) > 0] has no value yet, and a branch is taken on it; "
            "write np.where(condition, a, b), which has both branches"
        )

    def test_no_scalar(self):
        assert refused(lambda X, w: X @ w, **SHAPES) == (
            "error[loss]: in <lambda>: <lambda> returns an array of shape m×1, and a loss is one number; "
            'return one number, such as E.sum() or E.mean(), or name what a layer gives: outputs="Y"'
        )
        assert "returns nothing, not the loss" in refused(lambda X, w: None, **SHAPES)
        assert "returns a float, not the loss" in refused(lambda X, w: 2.0, **SHAPES)
        assert "returns an array of shape (m,)" in refused(lambda X, w: (X @ w)[:, 0], **SHAPES)

    def test_a_global_array(self):
        G = np.ones((2, 2))

        def f(X, w):
            return (G @ w).sum()

        assert refused(f, **SHAPES).endswith(
            "return (G @ w).sum(): an array of numbers of shape (2, 2) stands among the values of a network; "
            'make it an argument with a shape, as in G="2 × 2", and an input'
        )

    @pytest.mark.parametrize(
        ("function", "said"),
        [
            (lambda X, w: np.sort(X @ w).sum(), "np.sort is not known in networks"),
            (lambda X, w: np.fmod(X, 2).sum(), "np.fmod is not known in networks"),
            (lambda X, w: np.linalg.eigvalsh(X).sum(), "np.linalg.eigvalsh is not known in networks"),
            (lambda X, w: X.argmax(), "arrays of a network have no 'argmax'"),
            (lambda X, w: (X @ X).sum(), "inner sizes n and m differ; did you mean X.T?"),
            (lambda X, w: (X + w).sum(), "X (m×n) + w (n×1): the sizes differ"),
            (lambda X, w: float(w.sum()), "use NumPy's functions, as np.sqrt in place"),
            (lambda X, w: X[X > 0].sum(), "parts of X are taken by a condition"),
            (lambda X, w: X[::2].sum(), "parts of X are taken in steps"),
            (lambda X, w: X[0, 0, 0], "X has 2 axes, and 3 places are given"),
            (lambda X, w: X.sum(axis=2).sum(), "X has 2 axes, and none is 2"),
            (lambda X, w: X.reshape(-1).sum(), "reshape(-1) of X, whose shape is (m, n)"),
            (lambda X, w: np.array([w, w]).sum(), "an array of numbers is to be made of it"),
            (lambda X, w: sum(row.sum() for row in X), "give m as a number, or work on all rows at once"),
            (lambda X, w: (np.eye(X.shape[1]) @ w).sum(), "sb.eye(n), sb.ones(m, n) and sb.zeros(m, n) take symbols"),
            (lambda X, w: np.exp(w, out=w).sum(), "np.exp(…, out=…) changes an array in place"),
            (lambda X, w: np.einsum("ij,kl->ijkl", X, w).sum(), "is not known in matrix networks"),
            (lambda X, w: np.where(X, w, 0).sum(), "X stands in np.where and is no condition"),
            (lambda X, w: (X & X).sum(), "X stands beside & and is no condition"),
            (lambda X, w: (X + "a").sum(), "unsupported operand type(s) for +"),
            (lambda X, w: X.sum(), "parameter w does not reach the loss"),
        ],
    )  # fmt: skip
    def test_what_a_network_cannot_have(self, function, said):
        assert said in refused(function, **SHAPES)

    def test_entries_set_in_place(self):
        def f(X, w):
            z = X @ w
            z[0] = 1
            return z.sum()

        assert "z[0] = 1: entries of z are set in place; make a new array" in refused(f, **SHAPES)

    def test_shapes_and_roles(self):
        def f(X, w):
            return (X @ w).sum()

        assert 'nothing is said of the shape of its argument w; write w="rows × columns"' in refused(f, X="m n")
        assert "v has a shape and is no argument" in refused(f, **SHAPES, v="n 1")
        assert "V in inputs is no argument" in refused(lambda X, w: (X @ w).sum(), **SHAPES, inputs=["V"])
        assert "the shape of f(X) is 'm'; write rows and columns" in refused(f, X="m", w="n 1")
        assert "takes *rest, which cannot be given by name" in refused(lambda *rest: rest)

    def test_an_error_of_the_users_own_stays_what_it_is(self):
        with pytest.raises(ZeroDivisionError):
            sb.Network.from_function(lambda X, w: X.sum() * (1 / 0), **SHAPES)


class TestNames:
    def test_local_variables_name_equations(self):
        @sb.Network.from_function(X="m × n", t="m × 1", w="n × 1")
        def line(X, t, w):
            r = X @ w - t
            return (r**2).mean()

        assert [str(name) for name in line.equations] == ["r", "loss"]
        assert line.name == "line"
        assert line.roles == {"inputs": line.inputs, "targets": line.targets, "parameters": line.parameters}
        assert [str(name) for group in line.roles.values() for name in group] == ["X", "t", "w"]

    def test_what_is_bound_again_is_counted(self):
        def f(X: "m n", W: "n n"):  # noqa: F722
            h = X @ W
            for _ in range(2):
                h = np.tanh(h)
            layers = [h, h @ W]
            unused = h * 2  # noqa: F841
            loss = 0
            for layer in layers:
                loss = loss + layer.sum()
            return loss

        network = sb.Network.from_function(f)
        assert [str(name) for name in network.equations] == ["h_1", "h_2", "h_3", "layers_1", "loss_1", "loss"]

    def test_an_argument_that_is_bound_again(self):
        def f(X: "m n", W: "n n"):  # noqa: F722
            X = X @ W
            X = np.exp(X)
            return X.sum()

        assert [str(name) for name in sb.Network.from_function(f).equations] == ["X_1", "X_2", "loss"]

    def test_names_of_functions_and_sizes_are_not_taken(self):
        def f(X: "m n", w: "n 1"):  # noqa: F722
            softmax = X @ w
            m = softmax * 2
            return m.sum()

        assert [str(name) for name in sb.Network.from_function(f).equations] == ["softmax_value", "m_1", "loss"]

    def test_roles_are_told_or_usual(self):
        def f(A: "m n, input", b: "n 1", scale=2.0):  # noqa: F722
            return scale * (A @ b).sum()

        network = sb.Network.from_function(f)
        assert ([str(x) for x in network.inputs], [str(x) for x in network.parameters]) == (["A"], ["b"])
        other = sb.Network.from_function(f, parameters="A")
        assert ([str(x) for x in other.inputs], [str(x) for x in other.parameters]) == (["b"], ["A"])

    def test_the_trace_of_a_debugger_comes_back(self):
        import sys

        def trace(frame, event, arg):
            return None

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            sb.Network.from_function(lambda X, w: (X @ w).sum(), **SHAPES)
            assert sys.gettrace() is trace
            refused(lambda X, w: X @ w, **SHAPES)
            assert sys.gettrace() is trace
        finally:
            sys.settrace(before)


class TestLayers:
    """A function that returns arrays is a layer."""

    def layer(self, X, W, b):
        Z = X @ W + b
        A = np.tanh(Z)
        return A, A.sum(axis=1, keepdims=True)

    def test_outputs_have_the_names_given(self):
        shapes = {"X": "m n", "W": "n k", "b": "1 k"}
        network = sb.Network.from_function(self.layer, **shapes, outputs="Y s")
        assert {str(y): str(g) for y, g in network.outputs.items()} == {"Y": "Y_bar", "s": "s_bar"}
        assert [str(name) for name in network.equations] == ["Z", "Y", "s"]
        named = sb.Network.from_function(self.layer, **shapes, outputs={"A": "G", "s": "g"})
        assert str(sb.derive(named).shared["b"]) == "colsum(Delta_Z)"
        assert sb.check(sb.derive(named)).ok

    def test_outputs_may_be_arrays(self):
        X, W, Y, G = sb.arrays("X: m n, W: n k, Y: m k, G: m k")
        for outputs in (Y, [Y], {Y: G}):
            network = sb.Network({Y: X @ W}, inputs=[X], parameters=[W], outputs=outputs)
            (adjoint,) = network.outputs.values()
            assert str(sb.derive(network).gradients["W"]) == f"X.T @ {adjoint}"

    def test_names_are_as_many_as_values(self):
        assert refused(lambda X, w: X @ w, **SHAPES, outputs="Y Z") == (
            "error[outputs]: in <lambda>: <lambda> returns 1 array, and outputs names Y, Z; "
            "name each array that the function returns, in order"
        )
        assert "<lambda> returns X, which no equation works out" in refused(lambda X, w: X, **SHAPES, outputs="Y")


class TestArrays:
    def test_names_and_shapes(self):
        X, W, c = sb.arrays("X: m n, W: n 2*h; c: scalar")
        assert (repr(X), repr(W), repr(c)) == ("<X (m, n)>", "<W (n, 2*h)>", "<c>")
        assert sb.arrays("v: n + 1 × 1").shape[1] == 1
        assert sb.arrays("v: 4x2").shape == (4, 2)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "no name is given"),
            ("X", "'X' is no name with a shape"),
            ("X: m n, X: n m", "X stands twice"),
            ("2x: m n", "'2x: m n' is no name with a shape"),
            ("X: m", "the shape of X is 'm'"),
            ("X: m n k", "the shape of X is 'm n k'"),
            ("X: m -1", "the shape of X is 'm -1'"),
        ],
    )
    def test_bad_text(self, text, said):
        with pytest.raises(sb.NetworkError, match="error") as caught:
            sb.arrays(text)
        assert said in str(caught.value)

    def test_only_what_can_be_is_repeated(self):
        with pytest.raises(sb.NetworkError, match="cannot be repeated to m×k"):
            sb.broadcast(sb.arrays("X: m n"), m, k)

    def test_a_product_with_a_matrix_of_sympys_has_two_meanings(self):
        X, B = sb.arrays("X: m n"), MatrixSymbol("B", m, n)
        for product in (lambda: X * B, lambda: B * X):
            with pytest.raises(sb.NetworkError, match="has two meanings, as B is a matrix of SymPy's"):
                product()
