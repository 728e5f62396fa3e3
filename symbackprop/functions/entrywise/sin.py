"""The sine."""

from sympy import cos, sin

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    sin, "sin", derivatives=(lambda y, z: cos(z),),
    native=everywhere("sin"), finite=True, latex=r"\sin", unicode="sin",
)  # fmt: skip
