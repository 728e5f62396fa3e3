"""The natural logarithm."""

from sympy import log

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        "z",
        left=r"e^{\log(z)}",
        why="the definition",
    ),
    Shown(
        "1",
        left=r"e^{\log(z)}\,\log'(z)",
        why="both sides differentiated: on the left the chain rule, as exp is its own derivative",
    ),
    Shown(
        "1",
        left=r"z\,\log'(z)",
        why="by the definition once more",
    ),
    Shown(
        r"\frac{1}{z}",
        left=r"\log'(z)",
        why="divided by z",
    ),
)

ROW = Primitive(
    log, "log", derivatives=(lambda y, z: 1 / z,),
    native=everywhere("log", spreadsheet="LN"), domain=lambda z: (z,),
    latex=r"\log", unicode="log",
    aliases=("ln",),
    proof=_PROOF,
)  # fmt: skip
