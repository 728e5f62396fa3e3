"""The mathematics of a generated module: the functions that compute, with all that they need to run as they are."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

FIRST_SHOWN = ("def ", "class ", "@", "try:")
"""How the first line of a module's functions begins."""
NOT_SHOWN = ("def loss_and_gradients", "def output", "def forward(", "def backward(", "NAMES = ")
"""How the first line begins of what only handles values."""


def mathematics(source: str) -> str:
    """The part of a module that computes: its imports and types as far as they are used, then its functions."""
    lines = source.splitlines()
    begin = next((k for k, line in enumerate(lines) if line.startswith(FIRST_SHOWN)), 0)
    end = next((k for k, line in enumerate(lines) if line.startswith(NOT_SHOWN)), len(lines))
    nodes = ast.parse(source).body
    shown = [node for node in nodes if begin < node.lineno <= end]
    needed = [node for node in _needed(shown, nodes) if node not in shown]
    imports = [node for node in needed if isinstance(node, ast.Import | ast.ImportFrom)]
    others = [node for node in needed if node not in imports]
    parts = ["\n".join(_written(node, lines) for node in imports)]
    parts.append("\n".join(_written(node, lines) for node in others if not _is_function(node)))
    head = "\n\n".join(part for part in parts if part)
    functions = [_written(node, lines) for node in others if _is_function(node)]
    return "\n\n\n".join(part for part in (head, *functions, "\n".join(lines[begin:end]).strip()) if part)


def helpers_of(shown: str) -> tuple[str, ...]:
    """The functions in the mathematics of a module, before the one that computes everything, which that one calls."""
    functions = [node for node in ast.parse(shown).body if isinstance(node, ast.FunctionDef)]
    if not functions:
        return ()
    used = set(_used(functions[-1:]))
    return tuple(function.name for function in functions[:-1] if function.name in used)


def _needed(shown: Sequence[ast.stmt], nodes: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements that bind what some others use, and what those use in turn, in the order of the module."""
    binding = {name: node for node in reversed(nodes) for name in _bound(node)}
    found: dict[ast.stmt, None] = {}
    waiting = list(shown)
    while waiting:
        for name in _used([waiting.pop()]):
            node = binding.get(name)
            if node is not None and node not in found:
                found[node] = None
                waiting.append(node)
    return [node for node in nodes if node in found]


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a meaning."""
    match node:
        case ast.Import() | ast.ImportFrom():
            yield from ((name.asname or name.name).partition(".")[0] for name in node.names)
        case ast.FunctionDef() | ast.ClassDef():
            yield node.name
        case _:
            yield from (part.id for part in ast.walk(node) if isinstance(part, ast.Name) and _is_stored(part))


def _used(nodes: Iterable[ast.stmt]) -> Iterator[str]:
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and not _is_stored(part):
                yield part.id


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _is_function(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef)


def _written(node: ast.stmt, lines: Sequence[str]) -> str:
    above = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
    first = min([node.lineno, *(decorator.lineno for decorator in above)])
    return "\n".join(lines[first - 1 : node.end_lineno])
