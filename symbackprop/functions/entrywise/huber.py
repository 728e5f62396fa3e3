"""Huber's function."""

from sympy import Abs, Expr, Max, Min, Piecewise, Rational

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.proof_lines import Shown

HALF = Rational(1, 2)


class huber(VocabularyFunction):
    """Huber's function with threshold 1: x**2/2 for |x| < 1 and |x| - 1/2 elsewhere. It is the smooth L1 loss of x."""


def _stable(let: Let, x: Expr) -> Expr:
    """Without a square that overflows."""
    near = let("near", Min(1, Abs(x)))
    return near * (Abs(x) - near / 2)


_PROOF = (
    Shown(
        r"x\quad(\lvert x\rvert<1)",
        left=r"\mathrm{smooth}_{L_1}'(x)",
        why="half a square",
    ),
    Shown(
        r"\mathrm{sign}(x)\quad(\lvert x\rvert>1)",
        left=r"\mathrm{smooth}_{L_1}'(x)",
        why="the absolute value and a constant",
    ),
    Shown(
        r"\max(-1,\min(1,x))",
        left=r"\mathrm{smooth}_{L_1}'(x)",
        why="both in one; where they meet they agree",
    ),
)

ROW = Primitive(
    huber, "huber",
    definition=lambda x: Piecewise((x**2 / 2, Abs(x) < 1), (Abs(x) - HALF, True)),
    derivatives=(lambda y, x: Max(-1, Min(1, x)),),
    stable=_stable, usage="huber(x)",
    analytic=False, finite=True, latex=r"\mathrm{smooth}_{L_1}", unicode="smoothL1",
    aliases=("smooth", "smoothL1"),
    proof=_PROOF,
)  # fmt: skip
