"""The inverse of the hyperbolic sine."""

from sympy import asinh, sqrt

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    asinh, "asinh", derivatives=(lambda y, z: 1 / sqrt(1 + z**2),),
    native=everywhere("asinh", numpy="arcsinh"), finite=True, redefinable=True,
    latex=r"\mathrm{arsinh}", unicode="arsinh",
    aliases=("arsinh", "arcsinh"),
)  # fmt: skip
