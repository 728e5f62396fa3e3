"""The hyperbolic sine."""

from sympy import cosh, sinh

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    sinh, "sinh", derivatives=(lambda y, z: cosh(z),),
    native=everywhere("sinh"), grows=True, redefinable=True, latex=r"\sinh", unicode="sinh",
)  # fmt: skip
