"""The formats that reports are written in, what each is made of, and the names of their files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from symbackprop.drawings import svg
from symbackprop.errors import SymbackpropError, as_given, did_you_mean
from symbackprop.publish.material import Material
from symbackprop.publish.page import page_parts
from symbackprop.publish.pdf import pdf
from symbackprop.publish.spreadsheet import workbook
from symbackprop.reporting import Document, latex, markdown
from symbackprop.reporting.page import page

Writer = Callable[[Document], str | bytes]
DOCUMENTS: Mapping[str, Callable[[Document], str]] = {"md": markdown, "tex": latex}
"""What writes a document, by the name of its format: those of studies, and those of a report where nothing is said."""


@dataclass(frozen=True)
class Format:
    """A format of reports: its name, which its files end with, and what makes the text or the bytes of such a file.

    ``make`` raises SymbackpropError where a report cannot be had in it, as where an extra is absent. ``beside`` are the
    files that such a file asks for beside itself, by name.
    """

    name: str
    make: Callable[[Material], str | bytes]
    beside: Callable[[Material], Mapping[str, str]] = lambda material: {}


def _of_document(name: str, write: Callable[[Document], str]) -> Format:
    """A format that is made of the document alone."""
    return Format(name, lambda material: write(material.document))


def _pictures(material: Material) -> dict[str, str]:
    """The files of the pictures of a document that has them beside it."""
    document = material.document
    return {f"{document.drawings[key]}.svg": svg(picture) for key, picture in document.pictures.items()}


def _page(made_of: Material) -> str:
    values = {**made_of.derivation.network.values, **made_of.values}
    parts = page_parts(made_of.derivation, made_of.document, made_of.evidence, values, made_of.command)
    return page(made_of.document, parts)


FORMATS: Mapping[str, Format] = {
    made.name: made
    for made in (
        replace(_of_document("md", markdown), beside=_pictures),
        _of_document("tex", latex),
        Format("pdf", lambda material: pdf(material.document)),
        Format("html", _page),
        Format("xlsx", workbook),
    )
}
"""The formats of reports by name."""


def checked_formats(formats: Sequence[str], known: Iterable[str] = FORMATS) -> tuple[str, ...]:
    """Names of formats, each once; one may be given as text. Raises SymbackpropError for one that is not ``known``."""
    names = (formats,) if isinstance(formats, str) else tuple(formats)
    for name in names:
        if name not in known:
            raise SymbackpropError("format", f"there is no format {as_given(name)}", did_you_mean(name, known))
    return tuple(dict.fromkeys(names))


def files(path: str | os.PathLike[str], formats: Sequence[str]) -> dict[str, Path]:
    """The file of each format: ``path`` with the name of the format for its suffix."""
    stem = Path(path).with_suffix("") if Path(path).suffix.removeprefix(".") in FORMATS else Path(path)
    return {name: Path(f"{stem}.{name}") for name in formats}


def made(
    makers: Mapping[Path, Callable[[], str | bytes]],
) -> tuple[dict[Path, str | bytes], SymbackpropError | None]:
    """What can be made of some files; and why the first of those that are not there could not be made."""
    contents: dict[Path, str | bytes] = {}
    failure = None
    for file, make in makers.items():
        try:
            contents[file] = make()
        except SymbackpropError as error:
            failure = failure or error
    return contents, failure
