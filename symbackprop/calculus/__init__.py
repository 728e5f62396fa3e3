"""The calculus: what each operation passes back, the reverse sweep, and the derivation that it leaves."""

from symbackprop.calculus.derivation import DOES_NOT_MOVE, Derivation
from symbackprop.calculus.deriving import derive
from symbackprop.calculus.graph import Path
from symbackprop.calculus.step import Reason, Rule, Step, words
from symbackprop.calculus.strangers import require_derivation, require_loss, way_from
from symbackprop.calculus.worked import work

__all__ = [
    "DOES_NOT_MOVE",
    "Derivation",
    "Path",
    "Reason",
    "Rule",
    "Step",
    "derive",
    "require_derivation",
    "require_loss",
    "way_from",
    "words",
    "work",
]
