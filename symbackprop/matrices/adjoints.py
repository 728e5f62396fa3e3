"""The calculus of matrices, as a table: what each operation passes back to its operands.

For Y = f(…, A, …) and G = ∂E/∂Y the change of the loss is ⟨G, dY⟩ = ⟨Ḡ, dA⟩, where ⟨A, B⟩ = ΣΣ a·b is the Frobenius
product; Ḡ is what A gets back. The formulas are those of Giles (2008), "Collected matrix derivative results for forward
and reverse mode algorithmic differentiation", and of Magnus and Neudecker, "Matrix Differential Calculus" (2019).
What works entry by entry is not here: there the rules of scalars hold for each entry (calculus/rules.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr, Integer, Mul, S, exp

from symbackprop.matrices.grammar import Broadcast, Operation, Product, Transposed, as_whole, product
from symbackprop.matrices.operations import (
    Determinant,
    Diagonal,
    DiagonalMatrix,
    Identity,
    Inverse,
    LogDeterminant,
    LogSoftmax,
    LogSumExp,
    Softmax,
    Sum,
    SumAll,
    Trace,
)
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.shapes import same, shape_of
from symbackprop.matrices.userdefined import UserOperation

ALWAYS = "always"
"""The condition of a rule that asks for no more than operands whose shapes fit."""


@dataclass(frozen=True)
class Adjoint:
    """One row of the table.

    ``passes(node, i, g, y)`` is what the i-th operand of ``node`` gets back, where ``g`` is the adjoint of the node and
    ``y`` what to write for its value. ``forward`` and ``backward`` say the same in words, and ``condition`` of
    which operands it holds: ``ALWAYS``, where their shapes fit. ``uses`` is how often ``g`` stands in what it passes.
    """

    operation: type[Operation]
    condition: str
    forward: str
    backward: str
    reason: str
    passes: Callable[[Any, int, Expr, Expr], Expr] = field(repr=False)
    uses: int = 1


def _product(node: Product, i: int, g: Expr, y: Expr) -> Expr:
    """⟨G, A dB C⟩ = ⟨AᵀGCᵀ, dB⟩; where G is one number, it is a factor in front."""
    left, right = node.args[:i], node.args[i + 1 :]
    before = [turned(product(*left))] if left else []
    behind = [turned(product(*right))] if right else []
    if isinstance(g, Broadcast) and not shape_of(g.args[0]) and all(size == S.One for size in g.shape):
        return Mul(g.args[0], product(*before, *behind))
    return product(*before, g, *behind)


def _softmax(node: Softmax, i: int, g: Expr, y: Expr) -> Expr:
    return y * (g - Sum(as_whole(g * y, node.shape), Integer(node.axis)))  # g may be 1/y


def _log_softmax(node: LogSoftmax, i: int, g: Expr, y: Expr) -> Expr:
    return g - exp(y) * Sum(g, Integer(node.axis))


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


ADJOINTS: tuple[Adjoint, ...] = (
    Adjoint(
        Product, ALWAYS, "Y = A·B·C", "B gets Aᵀ·G·Cᵀ",
        "in ⟨G, A dB⟩ = tr(Gᵀ A dB) the cyclic rule moves a factor to the other side, transposed",
        _product,
    ),
    Adjoint(
        Transposed, ALWAYS, "Y = Aᵀ", "A gets Gᵀ",
        "a transpose passes back the transpose",
        lambda node, i, g, y: turned(g),
    ),
    Adjoint(
        Sum, ALWAYS, "Y = colsum(A) or rowsum(A)", "A gets G, repeated",
        "a sum passes its adjoint back to each entry",
        lambda node, i, g, y: g,
    ),
    Adjoint(
        SumAll, ALWAYS, "y = total(A)", "A gets g, repeated",
        "a sum passes its adjoint back to each entry",
        lambda node, i, g, y: g,
    ),
    Adjoint(
        Broadcast, "a row, a column or a scalar", "Y = broadcast(a)", "a gets the sum of G over its copies",
        "a broadcast passes back a sum",
        _broadcast,
    ),
    Adjoint(
        Softmax, ALWAYS, "P = softmax(A)", "A gets P∘(G − sum(G∘P))",
        "a softmax passes back P∘(G − sum(G∘P)) along its axis",
        _softmax, uses=2,
    ),
    Adjoint(
        LogSoftmax, ALWAYS, "L = log_softmax(A)", "A gets G − exp(L)∘sum(G)",
        "the logarithm of a softmax passes back G − exp(L)∘sum(G) along its axis",
        _log_softmax, uses=2,
    ),
    Adjoint(
        LogSumExp, ALWAYS, "y = logsumexp(A)", "A gets g∘exp(A − y)",
        "the derivative of log-sum-exp is the softmax, exp(A − y)",
        lambda node, i, g, y: g * exp(node.operands[0] - y),
    ),
    Adjoint(
        Trace, "A square", "y = tr(A)", "A gets g·I",
        "tr(dA) = ⟨I, dA⟩",
        lambda node, i, g, y: g * Identity(shape_of(node.operands[0])[0]),
    ),
    Adjoint(
        Inverse, "A invertible", "Y = A⁻¹", "A gets −Yᵀ·G·Yᵀ",
        "dA⁻¹ = −A⁻¹ dA A⁻¹, and the cyclic rule moves both factors",
        lambda node, i, g, y: -product(turned(y), g, turned(y)),
    ),
    Adjoint(
        Determinant, "A invertible", "y = det(A)", "A gets g·y·A⁻ᵀ",
        "Jacobi's formula: d det A = det A·tr(A⁻¹ dA)",
        lambda node, i, g, y: g * y * turned(Inverse(node.operands[0])),
    ),
    Adjoint(
        LogDeterminant, "A invertible", "y = log |det A|", "A gets g·A⁻ᵀ",
        "d log |det A| = tr(A⁻¹ dA)",
        lambda node, i, g, y: g * turned(Inverse(node.operands[0])),
    ),
    Adjoint(
        Diagonal, "A square", "y = diagonal(A)", "A gets diag(g)",
        "only the diagonal moves",
        lambda node, i, g, y: DiagonalMatrix(g),
    ),
    Adjoint(
        DiagonalMatrix, "of a column", "Y = diag(a)", "a gets diagonal(G)",
        "only the diagonal moves",
        lambda node, i, g, y: Diagonal(g),
    ),
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
