"""Array expressions as people write them: in LaTeX, Unicode, ASCII and Python."""

from __future__ import annotations

import re
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import few
from sympy import Abs, Max, Mul, Piecewise, Pow, Rational, S, exp, log, sqrt, symbols, tanh
from work import calls

from symbackprop.cli.breaking import broken
from symbackprop.errors import SymbackpropError
from symbackprop.functions import sigmoid
from symbackprop.matrices import (
    OPERATIONS,
    Array,
    Block,
    BlockInner,
    BlockSum,
    Broadcast,
    Cholesky,
    CumulativeSum,
    Determinant,
    Diagonal,
    DiagonalMatrix,
    Embedded,
    FirstLargest,
    FirstLargestOfAll,
    HalfTriangle,
    Identity,
    Inverse,
    Kronecker,
    Largest,
    LargestOfAll,
    LineProduct,
    LogDeterminant,
    LogSoftmax,
    LogSumExp,
    LowerTriangle,
    Lyapunov,
    MatrixRoot,
    Others,
    OthersInLine,
    Product,
    ProductOfAll,
    PseudoInverse,
    ReverseCumulativeSum,
    Smallest,
    SmallestOfAll,
    Softmax,
    Solve,
    Stacked,
    Sum,
    SumAll,
    SymmetricPart,
    Trace,
    Transposed,
    UpperTriangle,
    UserOperation,
    shape_of,
)
from symbackprop.matrices.operations.matrix_power import BetweenPowers, MatrixPower
from symbackprop.network.formulas import parse_expression
from symbackprop.notation import (
    Differential,
    Frobenius,
    Order,
    Total,
    latex,
    latex_lines,
    latex_width,
    python,
    python_assignment,
    text,
)
from symbackprop.notation.words import WORDS
from symbackprop.numeric.helpers import ARRAY_HELPERS

m, n, h, k = symbols("m n h k")
lam, q, s, delta_s, epsilon, E = symbols("lambda q s delta_s epsilon E")
SIZES = {"m": 5, "n": 4, "h": 3, "k": 2}
T = Transposed


def array(name: str, *shape: Any) -> Array:
    return Array(name, shape)


X, X_hat, Delta_Y = (array(name, m, n) for name in ("X", "X_hat", "Delta_Y"))
Y, P, Z, A2, Delta_Z2, Delta_P = (array(name, m, k) for name in ("Y", "P", "Z", "A2", "Delta_Z2", "Delta_P"))
A1, Z1, Delta_Z1 = (array(name, m, h) for name in ("A1", "Z1", "Delta_Z1"))
W1, W2, b1 = array("W1", n, h), array("W2", h, k), array("b1", 1, h)
w, u, v, x = (array(name, n, 1) for name in ("w", "u", "v", "x"))
y = array("y", m, 1)
gamma, sigma, mu = (array(name, 1, n) for name in ("gamma", "sigma", "mu"))
A, B, C, D = (array(name, n, n) for name in "ABCD")
F = array("F", 4, 3)
G = array("G", 2 * m, n)

ARRAYS = [value for value in globals().values() if isinstance(value, Array)]

ORDER = Order(
    {"W1": 0.5, "b1": 0.5, "Z1": 1, "A1": 2, "W2": 2.5, "Z2": 3, "A2": 4, "P": 4, "E": 6},
    frozenset(["Delta_Z1", "Delta_Z2", "Delta_P", "Delta_Y", "delta_s"]),
)


class cube_root(UserOperation):  # noqa: N801
    spoken = "cube_root"
    numpy = "np.cbrt"
    parameters = (A,)
    result = B
    upstream = C
    value = None
    adjoints = (C,)


class twice_of(UserOperation):  # noqa: N801
    spoken = "twice_of"
    numpy = ""
    parameters = (A, D)
    result = B
    upstream = C
    value = A + D
    adjoints = (C, C)


BACK = Product(Delta_Z2, T(W2)) * A1 * (1 - A1)
RESIDUAL = Product(X, w) - y

