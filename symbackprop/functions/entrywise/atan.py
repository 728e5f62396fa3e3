"""The arctangent."""

from sympy import atan

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    atan, "atan", derivatives=(lambda y, z: 1 / (1 + z**2),),
    native=everywhere("atan", numpy="arctan"), finite=True, latex=r"\arctan", unicode="arctan",
    redefinable=True,
    aliases=("arctan",),
)  # fmt: skip
