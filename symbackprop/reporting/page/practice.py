"""What the page of a worksheet is told, so that it can mark answers."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.reporting.page.escaping import data, escaped
from symbackprop.reporting.page.parts import Asked, Practice
from symbackprop.reporting.page.writer import HtmlWriter

COMMAND = "symbackprop verify NET --file"
EXAMPLES = 2
"""So many names show how names are typed."""


def practice_of(writer: HtmlWriter, practice: Practice) -> dict[str, object]:
    """What the template needs of the part that marks."""
    return {
        "points": len(practice.points),
        "matrices": practice.matrices,
        "example": escaped(", ".join(one.name for one in practice.known[-EXAMPLES:])),
        "command": escaped(f"{COMMAND} {practice.file}"),
        "file": escaped(practice.file),
        "data": data(_data(writer, practice)),
    }


def _data(writer: HtmlWriter, practice: Practice) -> dict[str, object]:
    spoken = writer.names.unicode
    return {
        "known": [{"name": one.name, "spoken": spoken(one.name), "entries": one.entries} for one in practice.known],
        "points": [{"title": title, "values": values} for title, values in practice.points],
        "exercises": [_exercise(writer, one) for one in practice.asked],
        "matrices": practice.matrices,
        "text": practice.text,
    }


def _exercise(writer: HtmlWriter, one: Asked) -> dict[str, object]:
    known = {
        "label": one.label,
        "kind": one.kind,
        "spoken": "".join(map(writer.spoken, one.question)),
        "asked": one.plain,
    }
    if one.kind == "number":
        return {**known, "answer": one.answer, "tolerance": one.tolerance, "digits": one.digits}
    expected = [_array(rows) for rows in one.expected]
    return {**known, "lefts": one.lefts, "later": one.later, "lacking": one.lacking, "expected": expected}


def _array(rows: Sequence[Sequence[float | None]]) -> dict[str, object]:
    return {"rows": len(rows), "columns": len(rows[0]), "entries": [number for row in rows for number in row]}
