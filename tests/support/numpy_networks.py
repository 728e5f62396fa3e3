"""Forward passes as people write them in NumPy: layers, losses, attention, recurrent cells, norms.

Each function runs on NumPy's arrays as it stands, and with its annotations it is a network.
"""

import numpy as np

import symbackprop as sb

# ruff: noqa: F722, F821  # annotations are shapes


def sigmoid(z):
    """A function that is called inside is simply run."""
    return 1 / (1 + np.exp(-z))


def linear_regression(X: "m n", y: "m 1", w: "n 1"):
    r = X @ w - y
    return (r**2).sum() / (2 * X.shape[0])


def mean_squared(X: "m n", Y: "m k", W: "n k", b: "1 k"):
    P = X @ W + b
    return np.mean((P - Y) ** 2)


def ridge(X: "m n", y: "m 1", w: "n 1", c: "scalar"):
    r = y - X @ w
    return 0.5 * np.sum(r * r) + c * np.sum(w**2)


def logistic(X: "m n", y: "m 1", w: "n 1", b: "scalar"):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def logistic_stable(X: "m n", y: "m 1", w: "n 1"):
    z = X @ w
    return np.mean(np.logaddexp(0, z) - y * z)


def softmax_by_hand(X: "m n", Y: "m k", W: "n k"):
    Z = X @ W
    S = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = S / S.sum(axis=1, keepdims=True)
    return -np.sum(Y * np.log(P)) / Y.shape[0]


def softmax_one_axis(X: "m n", Y: "m k", W: "n k"):
    Z = X @ W
    lse = np.log(np.exp(Z).sum(axis=1))
    return np.mean(lse - (Z * Y).sum(axis=1))


def two_layers(X: "m n", Y: "m k", W1: "n h", b1: "1 h", W2: "h k", b2: "1 k"):
    H = np.tanh(X @ W1 + b1)
    P = H @ W2 + b2
    return ((P - Y) ** 2).sum(axis=1).mean()


def relu_layers(X: "m n", Y: "m k", W1: "n h", W2: "h k"):
    H = np.maximum(X @ W1, 0)
    return np.square(H @ W2 - Y).mean()


def leaky(X: "m n", y: "m 1", w: "n 1"):
    z = X @ w
    a = np.where(z > 0, z, 0.01 * z)
    return ((a - y) ** 2).mean()


def mask_by_product(X: "m n", y: "m 1", w: "n 1"):
    z = X @ w
    a = z * (z > 0)
    return ((a - y) ** 2).mean()


def deep_residual(X: "m n", Y: "m n", W1: "n n", W2: "n n", W3: "n n"):
    H = X
    for W in (W1, W2, W3):
        H = H + np.tanh(H @ W)
    return np.sum((H - Y) ** 2) / 2


def dropout_mask(X: "m n", M: "m h, input", y: "m 1", W: "n h", v: "h 1"):
    H = np.tanh(X @ W) * M / 0.8
    return ((H @ v - y) ** 2).mean()


def batch_norm(X: "m n", Y: "m n", gamma: "1 n", beta: "1 n"):
    mu = X.mean(axis=0, keepdims=True)
    var = ((X - mu) ** 2).mean(axis=0, keepdims=True)
    xhat = (X - mu) / np.sqrt(var + 1e-5)
    out = gamma * xhat + beta
    return ((out - Y) ** 2).sum()


def batch_norm_one_axis(X: "m n", Y: "m n", gamma: "1 n", beta: "1 n"):
    xhat = (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + 1e-5)
    return ((gamma * xhat + beta - Y) ** 2).sum()


def layer_norm(X: "m n", Y: "m n", g: "1 n", b: "1 n"):
    c = X - X.mean(axis=-1, keepdims=True)
    s = np.sqrt((c * c).mean(axis=-1, keepdims=True) + 1e-6)
    return ((c / s * g + b - Y) ** 2).mean()


