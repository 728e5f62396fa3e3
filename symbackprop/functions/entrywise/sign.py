"""The sign of a number."""

from sympy import S, sign

from symbackprop.functions.base import Primitive
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        "0",
        left=r"\mathrm{sign}'(z)",
        why="it is constant on either side of 0; at the jump, by convention, the same",
    ),
)

ROW = Primitive(
    sign, "sign", derivatives=(lambda y, z: S.Zero,),
    kinks=lambda z: (z,), convention="sign' = 0 everywhere, at the jump too",
    native={
        "numpy": "np.sign", "xp": "xp.sign", "torch": "torch.sign", "jax": "jnp.sign", "javascript": "Math.sign",
        "spreadsheet": "SIGN",
    },
    own={
        "math": '''def sign(z):
    """1 for z > 0, -1 for z < 0, z itself elsewhere."""
    return {1.0} if z > {0} else -{1.0} if z < {0} else z''',
    },
    analytic=False, finite=True, latex=r"\mathrm{sign}", unicode="sign",
    aliases=("sgn",),
    proof=_PROOF,
)  # fmt: skip
