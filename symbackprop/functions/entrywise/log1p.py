"""The logarithm of one and a little more."""

from sympy import log

from symbackprop.functions.base import Primitive, VocabularyFunction, everywhere
from symbackprop.proof_lines import Shown


class log1p(VocabularyFunction):
    """log(1 + z), exact where z is small."""


_PROOF = (
    Shown(
        r"\frac{1}{1+z}",
        left=r"\mathrm{log1p}'(z)",
        why="the derivative of a logarithm is 1 over what it is of, which moves as z does",
    ),
)

ROW = Primitive(
    log1p, "log1p",
    definition=lambda z: log(1 + z),
    derivatives=(lambda y, z: 1 / (1 + z),),
    native=everywhere("log1p"),
    own={"spreadsheet": "IF(ABS({z})<0.5,2*ATANH({z}/(2+{z})),LN(1+{z}))"}, domain=lambda z: (1 + z,), redefinable=True,
    latex=r"\mathrm{log1p}", unicode="log1p",
    proof=_PROOF,
)  # fmt: skip
