"""The unit step, the derivative of relu."""

from sympy import Piecewise, S

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.proof_lines import Shown


class step(VocabularyFunction):
    """1 for z > 0 and 0 elsewhere: the derivative of relu."""


_PROOF = (
    Shown(
        "0",
        left=r"\frac{\mathrm{d}}{\mathrm{d}z}\,\mathbf{1}[z>0]",
        why="it is constant on either side of 0; at the jump, by convention, the same",
    ),
)

ROW = Primitive(
    step, "step",
    definition=lambda z: Piecewise((1, z > 0), (0, True)),
    derivatives=(lambda y, z: S.Zero,),
    kinks=lambda z: (z,), convention="step(0) = 0 and step' = 0 everywhere, at the jump too",
    own={
        "numpy": '''def step(z: Array) -> Array:
    """Give 1 for z > 0, 0 elsewhere."""
    return np.heaviside(z, 0)''',
        "xp": '''def step(z: Array) -> Array:
    """Give 1 for z > 0, 0 elsewhere."""
    xp = array_namespace(z)
    return xp.where(z > 0, xp.ones_like(z), xp.zeros_like(z))''',
        "torch": '''def step(z: Array) -> Array:
    """Give 1 for z > 0, 0 elsewhere."""
    return (z > 0).to(z.dtype)''',
        "math": '''def step(z):
    """1 for z > 0, 0 elsewhere."""
    return {1.0} if z > {0} else {0.0} if z <= {0} else z''',
    },
    analytic=False, finite=True, latex=r"\mathrm{step}", unicode="step",
    aliases=("heaviside",),
    proof=_PROOF,
)  # fmt: skip
