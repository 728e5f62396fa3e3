"""The calculus of matrices, as a table: what each operation passes back to its operands.

For Y = f(…, A, …) and G = ∂E/∂Y the change of the loss is ⟨G, dY⟩ = ⟨Ḡ, dA⟩, where ⟨A, B⟩ = ΣΣ a·b is the Frobenius
product; Ḡ is what A gets back. The formulas are those of Giles (2008), "Collected matrix derivative results for forward
and reverse mode algorithmic differentiation", and of Magnus and Neudecker, "Matrix Differential Calculus" (2019).
What works entry by entry is not here: there the rules of scalars hold for each entry (calculus/rules.py).
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Integer, Mul, S

from symbackprop.matrices.grammar import Broadcast, Operation, Product, Transposed, product
from symbackprop.matrices.operations.catalogue import RECORDS
from symbackprop.matrices.operations.record import ALWAYS, Adjoint
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.shapes import same, shape_of
from symbackprop.matrices.sums import Sum, SumAll
from symbackprop.matrices.user_operation import UserOperation
from symbackprop.proof_lines import Shown

__all__ = ["ADJOINTS", "ALWAYS", "Adjoint", "adjoint_of", "summed_to"]


def _product(node: Product, i: int, g: Expr, y: Expr) -> Expr:
    """⟨G, A dB C⟩ = ⟨AᵀGCᵀ, dB⟩; where G is one number, it is a factor in front."""
    left, right = node.args[:i], node.args[i + 1 :]
    before = [turned(product(*left))] if left else []
    behind = [turned(product(*right))] if right else []
    if isinstance(g, Broadcast) and not shape_of(g.args[0]) and all(size == S.One for size in g.shape):
        return Mul(g.args[0], product(*before, *behind))
    return product(*before, g, *behind)


def _broadcast(node: Broadcast, i: int, g: Expr, y: Expr) -> Expr:
    return summed_to(g, node.shape, shape_of(node.operands[0]))


def summed_to(adjoint: Expr, whole: tuple[Expr, ...], part: tuple[Expr, ...]) -> Expr:
    """The adjoint of a part that was repeated to a whole shape: the sum over all its copies."""
    if not part:
        return SumAll(adjoint) if whole else adjoint
    for axis, (size, kept) in enumerate(zip(whole, part, strict=True)):
        if not same(size, kept):
            adjoint = Sum(adjoint, Integer(axis))
    return adjoint


_PRODUCT: tuple[Shown, ...] = (
    Shown(
        r"\langle G,\,\mathrm{d}A\,B\,C\rangle+\langle G,\,A\,\mathrm{d}B\,C\rangle"
        r"+\langle G,\,A\,B\,\mathrm{d}C\rangle",
        left=r"\langle G,\,\mathrm{d}(A\,B\,C)\rangle",
        why="the product rule: one factor moves at a time",
    ),
    Shown(
        r"\mathrm{tr}(G^{\mathsf{T}}\,A\,\mathrm{d}B\,C)",
        left=r"\langle G,\,A\,\mathrm{d}B\,C\rangle",
        why="the trace of Gᵀ times a matrix is the sum over all entries of both, side by side",
    ),
    Shown(
        r"\mathrm{tr}(C\,G^{\mathsf{T}}\,A\,\mathrm{d}B)",
        why="the cyclic rule: a trace stays the same when the last factor comes first",
    ),
    Shown(
        r"\langle A^{\mathsf{T}}\,G\,C^{\mathsf{T}},\,\mathrm{d}B\rangle",
        why="the transpose of C·Gᵀ·A; a factor that is not there counts as I",
    ),
)
_TRANSPOSE: tuple[Shown, ...] = (
    Shown(
        r"\bigl\langle G,\,(\mathrm{d}A)^{\mathsf{T}}\bigr\rangle",
        left=r"\bigl\langle G,\,\mathrm{d}(A^{\mathsf{T}})\bigr\rangle",
        why="the same entries move, in other places",
    ),
    Shown(
        r"\langle G^{\mathsf{T}},\,\mathrm{d}A\rangle",
        why="the same products of entries, when both sides are transposed",
    ),
)
_SUM: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i}G\,\mathrm{d}A_{i}",
        left=r"G\,\mathrm{d}Y",
        why="of one row or column, Y is the sum of the entries",
    ),
    Shown(
        r"\bigl\langle \mathrm{broadcast}(G),\,\mathrm{d}A\bigr\rangle",
        why="beside every entry of it stands the same G: it is repeated",
    ),
)
_SUM_OF_ALL: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i,j}g\,\mathrm{d}A_{ij}",
        left=r"g\,\mathrm{d}y",
        why="y is the sum of all entries",
    ),
    Shown(
        r"\bigl\langle \mathrm{broadcast}(g),\,\mathrm{d}A\bigr\rangle",
        why="beside every entry stands the same g: it is repeated",
    ),
)
_COPIES: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i}G_{i}\,\mathrm{d}a",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="of one entry a, all copies move as it does: each is a",
    ),
    Shown(
        r"\bigl\langle \mathrm{sum}(G),\,\mathrm{d}a\bigr\rangle",
        why="the common factor in front: the sum over its copies, which for a row is colsum(G), for a column rowsum(G)",
    ),
)

ADJOINTS: tuple[Adjoint, ...] = (
    Adjoint(
        Product, ALWAYS, "Y = A·B·C", "B gets Aᵀ·G·Cᵀ",
        "in ⟨G, A dB⟩ = tr(Gᵀ A dB) the cyclic rule moves a factor to the other side, transposed",
        _product,
        proof=_PRODUCT,
        again="a factor goes to the other side",
    ),
    Adjoint(
        Transposed, ALWAYS, "Y = Aᵀ", "A gets Gᵀ",
        "a transpose passes back the transpose",
        lambda node, i, g, y: turned(g),
        proof=_TRANSPOSE,
    ),
    Adjoint(
        Sum, ALWAYS, "Y = colsum(A) or rowsum(A)", "A gets G, repeated",
        "a sum passes its adjoint back to each entry",
        lambda node, i, g, y: g,
        proof=_SUM,
        again="each entry of a sum gets the same",
    ),
    Adjoint(
        SumAll, ALWAYS, "y = total(A)", "A gets g, repeated",
        "a sum of all entries passes its adjoint back to each",
        lambda node, i, g, y: g,
        proof=_SUM_OF_ALL,
        again="each entry of the sum gets the same",
    ),
    Adjoint(
        Broadcast, "a row, a column or a scalar", "Y = broadcast(a)", "a gets the sum of G over its copies",
        "a broadcast passes back a sum",
        _broadcast,
        proof=_COPIES,
    ),
    *(record.adjoint for record in RECORDS if record.adjoint is not None),
)  # fmt: skip
"""Every operation with operands. Identity has none, and a user's operation brings its own row."""

_BY_OPERATION: Mapping[type[Operation], Adjoint] = {row.operation: row for row in ADJOINTS}


def adjoint_of(node: Operation) -> Adjoint:
    """The row of the table for an operation."""
    if isinstance(node, UserOperation):
        return Adjoint(
            type(node), ALWAYS, f"Y = {node.spoken}(…)", "as its author says",
            f"the adjoint that {node.spoken} was given",
            lambda node, i, g, y: node.adjoint(i, g, y), uses=2,
        )  # fmt: skip
    return _BY_OPERATION[type(node)]