FORMS = [
    # Matrix products, sums, transposes, inverses
    (Product(X, W1) + b1, r"X\,W_1+b_1", "X W₁ + b₁", "X @ W1 + b1", "X @ W1 + b1"),
    (Product(T(A1), Delta_Z2), r"A_1^{\mathsf{T}}\,\Delta_{Z_2}", "A₁ᵀ Δ_Z₂", "A1.T @ Delta_Z2", "A1.T @ Delta_Z2"),
    (Product(A, Product(B, C)), r"A\,B\,C", "A B C", "A @ B @ C", "A @ B @ C"),
    (Product(A, B, v), r"A\,B\,v", "A B v", "A @ B @ v", "A @ (B @ v)"),
    (Product(A, u, T(v), B), r"A\,u\,v^{\mathsf{T}}\,B", "A u vᵀ B", "A @ u @ v.T @ B", "A @ u @ (v.T @ B)"),
    (Product(A, B, u, T(v), C, D), r"A\,B\,u\,v^{\mathsf{T}}\,C\,D", "A B u vᵀ C D", "A @ B @ u @ v.T @ C @ D",
     "A @ (B @ u) @ (v.T @ C @ D)"),
    (T(A + B), r"(A+B)^{\mathsf{T}}", "(A + B)ᵀ", "(A + B).T", "(A + B).T"),
    (T(Product(A, B)), r"(A\,B)^{\mathsf{T}}", "(A B)ᵀ", "(A @ B).T", "(A @ B).T"),
    (T(T(A)), r"\bigl(A^{\mathsf{T}}\bigr)^{\mathsf{T}}", "(Aᵀ)ᵀ", "(A.T).T", "(A.T).T"),
    (T(sigmoid(A)), r"\sigma(A)^{\mathsf{T}}", "σ(A)ᵀ", "sigmoid(A).T", "sigmoid(A).T"),
    (2 * A + 2 * T(A), r"2\bigl(A+A^{\mathsf{T}}\bigr)", "2(A + Aᵀ)", "2*(A + A.T)", "2*(A + A.T)"),
    (Inverse(A), "A^{-1}", "A⁻¹", "inv(A)", "np.linalg.inv(A)"),
    (T(Inverse(A)), r"A^{-\mathsf{T}}", "A⁻ᵀ", "inv(A).T", "np.linalg.inv(A).T"),
    (Inverse(T(A)), r"A^{-\mathsf{T}}", "(Aᵀ)⁻¹", "inv(A.T)", "np.linalg.inv(A.T)"),
    (Inverse(A + B), "(A+B)^{-1}", "(A + B)⁻¹", "inv(A + B)", "np.linalg.inv(A + B)"),
    # Operations of the catalogue
    (Largest(A, 1), r"\mathrm{rowmax}(A)", "rowmax(A)", "rowmax(A)", "A.max(axis=1, keepdims=True)"),
    (Smallest(A + B, 0), r"\mathrm{colmin}(A+B)", "colmin(A + B)", "colmin(A + B)",
     "(A + B).min(axis=0, keepdims=True)"),
    (LargestOfAll(A), r"\max(A)", "max(A)", "largest(A)", "A.max()"),
    (SmallestOfAll(A), r"\min(A)", "min(A)", "smallest(A)", "A.min()"),
    (FirstLargest(-A, 0), r"\mathrm{colargmax}(-A)", "colargmax(−A)", "colargmax(-A)", "first_largest(-A, axis=0)"),
    (FirstLargestOfAll(A), r"\mathrm{argmax}(A)", "argmax(A)", "argmax(A)", "first_largest(A, axis=None)"),
    (LineProduct(A, 0), r"\mathrm{colprod}(A)", "colprod(A)", "colprod(A)", "A.prod(axis=0, keepdims=True)"),
    (ProductOfAll(A), r"\mathrm{prod}(A)", "prod(A)", "prod(A)", "A.prod()"),
    (OthersInLine(A, 1), r"\mathrm{rowprod\_others}(A)", "rowprod_others(A)", "rowprod_others(A)",
     "product_of_others(A, axis=1)"),
    (Others(A), r"\mathrm{prod\_others}(A)", "prod_others(A)", "prod_others(A)", "product_of_others(A, axis=None)"),
    (CumulativeSum(A, 1), r"\mathrm{cumsum}_{\mathrm{rows}}(A)", "cumsum_rows(A)", "cumsum(A, 1)",
     "np.cumsum(A, axis=1)"),
    (ReverseCumulativeSum(A, 0), r"\mathrm{reverse\_cumsum}_{\mathrm{cols}}(A)", "reverse_cumsum_cols(A)",
     "reverse_cumsum(A, 0)", "reverse_cumsum(A, axis=0)"),
    (LowerTriangle(A), r"\mathrm{tril}(A)", "tril(A)", "tril(A)", "np.tril(A)"),
    (UpperTriangle(A - B), r"\mathrm{triu}(A-B)", "triu(A − B)", "triu(A - B)", "np.triu(A - B)"),
    (HalfTriangle(A), r"\mathrm{halftril}(A)", "halftril(A)", "halftril(A)", "halftril(A)"),
    (SymmetricPart(A), r"\mathrm{sym}(A)", "sym(A)", "sym(A)", "sym(A)"),
    (Solve(A, B), r"A^{-1}\,B", "A⁻¹ B", "solve(A, B)", "np.linalg.solve(A, B)"),
    (Solve(T(A), B) / m, r"\frac{1}{m}\,A^{-\mathsf{T}}\,B", "(1/m)·(Aᵀ)⁻¹ B", "solve(A.T, B)/m",
     "np.linalg.solve(A.T, B)/m"),
    (Product(C, Solve(A, B)), r"C\,A^{-1}\,B", "C A⁻¹ B", "C @ solve(A, B)", "C @ np.linalg.solve(A, B)"),
    (Block(A, 0, 1, n - 1, n), r"\mathrm{block}(A, 0, 1, n-1, n)", "block(A, 0, 1, n − 1, n)",
     "block(A, 0, 1, n - 1, n)", "A[0:1, n - 1:n]"),
    (Embedded(A, 1, 0, 3 * n, 2 * n), r"\mathrm{embedded}(A, 1, 0, 3n, 2n)", "embedded(A, 1, 0, 3n, 2n)",
     "embedded(A, 1, 0, 3*n, 2*n)", "embedded(A, 1, 0, 3*n, 2*n)"),
    (Stacked(A, B, C, 0), r"\mathrm{vstack}(A, B, C)", "vstack(A, B, C)", "vstack(A, B, C)", "np.vstack((A, B, C))"),
    (Stacked(A, 2 * B, 1), r"\mathrm{hstack}(A, 2B)", "hstack(A, 2B)", "hstack(A, 2*B)", "np.hstack((A, 2*B))"),
    (Kronecker(A, B), r"A\otimes B", "A ⊗ B", "kron(A, B)", "np.kron(A, B)"),
    (BlockInner(Kronecker(A, B), C), r"\mathrm{blockinner}(A\otimes B, C)",
     "blockinner(A ⊗ B, C)", "blockinner(kron(A, B), C)", "blockinner(np.kron(A, B), C)"),
    (BlockSum(Kronecker(A, B), C), r"\mathrm{blocksum}(A\otimes B, C)",
     "blocksum(A ⊗ B, C)", "blocksum(kron(A, B), C)", "blocksum(np.kron(A, B), C)"),
    (Cholesky(Product(A, T(A))), r"\mathrm{cholesky}(A\,A^{\mathsf{T}})", "cholesky(A Aᵀ)", "cholesky(A @ A.T)",
     "cholesky(A @ A.T)"),
    (MatrixPower(A, n), "A^n", "A^n", "matrix_power(A, n)", "np.linalg.matrix_power(A, n)"),
    (T(MatrixPower(A + B, 2 * n)), r"\bigl((A+B)^{2n}\bigr)^{\mathsf{T}}", "((A + B)^(2n))ᵀ",
     "matrix_power(A + B, 2*n).T", "np.linalg.matrix_power(A + B, 2*n).T"),
    (MatrixPower(A, 12), r"\mathrm{matrix\_power}(A, 12)", "matrix_power(A, 12)", "matrix_power(A, 12)",
     "np.linalg.matrix_power(A, 12)"),
    (BetweenPowers(T(A), B, n), r"\mathrm{between\_powers}(A^{\mathsf{T}}, B, n)", "between_powers(Aᵀ, B, n)",
     "between_powers(A.T, B, n)", "between_powers(A.T, B, n)"),
    (MatrixRoot(Product(A, T(A))), r"\mathrm{sqrtm}(A\,A^{\mathsf{T}})", "sqrtm(A Aᵀ)", "sqrtm(A @ A.T)",
     "sqrtm(A @ A.T)"),
    (T(Lyapunov(Product(A, T(A)), B)) / 2, r"\tfrac{1}{2}\,\mathrm{lyapunov}(A\,A^{\mathsf{T}}, B)^{\mathsf{T}}",
     "½·lyapunov(A Aᵀ, B)ᵀ", "lyapunov(A @ A.T, B).T/2", "lyapunov(A @ A.T, B).T/2"),
    (PseudoInverse(X), "X^{+}", "X⁺", "pinv(X)", "pinv(X)"),
    (T(PseudoInverse(A + B)), r"\bigl((A+B)^{+}\bigr)^{\mathsf{T}}", "((A + B)⁺)ᵀ", "pinv(A + B).T",
     "pinv(A + B).T"),
    (Kronecker(Product(A, B), T(C)) / m, r"\frac{1}{m}\bigl((A\,B)\otimes C^{\mathsf{T}}\bigr)", "(1/m)·((A B) ⊗ Cᵀ)",
     "kron(A @ B, C.T)/m", "np.kron(A @ B, C.T)/m"),
    # Entry by entry
    (BACK, r"\bigl(\Delta_{Z_2}\,W_2^{\mathsf{T}}\bigr)\circ A_1\circ (1-A_1)", "(Δ_Z₂ W₂ᵀ) ∘ A₁ ∘ (1 − A₁)",
     "(Delta_Z2 @ W2.T)*A1*(1 - A1)", "(Delta_Z2 @ W2.T)*A1*(1 - A1)"),
    (Y / P, r"Y\oslash P", "Y ⊘ P", "Y/P", "Y/P"),
    (1 / P, r"1\oslash P", "1 ⊘ P", "1/P", "1/P"),
    (lam / P**2, r"\lambda\oslash P^{\circ 2}", "λ ⊘ P∘²", "lambda/P**2", "lambda_/P**2"),
    (Y / (P * A2), r"Y\oslash (A_2\circ P)", "Y ⊘ (A₂ ∘ P)", "Y/(A2*P)", "Y/(A2*P)"),
    (-Y / (m * P), r"-\frac{1}{m}\,Y\oslash P", "−(1/m)·Y ⊘ P", "-Y/P/m", "-Y/m/P"),
    (A1**2, r"A_1^{\circ 2}", "A₁∘²", "A1**2", "A1**2"),
    (1 - A1**2, r"1-A_1^{\circ 2}", "1 − A₁∘²", "1 - A1**2", "1 - A1**2"),
    (A1**q, r"A_1^{\circ q}", "A₁∘^q", "A1**q", "A1**q"),
    (exp(A1), r"\exp(A_1)", "exp(A₁)", "exp(A1)", "np.exp(A1)"),
    (Abs(A1), r"\mathrm{abs}(A_1)", "abs(A₁)", "abs(A1)", "np.abs(A1)"),
    (sqrt(A1), r"\sqrt{A_1}", "√A₁", "sqrt(A1)", "np.sqrt(A1)"),
    (Max(0, Z1), r"\max(0,Z_1)", "max(0, Z₁)", "max(0, Z1)", "np.maximum(0, Z1)"),
    ((X - mu) / sqrt(gamma + epsilon), r"(X-\mu)\oslash \sqrt{\gamma+\epsilon}", "(X − μ) ⊘ √(γ + ε)",
     "(X - mu)/sqrt(gamma + epsilon)", "(X - mu)/np.sqrt(gamma + epsilon)"),
    (P * (Delta_P - Sum(Delta_P * P, 1)), r"P\circ \bigl(\Delta_P-\mathrm{rowsum}(\Delta_P\circ P)\bigr)",
     "P ∘ (Δ_P − rowsum(Δ_P ∘ P))", "P*(Delta_P - rowsum(Delta_P*P))",
     "P*(Delta_P - (Delta_P*P).sum(axis=1, keepdims=True))"),
    # Scalars in front
    (Product(T(X), Y) / m, r"\frac{1}{m}\,X^{\mathsf{T}}\,Y", "(1/m)·Xᵀ Y", "(X.T @ Y)/m", "(X.T @ Y)/m"),
    (2 * Product(T(X), RESIDUAL) / m, r"\frac{2}{m}\,X^{\mathsf{T}}\,(X\,w-y)", "(2/m)·Xᵀ (X w − y)",
     "2/m*(X.T @ (X @ w - y))", "2/m*(X.T @ (X @ w - y))"),
    ((P - Y) / m, r"\frac{1}{m}(P-Y)", "(1/m)·(P − Y)", "(P - Y)/m", "(P - Y)/m"),
    ((2 * P - 2 * Y) / (3 * m), r"\frac{2}{3m}(P-Y)", "(2/(3m))·(P − Y)", "2/(3*m)*(P - Y)", "2/(3*m)*(P - Y)"),
    (A * B / 2, r"\tfrac{1}{2}A\circ B", "½A ∘ B", "A*B/2", "A*B/2"),
    (-Product(A, B), r"-A\,B", "−(A B)", "-(A @ B)", "-(A @ B)"),
    (2 * Product(A, B), r"2A\,B", "2A B", "2*(A @ B)", "2*(A @ B)"),
    (2 * lam * W1, r"2\lambda\,W_1", "2λ·W₁", "2*lambda*W1", "2*lambda_*W1"),
    (lam * W1 / m, r"\frac{\lambda}{m}\,W_1", "(λ/m)·W₁", "lambda/m*W1", "lambda_/m*W1"),
    ((1 - lam) * A, r"(1-\lambda)\,A", "(1 − λ)·A", "(1 - lambda)*A", "(1 - lambda_)*A"),
    (delta_s * (A2 - Y), r"\delta_s\,(A_2-Y)", "δₛ·(A₂ − Y)", "delta_s*(A2 - Y)", "delta_s*(A2 - Y)"),
    (SumAll(X) * W1 / m, r"\frac{1}{m}\,\mathrm{sum}(X)\,W_1", "(1/m)·sum(X)·W₁", "total(X)/m*W1", "X.sum()/m*W1"),
    # Sums, means, norms
    (Sum(Delta_Z1, 0), r"\mathrm{colsum}(\Delta_{Z_1})", "colsum(Δ_Z₁)", "colsum(Delta_Z1)",
     "Delta_Z1.sum(axis=0, keepdims=True)"),
    (SumAll(A * B), r"\mathrm{sum}(A\circ B)", "sum(A ∘ B)", "total(A*B)", "(A*B).sum()"),
    (Sum(X, 0) / m, r"\mathrm{colmean}(X)", "colmean(X)", "colmean(X)", "X.mean(axis=0, keepdims=True)"),
    (3 * Sum(X, 1) / n, r"3\,\mathrm{rowmean}(X)", "3·rowmean(X)", "3*rowmean(X)", "3*X.mean(axis=1, keepdims=True)"),
    (SumAll(X) / (m * n), r"\mathrm{mean}(X)", "mean(X)", "mean(X)", "X.mean()"),
    (SumAll(X) / m, r"\frac{1}{m}\,\mathrm{sum}(X)", "(1/m)·sum(X)", "total(X)/m", "X.sum()/m"),
    (SumAll(X) / (m**2 * n), r"\frac{1}{m}\,\mathrm{mean}(X)", "(1/m)·mean(X)", "mean(X)/m", "X.mean()/m"),
    (Sum(F, 0) / 4, r"\mathrm{colmean}(F)", "colmean(F)", "colmean(F)", "F.mean(axis=0, keepdims=True)"),
    (Sum(F, 0) / 2, r"\tfrac{1}{2}\,\mathrm{colsum}(F)", "½·colsum(F)", "colsum(F)/2",
     "F.sum(axis=0, keepdims=True)/2"),
    (Sum(G, 0) / (6 * m), r"\tfrac{1}{3}\,\mathrm{colmean}(G)", "⅓·colmean(G)", "colmean(G)/3",
     "G.mean(axis=0, keepdims=True)/3"),
    (SumAll((A2 - Y) ** 2) / (m * k), r"\mathrm{mean}\bigl((A_2-Y)^{\circ 2}\bigr)", "mean((A₂ − Y)∘²)",
     "mean((A2 - Y)**2)", "((A2 - Y)**2).mean()"),
    (SumAll(RESIDUAL**2) / m, r"\frac{1}{m}\lVert X\,w-y\rVert_F^2", "(1/m)·‖X w − y‖²", "total((X @ w - y)**2)/m",
     "((X @ w - y)**2).sum()/m"),
    (lam * SumAll(W1**2) / 2, r"\tfrac{1}{2}\lambda\,\lVert W_1\rVert_F^2", "½λ·‖W₁‖²", "lambda*total(W1**2)/2",
     "lambda_*(W1**2).sum()/2"),
    (sqrt(SumAll(A**2)), r"\lVert A\rVert_F", "‖A‖", "sqrt(total(A**2))", "np.sqrt((A**2).sum())"),
    (-SumAll(Y * log(P)) / m, r"-\frac{1}{m}\,\mathrm{sum}\bigl(Y\circ \log(P)\bigr)", "−(1/m)·sum(Y ∘ log(P))",
     "-total(Y*log(P))/m", "-(Y*np.log(P)).sum()/m"),
    (SumAll(Product(T(v), A, v)) / 2, r"\tfrac{1}{2}v^{\mathsf{T}}\,A\,v", "½vᵀ A v", "total(v.T @ A @ v)/2",
     "(v.T @ (A @ v)).sum()/2"),
    # The other operations
    (Softmax(Z, 1), r"\mathrm{softmax}_{\mathrm{rows}}(Z)", "softmax_rows(Z)", "softmax(Z, 1)", "softmax(Z, axis=1)"),
    (LogSoftmax(Z, 0), r"\log\mathrm{softmax}_{\mathrm{cols}}(Z)", "log_softmax_cols(Z)", "log_softmax(Z, 0)",
     "log_softmax(Z, axis=0)"),
    (LogSumExp(Z, 1), r"\mathrm{logsumexp}_{\mathrm{rows}}(Z)", "logsumexp_rows(Z)", "logsumexp(Z, 1)",
     "logsumexp(Z, axis=1)"),
    (Trace(Product(A, B)), r"\mathrm{tr}(A\,B)", "tr(A B)", "trace(A @ B)", "np.trace(A @ B)"),
    (Determinant(A), r"\det A", "det A", "det(A)", "np.linalg.det(A)"),
    (Determinant(A) * T(Inverse(A)), r"(\det A)\,A^{-\mathsf{T}}", "(det A)·A⁻ᵀ", "det(A)*inv(A).T",
     "np.linalg.det(A)*np.linalg.inv(A).T"),
    (LogDeterminant(A + B), r"\log\lvert \det(A+B)\rvert", "log|det(A + B)|", "logdet(A + B)",
     "np.linalg.slogdet(A + B)[1]"),
    (Diagonal(A), r"\mathrm{diagonal}(A)", "diagonal(A)", "diagonal(A)", "np.diagonal(A)[:, None]"),
    (DiagonalMatrix(v), r"\mathrm{diag}(v)", "diag(v)", "diag(v)", "np.diagflat(v)"),
    (Identity(n), "I_n", "Iₙ", "eye(n)", "np.eye(n)"),
    (Identity(3), "I_3", "I₃", "eye(3)", "np.eye(3)"),
    (Identity(n + h), "I_{h+n}", "I_(h + n)", "eye(h + n)", "np.eye(h + n)"),
    (Broadcast(b1, 2 * m, h), r"\mathrm{broadcast}_{2m\times h}(b_1)", "broadcast(b₁, 2m, h)", "broadcast(b1, 2*m, h)",
     "np.broadcast_to(b1, (2*m, h))"),
    (cube_root(A), r"\mathrm{cube\_root}(A)", "cube_root(A)", "cube_root(A)", "np.cbrt(A)"),
    (twice_of(A, B + C), r"\mathrm{twice\_of}(A,\,B+C)", "twice_of(A, B + C)", "twice_of(A, B + C)",
     "twice_of(A, B + C)"),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "tex", "unicode", "ascii", "source"), FORMS, ids=[form[3] for form in FORMS])
