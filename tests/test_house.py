"""How the files of the package lean on one another."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "symbackprop").rglob("*.py"))
}


TYPES_GO_ROUND = ("symbackprop.judge.", "symbackprop.numeric.tuned.")
"""Rooms in which files need one another for types alone: a walk and its steps, each typed by the other."""


def imported(module: str, source: str, files: Sequence[str], types: bool = False) -> set[str]:
    """The files that a file imports when it runs, also inside its functions; with ``types`` those for types, too."""
    found = set()
    tree = ast.parse(source)
    for node in ast.walk(tree) if types else _running(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in files else node.module for name in names}
    return {name for name in found if name in files and name != module}


def _running(node: ast.AST) -> Iterator[ast.AST]:
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.If) and ast.unparse(part.test) == "TYPE_CHECKING":
            continue
        yield part
        yield from _running(part)


def circle(files: Mapping[str, str], types: bool = False) -> list[str] | None:
    """Files that import one another in a circle, or None."""
    graph = {module: imported(module, source, list(files), types) for module, source in files.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return None


def test_no_files_import_one_another_in_a_circle() -> None:
    assert circle(FILES) is None


def test_no_files_need_one_another_for_types() -> None:
    assert circle({m: source for m, source in FILES.items() if not m.startswith(TYPES_GO_ROUND)}, types=True) is None


@pytest.mark.parametrize("inside", ["import b", "from b import y", "def f():\n    from b import y"])
def test_a_circle_is_found(inside: str) -> None:
    assert circle({"a": inside, "b": "import c", "c": "from a import x"}) is not None
    assert circle({"a": inside, "b": "import c", "c": ""}) is None
    types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a"
    assert circle({"a": inside, "b": types}) is None
    assert circle({"a": inside, "b": types}, types=True) is not None


def test_files_are_short() -> None:
    assert [module for module, source in FILES.items() if len(source.splitlines()) > 300] == []


def test_no_file_asks_for_the_name_of_a_kind() -> None:
    """What differs between kinds of values is asked of ``network.kind``; ``dialect`` is a word for people."""
    asking = [
        module
        for module, source in FILES.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr == "dialect" and "net" in ast.unparse(node.value).lower()
    ]
    assert asking == []
