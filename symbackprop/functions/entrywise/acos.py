"""The arccosine."""

from sympy import acos, sqrt

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    acos, "acos", derivatives=(lambda y, z: -1 / sqrt(1 - z**2),),
    native=everywhere("acos", numpy="arccos"), domain=lambda z: (1 - z, 1 + z), latex=r"\arccos", unicode="arccos",
    redefinable=True,
    aliases=("arccos",),
)  # fmt: skip