def test_forms(expr, tex, unicode, ascii, source):
    assert latex(expr, order=ORDER) == tex
    assert text(expr, order=ORDER) == unicode
    assert text(expr, order=ORDER, unicode=False) == ascii
    assert python(expr, order=ORDER) == source
    assert not re.search(r"\\(operatorname|newcommand|mbox|phantom|label)", tex)
    assert latex_width(tex) > 0


READABLE = [form[0] for form in FORMS if not form[0].has(cube_root, twice_of) and form[0] != T(T(A))]
"""Operations of the user's own are written in Python alone, and a transpose of a transpose is read as what it is."""


@pytest.mark.parametrize("expr", READABLE, ids=map(str, READABLE))
def test_ascii_text_can_be_read_back(expr):
    names = {s.name: s for s in (*expr.free_symbols, *ARRAYS)}
    written = text(expr, order=ORDER, unicode=False).replace("lambda", "lam")
    names = {name.replace("lambda", "lam"): symbol for name, symbol in names.items()}
    again = parse_expression(written, names)
    assert shape_of(again) == shape_of(expr)
    assert text(again, order=ORDER, unicode=False) == text(expr, order=ORDER, unicode=False)


# What is not worked out

STEPS = [
    (Differential(SumAll((A2 - Y) ** 2)) / (2 * m), r"\frac{1}{2m}\,\mathrm{d}\lVert A_2-Y\rVert_F^2",
     "(1/(2m))·d‖A₂ − Y‖²", "d(total((A2 - Y)**2))/(2*m)"),
    (Differential(E) / m, r"\frac{\mathrm{d}E}{m}", "dE/m", "dE/m"),
    (Total(E, W1), r"\frac{\partial E}{\partial W_1}", "∂E/∂W₁", "dE/dW1"),
    (Total(E, A2) * A2 * (1 - A2), r"\frac{\partial E}{\partial A_2}\circ A_2\circ (1-A_2)",
     "(∂E/∂A₂) ∘ A₂ ∘ (1 − A₂)", "(dE/dA2)*A2*(1 - A2)"),
    (Differential(Z1), r"\mathrm{d}Z_1", "dZ₁", "dZ1"),
    (Differential(Product(X, W1)), r"\mathrm{d}(X\,W_1)", "d(X W₁)", "d(X @ W1)"),
    (Product(T(Differential(A)), B), r"(\mathrm{d}A)^{\mathsf{T}}\,B", "(dA)ᵀ B", "(dA).T @ B"),
    (Frobenius(Delta_Z1, Differential(Z1)), r"\langle \Delta_{Z_1},\,\mathrm{d}Z_1\rangle", "⟨Δ_Z₁, dZ₁⟩",
     "<Delta_Z1, dZ1>"),
    (Frobenius(Delta_Z1, Product(Differential(X), W1) + Product(X, Differential(W1))),
     r"\langle \Delta_{Z_1},\,X\,\mathrm{d}W_1+\mathrm{d}X\,W_1\rangle", "⟨Δ_Z₁, X dW₁ + dX W₁⟩",
     "<Delta_Z1, X @ dW1 + dX @ W1>"),
    (Frobenius(BACK, Differential(Z1)),
     r"\Bigl\langle \bigl(\Delta_{Z_2}\,W_2^{\mathsf{T}}\bigr)\circ A_1\circ (1-A_1),\,\mathrm{d}Z_1\Bigr\rangle",
     "⟨(Δ_Z₂ W₂ᵀ) ∘ A₁ ∘ (1 − A₁), dZ₁⟩", "<(Delta_Z2 @ W2.T)*A1*(1 - A1), dZ1>"),
    (Frobenius(P / m, Differential(Z)), r"\left\langle \frac{1}{m}\,P,\,\mathrm{d}Z\right\rangle", "⟨(1/m)·P, dZ⟩",
     "<P/m, dZ>"),
    (Frobenius(delta_s, Differential(s)), r"\langle \delta_s,\,\mathrm{d}s\rangle", "⟨δₛ, ds⟩", "<delta_s, ds>"),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "tex", "unicode", "ascii"), STEPS, ids=[step[3] for step in STEPS])
