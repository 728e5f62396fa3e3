"""The exponential less one."""

from sympy import exp

from symbackprop.functions.base import Primitive, VocabularyFunction, everywhere
from symbackprop.proof_lines import Shown


class expm1(VocabularyFunction):
    """exp(z) - 1, exact where z is small."""


_PROOF = (
    Shown(
        "e^z",
        left=r"\mathrm{expm1}'(z)",
        why="it is exp(z) less a constant, and exp is its own derivative",
    ),
)

ROW = Primitive(
    expm1, "expm1",
    definition=lambda z: exp(z) - 1,
    derivatives=(lambda y, z: exp(z),),
    native=everywhere("expm1"),
    own={"spreadsheet": "IF(ABS({z})<0.5,2*SINH({z}/2)*EXP({z}/2),EXP({z})-1)"}, grows=True, redefinable=True,
    latex=r"\mathrm{expm1}", unicode="expm1",
    proof=_PROOF,
)  # fmt: skip
