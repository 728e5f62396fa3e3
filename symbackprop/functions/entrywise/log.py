"""The natural logarithm."""

from sympy import log

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"e^{\log(z)}",
        left="z",
        why="the definition",
    ),
    Shown(
        r"e^{\log(z)}\,\log'(z)",
        left="1",
        why="both sides differentiated: exp is its own derivative, and the chain rule",
    ),
    Shown(
        r"\frac{1}{z}",
        left=r"\log'(z)",
        why="divided by the power, which is z",
    ),
)

ROW = Primitive(
    log, "log", derivatives=(lambda y, z: 1 / z,),
    native=everywhere("log", spreadsheet="LN"), domain=lambda z: (z,),
    latex=r"\log", unicode="log",
    aliases=("ln",),
    proof=_PROOF,
)  # fmt: skip
