"""The angle of a point in the plane."""

from sympy import atan2

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    atan2, "atan2",
    derivatives=(lambda a, y, x: x / (x**2 + y**2), lambda a, y, x: -y / (x**2 + y**2)),
    native=everywhere("atan2", numpy="arctan2"), own={"spreadsheet": "ATAN2({x},{y})"},
    usage="atan2(y, x)", analytic=False, finite=True, latex=r"\mathrm{atan2}", unicode="atan2",
    redefinable=True,
    aliases=("arctan2",),
)  # fmt: skip
