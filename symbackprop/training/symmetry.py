"""Whether updates keep what is stated of a parameter: that a matrix is symmetric, or changes its sign when turned."""

from __future__ import annotations

from symbackprop.calculus import Derivation
from symbackprop.errors import DerivationError
from symbackprop.judge import Equal, Ruling, judge
from symbackprop.matrices import Transposed
from symbackprop.network.facts import equations_in, spoken


def require_kept(derivation: Derivation) -> None:
    """Refuse to train a symmetric parameter whose gradient is not symmetric. Raises DerivationError.

    Gradients are by each entry alone, so that an update by one of another kind would break the fact by which it was
    derived. Whether it is symmetric is judged, not tried.
    """
    for fact in equations_in(derivation.facts):
        (w,) = fact.free_symbols if len(fact.free_symbols) == 1 else (None,)
        if w not in derivation.network.parameters or w not in derivation.wrt:
            continue
        gradient = derivation.shared[w]
        sign = 1 if fact.rhs == w else -1
        claim = Equal(
            derivation.network,
            left=gradient,
            right=sign * Transposed(gradient) if gradient != 0 else gradient,
            signals=derivation.backward,
            facts=derivation.facts,
        )
        if judge(claim, witnesses=False).ruling is not Ruling.PROVED:
            free = (
                f"A + A.T for a free A in the place of {w}" if sign > 0 else f"A - A.T for a free A in the place of {w}"
            )
            raise DerivationError(
                "fact",
                f"{spoken(fact)} is stated, and the gradient by {w} is not known to be so: an update might break it",
                f"write {free}, of which the gradient is one of free entries",
                where=str(w),
            )
