"""The hyperbolic cosine."""

from sympy import cosh, sinh

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\tfrac{1}{2}(e^z-e^{-z})",
        left=r"\cosh'(z)",
        why="its definition is half the sum of exp(z) and exp(−z), and the derivative of the second is its opposite",
    ),
    Shown(
        r"\sinh(z)",
        why="by the definition of sinh",
    ),
)

ROW = Primitive(
    cosh, "cosh", derivatives=(lambda y, z: sinh(z),),
    native=everywhere("cosh"), grows=True, redefinable=True, latex=r"\cosh", unicode="cosh",
    proof=_PROOF,
)  # fmt: skip