def layer_norm_std(X: "m n", Y: "m n", g: "1 n"):
    h = (X - X.mean(1)[:, None]) / (X.std(1)[:, None] + 1e-3)
    return ((g * h - Y) ** 2).mean()


def rms_norm(X: "m n", Y: "m n", g: "1 n"):
    rms = np.sqrt(np.mean(X**2, axis=1, keepdims=True) + 1e-6)
    return np.sum((X / rms * g - Y) ** 2)


def weight_norm(X: "m n", y: "m 1", v: "n 1", g: "scalar"):
    w = g * v / np.linalg.norm(v)
    return ((X @ w - y) ** 2).mean()


def attention(X: "m n", Y: "m k", WQ: "n d", WK: "n d", WV: "n k"):
    Q, K, V = X @ WQ, X @ WK, X @ WV
    S = Q @ K.T / np.sqrt(Q.shape[1])
    A = sb_softmax(S)
    return ((A @ V - Y) ** 2).mean()


def sb_softmax(S):
    """What NumPy has no function for: run inside, it leaves no name behind."""
    if isinstance(S, np.ndarray):
        E = np.exp(S - S.max(axis=1, keepdims=True))
        return E / E.sum(axis=1, keepdims=True)
    return sb.softmax(S, axis=1)


def causal_attention(X: "m n", M: "m m, input", Y: "m n", WQ: "n n", WK: "n n"):
    S = (X @ WQ) @ (X @ WK).T + M
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    A = E / E.sum(axis=-1, keepdims=True)
    return ((A @ X - Y) ** 2).sum()


def linear_attention(Q: "m d, input", K: "m d, input", V: "m k, input", W: "d d", Y: "m k"):
    KV = (K @ W).T @ V
    return ((Q @ KV - Y) ** 2).mean()


def recurrent(X1: "m n", X2: "m n", X3: "m n", y: "m 1", W: "n h", U: "h h", b: "1 h", v: "h 1"):
    h = np.tanh(X1 @ W + b)
    for x in [X2, X3]:
        h = np.tanh(x @ W + h @ U + b)
    return np.mean((h @ v - y) ** 2)


def gru_step(X: "m n", H: "m h, input", Y: "m h", Wz: "n h", Uz: "h h", Wr: "n h", Ur: "h h", Wh: "n h", Uh: "h h"):
    z = sigmoid(X @ Wz + H @ Uz)
    r = sigmoid(X @ Wr + H @ Ur)
    c = np.tanh(X @ Wh + (r * H) @ Uh)
    out = (1 - z) * H + z * c
    return np.sum((out - Y) ** 2)


def lstm_step(X: "m n", C: "m h, input", Y: "m h", Wi: "n h", Wf: "n h", Wo: "n h", Wg: "n h", bf: "1 h"):
    i = sigmoid(X @ Wi)
    f = sigmoid(X @ Wf + bf)
    o = sigmoid(X @ Wo)
    g = np.tanh(X @ Wg)
    c = f * C + i * g
    return np.sum((o * np.tanh(c) - Y) ** 2) / 2


def lstm_unrolled(X1: "m n", X2: "m n", Y: "m h", W: "n h", U: "h h", V: "n h"):
    def cell(x, h, c):
        gate = sigmoid(x @ W + h @ U)
        c = gate * c + (1 - gate) * np.tanh(x @ V)
        return np.tanh(c), c

    c = sigmoid(X1 @ W) * np.tanh(X1 @ V)
    h = np.tanh(c)
    h, c = cell(X2, h, c)
    return ((h - Y) ** 2).mean()


def glu(X: "m n", Y: "m k", W: "n k", V: "n k"):
    return np.mean((X @ W * sigmoid(X @ V) - Y) ** 2)


def swiglu(X: "m n", Y: "m n", W: "n h", V: "n h", U: "h n"):
    A, B = X @ W, X @ V
    H = A / (1 + np.exp(-A)) * B
    return np.mean((H @ U - Y) ** 2)


