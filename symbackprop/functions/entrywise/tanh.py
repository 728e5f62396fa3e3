"""The hyperbolic tangent."""

from sympy import tanh

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\frac{\cosh(z)^2-\sinh(z)^2}{\cosh(z)^2}",
        left=r"\tanh'(z)",
        why="the quotient rule: it is sinh over cosh, each of which is the derivative of the other",
    ),
    Shown(
        r"1-\tanh(z)^2",
        why="divided term by term",
    ),
)

ROW = Primitive(
    tanh, "tanh", derivatives=(lambda y, z: 1 - y**2,),
    native=everywhere("tanh"),
    activation=True, finite=True, latex=r"\tanh", unicode="tanh",
    proof=_PROOF,
)  # fmt: skip
