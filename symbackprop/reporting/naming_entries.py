"""How the entries of arrays are written as scalars: w₁,₂ for an entry of W, z₁;₂ for entry 2 of Z₁."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Symbol

from symbackprop.calculus import Derivation
from symbackprop.notation import NameTable, latex
from symbackprop.notation.names import script

_PARTS = re.compile(r"(?P<head>.*?)(?:_(?P<below>[^{}]|\{.*\}))?")
_CAPITAL = re.compile(r"(?<![A-Za-z\\{])[A-Z](?![A-Za-z])|(?<=[a-z]\{)[A-Z](?=\}$)")


@dataclass(frozen=True)
class Entry:
    """Where an entry stands in its array, from 0 on, and the shape that the array has."""

    array: Symbol
    row: int
    column: int
    shape: tuple[int, int]

    @property
    def index(self) -> str:
        """Its place from 1 on: 1,2; 2 in a row or a column; nothing where the array has one entry."""
        places = zip((self.row, self.column), self.shape, strict=True)
        return ",".join(str(place + 1) for place, length in places if length > 1)


def entry_names_of(whole: Derivation, small: Derivation, entries: Mapping[Symbol, Entry]) -> dict[str, str]:
    """The LaTeX of every name of the network of entries; no two are written alike."""
    names = NameTable.of([s.name for s in whole.network.names])
    scalars = [name for name in small.network.names if name not in entries]
    forms = {name.name: latex(name, names) for name in scalars}
    taken = set(forms.values())
    for array in dict.fromkeys(entry.array for entry in entries.values()):
        head, below = _split(latex(array, names))
        lower = _CAPITAL.sub(lambda found: found[0].lower(), head)
        own = {entry: _indexed(lower, below, at.index) for entry, at in entries.items() if at.array == array}
        if taken & set(own.values()):
            own = {entry: _indexed(head, below, at.index) for entry, at in entries.items() if at.array == array}
        forms.update((entry.name, form) for entry, form in own.items())
        taken |= set(own.values())
    for name, delta in small.signals.items():
        forms[delta.name] = rf"\delta_{{{forms[name.name]}}}"
    return forms


def _split(written: str) -> tuple[str, str]:
    found = _PARTS.fullmatch(written)
    assert found is not None
    below = found["below"] or ""
    return found["head"], below[1:-1] if below.startswith("{") else below


def _indexed(head: str, below: str, index: str) -> str:
    subscript = ";".join(part for part in (below, index) if part)
    return head + (script("_", subscript) if subscript else "")
