"""Derivatives by matrices, as tables of them have them."""

from published.forms import Form

PETERSEN = "K. B. Petersen and M. S. Pedersen, The Matrix Cookbook, 2012, section 2"
MAGNUS = "J. R. Magnus and H. Neudecker, Matrix Differential Calculus, 2019"
GILES = "M. B. Giles, Collected Matrix Derivative Results for Forward and Reverse Mode AD, 2008, section 2"
ABSIL = "P.-A. Absil, R. Mahony and R. Sepulchre, Optimization Algorithms on Matrix Manifolds, 2008, section 2.1"
FUKUNAGA = "K. Fukunaga, Introduction to Statistical Pattern Recognition, 1990, chapter 10"
SQUARE = "A: n × n, B: n × n, C: n × n, G: n × n"
SCATTERS = "B: k + 1 × k + 1, S: k + 1 × k + 1, W: k + 1 × k"
LEAST = "A: m × n, b: m × 1, x: n × 1"


def _by(name: str, source: str, equations: str, published: str, shapes: str = SQUARE, inputs: str = "A B",
        targets: str = "", outputs: str = "", facts: str = "") -> Form:  # fmt: skip
    return Form(
        name, source, shapes=shapes, inputs=inputs, targets=targets, outputs=outputs, facts=facts,
        equations=equations, published=published,
    )  # fmt: skip


