"""The cosine."""

from sympy import cos, sin

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    cos, "cos", derivatives=(lambda y, z: -sin(z),),
    native=everywhere("cos"), finite=True, latex=r"\cos", unicode="cos",
)  # fmt: skip
