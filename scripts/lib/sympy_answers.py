"""What SymPy's own matrix derivative says of common losses, beside what symbackprop derives, as docs/sympy-answers.md.

SymPy's answers are those of the version in RECORDED, written down here; a test asks again where that version is
installed. Which answer is right is decided by numeric differences of the loss, written in NumPy once more.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import sympy
from sympy import Derivative, HadamardProduct, Lambda, MatrixSymbol, OneMatrix, Symbol, symbols

import symbackprop as sb
from symbackprop.notation import text

RECORDED = "1.14"
"""The version of SymPy whose answers are written down here."""
ISSUES = "https://github.com/sympy/sympy/issues"

m, n, k, h = symbols("m n k h")
c, x = symbols("c x")
A, B, P = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n), MatrixSymbol("P", 3, 3)
U, V = MatrixSymbol("U", n, k), MatrixSymbol("V", k, n)
X, Y = MatrixSymbol("X", m, n), MatrixSymbol("Y", m, k)
W1, W2 = MatrixSymbol("W1", n, h), MatrixSymbol("W2", h, k)
v, w, y = MatrixSymbol("v", n, 1), MatrixSymbol("w", n, 1), MatrixSymbol("y", m, 1)
z, t, ones = MatrixSymbol("z", k, 1), MatrixSymbol("t", k, 1), OneMatrix(m, 1)
E = Symbol("E")

NAMES: Mapping[str, Any] = {
    **{
        name: getattr(sympy, name)
        for name in "Trace trace Determinant Identity OneMatrix HadamardProduct exp log sqrt".split()
    },
    **{s.name: s for s in (m, n, k, c, A, B, P, U, V, X, Y, W1, W2, v, w, y, z, t)},
    "ones": ones,
    "H": (X * W1).applyfunc(sympy.tanh),
    "p": (X * w).applyfunc(Lambda(x, 1 / (1 + sympy.exp(-x)))),
}
"""What the calls below are written with."""
LEAVES = {c, A, B, P, U, V, X, Y, W1, W2, v, w, y, z, t}
Arrays = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A loss, SymPy's derivative of it by one matrix, and ours."""

    title: str
    asked: str
    """The call to SymPy."""
    answer: str
    """What SymPy says, or the exception that it raises."""
    fault: str
    """What is wrong with the answer."""
    loss: Any
    """The loss as symbackprop takes it."""
    by: Any
    number: Callable[[Arrays], Any]
    """The loss of arrays, in NumPy."""
    issues: tuple[int, ...] = ()
    values: Mapping[Any, Any] = field(default_factory=dict)
    """Equations of values on the way to the loss."""

    def theirs(self) -> Any:
        """What the installed SymPy says: an expression or an exception."""
        try:
            return eval(self.asked, {"__builtins__": {}}, dict(NAMES))  # noqa: S307  # text of our own
        except (TypeError, ValueError, AttributeError) as error:
            return error

    def network(self) -> sb.Network:
        """The loss as a network."""
        used = set().union(*(expr.free_symbols for expr in (self.loss, *self.values.values())))
        inputs = sorted(used & LEAVES - {self.by}, key=lambda s: s.name)
        equations = {**self.values, E: self.loss}
        return sb.Network(equations, inputs=inputs, targets=[], parameters=[self.by], loss=E)


def fault_of(answer: Any, by: Any) -> str:
    """What can be seen to be wrong with an answer for a gradient that is not zero, or an empty text."""
    if isinstance(answer, Exception):
        return "an exception"
    if answer.is_ZeroMatrix if hasattr(answer, "is_ZeroMatrix") else answer == 0:
        return "zero"
    if answer.has(Derivative):
        return "not worked out"
    if tuple(answer.shape) != tuple(by.shape):
        return f"of shape {_shape(answer)}, not {_shape(by)}"
    for node in sympy.preorder_traversal(answer):
        if isinstance(node, HadamardProduct) and len({tuple(arg.shape) for arg in node.args}) > 1:
            return f"a product ∘ of {' and '.join(_shape(arg) for arg in node.args)}"
    return ""


def _shape(matrix: Any) -> str:
    return "×".join(map(str, matrix.shape)) if len(matrix.shape) > 1 else f"({matrix.shape[0]},)"


