"""x·log(y), which is 0 where x is."""

from sympy import log

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.proof_lines import Shown


class xlogy(VocabularyFunction):
    """x*log(y); 0 where x is 0, whatever y is."""


_PROOF = (
    Shown(
        r"\log(y)",
        left=r"\frac{\partial}{\partial x}\,\mathrm{xlogy}(x,y)",
        why="it is x times that",
    ),
    Shown(
        r"x\,\log'(y)",
        left=r"\frac{\partial}{\partial y}\,\mathrm{xlogy}(x,y)",
        why="the factor stays",
    ),
    Shown(
        r"\frac{x}{y}",
        why="the derivative of the logarithm",
    ),
)

ROW = Primitive(
    xlogy, "xlogy",
    definition=lambda x, y: x * log(y),
    derivatives=(lambda v, x, y: log(y), lambda v, x, y: x / y),
    own={
        "numpy": '''def xlogy(x: Array, y: Array) -> Array:
    """Give x*log(y), 0 where x is 0."""
    return x*np.log(np.where(x == 0, 1, y))''',
        "xp": '''def xlogy(x: Array, y: Array) -> Array:
    """Give x*log(y), 0 where x is 0."""
    xp = array_namespace(x)
    return x*xp.log(xp.where(x == 0, xp.ones_like(y), y))''',
        "math": '''def xlogy(x, y):
    """x*log(y), 0 where x is 0."""
    return x if x == {0} else x*{log}(y)''',
        "spreadsheet": "IF({x}=0,0,{x}*LN({y}))",
    },
    domain=lambda x, y: (y,), usage="xlogy(x, y)", latex=r"\mathrm{xlogy}", unicode="xlogy",
    redefinable=True,
    proof=_PROOF,
)  # fmt: skip
