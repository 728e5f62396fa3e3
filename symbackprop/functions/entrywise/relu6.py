"""The rectifier, held at 6."""

from sympy import Max, Min

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.functions.entrywise.step import step


class relu6(VocabularyFunction):
    """min(6, max(0, z)); its derivative at 0 and at 6 is taken to be 0."""


ROW = Primitive(
    relu6, "relu6",
    definition=lambda z: Max(0, Min(6, z)),
    derivatives=(lambda y, z: step(z) * step(6 - z),),
    kinks=lambda z: (z, z - 6), convention="relu6'(0) = relu6'(6) = 0",
    quick=True, redefinable=True,
    activation=True, analytic=False, finite=True, latex=r"\mathrm{ReLU6}", unicode="ReLU6",
)  # fmt: skip
