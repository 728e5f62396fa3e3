"""The rectifier, held at 6."""

from sympy import Max, Min

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.functions.entrywise.step import step
from symbackprop.proof_lines import Shown


class relu6(VocabularyFunction):
    """min(6, max(0, z)); its derivative at 0 and at 6 is taken to be 0."""


_PROOF = (
    Shown(
        r"1\quad(0<z<6)",
        left=r"\mathrm{ReLU6}'(z)",
        why="it is z there",
    ),
    Shown(
        r"0\quad(z<0)",
        left=r"\mathrm{ReLU6}'(z)",
        why="it is 0 there",
    ),
    Shown(
        r"0\quad(z>6)",
        left=r"\mathrm{ReLU6}'(z)",
        why="it is 6 there",
    ),
    Shown(
        r"\mathbf{1}[z>0]\,\mathbf{1}[6-z>0]",
        left=r"\mathrm{ReLU6}'(z)",
        why="the three in one; at the kinks it is taken to be 0",
    ),
)

ROW = Primitive(
    relu6, "relu6",
    definition=lambda z: Max(0, Min(6, z)),
    derivatives=(lambda y, z: step(z) * step(6 - z),),
    kinks=lambda z: (z, z - 6), convention="relu6'(0) = relu6'(6) = 0",
    quick=True, redefinable=True,
    activation=True, analytic=False, finite=True, latex=r"\mathrm{ReLU6}", unicode="ReLU6",
    proof=_PROOF,
)  # fmt: skip
