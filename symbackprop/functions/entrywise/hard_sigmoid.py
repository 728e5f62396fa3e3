"""A sigmoid of three straight pieces."""

from sympy import Max, Min, Rational

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.functions.entrywise.step import step
from symbackprop.proof_lines import Shown


class hard_sigmoid(VocabularyFunction):
    """max(0, min(1, z/6 + 1/2)), as in PyTorch; its derivative at -3 and 3 is taken to be 0."""


_PROOF = (
    Shown(
        r"\tfrac{1}{6}\quad(-3<z<3)",
        left=r"\mathrm{HardSigmoid}'(z)",
        why="it is a sixth of z and a constant there",
    ),
    Shown(
        r"0\quad(\lvert z\rvert>3)",
        left=r"\mathrm{HardSigmoid}'(z)",
        why="it is 0 or 1 there",
    ),
    Shown(
        r"\tfrac{1}{6}\,\mathbf{1}[z+3>0]\,\mathbf{1}[3-z>0]",
        left=r"\mathrm{HardSigmoid}'(z)",
        why="both in one; at the kinks it is taken to be 0",
    ),
)

ROW = Primitive(
    hard_sigmoid, "hard_sigmoid",
    definition=lambda z: Max(0, Min(1, z / 6 + Rational(1, 2))),
    derivatives=(lambda y, z: step(z + 3) * step(3 - z) / 6,),
    kinks=lambda z: (z + 3, z - 3), convention="hard_sigmoid'(-3) = hard_sigmoid'(3) = 0",
    quick=True,
    activation=True, analytic=False, finite=True, latex=r"\mathrm{HardSigmoid}", unicode="HardSigmoid",
    redefinable=True,
    proof=_PROOF,
)  # fmt: skip