def gelu_by_tanh(X: "m n", Y: "m k", W: "n k"):
    Z = X @ W
    A = 0.5 * Z * (1 + np.tanh(np.sqrt(2 / np.pi) * (Z + 0.044715 * Z**3)))
    return np.mean((A - Y) ** 2)


def softplus(X: "m n", y: "m 1", w: "n 1"):
    return np.mean((np.log1p(np.exp(X @ w)) - y) ** 2)


def hinge(X: "m n", y: "m 1", w: "n 1", b: "scalar"):
    return np.maximum(0, 1 - y * (X @ w + b)).mean() + 0.01 * (w * w).sum()


def squared_hinge(X: "m n", y: "m 1", w: "n 1"):
    return (np.maximum(0, 1 - y * (X @ w)) ** 2).mean()


def huber(X: "m n", y: "m 1", w: "n 1"):
    r = X @ w - y
    a = np.abs(r)
    return np.where(a < 1, 0.5 * r**2, a - 0.5).mean()


def log_cosh(X: "m n", y: "m 1", w: "n 1"):
    return np.log(np.cosh(X @ w - y)).sum()


def quantile(X: "m n", y: "m 1", w: "n 1"):
    r = y - X @ w
    return np.maximum(0.9 * r, -0.1 * r).mean()


def poisson(X: "m n", y: "m 1", w: "n 1"):
    eta = X @ w
    return (np.exp(eta) - y * eta).mean()


def gaussian_likelihood(X: "m n", y: "m 1", w: "n 1", s: "scalar"):
    mu = X @ w
    return np.mean(s + (y - mu) ** 2 / (2 * np.exp(2 * s)))


def student_likelihood(X: "m n", y: "m 1", w: "n 1"):
    r = X @ w - y
    return 2.5 * np.log1p(r**2 / 4).sum()


def cosine_similarity(A: "m n, input", B: "m n, target", W: "n n"):
    P = A @ W
    dots = (P * B).sum(axis=1)
    return (1 - dots / (np.linalg.norm(P, axis=1) * np.linalg.norm(B, axis=1))).mean()


def triplet(A: "m n, input", P: "m n, input", N: "m n, input", W: "n k"):
    a, p, n_ = A @ W, P @ W, N @ W
    near = ((a - p) ** 2).sum(axis=1)
    far = ((a - n_) ** 2).sum(axis=1)
    return np.maximum(near - far + 1.0, 0).mean()


def info_nce(A: "m n, input", B: "m n, input", W: "n d"):
    S = (A @ W) @ (B @ W).T / 0.5
    return np.mean(np.log(np.exp(S).sum(axis=1)) - np.diag(S))


def autoencoder(X: "m n", W: "n h", V: "h n", b: "1 h", c: "1 n"):
    code = np.tanh(X @ W + b)
    return ((code @ V + c - X) ** 2).sum() / X.shape[0]


def tied_autoencoder(X: "m n", W: "n h"):
    return np.linalg.norm(X @ W @ W.T - X) ** 2


def variational(X: "m n", E: "m h, input", W: "n h", V: "n h", U: "h n"):
    mu, logvar = X @ W, X @ V
    Z = mu + np.exp(0.5 * logvar) * E
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return np.sum((Z @ U - X) ** 2) + kl


def matrix_factorisation(R: "m n, input", P: "m k", Q: "n k"):
    return ((R - P @ Q.T) ** 2).sum() + 0.1 * (np.sum(P**2) + np.sum(Q**2))


def quadratic_form(A: "n n, input", b: "n 1, input", w: "n 1"):
    return (0.5 * w.T @ A @ w - b.T @ w).sum()


def mahalanobis(X: "m n", mu: "1 n", L: "n n"):
    D = (X - mu) @ L
    return np.sum(D * D) / 2 - X.shape[0] * np.linalg.slogdet(L)[1]


