"""The formats that documents are written in, and the names of their files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from symbackprop.drawings import svg
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
    """A document in each format, by the file that it goes to: ``path`` with the name of the format for its suffix.

    Markdown has its pictures in files beside it.
    """
    stem = Path(path).with_suffix("") if Path(path).suffix.removeprefix(".") in FORMATS else Path(path)
    named = document.beside(stem.name)
    written = {Path(f"{stem}.{name}"): FORMATS[name](named) for name in formats}
    if "md" in formats:  # LaTeX has them in its text
        written |= {Path(f"{stem}-{key}.svg"): svg(picture) for key, picture in document.pictures.items()}
    return written
