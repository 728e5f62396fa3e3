"""The inverse of the hyperbolic cosine."""

from sympy import acosh, sqrt

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\sinh(\mathrm{arcosh}(z))\,\mathrm{arcosh}'(z)",
        left="1",
        why="the chain rule: the hyperbolic cosine of arcosh(z) is z, whose derivative is 1",
    ),
    Shown(
        r"\sqrt{z-1}\,\sqrt{z+1}",
        left=r"\sinh(\mathrm{arcosh}(z))",
        why="the square of cosh less that of sinh is 1, and sinh is positive there",
    ),
    Shown(
        r"\frac{1}{\sqrt{z-1}\,\sqrt{z+1}}",
        left=r"\mathrm{arcosh}'(z)",
        why="the first line, solved for it",
    ),
)

ROW = Primitive(
    acosh, "acosh", derivatives=(lambda y, z: 1 / (sqrt(z - 1) * sqrt(z + 1)),),
    native=everywhere("acosh", numpy="arccosh"), domain=lambda z: (z - 1,), redefinable=True,
    latex=r"\mathrm{arcosh}", unicode="arcosh",
    aliases=("arcosh", "arccosh"),
    proof=_PROOF,
)  # fmt: skip