def test_steps(expr, tex, unicode, ascii):
    assert latex(expr, order=ORDER) == tex
    assert text(expr, order=ORDER) == unicode
    assert text(expr, order=ORDER, unicode=False) == ascii
    with pytest.raises(SymbackpropError, match="work it out first"):
        python(expr, order=ORDER)


# Order


def test_error_signals_come_first_through_products_and_sums_of_them():
    both = Product(Delta_Z1, array("V", h, h)) + Product(Delta_Z2, T(W2))
    assert text(both * A1 * (1 - A1), order=ORDER) == "(Δ_Z₁ V + Δ_Z₂ W₂ᵀ) ∘ A₁ ∘ (1 − A₁)"
    assert text(A1 * Delta_Z1, order=ORDER) == "Δ_Z₁ ∘ A₁"
    assert text(A * T(array("Delta_A", n, n)), order=Order({}, frozenset(["Delta_A"]))) == "Δ_Aᵀ ∘ A"
    assert text(A1 * Product(Delta_Z2 * P, T(W2)), order=ORDER) == "((Δ_Z₂ ∘ P) W₂ᵀ) ∘ A₁"


def test_in_sums_the_bias_comes_last():
    assert text(Product(X, W1) + Broadcast(b1, m, h)) == "X W₁ + broadcast(b₁, m, h)"
    assert text(Product(X, W1) + T(array("c", h, 1))) == "X W₁ + cᵀ"
    assert text(epsilon + A) == "A + ε"
    assert text(Product(T(X), Delta_Z1) + 2 * lam * W1) == "2λ·W₁ + Xᵀ Δ_Z₁"


