"""The formats that documents are written in, and the names of their files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from symbackprop.errors import SymbackpropError, as_given, did_you_mean
from symbackprop.publish.pdf import pdf
from symbackprop.reporting import Document, latex, markdown

Writer = Callable[[Document], str | bytes]

FORMATS: Mapping[str, Writer] = {"md": markdown, "tex": latex, "pdf": pdf}
USUAL = ("md", "tex")
"""The formats that are written where none is asked for."""


def checked_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """Names of formats, each once; one may be given as text. Raises SymbackpropError for an unknown one."""
    names = (formats,) if isinstance(formats, str) else tuple(formats)
    for name in names:
        if name not in FORMATS:
            raise SymbackpropError("format", f"there is no format {as_given(name)}", did_you_mean(name, FORMATS))
    return tuple(dict.fromkeys(names))


def file_of(path: str | os.PathLike[str], name: str) -> Path:
    """The file that a document in a format goes to: ``path`` with the name of the format for its suffix."""
    stem = Path(path).with_suffix("") if Path(path).suffix.removeprefix(".") in FORMATS else Path(path)
    return Path(f"{stem}.{name}")


def made(
    document: Document, path: str | os.PathLike[str], formats: Sequence[str], writers: Mapping[str, Writer] = FORMATS
) -> tuple[dict[Path, str | bytes], SymbackpropError | None]:
    """A document in each format, by its file; and why the first of those that are not there could not be made."""
    contents: dict[Path, str | bytes] = {}
    failure = None
    for name in formats:
        try:
            contents[file_of(path, name)] = writers[name](document)
        except SymbackpropError as error:
            failure = failure or error
    return contents, failure
