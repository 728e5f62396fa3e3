"""The hyperbolic sine."""

from sympy import cosh, sinh

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\tfrac{1}{2}(e^z+e^{-z})",
        left=r"\sinh'(z)",
        why="its definition is half of exp(z) less exp(−z), and the derivative of the second is its opposite",
    ),
    Shown(
        r"\cosh(z)",
        why="by the definition of cosh",
    ),
)

ROW = Primitive(
    sinh, "sinh", derivatives=(lambda y, z: cosh(z),),
    native=everywhere("sinh"), grows=True, redefinable=True, latex=r"\sinh", unicode="sinh",
    proof=_PROOF,
)  # fmt: skip
