"""The angle of a point in the plane."""

from sympy import atan2

from symbackprop.functions.base import Primitive, everywhere
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\frac{1}{1+y^2/x^2}\cdot \frac{1}{x}",
        left=r"\frac{\partial}{\partial y}\,\mathrm{atan2}(y,x)",
        why="but for a constant the angle is the arctangent of y/x, whose derivative is 1/x in y",
    ),
    Shown(
        r"\frac{x}{x^2+y^2}",
        why="times the square of x, above and below; it holds where x is 0 too",
    ),
    Shown(
        r"-\frac{1}{1+y^2/x^2}\cdot \frac{y}{x^2}",
        left=r"\frac{\partial}{\partial x}\,\mathrm{atan2}(y,x)",
        why="the same, by the derivative of y/x in x",
    ),
    Shown(
        r"-\frac{y}{x^2+y^2}",
        why="times the square of x, above and below",
    ),
)

ROW = Primitive(
    atan2, "atan2",
    derivatives=(lambda a, y, x: x / (x**2 + y**2), lambda a, y, x: -y / (x**2 + y**2)),
    native=everywhere("atan2", numpy="arctan2"), own={"spreadsheet": "ATAN2({x},{y})"},
    usage="atan2(y, x)", analytic=False, finite=True, latex=r"\mathrm{atan2}", unicode="atan2",
    redefinable=True,
    aliases=("arctan2",),
    proof=_PROOF,
)  # fmt: skip
