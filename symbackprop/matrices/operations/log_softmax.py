"""The logarithm of the softmax of each column or of each row of a matrix."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, exp

from symbackprop.matrices.applying import on_axis
from symbackprop.matrices.operations.record import ALWAYS, Adjoint, Record, Words, along, from_the_end
from symbackprop.matrices.operations.softmax import shifted
from symbackprop.matrices.sums import Along, Sum
from symbackprop.proof_lines import Shown


class LogSoftmax(Along):
    """The logarithm of the softmax, z - log Σ exp(z)."""

    spoken = "log_softmax"
    letter = "log_p"


def _numeric(np: Any, node: Any, z: Any, _: Any) -> Any:
    below = shifted(np, node, z)[1]
    return below - np.log(np.exp(below).sum(axis=from_the_end(node), keepdims=True))


def _passes(node: LogSoftmax, i: int, g: Expr, y: Expr) -> Expr:
    return g - exp(y) * Sum(g, Integer(node.axis))


_PROOF: tuple[Shown, ...] = (
    Shown(
        r"A_{j}-\log\Bigl(\sum_{k}e^{A_{k}}\Bigr)",
        left="L_{j}",
        why="the definition, for the entries of one row or column",
    ),
    Shown(
        "1-e^{L_{j}}",
        left=r"\frac{\partial L_{j}}{\partial A_{j}}",
        why="both terms move; the derivative of the logarithm is one power of e over the sum of all, which is exp(L)",
    ),
    Shown(
        r"-e^{L_{i}}\quad(i\ne j)",
        left=r"\frac{\partial L_{j}}{\partial A_{i}}",
        why="the logarithm alone moves",
    ),
    Shown(
        r"G_{i}-e^{L_{i}}\sum_{j}G_{j}",
        left=r"\sum_{j}G_{j}\,\frac{\partial L_{j}}{\partial A_{i}}",
        why="both cases, added up",
    ),
    Shown(
        r"\bigl\langle G-\exp(L)\circ \mathrm{sum}(G),\,\mathrm{d}A\bigr\rangle",
        left=r"\langle G,\,\mathrm{d}L\rangle",
        why="the same for every entry of A",
    ),
)

RECORDS = (
    Record(
        LogSoftmax,
        adjoint=Adjoint(
            LogSoftmax, ALWAYS, "L = log_softmax(A)", "A gets G − exp(L)∘sum(G)",
            "the logarithm of a softmax passes back G − exp(L)∘sum(G) along its axis",
            _passes, uses=2,
            proof=_PROOF,
            again="by the rule of the logarithm of a softmax",
        ),
        entries=lambda of, node, z: along(node.axis, of.log_softmax, z),
        numeric=_numeric,
        words=(
            Words(
                "log_softmax", "log_softmax({}, axis={})", "log_softmax({}, axis={})",
                own={"torch": "torch.log_softmax({}, dim={})"}, latex=(r"\log\mathrm{softmax}", ""), axis_below=True,
            ),
        ),
        usages=(on_axis("log_softmax", LogSoftmax),),
        said="logarithm of the softmax",
        bounds=lambda z: (None, 0),
    ),
)  # fmt: skip
