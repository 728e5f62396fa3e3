"""LibreOffice as a witness of workbooks: it works all formulas out anew, whatever numbers stand beside them."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import symbackprop as sb
from symbackprop.publish.material import Material
from symbackprop.publish.spreadsheet import workbook

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""
"""Of a user of LibreOffice: files of Excel are worked out anew whenever they are opened."""
Cells = Mapping[str, list[list[Any]]]
"""The rows of each sheet by its title."""


def made(derivation: sb.Derivation, history: Any = None, sweep: Any = ()) -> bytes:
    """The workbook of some training, without the report around it."""
    return workbook(Material(derivation, None, None, {}, history, tuple(sweep)))  # type: ignore[arg-type]


def recalculated(folder: Path, books: Mapping[str, bytes]) -> dict[str, Cells]:
    """The workbooks as LibreOffice works them out, by name."""
    (folder / "home" / "user").mkdir(parents=True)
    (folder / "home" / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    given = [folder / f"{name}.xlsx" for name in books]
    for path, content in zip(given, books.values(), strict=True):
        path.write_bytes(content)
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    words = ["soffice", home, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", folder / "out"]
    done = subprocess.run([*words, *given], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return {name: cells((folder / "out" / f"{name}.xlsx").read_bytes()) for name in books}


def cells(content: bytes, formulas: bool = False) -> Cells:
    """The numbers and words of a workbook, or what its cells were made of."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), data_only=not formulas)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def differing(mine: Cells, theirs: Cells, tolerance: float = 1e-12, floor: float = 1e-15) -> list[str]:
    """Where two workbooks differ: in a word, or in a number by more than so much of it, or of its column's largest.

    Spreadsheets take a difference for zero that is smaller than a few units in the last place.
    """
    found = []
    assert mine.keys() == theirs.keys()
    for title, rows in mine.items():
        columns = list(zip(*rows, strict=True))
        scales = [max((abs(v) for v in c if isinstance(v, float | int)), default=0.0) for c in columns]
        for r, (ours, others) in enumerate(zip(rows, theirs[title], strict=True), start=1):
            for place, (a, b) in enumerate(zip(ours, others, strict=True)):
                if isinstance(a, float | int) and isinstance(b, float | int):
                    if abs(a - b) > max(tolerance * abs(a), floor * max(1.0, scales[place])):
                        found.append(f"{title} {r}:{place + 1}: {a!r} is {b!r}")
                elif a != b and not (_is_error(a) and _is_error(b)):
                    found.append(f"{title} {r}:{place + 1}: {a!r} is {b!r}")
    return found


def _is_error(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("#")


def with_other_numbers(content: bytes) -> bytes:
    """The workbook with 7 beside every formula."""
    import re
    import zipfile

    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/"):
                part = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v>7</v>", part)
            new.writestr(name, part)
    return changed.getvalue()