FORMS = (
    _by("inverse", GILES, "C = inv(A)", "A: -C.T @ G @ C.T", shapes="A: n × n, G: n × n", inputs="A", outputs="C: G"),
    _by("solution", GILES, "C = solve(A, B)", "D_B = solve(A.T, G)\nB: D_B\nA: -D_B @ C.T",
        shapes="A: n × n, B: n × k, G: n × k", outputs="C: G"),
    _by("solution by the inverse", GILES, "C = inv(A) @ B", "D_B = inv(A).T @ G\nB: D_B\nA: -D_B @ C.T",
        shapes="A: n × n, B: n × k, G: n × k", outputs="C: G"),
    _by("product", GILES, "C = A @ B", "A: G @ B.T\nB: A.T @ G", shapes="A: m × n, B: n × k, G: m × k", outputs="C: G"),
    _by("determinant", PETERSEN, "E = det(A)", "A: E*inv(A).T", shapes="A: n × n", inputs="A"),
    _by("logarithm of the determinant", PETERSEN, "E = logdet(A)", "A: inv(A).T", shapes="A: n × n", inputs="A"),
    _by("determinant of a product", PETERSEN, "E = det(A @ X @ B)", "X: E*inv(X).T",
        shapes="A: n × n, B: n × n, X: n × n", inputs="X", targets="A B"),
    _by("logarithm of the determinant of a Gram matrix", PETERSEN, "S = X.T @ X\nE = logdet(S)", "X: 2*X @ inv(S)",
        shapes="X: n + 1 × n", inputs="X"),
    _by("logarithm of the determinant of I + XXᵀ", MAGNUS, "S = eye(m) + X @ X.T\nE = logdet(S)", "X: 2*inv(S) @ X",
        shapes="X: m × n", inputs="X"),
    _by("quadratic form", PETERSEN, "E = quadratic(x, A)", "x: (A + A.T) @ x\nA: x @ x.T",
        shapes="A: n × n, x: n × 1", inputs="x A"),
    _by("quadratic form of a symmetric matrix", PETERSEN, "E = quadratic(x, A)/2 - inner(b, x)", "x: A @ x - b",
        shapes="A: n × n, x: n × 1, b: n × 1", inputs="x", targets="A b", facts="A = A.T"),
    _by("bilinear form", PETERSEN, "E = quadratic(x, A, y)", "x: A @ y\ny: A.T @ x\nA: x @ y.T",
        shapes="A: m × n, x: m × 1, y: n × 1", inputs="x y A"),
    _by("bilinear form of the inverse", PETERSEN, "E = quadratic(a, inv(X), b)",
        "Y = inv(X).T\nX: -Y @ a @ b.T @ Y", shapes="X: n × n, a: n × 1, b: n × 1", inputs="X", targets="a b"),
    _by("trace of a product", PETERSEN, "E = trace(A @ X @ B)", "X: A.T @ B.T",
        shapes="A: m × n, X: n × k, B: k × m", inputs="X", targets="A B"),
    _by("trace of XᵀBX", PETERSEN, "E = trace(X.T @ B @ X)", "X: (B + B.T) @ X", shapes="X: n × k, B: n × n",
        inputs="X", targets="B"),
    _by("trace of AXBXᵀC", PETERSEN, "E = trace(A @ X @ B @ X.T @ C)",
        "S = C @ A\nX: S.T @ X @ B.T + S @ X @ B", shapes="A: m × n, X: n × k, B: k × k, C: n × m", inputs="X",
        targets="A B C"),
    _by("trace of the inverse", PETERSEN, "E = trace(A @ inv(X) @ B)", "Y = inv(X).T\nX: -Y @ A.T @ B.T @ Y",
        shapes="A: m × n, X: n × n, B: n × m", inputs="X", targets="A B"),
    _by("trace of the square", PETERSEN, "E = trace(A @ A)", "A: 2*A.T", shapes="A: n × n", inputs="A"),
    _by("trace of the cube", PETERSEN, "E = trace(A @ A @ A)", "A: 3*A.T @ A.T", shapes="A: n × n", inputs="A"),
    _by("trace of a power", PETERSEN, "E = trace(matrix_power(A, 5))", "A: 5*matrix_power(A, 4).T",
        shapes="A: n × n", inputs="A"),
    _by("Frobenius norm", PETERSEN, "E = norm(X)", "X: X/E", shapes="X: m × n", inputs="X"),
    _by("Frobenius norm, squared", PETERSEN, "E = total(X**2)", "X: 2*X", shapes="X: m × n", inputs="X"),
    _by("Frobenius norm of a residual", PETERSEN, "E = total((A @ X - B)**2)/2",
        "R = A @ X - B\nX: A.T @ R\nA: R @ X.T", shapes="A: m × n, X: n × k, B: m × k", inputs="X A", targets="B"),
    _by("least squares", PETERSEN, "E = total((A @ x - b)**2)", "r = 2*(A @ x - b)\nx: A.T @ r\nA: r @ x.T\nb: -r",
        shapes=LEAST, inputs="A b x"),
    _by("norm of a residual", PETERSEN, "E = norm(A @ x - b)", "x: A.T @ (A @ x - b)/E", shapes=LEAST, inputs="x",
        targets="A b"),
    _by("weighted least squares", PETERSEN, "r = b - A @ x\nE = quadratic(r, W)", "x: -2*A.T @ W @ r",
        shapes=f"{LEAST}, W: m × m", inputs="x", targets="A b W", facts="W = W.T"),
    _by("distance from a line", PETERSEN, "r = x - a\nE = norm(r)", "x: r/E", shapes="x: n × 1, a: n × 1", inputs="x",
        targets="a"),
    _by("Rayleigh quotient", ABSIL, "s = inner(x, x)\nq = quadratic(x, A)/s", "x: 2*(A @ x - q*x)/s",
        shapes="A: n × n, x: n × 1", inputs="x", targets="A", facts="A = A.T"),
    _by("Rayleigh quotient by norms", ABSIL, "q = quadratic(x, A)/total(x**2)", "x: 2*(A @ x - q*x)/total(x**2)",
        shapes="A: n × n, x: n × 1", inputs="x", targets="A", facts="A = A.T"),
    _by("generalised Rayleigh quotient", FUKUNAGA, "s = quadratic(w, S)\nq = quadratic(w, B)/s",
        "w: 2*(B @ w - q*(S @ w))/s", shapes="B: n × n, S: n × n, w: n × 1", inputs="w", targets="B S",
        facts="B = B.T; S = S.T"),
    _by("ratio of traces", FUKUNAGA, "p = trace(W.T @ B @ W)\ns = trace(W.T @ S @ W)\nq = p/s",
        "W: 2*(B @ W - q*(S @ W))/s", shapes=SCATTERS, inputs="W", targets="B S",
        facts="B = B.T; S = S.T"),
    _by("trace of a ratio", FUKUNAGA, "P = W.T @ S @ W\nQ = W.T @ B @ W\nE = trace(inv(P) @ Q)",
        "I = inv(P)\nW: 2*(B @ W - S @ W @ I @ Q) @ I", shapes=SCATTERS, inputs="W", targets="B S",
        facts="B = B.T; S = S.T"),
    _by("ratio of determinants, logarithm", FUKUNAGA, "P = W.T @ S @ W\nQ = W.T @ B @ W\nE = logdet(Q) - logdet(P)",
        "W: 2*(B @ W @ inv(Q) - S @ W @ inv(P))", shapes=SCATTERS, inputs="W", targets="B S",
        facts="B = B.T; S = S.T"),
    _by("diagonal scaling", MAGNUS, "C = diag(d) @ A", "d: rowsum(G*A)\nA: d*G",
        shapes="A: n × k, d: n × 1, G: n × k", inputs="A d", outputs="C: G"),
    _by("orthogonality penalty", "A. Brock et al., Large Scale GAN Training, 2019, section 3.1",
        "R = W.T @ W - eye(k)\nE = total(R**2)", "W: 4*W @ R", shapes="W: n × k", inputs="W"),
    _by("projection residual", MAGNUS, "P = X @ solve(X.T @ X, X.T @ y)\nE = total((y - P)**2)/2", "y: y - P",
        shapes="X: n + 1 × n, y: n + 1 × 1", inputs="y", targets="X"),
)  # fmt: skip
