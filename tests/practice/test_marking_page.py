"""Worksheets as pages: what their script rules on answers, beside ``Worksheet.mark``."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from command_line import run
from conftest import few
from page.test_page import HOSTILE, Reader, hostile
from pages import EXAMPLES, in_node, script_files
from processes import the_one_output
from sheets import data_of, key_of, marked_in, saved, sheet_of

import symbackprop as sb
from symbackprop.publish.practice import Exercise, Worksheet
from symbackprop.publish.practice.marked_page import MATRIX_FUNCTIONS

CASES = [pytest.param(name, level, id=f"{name}-{level}") for name in EXAMPLES for level in (1, 2, 3)]


def slips(one: Exercise, sheet: Worksheet) -> list[str]:
    """Answers that are wrong, most of them."""
    key = key_of(one, sheet)
    if one.kind == "number":
        number = float(one.answer)
        return [
            f"{number * 1.03:.8g}",
            f"{-number:.8g}",
            f"{number + 1.01 * one.tolerance:.12g}",
            f"{number:.3g}",
            "1/0",
        ]
    names = sorted(s.name for s in one.answer.free_symbols)[:2]
    other = dict(zip(names, reversed(names), strict=True))
    swapped = re.sub(r"[A-Za-z_]\w*", lambda word: other.get(word[0], word[0]), key)
    return [f"2*({key})", f"-({key})", f"({key}) + 1", f"{key} +", swapped]


@pytest.mark.needs("node")
@pytest.mark.parametrize(("name", "level"), few(CASES, of=9))
def test_the_page_marks_as_the_judge_does(name: str, level: int, tmp_path: Path) -> None:
    sheet = sheet_of(name, level)
    page, _ = saved(sheet, tmp_path)
    right = [(one.label, key_of(one, sheet)) for one in sheet.exercises]
    found = marked_in(page, right)
    said = [(given, mark) for given, mark in zip(right, found, strict=True) if mark["ruling"] != "right"]
    assert said == []
    slipped = [(one.label, given) for one in sheet.exercises for given in slips(one, sheet)]
    wrong = 0
    for (label, given), mark in zip(slipped, marked_in(page, slipped), strict=True):
        expected = next(m for m in sheet.mark({label: given}).marks if m.exercise.label == label)
        assert mark["ruling"] == expected.ruling, (label, given, mark, expected)
        if expected.exercise.kind == "number" and expected.ruling == "wrong":
            assert mark["why"] == "; ".join(expected.why)
        wrong += expected.ruling == "wrong"
    assert wrong >= len(sheet.exercises)


ANSWERS = [
    ("two-layer-bias", 2, "1a", "", "empty", ""),
    ("two-layer-bias", 2, "1a", " ___ ", "empty", ""),
    ("two-layer-bias", 2, "1a", "δₒ₁ = (aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)  # mine", "right", "at all 8 points"),
    ("two-layer-bias", 2, "1a", "dE/do1 = (a_o1 - t1)*(a_o1 - a_o1²)", "right", "at all 8 points"),
    ("two-layer-bias", 2, "1a", "(a_o1 - t1)*a_o1", "wrong", "it differs at 8 of 8 points"),
    ("two-layer-bias", 2, "1b", "delta_h1", "unreadable", "delta_h1 is asked, and the formula is in δₕ₁"),
    ("two-layer-bias", 2, "1a", "delta_h1/a_h1", "unreadable", "delta_o1 is asked, and the formula is in δₕ₁"),
    ("two-layer-bias", 2, "2a", "dE/dw6 = delta_o1*a_h1", "unreadable", "the line is about something else than dE/dw5"),
    ("two-layer-bias", 2, "2a", "∂E/∂w₅ = delta_o1*a_h1", "right", "at all 8 points"),
    ("two-layer-bias", 2, "2a", "delta_o1 a_h1", "unreadable", "something like * is missing before a_h1"),
    ("two-layer-bias", 2, "3a", "w5", "unreadable", "w₅ is no number; put the numbers in, and write one such as"),
    ("two-layer-bias", 2, "3a", "delta_o1 = 1.385e-1", "right", ""),
    ("two-layer-bias", 2, "3a", "≈ 0.138", "right", ""),
    ("two-layer-bias", 2, "3a", "0.14", "wrong", "it is near, but not to as many digits as are asked"),
    ("two-layer-bias", 2, "3b", "-0.00877", "wrong", "it has the other sign"),
    ("two-layer-bias", 2, "3a", "1/0", "unreadable", "it comes to ∞, which is no number"),
    ("mlp", 3, "1a", "(A₂ − T) ⊘ m", "right", "at all 8 points"),
    ("mlp", 3, "1a", "(A2 - T)/2", "wrong", "it differs at "),
    ("mlp", 3, "2b", "(Δ_Z₂ @ W₂ᵀ) ∘ (1 − A₁∘²)", "right", "at all 8 points"),
    ("mlp", 3, "3a", "A1 @ Delta_Z2", "wrong", "4×3 @ 4×1 does not fit: 3 is not 4"),
    ("mlp", 3, "3a", "Delta_Z2", "wrong", "it is 4×1, and dE/dW2 is 3×1"),
    ("attention", 2, "1d", "1/√d*Delta_S @ K", "right", "at all 8 points"),
]  # fmt: skip


@pytest.mark.needs("node")
@pytest.mark.parametrize(("name", "level", "label", "given", "ruling", "why"), ANSWERS)
def test_each_ruling_is_told_with_its_reason(
    name: str, level: int, label: str, given: str, ruling: str, why: str, tmp_path: Path
) -> None:
    page, _ = saved(sheet_of(name, level), tmp_path)
    (mark,) = marked_in(page, [(label, given)])
    assert (mark["ruling"], mark["why"][: len(why)]) == (ruling, why)


@pytest.mark.needs("node")
def test_the_functions_of_matrices_are_those_of_the_script() -> None:
    source = script_files("elements", "formula", "arrays")
    assert in_node(f"{source}\nconsole.log(JSON.stringify(Object.keys(OF_MATRICES)))") == list(MATRIX_FUNCTIONS)


def test_every_name_has_a_value_at_every_point_and_both_sides_of_a_kink_are_tried(tmp_path: Path) -> None:
    sheet = sheet_of("smooth-l1-relu", 3)
    told = data_of(saved(sheet, tmp_path)[0])
    network = sheet.derivation.network
    names = {s.name for s in (*network.names, *sheet.derivation.backward)}
    assert [point["title"] for point in told["points"]] == ["this sheet", *(f"point {k}" for k in range(1, 8))]
    assert all(point["values"].keys() == names for point in told["points"])
    h1 = [point["values"]["h1"] > 0 for point in told["points"]]
    far = [abs(point["values"]["y"] - point["values"]["t"]) > 1 for point in told["points"]]
    assert all(2 <= sum(side) <= 6 for side in (h1, far))


def test_formulas_of_the_key_are_not_in_the_sheet(tmp_path: Path) -> None:
    sheet = sheet_of("two-layer-bias", 2)
    page, key = saved(sheet, tmp_path)
    answers = [
        key_of(one, sheet, unicode) for one in sheet.exercises if one.kind == "formula" for unicode in (True, False)
    ]
    assert not [answer for answer in answers if answer in page]
    assert page.count('class="rule') == len(sheet.exercises)
    assert 'class="rule' not in re.sub(r"<script>.*?</script>", "", key, flags=re.S)
    assert "Proof." in key


@pytest.mark.parametrize(("name", "level"), few(CASES, of=18))
def test_a_page_is_sound_and_small(name: str, level: int, tmp_path: Path) -> None:
    sheet = sheet_of(name, level)
    for text_ in saved(sheet, tmp_path):
        read = Reader(text_)
        ids = [attributes["id"] for _, attributes in read.found if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert {a["href"] for a in read.all("a") if "href" in a} <= {f"#{key}" for key in ids}
        assert {f"eq-{one.label}" for one in sheet.exercises} <= set(ids)
        assert len(text_.encode()) < 400_000
        assert not [a for _, a in read.found for word in a if word.startswith("on") or word == "style"]
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text_)[1]
        script = re.search(r"<script>(.*?)</script>", text_, re.S)[1]
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in policy
        assert not re.search(r"\beval\(|\bFunction\(|innerHTML|outerHTML|document\.write", script)


def test_text_of_a_user_is_shown_and_nothing_else(tmp_path: Path) -> None:
    page, key = saved(sb.worksheet(hostile(), 2), tmp_path)
    shown = HOSTILE.translate({ord(c): f"[U+{ord(c):04X}]" for c in "\u202e\u200f\x07\x00"})
    for text_, scripts in ((page, [{"type": "application/json", "id": "data"}, {}]), (key, [{}])):
        read = Reader(text_)
        assert read.all("script") == scripts
        assert sum(shown in words for words in read.words) >= 2
        assert not re.search("[\x00-\x08\u202e\u200f]", text_)


@pytest.mark.slow
@pytest.mark.needs("node")
@pytest.mark.parametrize(("widths", "ruling"), [([28, 28, 4], "right"), ([40, 40, 4], "unmarked")])
def test_with_very_many_names_formulas_are_not_marked_and_the_page_says_so(
    widths: list[int], ruling: str, tmp_path: Path
) -> None:
    sheet = sb.worksheet(sb.derive(sb.mlp(widths, bias=False)), 2)
    page, _ = saved(sheet, tmp_path)
    assert len(page.encode()) < 400_000
    assert ("Formulas are not marked here" in page) == (ruling == "unmarked")
    (mark,) = marked_in(page, [("1a", key_of(sheet.exercises[0], sheet))])
    assert mark["ruling"] == ruling


def test_the_command_line_writes_pages(place: Path) -> None:
    done = run("worksheet", "xor", "-o", "out", "--format", "html")
    assert done.stdout.split() == ["out/xor-worksheet.html", "out/xor-key.html", "out/xor-answers.txt"]
    page = (place / "out/xor-worksheet.html").read_text(encoding="utf-8")
    assert "symbackprop verify NET --file xor-answers.txt" in page
    assert data_of(page)["text"] == (place / "out/xor-answers.txt").read_text(encoding="utf-8")


def test_the_same_bytes_under_every_hash_seed() -> None:
    script = (
        "import pathlib, sheets, sys, tempfile\n"
        "for name in ('smooth-l1-relu', 'mlp'):\n"
        "    place = pathlib.Path(tempfile.mkdtemp())\n"
        "    sys.stdout.buffer.write(''.join(sheets.saved(sheets.sheet_of(name, 2), place)).encode())"
    )
    assert b"eq-1a" in the_one_output(script, ["0", "1"])
