"""Numbers in a source with a dtype of their own.

numba makes float64 of float32 times a Python number, and NumPy's scalars forgive what Python's numbers do not. So where
numbers are not Python's own, each that stands in the source becomes a constant of the module, cast once.
"""

from __future__ import annotations

import ast

_UNCAST = frozenset(["scalar", "float", "range"])
"""In calls of these numbers stay as they are."""


def typed(body: str) -> str:
    """The functions of a module with names in place of numbers, behind the lines that give these their values.

    Exponents that are whole numbers, indices, and what is cast by a call already stay.
    """
    found: list[ast.Constant] = []
    _collect(ast.parse(body), found)
    names: dict[str, str] = {}
    lines = body.encode().split(b"\n")
    for node in sorted(found, key=lambda n: (n.lineno, n.col_offset), reverse=True):
        line = lines[node.lineno - 1]
        number = line[node.col_offset : node.end_col_offset].decode()
        name = names.setdefault(number, f"_number_{_spelled(number)}")
        lines[node.lineno - 1] = line[: node.col_offset] + name.encode() + line[node.end_col_offset :]
    constants = [f"{names[number]} = scalar({number})" for number in sorted(names, key=float)]
    return "\n".join([*constants, *([""] if constants else []), b"\n".join(lines).decode()])


def _spelled(number: str) -> str:
    """The number as a part of a name: no name of a network begins with an underscore, so none is like it."""
    return number.replace(".", "_").replace("-", "m").replace("+", "")


def _collect(node: ast.AST, found: list[ast.Constant]) -> None:
    """All numbers that are to be cast. The depth of this recursion is that of the brackets in a line."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            found.append(node)
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _UNCAST:
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.Subscript) and child is node.slice:
            continue
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and child is node.right:
            continue
        _collect(child, found)
