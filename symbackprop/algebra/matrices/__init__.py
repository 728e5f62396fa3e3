"""Rewriting of array expressions: each rule named and with its condition.

A rule looks at one node whose parts have been rewritten already. What works entry by entry is left to the rules of
scalars (rewrite.py), to which an operation is one more name. A rule keeps the shape of what it rewrites: where an
expression would shrink to a row, a column or a scalar, it is repeated.
"""

from symbackprop.algebra.matrices.broadcasts import collapse
from symbackprop.algebra.matrices.every_node import Everywhere
from symbackprop.algebra.matrices.facts import proved_sums
from symbackprop.algebra.matrices.names import fold_names
from symbackprop.algebra.matrices.products import drop_identities, take_out_factors
from symbackprop.algebra.matrices.scalars import gather_numbers, gather_scalars
from symbackprop.algebra.matrices.tidier import MatrixTidier
from symbackprop.algebra.matrices.transposes import proved_symmetries, transpose

__all__ = [
    "Everywhere",
    "MatrixTidier",
    "collapse",
    "drop_identities",
    "fold_names",
    "gather_numbers",
    "gather_scalars",
    "proved_sums",
    "proved_symmetries",
    "take_out_factors",
    "transpose",
]
