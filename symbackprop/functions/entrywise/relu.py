"""The rectifier."""

from sympy import Max

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.functions.entrywise.step import step
from symbackprop.proof_lines import Shown


class relu(VocabularyFunction):
    """max(0, z); its derivative at 0 is taken to be 0."""


_PROOF = (
    Shown(
        r"1\quad(z>0)",
        left=r"\mathrm{ReLU}'(z)",
        why="it is z there",
    ),
    Shown(
        r"0\quad(z<0)",
        left=r"\mathrm{ReLU}'(z)",
        why="it is 0 there",
    ),
    Shown(
        r"\mathbf{1}[z>0]",
        left=r"\mathrm{ReLU}'(z)",
        why="both in one; at the kink it is taken to be 0",
    ),
)

ROW = Primitive(
    relu, "relu",
    definition=lambda z: Max(0, z),
    derivatives=(lambda y, z: step(z),),
    kinks=lambda z: (z,), convention="relu'(0) = 0",
    quick=True, own={"torch": "relu = torch.relu"},
    activation=True, analytic=False, finite=True, latex=r"\mathrm{ReLU}", unicode="ReLU",
    proof=_PROOF,
)  # fmt: skip
