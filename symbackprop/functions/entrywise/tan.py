"""The tangent."""

from sympy import tan

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    tan, "tan", derivatives=(lambda y, z: 1 + y**2,),
    native=everywhere("tan"), latex=r"\tan", unicode="tan",
    redefinable=True,
)  # fmt: skip
