"""Studies as documents with figures: Markdown with SVG, LaTeX with PDF, and the numbers as CSV."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from symbackprop.files import write_atomically
from symbackprop.publish.formats import checked_formats, texts
from symbackprop.studies.drawings.canvas import drawn, require_matplotlib

if TYPE_CHECKING:
    from symbackprop.studies.study import Study

FIGURES: Mapping[str, str] = {"md": "svg", "tex": "pdf"}
"""In which format the figures of a document are."""


def publish(study: Study, folder: str | os.PathLike[str], name: str | None, formats: Sequence[str]) -> tuple[Path, ...]:
    """Write the documents, their figures and the numbers of a study: see ``Study.report``."""
    wanted = checked_formats(formats)
    require_matplotlib()
    place, stem = Path(folder), file_name(name or default_name(study))
    pictures = study.presentation.pictures(study)
    document = study.presentation.document(study, {key: f"{stem}-{key}" for key in pictures})
    contents: dict[Path, str | bytes] = dict(texts(document, place / f"{stem}.md", wanted))
    for key, picture in pictures.items():
        for kind, image in drawn(picture, [FIGURES[one] for one in wanted]).items():
            contents[place / f"{stem}-{key}.{kind}"] = image
    contents[place / f"{stem}.csv"] = study.csv()
    for target, content in contents.items():
        write_atomically(target, content)
    return tuple(contents)


def default_name(study: Study) -> str:
    """The kind of study, and the network or the activation that it is of."""
    about = getattr(study, "activation", "")
    if hasattr(study, "derivation") and not about:
        about = study.derivation.network.name
    return f"{study.kind}-{about}" if about else study.kind


def file_name(name: str) -> str:
    """A name for files, which figures are found by from LaTeX and Markdown: letters, digits, dots and dashes."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.") or "study"
