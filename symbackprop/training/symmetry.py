"""Whether updates keep what is stated of a parameter: that a matrix is symmetric, triangular, or a mask."""

from __future__ import annotations

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.errors import DerivationError
from symbackprop.judge import Equal, Ruling, judge
from symbackprop.matrices import Operation, Transposed, shape_of, substituted
from symbackprop.network.facts import Fact, equations_in, spoken


def require_kept(derivation: Derivation) -> None:
    """Refuse to train a parameter where updates might break an equation about it. Raises DerivationError.

    Gradients are by each entry alone, so that an update by one that is not symmetric would break the fact by which it
    was derived. Whether it is symmetric, or triangular, is judged, not tried. What is not linear, as of a mask or an
    orthogonal matrix, no update keeps.
    """
    for fact in equations_in(derivation.facts):
        (w,) = fact.free_symbols - {*derivation.network.sizes} if fact.has(*derivation.network.parameters) else (None,)
        if w not in derivation.network.parameters or w not in derivation.wrt:
            continue
        gradient = derivation.shared[w]
        if not _is_linear(fact, w):
            words = next((said.words for said in derivation.stated if fact in said.facts), spoken(fact))
            raise DerivationError(
                "fact",
                f"{words} is stated, and updates of {w} by its gradient would break it",
                f"make {w} an input, or write it in terms of free entries",
                where=str(w),
            )
        claim = Equal(
            derivation.network,
            left=gradient if gradient == 0 else substituted(fact.lhs, {w: gradient}),
            right=gradient if gradient == 0 else substituted(fact.rhs, {w: gradient}),
            signals=derivation.backward,
            facts=derivation.facts,
        )
        if judge(claim, witnesses=False).ruling is not Ruling.PROVED:
            raise DerivationError(
                "fact",
                f"{spoken(fact)} is stated, and the gradient by {w} is not known to be so: an update might break it",
                f"write {_free(fact, w)}, of which the gradient is one of free entries",
                where=str(w),
            )


def _is_linear(fact: Fact, w: Symbol) -> bool:
    """Whether both sides are the parameter, or what is linear in it and of its shape."""
    return fact.rhs in (w, -w) and isinstance(fact.lhs, Operation) and shape_of(fact.lhs) == shape_of(w)


def _free(fact: Fact, w: Symbol) -> str:
    """What stands in the place of the parameter where its entries are free."""
    if isinstance(fact.lhs, Transposed):
        return f"A {'+' if fact.rhs == w else '-'} A.T for a free A in the place of {w}"
    of: Expr = substituted(fact.lhs, {w: Symbol("A")})
    return f"{of} for a free A in the place of {w}"