def test_batch_normalisation():
    dX = gamma / sigma * (Delta_Y - Sum(Delta_Y, 0) / m - X_hat * Sum(Delta_Y * X_hat, 0) / m)
    assert text(dX, order=ORDER) == "γ ∘ (Δ_Y − colmean(Δ_Y) − X̂ ∘ colmean(Δ_Y ∘ X̂)) ⊘ σ"
    assert python(dX, order=ORDER).startswith("gamma/sigma*(Delta_Y - Delta_Y.mean(axis=0, keepdims=True) - X_hat*")


def test_a_number_in_front_of_several_factors_meets_the_smallest_first():
    assert python(X * gamma * X_hat / m) == "gamma/m*X*X_hat"
    assert python(X * X_hat / m) == "X*X_hat/m"
    assert python(gamma * X / (sigma * X_hat)) == "gamma/sigma*X/X_hat"


# Scalars of a network with matrices in it


def test_scalars_keep_their_fractions():
    assert latex(s * q / m) == latex(Mul(q, s, 1 / m)) == r"\frac{q\,s}{m}"
    assert latex(lam * Trace(A) / m) == r"\frac{\lambda}{m}\,\mathrm{tr}(A)"
    assert latex((Trace(A) + LogDeterminant(A)) / m) == (
        r"\frac{1}{m}\bigl(\log\lvert \det A\rvert+\mathrm{tr}(A)\bigr)"
    )


