"""The arcsine."""

from sympy import asin, sqrt

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    asin, "asin", derivatives=(lambda y, z: 1 / sqrt(1 - z**2),),
    native=everywhere("asin", numpy="arcsin"), domain="-1 < z < 1", latex=r"\arcsin", unicode="arcsin",
)  # fmt: skip
