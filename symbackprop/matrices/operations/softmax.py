"""The softmax of each column or of each row of a matrix."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer

from symbackprop.matrices.applying import on_axis
from symbackprop.matrices.grammar import as_whole
from symbackprop.matrices.operations.record import ALWAYS, Adjoint, Record, Words, along, from_the_end
from symbackprop.matrices.sums import Along, Sum
from symbackprop.proof_lines import Shown


class Softmax(Along):
    """exp(z)/Σ exp(z) over each column (axis 0) or each row (axis 1)."""

    spoken = "softmax"
    letter = "p"


def shifted(np: Any, node: Any, z: Any) -> tuple[Any, Any]:
    """The largest real part along the axis, and what lies below it: no power of e of that overflows."""
    largest = np.max(np.real(z), axis=from_the_end(node), keepdims=True)
    return largest, z - largest


def _numeric(np: Any, node: Any, z: Any, _: Any) -> Any:
    powers = np.exp(shifted(np, node, z)[1])
    return powers / powers.sum(axis=from_the_end(node), keepdims=True)


def _passes(node: Softmax, i: int, g: Expr, y: Expr) -> Expr:
    return y * (g - Sum(as_whole(g * y, node.shape), Integer(node.axis)))  # g may be 1/y


_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\frac{e^{A_{j}}}{\sum_{k}e^{A_{k}}}",
        left="P_{j}",
        why="the definition, for the entries of one row or column",
    ),
    Shown(
        r"\frac{e^{A_{j}}\sum_{k}e^{A_{k}}-e^{A_{j}}\,e^{A_{j}}}{\Bigl(\sum_{k}e^{A_{k}}\Bigr)^2}",
        left=r"\frac{\partial P_{j}}{\partial A_{j}}",
        why="the quotient rule: above and below the line the same term moves",
    ),
    Shown("P_{j}-P_{j}^{2}", why="divided term by term, by the definition"),
    Shown(
        r"-\frac{e^{A_{j}}\,e^{A_{i}}}{\Bigl(\sum_{k}e^{A_{k}}\Bigr)^2}\quad(i\ne j)",
        left=r"\frac{\partial P_{j}}{\partial A_{i}}",
        why="what is above the line does not move, and one term below it does",
    ),
    Shown(r"-P_{j}\,P_{i}\quad(i\ne j)", why="by the definition"),
    Shown(
        r"G_{i}\,P_{i}-\sum_{j}G_{j}\,P_{j}\,P_{i}",
        left=r"\sum_{j}G_{j}\,\frac{\partial P_{j}}{\partial A_{i}}",
        why="the first case is the second and one P more: that one, and the second for every j",
    ),
    Shown(
        r"P_{i}\,\Bigl(G_{i}-\sum_{j}G_{j}\,P_{j}\Bigr)",
        why="the common factor in front: P passes back its share of its own G, less that of all",
    ),
    Shown(
        r"\Bigl\langle P\circ \bigl(G-\mathrm{sum}(G\circ P)\bigr),\,\mathrm{d}A\Bigr\rangle",
        left=r"\langle G,\,\mathrm{d}P\rangle",
        why="the same for every entry of A",
    ),
)

RECORDS = (
    Record(
        Softmax,
        adjoint=Adjoint(
            Softmax, ALWAYS, "P = softmax(A)", "A gets P∘(G − sum(G∘P))",
            "a softmax passes back P∘(G − sum(G∘P)) along its axis",
            _passes, uses=2,
            proof=_PROOF,
            again="by the rule of a softmax",
        ),
        entries=lambda of, node, z: along(node.axis, of.softmax, z),
        numeric=_numeric,
        words=(
            Words(
                "softmax", "softmax({}, axis={})", "softmax({}, axis={})",
                own={"torch": "torch.softmax({}, dim={})"}, axis_below=True,
            ),
        ),
        usages=(on_axis("softmax", Softmax),),
        said="softmax",
        bounds=lambda z: (0, 1),
    ),
)  # fmt: skip
