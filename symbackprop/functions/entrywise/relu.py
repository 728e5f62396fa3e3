"""The rectifier."""

from sympy import Max

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.functions.entrywise.step import step


class relu(VocabularyFunction):
    """max(0, z); its derivative at 0 is taken to be 0."""


ROW = Primitive(
    relu, "relu",
    definition=lambda z: Max(0, z),
    derivatives=(lambda y, z: step(z),),
    kinks=lambda z: (z,), convention="relu'(0) = 0",
    quick=True, own={"torch": "relu = torch.relu"},
    activation=True, analytic=False, finite=True, latex=r"\mathrm{ReLU}", unicode="ReLU",
)  # fmt: skip
