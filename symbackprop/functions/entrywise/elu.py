"""The exponential linear unit."""

from typing import Any

from sympy import Expr, Integer, Min, Piecewise, S, exp, sympify

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.expm1 import expm1
from symbackprop.proof_lines import Shown


class elu(VocabularyFunction):
    """z for z > 0 and alpha*(exp(z) - 1) elsewhere; alpha is 1 unless given."""

    def __new__(cls, z: Any, alpha: Any = S.One, **options: Any) -> Expr:
        return super().__new__(cls, sympify(z, strict=True), sympify(alpha, strict=True), **options)


def _stable(let: Let, z: Expr, alpha: Expr) -> Expr:
    return Piecewise((z, z > 0), (alpha * expm1(Min(0, z)), True))


_PROOF = (
    Shown(
        r"1\quad(z>0)",
        left=r"\mathrm{ELU}_{\alpha}'(z)",
        why="it is z there",
    ),
    Shown(
        r"\alpha\,e^z\quad(z<0)",
        left=r"\mathrm{ELU}_{\alpha}'(z)",
        why="the exponential is its own derivative",
    ),
    Shown(
        r"\begin{cases} 1 & \text{if } z>0 \\ \mathrm{ELU}_{\alpha}(z)+\alpha & \text{otherwise} \end{cases}",
        left=r"\mathrm{ELU}_{\alpha}'(z)",
        why="both in one, with the value put in; at 0, by convention, that of the second",
    ),
    Shown(
        r"0\quad(z>0)",
        left=r"\frac{\partial}{\partial \alpha}\,\mathrm{ELU}_{\alpha}(z)",
        why="its value there, z, has no α",
    ),
    Shown(
        r"e^z-1\quad(z<0)",
        left=r"\frac{\partial}{\partial \alpha}\,\mathrm{ELU}_{\alpha}(z)",
        why="α is a factor there",
    ),
    Shown(
        r"e^{\min(0,z)}-1",
        left=r"\frac{\partial}{\partial \alpha}\,\mathrm{ELU}_{\alpha}(z)",
        why="both in one: the power is 1 where z is above 0",
    ),
)

ROW = Primitive(
    elu, "elu",
    definition=lambda z, alpha: Piecewise((z, z > 0), (alpha * (exp(z) - 1), True)),
    derivatives=(
        lambda y, z, alpha: Piecewise((1, z > 0), (y + alpha, True)),
        lambda y, z, alpha: exp(Min(0, z)) - 1,
    ),
    kinks=lambda z, alpha: (z,), convention="elu'(0) = alpha",
    stable=_stable, settings=1, least=1, hidden=(Integer(1),), usage="elu(z) or elu(z, alpha)",
    activation=True, analytic=False, finite=True, latex=r"\mathrm{ELU}", unicode="ELU",
    proof=_PROOF,
)  # fmt: skip
