"""How the files of the package lean on one another."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from inspect import isabstract
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from symbackprop.functions.catalogue import ROWS
from symbackprop.judge.claims import Claim
from symbackprop.judge.numbers import Numbers
from symbackprop.notation.breaking import Breaker
from symbackprop.notation.writer import Writer

ROOT = Path(__file__).parents[2]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "symbackprop").rglob("*.py"))
}


TYPES_GO_ROUND = ("symbackprop.judge.", "symbackprop.numeric.tuned.")
"""Rooms in which files need one another for types alone: a walk and its steps, each typed by the other."""


@cache
def parsed(source: str) -> ast.Module:
    """A file, read once for all that is asked of it."""
    return ast.parse(source)


def imported(module: str, source: str, files: Collection[str], types: bool = False) -> set[str]:
    """The files that a file imports when it runs, also inside its functions; with ``types`` those for types, too."""
    found = set()
    tree = parsed(source)
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
    graph = {module: imported(module, source, files.keys(), types) for module, source in files.items()}
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


def test_nobody_asks_what_an_object_happens_to_have() -> None:
    assert not [module for module, source in FILES.items() if "hasattr(" in source]


def test_no_file_asks_for_the_name_of_a_kind() -> None:
    """What differs between kinds of values is asked of ``network.kind``; ``dialect`` is a word for people."""
    asking = [
        module
        for module, source in FILES.items()
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Attribute) and node.attr == "dialect" and "net" in ast.unparse(node.value).lower()
    ]
    assert asking == []


# -- functions are named in their own files

GRAMMAR = {"exp", "log", "Abs", "sign", "Max", "Min"}
"""What rules are about, beside Add, Mul, Pow and Piecewise."""
NAMED = {
    # What is positive, and the forms of logarithms and quotients that do not overflow.
    "algebra.logarithms": {"sigmoid", "softplus", "log_cosh"},
    "algebra.stabilise": {"sigmoid", "softplus"},
    "algebra.stable_forms": {"sigmoid", "softplus", "tanh"},
    # Derivatives in terms of outputs that have lost their digits.
    "algebra.tails": {"sigmoid", "sigmoid_slope", "tanh", "tanh_slope", "elu"},
    "numeric.loops.source": {"sigmoid", "sigmoid_slope"},
    # What is worked out together, or read off a result.
    "numeric.program.joint": {"sigmoid", "sigmoid_slope", "softplus", "tanh", "tanh_slope"},
    "numeric.tuned.program": {"relu", "step"},
    "numeric.tuned.arithmetic": {"step"},
    "numeric.tuned.lowering": {"step"},
    # A matrix of truth values in a formula is a step; names of what gets none by itself.
    "reading.meaning": {"step"},
    "network.normalise": {"log_cosh"},
    # Defaults of builders, the edits that repair tries, and numbers that nothing of ours works out.
    "network.builders.choices": {"sigmoid"},
    "verification.repair.shapes": {"relu", "sigmoid", "step", "tanh"},
    "calculus.expand": {"tanh"},
    "numeric.elementary": {"tanh"},
    "judge.definitions": {"tanh", "sin", "cos", "stop_gradient"},
    "judge.ranges": {"tanh"},
}
"""The files that name a function of the vocabulary, for what is said of it there alone. This list only shrinks."""


def named(source: str, functions: set[str]) -> set[str]:
    """The functions of a set that a file imports, of ours or of SymPy's."""
    found = set()
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("symbackprop.functions", "sympy")):
            found |= {alias.name for alias in node.names} & functions
    return found


def test_a_function_is_named_in_its_own_file_alone() -> None:
    functions = {row.cls.__name__ for row in ROWS} - GRAMMAR - {"log_sum_exp"}
    rooms = ("symbackprop.functions", "symbackprop.judge.laws")
    found = {
        module.removeprefix("symbackprop."): names
        for module, source in FILES.items()
        if module != "symbackprop" and not module.startswith(rooms) and (names := named(source, functions))
    }
    assert found.keys() <= NAMED.keys(), sorted(found.keys() - NAMED.keys())
    for module, names in found.items():
        assert names <= NAMED[module], (module, sorted(names - NAMED[module]))


def test_most_functions_are_named_nowhere_else() -> None:
    elsewhere = set().union(*NAMED.values())
    assert len([row for row in ROWS if row.cls.__name__ not in elsewhere | GRAMMAR]) >= len(ROWS) - 20


def test_no_source_is_read_or_searched_once_it_is_written() -> None:
    """Writers say what they use, and lines are asked, not their text."""
    numeric = {m: source for m, source in FILES.items() if m.startswith("symbackprop.numeric")}
    modules = {m: {name for node in ast.walk(parsed(s)) for name in modules_in(node)} for m, s in numeric.items()}
    assert not [m for m, names in modules.items() if names & {"ast", "re"}]
    replaced = {m: [ast.unparse(call) for call in ast.walk(parsed(s)) if replaces(call)] for m, s in numeric.items()}
    assert not {m: calls for m, calls in replaced.items() if calls and m != "symbackprop.numeric.cache"}  # of files
    templates = (ROOT / "symbackprop" / "numeric" / "templates").rglob("*.j2")
    assert not [path for path in templates if "replace(" in path.read_text(encoding="utf-8")]


def replaces(node: ast.AST) -> bool:
    """Whether a node puts words in the place of others in a text, with str.replace."""
    return isinstance(node, ast.Attribute) and node.attr == "replace"


def modules_in(node: ast.AST) -> list[str]:
    """The modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def test_types_stand_in_the_files_themselves() -> None:
    assert not list((ROOT / "symbackprop").rglob("*.pyi"))


# -- classes are abstract or final, and nothing that is written is overridden


@cache
def classes() -> list[type]:
    """The classes that the files of the package define."""
    modules = [import_module(name) for name in FILES]
    return [c for m in modules for c in vars(m).values() if isinstance(c, type) and c.__module__ == m.__name__]


def overridden(cls: type) -> list[str]:
    """The methods of classes above that are not abstract, and that a class has in its own way, dunder methods apart."""
    above = [base for base in cls.__mro__[1:] if base.__module__.startswith(("symbackprop", __name__))]
    return [
        f"{base.__name__}.{name}"
        for name in vars(cls)
        for base in above
        if not name.startswith("__") and is_written(vars(base).get(name))
    ]


def is_written(member: Any) -> bool:
    """Whether a member of a class is a method or a property, and not abstract."""
    kinds = (FunctionType, classmethod, staticmethod, property, cached_property)
    return isinstance(member, kinds) and not getattr(member, "__isabstractmethod__", False)


def test_nothing_that_is_written_is_overridden() -> None:
    assert {cls.__name__: found for cls in classes() if (found := overridden(cls))} == {}


def test_classes_of_abstract_ones_are_abstract_or_final() -> None:
    family = [cls for cls in classes() if ABC in cls.__mro__]  # issubclass asks who has registered int, too
    assert {Writer, Breaker, Numbers, Claim} < set(family)
    assert [cls for cls in family if isabstract(cls) == getattr(cls, "__final__", False)] == []


def test_no_method_is_left_to_raise_not_implemented() -> None:
    """What classes below have to say is abstract, so that mypy asks for it."""
    assert [module for module, source in FILES.items() if "raise NotImplementedError" in source] == []


def test_what_is_overridden_is_found() -> None:
    class Base(ABC):
        @abstractmethod
        def left(self) -> int: ...

        def written(self) -> int:
            return 1

    class Leaf(Base):
        def left(self) -> int:
            return 2

        def written(self) -> int:
            return 3

    assert overridden(Leaf) == ["Base.written"]
