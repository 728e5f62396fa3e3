"""The self-normalising exponential linear unit."""

from sympy import Expr, Min, Piecewise, Rational, exp

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.expm1 import expm1
from symbackprop.proof_lines import Shown

SCALE = Rational("1.0507009873554805")
SLOPE = Rational("1.7580993408473766")


class selu(VocabularyFunction):
    """1.0507…*z for z > 0 and 1.7580…*(exp(z) - 1) elsewhere (Klambauer et al., 2017)."""


def _stable(let: Let, z: Expr) -> Expr:
    return Piecewise((SCALE * z, z > 0), (SLOPE * expm1(Min(0, z)), True))


_PROOF = (
    Shown(
        r"1.0507009873554805\quad(z>0)",
        left=r"\mathrm{SELU}'(z)",
        why="it is that times z there",
    ),
    Shown(
        r"1.7580993408473766\,e^z\quad(z<0)",
        left=r"\mathrm{SELU}'(z)",
        why="exp is its own derivative",
    ),
    Shown(
        r"\begin{cases} 1.0507009873554805 & \text{if } z>0 \\ 1.7580993408473766\,e^z & \text{otherwise} \end{cases}",
        left=r"\mathrm{SELU}'(z)",
        why="both in one; at 0, by convention, that of the second",
    ),
)

ROW = Primitive(
    selu, "selu",
    definition=lambda z: Piecewise((SCALE * z, z > 0), (SLOPE * (exp(z) - 1), True)),
    derivatives=(lambda y, z: Piecewise((SCALE, z > 0), (SLOPE * exp(z), True)),),
    kinks=lambda z: (z,), convention="selu'(0) is the slope on the left",
    stable=_stable,
    activation=True, analytic=False, finite=True, latex=r"\mathrm{SELU}", unicode="SELU",
    redefinable=True,
    proof=_PROOF,
)  # fmt: skip
