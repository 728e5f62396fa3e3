"""What a notebook shows of an object: its equations in one block between double dollars, under a title in Markdown.

Notebooks set such mathematics by themselves; there is no HTML, and no number of an equation, of which a block may have
one alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from symbackprop.notation.latex import aligned
from symbackprop.notation.order import Order

MOST = 40
"""So many equations of a group are shown: a notebook is read."""

Groups = Sequence[Sequence[tuple[Expr, Expr]]]


def displayed(groups: Groups, order: Order) -> str:
    """The first equations of each group, aligned at their equals signs."""
    return aligned([equation for group in groups for equation in group[:MOST]], order)


def titled(title: str, groups: Groups, order: Order) -> str:
    """The same in Markdown under a title, which says how many are left out."""
    left_out = sum(len(group[MOST:]) for group in groups)
    more = f"\n\nand {left_out:,} more." if left_out else ""
    return f"{title}\n\n{displayed(groups, order)}{more}"
