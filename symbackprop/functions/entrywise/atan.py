"""The arctangent."""

from sympy import atan

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\bigl(1+\tan(\arctan(z))^2\bigr)\,\arctan'(z)",
        left="1",
        why=(
            "the chain rule: the tangent of arctan(z) is z, whose derivative is 1; that of the tangent is one "
            "more than its square"
        ),
    ),
    Shown(
        r"\frac{1}{1+z^2}",
        left=r"\arctan'(z)",
        why="solved for it; the tangent is z",
    ),
)

ROW = Primitive(
    atan, "atan", derivatives=(lambda y, z: 1 / (1 + z**2),),
    native=everywhere("atan", numpy="arctan"), finite=True, latex=r"\arctan", unicode="arctan",
    redefinable=True,
    aliases=("arctan",),
    proof=_PROOF,
)  # fmt: skip
