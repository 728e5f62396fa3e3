"""Studies as documents with figures: Markdown with SVG, LaTeX with PDF, and the numbers as CSV."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symbackprop.files import write_atomically
from symbackprop.publish.formats import checked_formats, texts
from symbackprop.reporting import Document
from symbackprop.studies.boundary import BoundaryStudy
from symbackprop.studies.chain_products import ChainProductStudy
from symbackprop.studies.documents.boundary import boundary_document
from symbackprop.studies.documents.chain_products import chain_products_document
from symbackprop.studies.documents.initialisation import initialisation_document
from symbackprop.studies.documents.learning_rates import learning_rates_document
from symbackprop.studies.documents.loss_curve import loss_curve_document
from symbackprop.studies.drawings import boundary, chain_products, initialisation, learning_rates, loss_curve
from symbackprop.studies.drawings.canvas import Picture, drawn, require_matplotlib
from symbackprop.studies.initialisation import InitialisationStudy
from symbackprop.studies.learning_rates import LearningRateStudy
from symbackprop.studies.loss_curve import LossCurveStudy
from symbackprop.studies.study import Study

FIGURES: Mapping[str, str] = {"md": "svg", "tex": "pdf"}
"""In which format the figures of a document are."""


@dataclass(frozen=True)
class Presentation:
    """How one kind of study is presented: its pictures by key, and the document that has places for them."""

    pictures: Callable[[Any], dict[str, Picture]]
    document: Callable[[Any, Mapping[str, str]], Document]


PRESENTATIONS: Mapping[type[Study], Presentation] = {
    LearningRateStudy: Presentation(learning_rates.pictures, learning_rates_document),
    InitialisationStudy: Presentation(initialisation.pictures, initialisation_document),
    ChainProductStudy: Presentation(chain_products.pictures, chain_products_document),
    LossCurveStudy: Presentation(loss_curve.pictures, loss_curve_document),
    BoundaryStudy: Presentation(boundary.pictures, boundary_document),
}


def publish(study: Study, folder: str | os.PathLike[str], name: str | None, formats: Sequence[str]) -> tuple[Path, ...]:
    """Write the documents, their figures and the numbers of a study: see ``Study.report``."""
    wanted = checked_formats(formats)
    require_matplotlib()
    place, stem = Path(folder), file_name(name or default_name(study))
    presentation = PRESENTATIONS[type(study)]
    pictures = presentation.pictures(study)
    document = presentation.document(study, {key: f"{stem}-{key}" for key in pictures})
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