# Cases


def test_cases_leave_what_mixes_entries_alone():
    expr = Piecewise((log(Z) + log(Softmax(Z, 1)), Z > 0), (0, True))
    assert python(expr) == "np.where(Z > 0, np.log(np.where(Z > 0, Z, 1)) + np.log(softmax(Z, axis=1)), 0)"
    assert python(Piecewise((P / Z, Z > 0), (0, True))) == "np.where(Z > 0, P/np.where(Z > 0, Z, 1), 0)"


# Shapes below


def test_shapes_below():
    expr = Product(T(X), Delta_Z1)
    assert latex(expr, shapes=True) == (
        r"{\underbrace{X^{\mathsf{T}}}_{n\times m}}\,{\underbrace{\Delta_{Z_1}}_{m\times h}}"
    )
    assert latex(BACK, order=ORDER, shapes=True) == (
        r"\bigl({\underbrace{\Delta_{Z_2}}_{m\times k}}\,{\underbrace{W_2^{\mathsf{T}}}_{k\times h}}\bigr)"
        r"\circ {\underbrace{A_1}_{m\times h}}\circ {\underbrace{(1-A_1)}_{m\times h}}"
    )
    assert latex(Product(X, W1) + b1, shapes=True).endswith(r"+{\underbrace{b_1}_{1\times h}}")
    assert latex(lam * T(X), shapes=True) == r"\lambda\,{\underbrace{X^{\mathsf{T}}}_{n\times m}}"
    assert latex(Frobenius(Delta_Z1, Differential(Z1)), shapes=True).endswith(
        r"{\underbrace{\mathrm{d}Z_1}_{m\times h}}\rangle"
    )
    wide = array("H", m + n, 2 * k)
    assert latex(wide, shapes=True) == r"{\underbrace{H}_{(m+n)\times 2k}}"
    assert latex(lam * s, shapes=True) == latex(lam * s)
    assert latex_lines(expr, width=4, shapes=True)[1].startswith(r"{}\cdot {\underbrace")


def test_shapes_below_count_for_the_width():
    assert latex_width(r"\underbrace{X}_{n\times m}") == pytest.approx(0.65 * latex_width(r"n\times m"))
    assert latex_width(r"\underbrace{X+Y+Z}_{n}") == latex_width("X+Y+Z")


# Long lines


def test_lines_of_a_terminal_break_before_the_operator():
    assert broken(text(BACK, order=ORDER), 20) == ["(Δ_Z₂ W₂ᵀ) ∘ A₁", "∘ (1 − A₁)"]
    assert broken("Delta_Z2 @ W2.T @ (C + D)", 20) == ["Delta_Z2 @ W2.T", "@ (C + D)"]


def test_latex_lines_break_before_the_operator():
    lines = latex_lines(BACK, order=ORDER, width=8)
    assert lines[0].startswith(r"\bigl(\Delta_{Z_2}")
    assert [line[:7] for line in lines[1:]] == [r"{}\circ"] * 2
    assert latex_lines(Product(A, B, C, D), width=2) == ["A", r"{}\cdot B", r"{}\cdot C", r"{}\cdot D"]
    assert latex_lines(Y / (P * A2), width=6)[1].startswith(r"{}\oslash")
    norm = latex_lines(SumAll((A + B - C - D) ** 2), width=10)
    assert norm[0].startswith(r"\Bigl\lVert ")
    assert norm[-1].endswith(r"\Bigr\rVert_F^2")
    moved = latex_lines(Frobenius(A + B + C, Differential(D)), width=10)
    assert moved[0].startswith(r"\Bigl\langle ")
    assert moved[-1].endswith(r"\Bigr\rangle")
    for expr, opening, closing in (
        (T(A + B + C + D), r"\Bigl(", r"\Bigr)^{\mathsf{T}}"),
        (Inverse(A + B + C + D), r"\Bigl(", r"\Bigr)^{-1}"),
        (Trace(A + B + C + D), r"\mathrm{tr}\Bigl(", r"\Bigr)"),
        (twice_of(A + B, C + D), r"\mathrm{twice\_of}\Bigl(", r"\Bigr)"),
        (Differential(A + B + C + D), r"\mathrm{d}\Bigl(", r"\Bigr)"),
    ):
        lines = latex_lines(expr, width=9)
        assert len(lines) > 1
        assert lines[0].startswith(opening)
        assert lines[-1].endswith(closing)


