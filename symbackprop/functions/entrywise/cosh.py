"""The hyperbolic cosine."""

from sympy import cosh, sinh

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    cosh, "cosh", derivatives=(lambda y, z: sinh(z),),
    native=everywhere("cosh"), grows=True, redefinable=True, latex=r"\cosh", unicode="cosh",
)  # fmt: skip
