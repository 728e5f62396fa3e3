"""Silu of straight pieces and a parabola."""

from sympy import Max, Min

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.functions.entrywise.step import step
from symbackprop.proof_lines import Shown


class hardswish(VocabularyFunction):
    """z*max(0, min(6, z + 3))/6 (Howard et al., 2019); its derivative is 0 at -3 and 1/2 more than z/3 at 3."""


_PROOF = (
    Shown(
        r"0\quad(z<-3)",
        left=r"\mathrm{HardSwish}'(z)",
        why="it is 0 there",
    ),
    Shown(
        r"\tfrac{1}{6}(z+3)+\tfrac{1}{6}z\quad(-3<z<3)",
        left=r"\mathrm{HardSwish}'(z)",
        why="the product rule: z, and a sixth of the line that rises from 0 at −3",
    ),
    Shown(
        r"1\quad(z>3)",
        left=r"\mathrm{HardSwish}'(z)",
        why="it is z there",
    ),
    Shown(
        r"\tfrac{1}{6}\max(0,\min(6,z+3))+\tfrac{1}{6}z\,\mathbf{1}[z+3>0]\,\bigl(1-\mathbf{1}[z-3>0]\bigr)",
        left=r"\mathrm{HardSwish}'(z)",
        why="the three in one; at the kinks, by convention, as this says",
    ),
)

ROW = Primitive(
    hardswish, "hardswish",
    definition=lambda z: z * Max(0, Min(6, z + 3)) / 6,
    derivatives=(lambda y, z: Max(0, Min(6, z + 3)) / 6 + z * step(z + 3) * (1 - step(z - 3)) / 6,),
    kinks=lambda z: (z + 3, z - 3), convention="hardswish'(-3) = 0 and hardswish'(3) = 3/2",
    quick=True,
    activation=True, analytic=False, finite=True, latex=r"\mathrm{HardSwish}", unicode="HardSwish",
    redefinable=True,
    aliases=("hard_swish",),
    proof=_PROOF,
)  # fmt: skip
