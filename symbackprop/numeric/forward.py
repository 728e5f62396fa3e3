"""The forward pass alone: a compiled gradient without the lines that only gradients need."""

from __future__ import annotations

import ast
from dataclasses import replace

from symbackprop.numeric.gradient_function import GradientFunction

PASS = "forward_backward"
"""What the function is called in generated modules."""


def forward_only(function: GradientFunction) -> GradientFunction:
    """The same function of values without any gradient: its forward values have the same bits.

    It runs the lines of the generated module that its forward values need, in their order.
    """
    functions = [node for node in ast.parse(function.source).body if isinstance(node, ast.FunctionDef)]
    [whole] = [node for node in functions if node.name == PASS]
    *lines, end = whole.body
    assert isinstance(end, ast.Return)
    assert isinstance(end.value, ast.Tuple)
    values = end.value.elts[0]
    end.value = ast.Tuple([values, ast.Tuple([], ast.Load())], ast.Load())
    whole.body = [*_needed(lines, _read(values)), end]
    module = dict(function.module)
    # These are lines of the module that runs already.
    exec(compile(ast.fix_missing_locations(ast.Module([whole], [])), "<symbackprop>", "exec"), module)  # noqa: S102
    return replace(function, wrt=(), module=module)


def _needed(lines: list[ast.stmt], wanted: set[str]) -> list[ast.stmt]:
    """The assignments on which these names depend, and whatever else there is."""
    kept: list[ast.stmt] = []
    for line in reversed(lines):
        if isinstance(line, ast.Assign):
            named = _names(line, ast.Store)
            # What is written into a part of an array has no name here that would tell who needs it.
            assert named, ast.unparse(line)
            if wanted.isdisjoint(named):
                continue
        kept.append(line)
        wanted = wanted | _read(line)
    return kept[::-1]


def _read(node: ast.AST) -> set[str]:
    return _names(node, ast.Load)


def _names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, context)}