def test_python_lines_break_and_keep_their_value():
    long = {f"{c}_{'long' * 4}": c for c in "ABCD"}
    renamed = {symbol: Array(name, (n, n)) for name, c in long.items() for symbol in [array(c, n, n)]}
    for expr in (
        Product(A, B, C, D) / m,
        A * B * C / D,
        T(A + B + C + D),
        SumAll(A * B * C * D),
        2 * lam * A * B * C * D,
        Product(A * B, C) + Softmax(Product(C, D) + A, 1),
        cube_root(A + B + C + D),
        -Product(A, B, C, D),
        Diagonal(A + B + C + D),
        Inverse(Product(A, B, C, D)),
    ):
        lines = python_assignment("value", expr.xreplace(renamed), width=45)
        assert len(lines) > 2
        assert all(len(line) <= 60 for line in lines)
        values = drawn(3)
        scope = scope_of(values) | {name: values[c] for name, c in long.items()}
        exec("\n".join(lines), scope)
        np.testing.assert_allclose(scope["value"], evaluated(python(expr), values), rtol=1e-12)


# Calls


def test_a_caller_may_write_operations_in_its_own_way():
    def call(node: Any, arguments: Any) -> str | None:
        if isinstance(node, Identity):
            return f"np.eye({arguments[0]}, dtype=X.dtype)"
        return f"own({arguments[0]})" if isinstance(node, (Sum, cube_root)) else None

    assert python(A + Identity(n), call=call) == "np.eye(n, dtype=X.dtype) + A"
    assert python(Sum(A, 0) * cube_root(A), call=call) == "own(A)*own(A)"
    assert python(Trace(A), call=call) == "np.trace(A)"


def test_every_operation_has_a_form_in_python():
    written = {word for form in FORMS for word in [type(node).__name__ for node in form[0].atoms(*OPERATIONS)]}
    assert written == {operation.__name__ for operation in OPERATIONS}


# The value of what is written


def softmax(z: Any, axis: int) -> Any:
    powers = np.exp(z)
    return powers / powers.sum(axis=axis, keepdims=True)


def drawn(seed: int) -> dict[str, Any]:
    """A positive value for each name above; sizes are numbers."""
    rng = np.random.default_rng(seed)
    sides = {symbol: SIZES[symbol.name] for symbol in (m, n, h, k)}
    values: dict[str, Any] = {
        a.name: rng.uniform(0.2, 0.9, [int(side.subs(sides)) for side in a.shape]) for a in ARRAYS
    }
    return values | SIZES | {"lambda_": 0.7, "q": 1.5, "s": 0.3, "delta_s": 0.4, "epsilon": 0.1}


def scope_of(values: dict[str, Any]) -> dict[str, Any]:
    helpers = {
        "softmax": softmax,
        "log_softmax": lambda z, axis: np.log(softmax(z, axis)),
        "logsumexp": lambda z, axis: np.log(np.exp(z).sum(axis=axis, keepdims=True)),
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "twice_of": lambda a, d: a + d,
        "np": np,
    }
    for words in WORDS.values():
        if "numpy" in words.kernels:
            exec(ARRAY_HELPERS[words.helper].source, helpers)
    return helpers | values


def evaluated(source: str, values: dict[str, Any]) -> Any:
    return eval(source, scope_of(values))


