"""The rectifier that lets a little through."""

from typing import Any

from sympy import Expr, Min, Piecewise, Rational, sympify

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.proof_lines import Shown


class leaky_relu(VocabularyFunction):
    """z for z > 0 and slope*z elsewhere; the slope is 1/100 unless given."""

    def __new__(cls, z: Any, slope: Any = Rational(1, 100), **options: Any) -> Expr:
        return super().__new__(cls, sympify(z, strict=True), sympify(slope, strict=True), **options)


_PROOF = (
    Shown(
        r"1\quad(z>0)",
        left=r"\mathrm{LeakyReLU}_{\mathrm{slope}}'(z)",
        why="it is z there",
    ),
    Shown(
        r"\mathrm{slope}\quad(z<0)",
        left=r"\mathrm{LeakyReLU}_{\mathrm{slope}}'(z)",
        why="it is the slope times z there",
    ),
    Shown(
        r"\begin{cases} 1 & \text{if } z>0 \\ \mathrm{slope} & \text{otherwise} \end{cases}",
        left=r"\mathrm{LeakyReLU}_{\mathrm{slope}}'(z)",
        why="both in one; at 0, by convention, the slope",
    ),
    Shown(
        r"0\quad(z>0)",
        left=r"\frac{\partial}{\partial \mathrm{slope}}\,\mathrm{LeakyReLU}_{\mathrm{slope}}(z)",
        why="its value there, z, has no slope in it",
    ),
    Shown(
        r"z\quad(z<0)",
        left=r"\frac{\partial}{\partial \mathrm{slope}}\,\mathrm{LeakyReLU}_{\mathrm{slope}}(z)",
        why="the slope is a factor there",
    ),
    Shown(
        r"\min(0,z)",
        left=r"\frac{\partial}{\partial \mathrm{slope}}\,\mathrm{LeakyReLU}_{\mathrm{slope}}(z)",
        why="both in one",
    ),
)

ROW = Primitive(
    leaky_relu, "leaky_relu",
    definition=lambda z, slope: Piecewise((z, z > 0), (slope * z, True)),
    derivatives=(
        lambda y, z, slope: Piecewise((1, z > 0), (slope, True)),
        lambda y, z, slope: Min(0, z),
    ),
    kinks=lambda z, slope: (z,), convention="leaky_relu'(0) = slope",
    quick=True, settings=1, least=1, usage="leaky_relu(z) or leaky_relu(z, slope)",
    activation=True, analytic=False, finite=True, latex=r"\mathrm{LeakyReLU}", unicode="LeakyReLU",
    proof=_PROOF,
)  # fmt: skip
