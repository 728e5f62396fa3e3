"""The inverse of the hyperbolic tangent."""

from sympy import atanh

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    atanh, "atanh", derivatives=(lambda y, z: 1 / (1 - z**2),),
    native=everywhere("atanh", numpy="arctanh"), domain=lambda z: (1 - z, 1 + z), redefinable=True,
    latex=r"\mathrm{artanh}", unicode="artanh",
    aliases=("artanh", "arctanh"),
)  # fmt: skip
