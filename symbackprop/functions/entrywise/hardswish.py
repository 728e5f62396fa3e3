"""Silu of straight pieces and a parabola."""

from sympy import Max, Min

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.functions.entrywise.step import step


class hardswish(VocabularyFunction):
    """z*max(0, min(6, z + 3))/6 (Howard et al., 2019); its derivative is 0 at -3 and 1/2 more than z/3 at 3."""


ROW = Primitive(
    hardswish, "hardswish",
    definition=lambda z: z * Max(0, Min(6, z + 3)) / 6,
    derivatives=(lambda y, z: Max(0, Min(6, z + 3)) / 6 + z * step(z + 3) * (1 - step(z - 3)) / 6,),
    kinks=lambda z: (z + 3, z - 3), convention="hardswish'(-3) = 0 and hardswish'(3) = 3/2",
    quick=True,
    activation=True, analytic=False, finite=True, latex=r"\mathrm{HardSwish}", unicode="HardSwish",
    redefinable=True,
    aliases=("hard_swish",),
)  # fmt: skip