def least_squares_inverse(X: "m n", y: "m 1", c: "scalar"):
    w = np.linalg.solve(X.T @ X + c**2 * np.linalg.inv(X.T @ X), X.T @ y)
    return ((X @ w - y) ** 2).mean()


def outer_update(u: "n 1", v: "k 1", T: "n k"):
    return np.square(np.outer(u, v) - T).sum()


def by_einsum(X: "m n", Y: "m k", W: "n k", A: "k k"):
    Z = np.einsum("ij,jk->ik", X, W)
    q = np.einsum("ij,jk,ik->i", Z, A, Z)
    return np.einsum("i->", q) / 2 + np.einsum("ij,ij->", Z, Y)


def row_and_column(X: "m n", W: "n n"):
    s = X.sum(axis=0)
    r = X.sum(axis=1)
    return (s @ W @ s) + (r * r).sum()


def scores_of_rows(X: "m n", y: "m 1", w: "n 1"):
    z = (X @ w)[:, 0]
    p = sigmoid(z)
    return -np.mean(y[:, 0] * np.log(p) + (1 - y[:, 0]) * np.log(1 - p))


def first_and_last(X: "m n", W: "n h", Y: "m h"):
    Z = X @ W
    return ((Z[0] - Z[-1]) ** 2).sum() + ((Z - Y)[:, :1] ** 2).mean()


def stacked(X: "m n", Z: "m p, input", Y: "m k", W: "n+p k"):
    H = np.hstack([X, Z])
    return ((H @ W - Y) ** 2).mean()


def with_bias_column(X: "m n", y: "m 1", w: "n+1 1"):
    X1 = np.concatenate([X, np.ones_like(X[:, :1])], axis=1)
    return ((X1 @ w - y) ** 2).mean()


def clipped(X: "m n", y: "m 1", w: "n 1"):
    return ((np.clip(X @ w, -1, 1) - y) ** 2).mean()


def entropy_penalty(X: "m n", W: "n k", Y: "m k"):
    P = sb_softmax(X @ W)
    return -np.sum(Y * np.log(P)) - 0.1 * np.sum(P * np.log(P))


def focal(X: "m n", y: "m 1", w: "n 1"):
    p = sigmoid(X @ w)
    return -np.mean(y * (1 - p) ** 2 * np.log(p) + (1 - y) * p**2 * np.log(1 - p))


def spectral_penalty(W: "n n", A: "n n, input"):
    B = W.T @ W + A
    return np.trace(np.linalg.inv(B)) + np.linalg.slogdet(B)[1]


def kernel_ridge(K: "m m, input", y: "m 1", a: "m 1", c: "scalar"):
    return np.sum((K @ a - y) ** 2) + c * (a.T @ K @ a).sum()


def mixture_of_two(X: "m n", Y: "m k", W1: "n k", W2: "n k", v: "n 1"):
    g = sigmoid(X @ v)
    return np.mean((g * (X @ W1) + (1 - g) * (X @ W2) - Y) ** 2)


def highway(X: "m n", Y: "m n", W: "n n", T: "n n"):
    t = sigmoid(X @ T)
    H = t * np.tanh(X @ W) + (1 - t) * X
    return np.sum((H - Y) ** 2)


def neuron(x: "scalar", t: "scalar", w: "scalar", b: "scalar"):
    z = w * x + b
    a = 1 / (1 + np.exp(-z))
    return (a - t) ** 2 / 2


def two_outputs(x: "scalar", t1: "scalar", t2: "scalar", w: "scalar", v1: "scalar", v2: "scalar"):
    h = np.tanh(w * x)
    o1, o2 = v1 * h, v2 * h
    return 0.5 * (t1 - o1) ** 2 + 0.5 * (t2 - o2) ** 2


def scalar_loop(x: "scalar", t: "scalar", w: "scalar", steps=3):
    h = x
    for _ in range(steps):
        h = np.sin(w * h)
    return np.square(h - t)


NETWORKS = [value for value in list(globals().values()) if callable(value) and getattr(value, "__annotations__", {})]
"""All of them."""
