"""The natural logarithm."""

from sympy import log

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    log, "log", derivatives=(lambda y, z: 1 / z,),
    native=everywhere("log", spreadsheet="LN"), domain=lambda z: (z,),
    latex=r"\log", unicode="log",
    aliases=("ln",),
)  # fmt: skip
