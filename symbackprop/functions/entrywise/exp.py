"""The exponential."""

from sympy import exp

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    exp, "exp", derivatives=(lambda y, z: y,),
    native=everywhere("exp"), grows=True,
    latex=r"\exp", unicode="exp",
)  # fmt: skip
