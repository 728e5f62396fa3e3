"""A rational sigmoid."""

from sympy import Abs

from symbackprop.functions.base import Primitive, VocabularyFunction


class softsign(VocabularyFunction):
    """z/(1 + |z|)."""


ROW = Primitive(
    softsign, "softsign",
    definition=lambda z: z / (1 + Abs(z)),
    derivatives=(lambda y, z: 1 / (1 + Abs(z)) ** 2,),
    redefinable=True,
    activation=True, analytic=False, finite=True, latex=r"\mathrm{softsign}", unicode="softsign",
)  # fmt: skip
