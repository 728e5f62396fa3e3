"""The tangent."""

from sympy import tan

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\frac{\cos(z)^2+\sin(z)^2}{\cos(z)^2}",
        left=r"\tan'(z)",
        why="the quotient rule: it is the sine over the cosine, whose derivatives are the cosine and minus the sine",
    ),
    Shown(
        r"1+\tan(z)^2",
        why="divided term by term",
    ),
)

ROW = Primitive(
    tan, "tan", derivatives=(lambda y, z: 1 + y**2,),
    native=everywhere("tan"), latex=r"\tan", unicode="tan",
    redefinable=True,
    proof=_PROOF,
)  # fmt: skip