def said(answer: Any) -> str:
    """An answer in words, as it is written down."""
    return f"{type(answer).__name__}: {answer}" if isinstance(answer, Exception) else str(answer)


def _tr(a: Any) -> Any:
    return np.trace(a)


def _sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def _log_likelihood(a: Arrays) -> Any:
    p = _sigmoid(a["X"] @ a["w"])
    return -(a["y"] * np.log(p) + (1 - a["y"]) * np.log(1 - p)).sum()


_p, _h, _s = MatrixSymbol("p", m, 1), MatrixSymbol("H", m, h), MatrixSymbol("s", 1, 1)
_SIGMOID = {_p: sb.sigmoid(X * w)}

_HALF = (
    "ArrayContraction(Trace((Lambda(x, 1/(1 + exp(-x))).(X*w) - y)*Lambda(_d, exp(-_d)/(1 + exp(-_d))**2).(w.T*X.T))*X,"
    " (0,))"
)
_TERM = "X.T*(HadamardProduct((Lambda(_d, tanh(_d)).(X*W1)*W2 - Y)*W2.T, Lambda(_d, 1 - tanh(_d)**2)"

CASES: tuple[Case, ...] = (
    Case(
        "a constant beside a trace", "(Trace(A)**2 + 1).diff(A)", "0", "zero",
        sb.trace(A) ** 2 + 1, A, lambda a: _tr(a["A"]) ** 2 + 1, (26561,),
    ),
    Case(
        "two squared norms", "(Trace((A - U*V).T*(A - U*V)) + Trace(U.T*U)).diff(U)", "0", "zero",
        sb.total(sb.power(A - U * V, 2)) + sb.total(sb.power(U, 2)), U,
        lambda a: ((a["A"] - a["U"] @ a["V"]) ** 2).sum() + (a["U"] ** 2).sum(), (26585,),
    ),
    Case(
        "a sum of traces", "(Trace(A.T*A) + Trace(B.T*B)).diff(A)", "0", "zero",
        sb.trace(A.T * A) + sb.trace(B.T * B), A, lambda a: (a["A"] ** 2).sum() + (a["B"] ** 2).sum(), (27406,),
    ),
    Case(
        "the square of a trace", "(trace(Identity(3) - P)**2).diff(P)", "0", "zero",
        sb.trace(sb.eye(3) - P) ** 2, P, lambda a: (3 - _tr(a["P"])) ** 2, (30527,),
    ),
    Case("a function of a trace", "exp(Trace(A)).diff(A)", "0", "zero", sympy.exp(sb.trace(A)), A,
         lambda a: np.exp(_tr(a["A"]))),
    Case("a logarithm of a norm", "log(1 + Trace(A.T*A)).diff(A)", "0", "zero",
         sympy.log(1 + sb.total(sb.power(A, 2))), A, lambda a: np.log(1 + (a["A"] ** 2).sum())),
    Case("the Frobenius norm", "sqrt(Trace(A.T*A)).diff(A)",
         "TypeError: 'Half' object cannot be interpreted as an integer", "an exception",
         sb.norm(A), A, lambda a: np.sqrt((a["A"] ** 2).sum())),
    Case("a determinant", "Determinant(A).diff(A)", "Derivative(Determinant(A), A)", "not worked out",
         sb.det(A), A, lambda a: np.linalg.det(a["A"])),
    Case("a log-determinant", "log(Determinant(A)).diff(A)", "0", "zero",
         sb.logdet(A), A, lambda a: np.linalg.slogdet(a["A"])[1]),
    Case("the entry of a quadratic form", "(v.T*A*v)[0, 0].diff(v)", "0", "zero",
         sb.quadratic(v, A), v, lambda a: (a["v"].T @ a["A"] @ a["v"]).sum()),
    Case("ridge regression", "(Trace((X*w - y).T*(X*w - y))/m + c*Trace(w.T*w)).diff(w)", "0", "zero",
         sb.total(sb.power(X * w - y, 2)) / m + c * sb.total(sb.power(w, 2)), w,
         lambda a: ((a["X"] @ a["w"] - a["y"]) ** 2).mean() + a["c"] * (a["w"] ** 2).sum()),
    Case("squares entry by entry", "(OneMatrix(1, m)*HadamardProduct(X*w - y, X*w - y)).diff(w)",
         "ValueError: diagonalizing indices of different dimensions", "an exception",
         sb.total(sb.hadamard(X * w - y, X * w - y)), w, lambda a: ((a["X"] @ a["w"] - a["y"]) ** 2).sum()),
    Case("one sigmoid, squared error, p = σ(X w)", "Trace((p - y).T*(p - y)).diff(w)", f"ArrayAdd({_HALF}, {_HALF})",
         "of shape (n,), not n×1",
         sb.total(sb.power(_p - y, 2)), w, lambda a: ((_sigmoid(a["X"] @ a["w"]) - a["y"]) ** 2).sum(),
         values=_SIGMOID),
    Case("logistic regression, p = σ(X w)",
         "(-y.T*p.applyfunc(log) - (ones - y).T*(ones - p).applyfunc(log)).diff(w)",
         "ValueError: index is larger than expression shape", "an exception",
         -sb.inner(y, sb.log(_p)) - sb.inner(ones - y, sb.log(ones - _p)), w, _log_likelihood, values=_SIGMOID),
    Case("softmax and cross-entropy, s = log Σ exp(z)",
         "(log(Trace(OneMatrix(1, k)*z.applyfunc(exp))) - Trace(t.T*z)).diff(z)",
         "0", "zero", sb.total(_s) - sb.inner(t, z), z,
         lambda a: np.log(np.exp(a["z"]).sum()) - (a["t"] * a["z"]).sum(), values={_s: sb.logsumexp(z, axis=0)}),
    Case("a perceptron with linear outputs, H = tanh(X W1)", "Trace((H*W2 - Y).T*(H*W2 - Y)).diff(W1)",
         f"{_TERM}.(X*W1))) + {_TERM}.(W1.T*X.T)))",
         "a product ∘ of m×h and h×m", sb.total(sb.power(_h * W2 - Y, 2)), W1,
         lambda a: ((np.tanh(a["X"] @ a["W1"]) @ a["W2"] - a["Y"]) ** 2).sum(), values={_h: sb.tanh(X * W1)}),
)  # fmt: skip
"""Losses on which SymPy's derivative by a matrix goes wrong; the last is what is left of a whole network."""

