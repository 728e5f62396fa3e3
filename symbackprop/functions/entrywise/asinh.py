"""The inverse of the hyperbolic sine."""

from sympy import asinh, sqrt

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\cosh(\mathrm{arsinh}(z))\,\mathrm{arsinh}'(z)",
        left="1",
        why="the chain rule: the hyperbolic sine of arsinh(z) is z, whose derivative is 1",
    ),
    Shown(
        r"\sqrt{1+z^2}",
        left=r"\cosh(\mathrm{arsinh}(z))",
        why="the square of cosh less that of sinh is 1, and cosh is positive",
    ),
    Shown(
        r"\frac{1}{\sqrt{1+z^2}}",
        left=r"\mathrm{arsinh}'(z)",
        why="the first line, solved for it",
    ),
)

ROW = Primitive(
    asinh, "asinh", derivatives=(lambda y, z: 1 / sqrt(1 + z**2),),
    native=everywhere("asinh", numpy="arcsinh"), finite=True, redefinable=True,
    latex=r"\mathrm{arsinh}", unicode="arsinh",
    aliases=("arsinh", "arcsinh"),
    proof=_PROOF,
)  # fmt: skip
