"""The absolute value."""

from sympy import Abs, sign

from symbackprop.functions.base import Primitive
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"1\quad(z>0)",
        left=r"\frac{\mathrm{d}}{\mathrm{d}z}\,\lvert z\rvert",
        why="|z| is z there",
    ),
    Shown(
        r"-1\quad(z<0)",
        left=r"\frac{\mathrm{d}}{\mathrm{d}z}\,\lvert z\rvert",
        why="|z| is −z there",
    ),
    Shown(
        r"\mathrm{sign}(z)",
        left=r"\frac{\mathrm{d}}{\mathrm{d}z}\,\lvert z\rvert",
        why="both in one; at the kink, where there is no derivative, it is taken to be 0",
    ),
)

ROW = Primitive(
    Abs, "abs", derivatives=(lambda y, z: sign(z),),
    kinks=lambda z: (z,), convention="|·|'(0) = 0",
    native={
        "numpy": "np.abs", "xp": "xp.abs", "torch": "torch.abs", "jax": "jnp.abs", "python": "abs",
        "javascript": "Math.abs", "spreadsheet": "ABS",
    },
    analytic=False, finite=True, unicode="abs",
    aliases=("fabs", "absolute"),
    proof=_PROOF,
)  # fmt: skip
