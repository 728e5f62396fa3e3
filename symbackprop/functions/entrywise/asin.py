"""The arcsine."""

from sympy import asin, sqrt

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\cos(\arcsin(z))\,\arcsin'(z)",
        left="1",
        why="the chain rule: the sine of arcsin(z) is z, whose derivative is 1",
    ),
    Shown(
        r"\sqrt{1-z^2}",
        left=r"\cos(\arcsin(z))",
        why="the squares of sine and cosine add up to 1, and the cosine of such an angle is positive",
    ),
    Shown(
        r"\frac{1}{\sqrt{1-z^2}}",
        left=r"\arcsin'(z)",
        why="the first line, solved for it",
    ),
)

ROW = Primitive(
    asin, "asin", derivatives=(lambda y, z: 1 / sqrt(1 - z**2),),
    native=everywhere("asin", numpy="arcsin"), domain=lambda z: (1 - z, 1 + z), latex=r"\arcsin", unicode="arcsin",
    redefinable=True,
    aliases=("arcsin",),
    proof=_PROOF,
)  # fmt: skip
