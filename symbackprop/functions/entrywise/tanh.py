"""The hyperbolic tangent."""

from sympy import tanh

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    tanh, "tanh", derivatives=(lambda y, z: 1 - y**2,),
    native=everywhere("tanh"),
    activation=True, finite=True, latex=r"\tanh", unicode="tanh",
)  # fmt: skip
