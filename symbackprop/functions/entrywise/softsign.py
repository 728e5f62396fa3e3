"""A rational sigmoid."""

from sympy import Abs

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.proof_lines import Shown


class softsign(VocabularyFunction):
    """z/(1 + |z|)."""


_PROOF = (
    Shown(
        r"\frac{(1+z)-z}{(1+z)^2}\quad(z>0)",
        left=r"\mathrm{softsign}'(z)",
        why="the quotient rule, where |z| is z",
    ),
    Shown(
        r"\frac{(1-z)+z}{(1-z)^2}\quad(z<0)",
        left=r"\mathrm{softsign}'(z)",
        why="the quotient rule, where |z| is −z",
    ),
    Shown(
        r"\frac{1}{(1+\lvert z\rvert)^2}",
        left=r"\mathrm{softsign}'(z)",
        why="both in one; at 0 they agree",
    ),
)

ROW = Primitive(
    softsign, "softsign",
    definition=lambda z: z / (1 + Abs(z)),
    derivatives=(lambda y, z: 1 / (1 + Abs(z)) ** 2,),
    redefinable=True,
    activation=True, analytic=False, finite=True, latex=r"\mathrm{softsign}", unicode="softsign",
    proof=_PROOF,
)  # fmt: skip
