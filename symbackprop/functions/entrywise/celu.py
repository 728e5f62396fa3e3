"""The exponential linear unit with a continuous derivative."""

from typing import Any

from sympy import Expr, Integer, Min, Piecewise, S, exp, sympify

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.expm1 import expm1
from symbackprop.proof_lines import Shown


class celu(VocabularyFunction):
    """z for z > 0 and alpha*(exp(z/alpha) - 1) elsewhere (Barron, 2017); alpha is 1 unless given."""

    def __new__(cls, z: Any, alpha: Any = S.One, **options: Any) -> Expr:
        return super().__new__(cls, sympify(z, strict=True), sympify(alpha, strict=True), **options)


def _stable(let: Let, z: Expr, alpha: Expr) -> Expr:
    return Piecewise((z, z > 0), (alpha * expm1(Min(0, z) / alpha), True))


_PROOF = (
    Shown(
        r"1\quad(z>0)",
        left=r"\mathrm{CELU}_{\alpha}'(z)",
        why="it is z there",
    ),
    Shown(
        r"\alpha\,\frac{1}{\alpha}\,e^{z/\alpha}\quad(z<0)",
        left=r"\mathrm{CELU}_{\alpha}'(z)",
        why="the chain rule on the other branch",
    ),
    Shown(
        r"\begin{cases} 1 & \text{if } z>0 \\ e^{z/\alpha} & \text{otherwise} \end{cases}",
        left=r"\mathrm{CELU}_{\alpha}'(z)",
        why="both in one; at 0 they agree",
    ),
    Shown(
        r"0\quad(z>0)",
        left=r"\frac{\partial}{\partial \alpha}\,\mathrm{CELU}_{\alpha}(z)",
        why="its value there, z, has no α",
    ),
    Shown(
        r"e^{z/\alpha}-1-\frac{z}{\alpha}\,e^{z/\alpha}\quad(z<0)",
        left=r"\frac{\partial}{\partial \alpha}\,\mathrm{CELU}_{\alpha}(z)",
        why="the product rule, and the chain rule for z over α",
    ),
    Shown(
        r"\begin{cases} 0 & \text{if } z>0 \\ "
        r"\frac{\mathrm{CELU}_{\alpha}(z)}{\alpha}-\frac{z\,e^{z/\alpha}}{\alpha} & \text{otherwise} \end{cases}",
        left=r"\frac{\partial}{\partial \alpha}\,\mathrm{CELU}_{\alpha}(z)",
        why="both in one, with the value put in",
    ),
)

ROW = Primitive(
    celu, "celu",
    definition=lambda z, alpha: Piecewise((z, z > 0), (alpha * (exp(z / alpha) - 1), True)),
    derivatives=(
        lambda y, z, alpha: Piecewise((1, z > 0), (exp(z / alpha), True)),
        lambda y, z, alpha: Piecewise((0, z > 0), (y / alpha - z * exp(z / alpha) / alpha, True)),
    ),
    stable=_stable, settings=1, least=1, hidden=(Integer(1),), usage="celu(z) or celu(z, alpha)",
    activation=True, analytic=False, finite=True, latex=r"\mathrm{CELU}", unicode="CELU",
    redefinable=True,
    proof=_PROOF,
)  # fmt: skip
