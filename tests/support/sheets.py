"""Worksheets of the tests as pages, and answers to them."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from pages import derived, in_node, script_files

import symbackprop as sb
from symbackprop.notation import text
from symbackprop.publish.practice import Exercise, Worksheet


@cache
def sheet_of(name: str, level: int) -> Worksheet:
    return sb.worksheet(derived(name), level)


def saved(sheet: Worksheet, place: Path) -> tuple[str, str]:
    """The sheet and the key as pages."""
    worksheet, key, _ = sheet.save(place / "net", formats=("html",))
    return worksheet.read_text(encoding="utf-8"), key.read_text(encoding="utf-8")


def key_of(one: Exercise, sheet: Worksheet, unicode: bool = False) -> str:
    """The answer as the key has it."""
    if one.kind == "number":
        return f"{one.answer:.{one.digits}g}"
    return text(one.answer, order=sheet.derivation.order, unicode=unicode)


def data_of(page: str) -> dict[str, Any]:
    """What a page tells its script."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert found is not None
    known: dict[str, Any] = json.loads(found[1])
    return known


def marked_in(page: str, answers: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """How the script of a page rules on answers, each a label and what was given."""
    source = re.search(r"const network = (\(\(\) => \{.*?\n\}\)\(\));", page, re.S)
    assert source is not None
    return in_node(  # type: ignore[no-any-return]
        f"const network = {source[1]};\n{script_files('elements', 'formula', 'arrays', 'comparing', 'marking')}\n"
        f"const sheet = sheetOf({json.dumps(data_of(page))});\n"
        "const one = new Map(sheet.told.exercises.map(each => [each.label, each]));\n"
        f"console.log(JSON.stringify({json.dumps(answers)}.map(([label, given]) => {{\n"
        "  const found = ruled(sheet, one.get(label), given);\n"
        "  return { ruling: found.ruling, why: found.error?.message ?? found.why.join('; '), at: found.error?.at };\n"
        "})));"
    )