SHOWN = 90
"""How much of a long answer the table shows."""


def document() -> str:
    """The page docs/sympy-answers.md."""
    lines = [
        "# What SymPy says",
        "",
        "SymPy's derivative by a matrix, `loss.diff(W)`, is silently zero for many losses, raises for others, and for",
        "a network with a hidden layer cannot be multiplied out. symbackprop has rules of its own and never calls it.",
        "Below are losses that people differentiate, what SymPy answers, and what `sb.derive` gives; E is the loss.",
        "",
        f"SymPy's answers are those of version {RECORDED}; the zeros are known there as issues",
        f"{_listed((17229, 26561, 26585, 27406, 30527))}.",
        "The gradients on the right agree with central differences of the loss, and none of the answers beside them",
        "does; `tests/house/test_sympy_answers.py` asks both again.",
        "",
        f"| loss | asked of SymPy | SymPy {RECORDED} answers | which is | `sb.derive` gives |",
        "| :-- | :-- | :-- | :-- | :-- |",
    ]
    for case in CASES:
        title = case.title + (f" ({_listed(case.issues)})" if case.issues else "")
        derivation = sb.derive(case.network())
        gradient = text(derivation.gradients[case.by.name], order=derivation.order)
        lines.append(f"| {title} | `{case.asked}` | `{_short(case.answer)}` | {case.fault} | `{gradient}` |")
    return "\n".join(lines) + "\n"


def _listed(issues: tuple[int, ...]) -> str:
    links = [f"[{issue}]({ISSUES}/{issue})" for issue in issues]
    return " and ".join([", ".join(links[:-1]), links[-1]]) if len(links) > 1 else links[0]


def _short(answer: str) -> str:
    return answer if len(answer) <= SHOWN else answer[: SHOWN - 1] + "…"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
