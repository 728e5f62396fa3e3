"""The inverse of the hyperbolic tangent."""

from sympy import atanh

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\bigl(1-\tanh(\mathrm{artanh}(z))^2\bigr)\,\mathrm{artanh}'(z)",
        left="1",
        why="the chain rule: tanh of artanh(z) is z, whose derivative is 1; that of tanh is 1 less its square",
    ),
    Shown(
        r"\frac{1}{1-z^2}",
        left=r"\mathrm{artanh}'(z)",
        why="solved for it; tanh is z",
    ),
)

ROW = Primitive(
    atanh, "atanh", derivatives=(lambda y, z: 1 / (1 - z**2),),
    native=everywhere("atanh", numpy="arctanh"), domain=lambda z: (1 - z, 1 + z), redefinable=True,
    latex=r"\mathrm{artanh}", unicode="artanh",
    aliases=("artanh", "arctanh"),
    proof=_PROOF,
)  # fmt: skip
