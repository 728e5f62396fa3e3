"""How much work an array expression is: operations counted as if no matrix were larger than another."""

from __future__ import annotations

from sympy import Basic, Expr

from symbackprop.matrices import Broadcast, Identity, Operation


def cost(expr: Expr) -> int:
    """How many operations an expression takes; a broadcast and an identity take none."""
    total = 0
    stack: list[Basic] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, (Broadcast, Identity)) or not node.args:
            pass
        elif node.is_Add or node.is_Mul or (isinstance(node, Operation) and len(node.operands) > 1):
            total += len(node.args) - 1
        else:
            total += 1
        stack.extend(node.args)
    return total
