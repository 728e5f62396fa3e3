"""The arcsine."""

from sympy import asin, sqrt

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    asin, "asin", derivatives=(lambda y, z: 1 / sqrt(1 - z**2),),
    native=everywhere("asin", numpy="arcsin"), domain=lambda z: (1 - z, 1 + z), latex=r"\arcsin", unicode="arcsin",
    redefinable=True,
    aliases=("arcsin",),
)  # fmt: skip
