"""Typst to PDF, by the Python module typst with the fonts that it brings along."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from symbackprop.errors import SymbackpropError


def run_typst(source: str, figures: Mapping[str, bytes]) -> bytes:
    """The PDF of a Typst source, beside which the figures stand by their names.

    Fonts of the system are left aside, so that the bytes do not depend on them. Raises SymbackpropError where it fails.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="symbackprop-pdf-") as name:
        folder = Path(name)
        main = folder / "report.typ"
        main.write_text(source, encoding="utf-8")
        for figure, content in figures.items():
            (folder / Path(figure).name).write_bytes(content)
        try:
            made = typst.compile(str(main), root=str(folder), ignore_system_fonts=True)
        except RuntimeError as error:
            words = str(error).strip().partition("\n")[0]
            raise SymbackpropError("pdf", f"typst failed: {words}", "write tex, and run pdflatex on it") from None
        assert isinstance(made, bytes)
        return made
