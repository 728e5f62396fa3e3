"""The exponential."""

from sympy import exp

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"e^z\,(e^h-1)",
        left="e^{z+h}-e^z",
        why="a sum in the exponent is a product",
    ),
    Shown(
        "e^z",
        left=r"\frac{\mathrm{d}}{\mathrm{d}z}\,e^z",
        why=(
            "over h, as h tends to 0: what stands in brackets over h tends to 1, which is what makes e the "
            "number that it is"
        ),
    ),
)

ROW = Primitive(
    exp, "exp", derivatives=(lambda y, z: y,),
    native=everywhere("exp"), grows=True,
    latex=r"\exp", unicode="exp",
    proof=_PROOF,
)  # fmt: skip
