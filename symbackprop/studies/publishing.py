"""Studies as documents with figures: Markdown with SVG, LaTeX with PDF, and the numbers as CSV."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from symbackprop.files import write_atomically
from symbackprop.publish.formats import Material, checked_formats, texts
from symbackprop.studies.drawings.canvas import drawn, require_matplotlib
from symbackprop.studies.presentation import Presentation

FIGURES: Mapping[str, str] = {"md": "svg", "tex": "pdf"}
"""In which format the figures of a document are."""


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
    wanted = checked_formats(formats, FIGURES)
    require_matplotlib()
    place, stem = Path(folder), file_name(name or default_name(study))
    pictures = study.presentation.pictures(study)
    document = study.presentation.document(study, {key: f"{stem}-{key}" for key in pictures})
    contents: dict[Path, str | bytes] = dict(texts(Material(document), place / f"{stem}.md", wanted))
    for key, picture in pictures.items():
        for kind, image in drawn(picture, [FIGURES[one] for one in wanted]).items():
            contents[place / f"{stem}-{key}.{kind}"] = image
    contents[place / f"{stem}.csv"] = study.csv()
    for target, content in contents.items():
        write_atomically(target, content)
    return tuple(contents)


def default_name(study: Published) -> str:
    """The kind of study, and the network or the activation that it is of."""
    return f"{study.kind}-{study.about}" if study.about else study.kind


def file_name(name: str) -> str:
    """A name for files, which figures are found by from LaTeX and Markdown: letters, digits, dots and dashes."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.") or "study"
