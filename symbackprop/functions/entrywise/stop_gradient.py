"""A value that the gradient does not see through."""

from sympy import S

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.proof_lines import Shown


class stop_gradient(VocabularyFunction):
    """z itself, held for a constant: no gradient goes through it, as through detach in PyTorch."""


_PROOF = (
    Shown(
        "0",
        left=r"\mathrm{sg}'(z)",
        why="by definition it is a constant for every derivative",
    ),
)

ROW = Primitive(
    stop_gradient, "stop_gradient",
    definition=lambda z: z,
    derivatives=(lambda y, z: S.Zero,),
    convention="stop_gradient(z) is a constant for every derivative",
    own={
        "torch": '''def stop_gradient(z: Array) -> Array:
    """Give z, through which no gradient goes."""
    return z.detach()''',
        "jax": "stop_gradient = jax.lax.stop_gradient",
        "numpy": '''def stop_gradient(z: Array) -> Array:
    """Give z, through which no gradient goes."""
    return z''',
    },
    quick=True, finite=True, latex=r"\mathrm{sg}", unicode="sg",
    redefinable=True,
    aliases=("sg", "detach"),
    proof=_PROOF,
)  # fmt: skip
