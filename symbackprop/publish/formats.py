"""The formats that documents are written in, and the names of their files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from symbackprop.errors import SymbackpropError, as_given, did_you_mean
from symbackprop.reporting import Document, latex, markdown

FORMATS: Mapping[str, Callable[[Document], str]] = {"md": markdown, "tex": latex}


def checked_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """Names of formats, each once; one may be given as text. Raises SymbackpropError for an unknown one."""
    names = (formats,) if isinstance(formats, str) else tuple(formats)
    for name in names:
        if name not in FORMATS:
            raise SymbackpropError("format", f"there is no format {as_given(name)}", did_you_mean(name, FORMATS))
    return tuple(dict.fromkeys(names))


def texts(document: Document, path: str | os.PathLike[str], formats: Sequence[str]) -> dict[Path, str]:
    """A document in each format, by the file that it goes to: ``path`` with the name of the format for its suffix."""
    stem = Path(path).with_suffix("") if Path(path).suffix.removeprefix(".") in FORMATS else Path(path)
    return {Path(f"{stem}.{name}"): FORMATS[name](document) for name in formats}
