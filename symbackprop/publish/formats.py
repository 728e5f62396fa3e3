"""The formats that documents are written in, and the names of their files."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from symbackprop.calculus import Derivation
from symbackprop.errors import SymbackpropError, as_given, did_you_mean
from symbackprop.publish.page import page_parts
from symbackprop.reporting import Document, Evidence, latex, markdown
from symbackprop.reporting.page import PageParts, page


@dataclass(frozen=True)
class Material:
    """What documents are made of: the tree, and what a page needs beside it.

    ``command`` makes the documents again.
    """

    document: Document
    derivation: Derivation | None = None
    evidence: Evidence | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""


def _page(made_of: Material) -> str:
    if made_of.derivation is None or made_of.evidence is None:
        return page(made_of.document, PageParts())
    parts = page_parts(made_of.derivation, made_of.document, made_of.evidence, made_of.values, made_of.command)
    return page(made_of.document, parts)


FORMATS: Mapping[str, Callable[[Material], str]] = {
    "md": lambda made_of: markdown(made_of.document),
    "tex": lambda made_of: latex(made_of.document),
    "html": _page,
}
DEFAULT = ("md", "tex")
"""The formats that are written where none is asked for."""


def checked_formats(formats: Sequence[str], known: Collection[str] = FORMATS) -> tuple[str, ...]:
    """Names of formats, each once; one may be given as text. Raises SymbackpropError for one that is not ``known``."""
    names = (formats,) if isinstance(formats, str) else tuple(formats)
    for name in names:
        if name not in known:
            raise SymbackpropError("format", f"there is no format {as_given(name)}", did_you_mean(name, known))
    return tuple(dict.fromkeys(names))


def texts(material: Material, path: str | os.PathLike[str], formats: Sequence[str]) -> dict[Path, str]:
    """A document in each format, by the file that it goes to: ``path`` with the name of the format for its suffix."""
    stem = Path(path).with_suffix("") if Path(path).suffix.removeprefix(".") in FORMATS else Path(path)
    return {Path(f"{stem}.{name}"): FORMATS[name](material) for name in formats}