VALUES = [
    (Product(A * B, C), lambda a: np.dot(a.A * a.B, a.C)),
    (Product(A, B * C), lambda a: np.dot(a.A, a.B * a.C)),
    (2 * Product(A, B), lambda a: 2 * np.dot(a.A, a.B)),
    (Product(A, B) * C, lambda a: np.dot(a.A, a.B) * a.C),
    (A / Product(B, C), lambda a: a.A / np.dot(a.B, a.C)),
    (Product(A, B) / C, lambda a: np.dot(a.A, a.B) / a.C),
    (Product(A / B, C), lambda a: np.dot(a.A / a.B, a.C)),
    (-Product(A, B), lambda a: -np.dot(a.A, a.B)),
    (Product(-A, B), lambda a: -np.dot(a.A, a.B)),
    (Product(2 * A, B) / 3, lambda a: np.dot(a.A, a.B) * 2 / 3),
    (A - Product(B, C) - D, lambda a: a.A - np.dot(a.B, a.C) - a.D),
    (T(Product(A, B)), lambda a: np.dot(a.A, a.B).T),
    (T(A * B / C), lambda a: (a.A * a.B / a.C).T),
    (T(-A), lambda a: -a.A.T),
    (T(A**2), lambda a: np.square(a.A.T)),
    (T(A) ** 2, lambda a: np.square(a.A.T)),
    (Product(A, B) ** 2, lambda a: np.square(np.dot(a.A, a.B))),
    (Product(A**2, B), lambda a: np.dot(np.square(a.A), a.B)),
    (Pow(2, A), lambda a: np.exp2(a.A)),
    (Pow(A, -2), lambda a: 1 / np.square(a.A)),
    (Product(A, Product(B * C, T(Product(D, A)) / 2)), lambda a: a.A.dot((a.B * a.C).dot(a.D.dot(a.A).T)) / 2),
    (Product(A, B, C, x), lambda a: a.A.dot(a.B.dot(a.C.dot(a.x)))),
    (Product(T(x), A, B, C), lambda a: a.x.T.dot(a.A).dot(a.B).dot(a.C)),
    (Product(A, B, u, T(v), C, D), lambda a: np.outer(a.A.dot(a.B).dot(a.u), a.v.T.dot(a.C).dot(a.D))),
    (Product(u, T(v), x, T(w)), lambda a: np.outer(a.u, a.w) * np.dot(a.v.T, a.x)),
    (lam * A * B / (m * C * D), lambda a: 0.7 / 5 * a.A * a.B / a.C / a.D),
    (-A / (m * B), lambda a: -a.A / 5 / a.B),
    (2 * A * gamma / (3 * sigma * m), lambda a: 2 / 15 * (a.A * a.gamma) / a.sigma),
    (gamma * v / A, lambda a: np.outer(a.v, a.gamma) / a.A),
    (1 / (gamma * A), lambda a: 1 / a.gamma / a.A),
    (Rational(1, 3) / A, lambda a: 1 / a.A / 3),
    (SumAll(A) * B / (m * SumAll(C)), lambda a: np.sum(a.A) / np.sum(a.C) / 5 * a.B),
    (A / SumAll(Product(A, B)), lambda a: a.A / np.sum(a.A.dot(a.B))),
    (SumAll(A * B) / (m * Trace(C)), lambda a: np.einsum("ij,ij", a.A, a.B) / 5 / np.einsum("ii", a.C)),
    (SumAll(-A) ** 2, lambda a: np.sum(a.A) ** 2),
    (Sum(A - B, 0) / n, lambda a: np.mean(a.A, 0)[None] - np.mean(a.B, 0)),
    (-X * Sum(X_hat, 1) / (n * 2), lambda a: -a.X * np.mean(a.X_hat, 1)[:, None] / 2),
    (Sum(Product(X, W1), 1) / h, lambda a: np.dot(a.X, a.W1).mean(axis=1)[:, None]),
    (SumAll((A2 - Y) ** 2) / (m * k), lambda a: np.mean(np.square(a.A2 - a.Y))),
    (SumAll((A2 - Y) ** 2) / m, lambda a: np.sum(np.square(a.A2 - a.Y)) / 5),
    (sqrt(SumAll((A - B) ** 2)), lambda a: np.linalg.norm(a.A - a.B)),
    (SumAll(Product(T(v), A, v)), lambda a: np.einsum("ix,ij,jx->", a.v, a.A, a.v)),
    (BACK, lambda a: np.dot(a.Delta_Z2, a.W2.T) * a.A1 * (1 - a.A1)),
    (2 * Product(T(X), RESIDUAL) / m, lambda a: 2 / 5 * np.dot(a.X.T, np.dot(a.X, a.w) - a.y)),
    (P * (Delta_P - Sum(Delta_P * P, 1)), lambda a: a.P * a.Delta_P - a.P * (a.Delta_P * a.P).sum(1)[:, None]),
    (Softmax(A - B, 0), lambda a: np.exp(a.A - a.B) / np.exp(a.A - a.B).sum(0)),
    (Softmax(2 * A, 1) * B, lambda a: np.exp(2 * a.A) / np.exp(2 * a.A).sum(1)[:, None] * a.B),
    (LogSoftmax(A, 1), lambda a: a.A - np.log(np.exp(a.A).sum(1))[:, None]),
    (LogSumExp(A, 0), lambda a: np.log(np.exp(a.A).sum(0))[None]),
    (Product(Inverse(A + 5 * Identity(n)), B), lambda a: np.linalg.solve(a.A + 5 * np.eye(4), a.B)),
    (T(Inverse(A)) * Determinant(A), lambda a: np.linalg.inv(a.A.T) * np.linalg.det(a.A)),
    (LogDeterminant(A) - LogDeterminant(-B), lambda a: np.log(abs(np.linalg.det(a.A) / np.linalg.det(a.B)))),
    (Diagonal(A) * v, lambda a: np.einsum("ii->i", a.A)[:, None] * a.v),
    (Product(DiagonalMatrix(v), A), lambda a: a.v * a.A),
    (Broadcast(b1 - 1, m, h), lambda a: np.tile(a.b1 - 1, (5, 1))),
    (Sum(Broadcast(b1, m, h), 0), lambda a: 5 * a.b1),
    (cube_root(A) * 2 + twice_of(A, B), lambda a: 2 * a.A ** (1 / 3) + a.A + a.B),
    (Product(Max(0, A - B), tanh(C)), lambda a: np.dot(np.clip(a.A - a.B, 0, None), np.tanh(a.C))),
    (Piecewise((Product(A, B), A > B), (C, True)), lambda a: np.where(a.A > a.B, a.A.dot(a.B), a.C)),
    (Mul(Product(A, B), Mul(A, C, evaluate=False), evaluate=False), lambda a: a.A.dot(a.B) * a.A * a.C),
    (Product(S.Half * A + B, v) - v, lambda a: np.dot(a.A / 2 + a.B, a.v) - a.v),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "direct"), few(pytest.param(*case, id=str(case[0])) for case in VALUES))
def test_python_has_the_value(expr, direct):
    for seed in range(3):
        values = drawn(seed)
        wanted = direct(SimpleNamespace(**values))
        found = evaluated(python(expr), values)
        assert (
            np.shape(found)
            == np.shape(wanted)
            == tuple(int(side.subs({symbol: SIZES[symbol.name] for symbol in (m, n, h, k)})) for side in shape_of(expr))
        )
        np.testing.assert_allclose(found, wanted, rtol=1e-11)


@pytest.mark.parametrize("form", few(FORMS), ids=[form[3] for form in FORMS])
def test_the_order_of_the_factors_changes_no_value(form):
    expr, source = form[0], form[4]
    values = drawn(5)
    np.testing.assert_allclose(evaluated(python(expr), values), evaluated(source, values), rtol=1e-11)


# Depth


@pytest.mark.slow
def test_deep_expressions_are_written_with_work_that_does_not_explode() -> None:
    def chain(depth: int) -> Any:
        delta = array("Delta_0", m, n)
        for i in range(depth):
            delta = Product(delta, T(array(f"V{i}", n, n))) * (1 - array(f"H{i}", m, n) ** 2)
        return delta

    half, whole = chain(40), chain(80)
    writers = {
        "latex": latex,
        "text": text,
        "python": python,
        "lines of latex": latex_lines,
        "lines of python": partial(python_assignment, "d"),
    }
    for name, write in writers.items():
        assert all(write(whole)), name
        assert calls(lambda write=write: list(write(whole))) < 4.2 * calls(lambda write=write: list(write(half))), name
    assert text(chain(300))
