"""Signatures of generated functions, and what their docstrings say of parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from sympy import Symbol

from symbackprop.matrices.operations.record import ARRAY
from symbackprop.network.shapes_of_data import stated
from symbackprop.numeric.wrapping import WIDTH, packed

AMBIGUOUS = frozenset("lOI")
"""Names that read as numbers do, which generated code gives to parameters alone: users call these by their names."""
CHECK_FACTS = "check_facts"
"""The option of what computes where there are facts."""
SAID_OF_OPTIONS = {"reduction": '"mean", "sum" or "none", over the examples', CHECK_FACTS: "bool"}
"""What docstrings say of the options of what computes."""


def signature(name: str, parameters: Sequence[str], returns: str) -> str:
    """The head of a function, which takes more lines where one is too long."""
    line = f"def {name}({', '.join(parameters)}) -> {returns}:"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"def {name}(", *(f"    {line}" for line in packed(parameters, WIDTH)), f") -> {returns}:"])


def typed(names: Iterable[str], kind: str = ARRAY, options: Sequence[str] = ()) -> list[str]:
    """Parameters of one type; ``options`` are keywords, as they stand in a signature."""
    return [*(f"{name}: {kind}" for name in names), *(["*", *options] if options else [])]


def said(name: str, code: Callable[[str], str]) -> str:
    """A name as docstrings say it."""
    return name if name in AMBIGUOUS else code(name)


def entries(names: Iterable[Symbol], code: Callable[[str], str], shaped: bool, options: Sequence[str]) -> list[str]:
    """What a docstring says of parameters: a line for those of one shape, where they stand side by side."""
    found: list[str] = []
    for shape, group in groupby(names, key=lambda name: getattr(name, "shape", ()) if shaped else ()):
        size = ", ".join(str(size[0] if isinstance(size, tuple) else size) for size in stated(shape))
        kind = f"array_like of shape ({size})" if shape else "number" if shaped else "number, or array of shape (n,)"
        found += [f"{line} : {kind}" for line in _lines([code(name.name) for name in group])]
    return [*found, *(f"{name} : {SAID_OF_OPTIONS[name]}" for name in (option.split(":")[0] for option in options))]


def _lines(names: Sequence[str]) -> Iterator[str]:
    """Names in lines that leave room for what they are."""
    return (line.rstrip(",") for line in packed(names, WIDTH - 40))
