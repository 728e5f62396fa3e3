"""The arccosine."""

from sympy import acos, sqrt

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"-\sin(\arccos(z))\,\arccos'(z)",
        left="1",
        why="the chain rule: the cosine of arccos(z) is z, whose derivative is 1",
    ),
    Shown(
        r"\sqrt{1-z^2}",
        left=r"\sin(\arccos(z))",
        why="the squares of sine and cosine add up to 1, and the sine of such an angle is positive",
    ),
    Shown(
        r"-\frac{1}{\sqrt{1-z^2}}",
        left=r"\arccos'(z)",
        why="the first line, solved for it",
    ),
)

ROW = Primitive(
    acos, "acos", derivatives=(lambda y, z: -1 / sqrt(1 - z**2),),
    native=everywhere("acos", numpy="arccos"), domain=lambda z: (1 - z, 1 + z), latex=r"\arccos", unicode="arccos",
    redefinable=True,
    aliases=("arccos",),
    proof=_PROOF,
)  # fmt: skip
