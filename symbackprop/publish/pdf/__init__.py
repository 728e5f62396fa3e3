"""Documents as PDF: set by pdflatex where it is found, else by the Python module typst."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Mapping
from types import MappingProxyType

from symbackprop.drawings import svg
from symbackprop.errors import SymbackpropError
from symbackprop.publish.pdf.pdflatex import run_pdflatex
from symbackprop.publish.pdf.typst import run_typst
from symbackprop.reporting import Document, latex
from symbackprop.reporting.typst import typst
from symbackprop.version import install_advice

__all__ = ["pdf", "require_pdf", "typst_files"]

NO_FIGURES: Mapping[str, bytes] = MappingProxyType({})


def pdf(document: Document, figures: Mapping[str, bytes] = NO_FIGURES) -> bytes:
    """A document as PDF; ``figures`` has the files of its drawings by their names, .pdf for pdflatex, .svg for typst.

    The same document gives the same bytes on the same machine. Raises SymbackpropError where there is neither pdflatex
    nor typst, and where the one that there is fails or takes too long.
    """
    require_pdf()
    program = shutil.which("pdflatex")
    if program is not None:
        return run_pdflatex(program, latex(document), _ending_in(".pdf", figures))
    return run_typst(*typst_files(document, _ending_in(".svg", figures)))


def typst_files(document: Document, figures: Mapping[str, bytes] = NO_FIGURES) -> tuple[str, dict[str, bytes]]:
    """A document as Typst source, and the files of its drawings and of its own pictures."""
    named = document.beside("figure")
    own = {f"{named.drawings[key]}.svg": svg(picture).encode() for key, picture in document.pictures.items()}
    return typst(named), {**figures, **own}


def require_pdf() -> None:
    """Raises SymbackpropError, with the line that installs typst, where nothing here makes PDF."""
    if shutil.which("pdflatex") is None and importlib.util.find_spec("typst") is None:
        raise SymbackpropError(
            "missing-extra", "a PDF needs pdflatex or the module typst, and neither is here", install_advice("pdf")
        )


def _ending_in(end: str, figures: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in figures.items() if name.endswith(end)}
