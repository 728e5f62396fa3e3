"""Studies as documents with figures: Markdown with SVG, LaTeX with PDF, PDF itself, and the numbers as CSV."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from symbackprop.files import write_atomically
from symbackprop.publish.formats import DOCUMENTS, Writer, checked_formats, files, made
from symbackprop.publish.pdf import pdf
from symbackprop.studies.drawings.canvas import drawn, require_matplotlib
from symbackprop.studies.presentation import Presentation

FORMATS = (*DOCUMENTS, "pdf")
"""The formats of studies."""
BESIDE: Mapping[str, str] = {"md": "svg", "tex": "pdf"}
"""In which format the figures beside a document are; a PDF has them in it."""


class Published(Protocol):
    """What is asked of a study to be published."""

    @property
    def kind(self) -> str:
        """What files and the command line call this kind of study."""

    @property
    def about(self) -> str:
        """What it is of."""

    @property
    def presentation(self) -> Presentation:
        """Its pictures and its document."""

    def csv(self) -> str:
        """The numbers."""


def publish(
    study: Published, folder: str | os.PathLike[str], name: str | None, formats: Sequence[str]
) -> tuple[Path, ...]:
    """Write the documents, their figures and the numbers of a study: see ``Study.report``."""
    wanted = checked_formats(formats, FORMATS)
    require_matplotlib()
    place, stem = Path(folder), file_name(name or default_name(study))
    pictures = study.presentation.pictures(study)
    document = study.presentation.document(study, {key: f"{stem}-{key}" for key in pictures})
    beside = {BESIDE[one] for one in wanted if one in BESIDE}
    kinds = [kind for kind in ("svg", "pdf") if kind in beside or len(beside) < len(wanted)]
    figures = {
        f"{stem}-{key}.{kind}": image
        for key, picture in pictures.items()
        for kind, image in drawn(picture, kinds).items()
    }
    writers: dict[str, Writer] = {**DOCUMENTS, "pdf": partial(pdf, figures=figures)}
    documents = files(place / f"{stem}.md", wanted)
    contents, failure = made({file: partial(writers[name], document) for name, file in documents.items()})
    contents |= {place / name: image for name, image in figures.items() if name.rpartition(".")[2] in beside}
    contents[place / f"{stem}.csv"] = study.csv()
    for target, content in contents.items():
        write_atomically(target, content)
    if failure is not None:
        raise failure
    return tuple(contents)


def default_name(study: Published) -> str:
    """The kind of study, and the network or the activation that it is of."""
    return f"{study.kind}-{study.about}" if study.about else study.kind


def file_name(name: str) -> str:
    """A name for files, which figures are found by from LaTeX and Markdown: letters, digits, dots and dashes."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.") or "study"
