"""The cosine."""

from sympy import cos, sin

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\cos(z)\,(\cos(h)-1)-\sin(z)\,\sin(h)",
        left=r"\cos(z+h)-\cos(z)",
        why="the addition theorem",
    ),
    Shown(
        r"-\sin(z)",
        left=r"\cos'(z)",
        why="over h, as h tends to 0: sin(h)/h tends to 1, and what stands in brackets over h to 0",
    ),
)

ROW = Primitive(
    cos, "cos", derivatives=(lambda y, z: -sin(z),),
    native=everywhere("cos"), finite=True, latex=r"\cos", unicode="cos",
    proof=_PROOF,
)  # fmt: skip
