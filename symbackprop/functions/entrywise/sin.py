"""The sine."""

from sympy import cos, sin

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\sin(z)\,(\cos(h)-1)+\cos(z)\,\sin(h)",
        left=r"\sin(z+h)-\sin(z)",
        why="the addition theorem",
    ),
    Shown(
        r"\cos(z)",
        left=r"\sin'(z)",
        why="over h, as h tends to 0: sin(h)/h tends to 1, and what stands in brackets over h to 0",
    ),
)

ROW = Primitive(
    sin, "sin", derivatives=(lambda y, z: cos(z),),
    native=everywhere("sin"), finite=True, latex=r"\sin", unicode="sin",
    proof=_PROOF,
)  # fmt: skip
