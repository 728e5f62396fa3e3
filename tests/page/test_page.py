"""Pages: one file, no network, formulas that are well-formed, and text of a user's that stays text."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command_line import run
from conftest import few
from pages import COMMAND, EXAMPLES, derived, page_of, parts_of
from processes import the_one_output
from sympy import symbols

import symbackprop as sb
from symbackprop.judge import Level, Ruling, Verdict
from symbackprop.notation.mathml import mathml
from symbackprop.publish import gather
from symbackprop.publish.page import page_parts
from symbackprop.publish.page.marks import told
from symbackprop.reporting import document
from symbackprop.reporting.page import PageParts, page
from symbackprop.reporting.page.escaping import data, escaped

ROOT = Path(__file__).parents[2]
VOID = {"meta", "input", "br", "hr", "img", "link"}
HOSTILE = "</title><script>alert(1)</script> \"'`{{ 7*7 }} << 7*7 >> {% x %} <!-- \u202e\u200f \x07\x00 & &lt;"


class Reader(HTMLParser):
    """Reads a page: its text, its elements, and whether they close as they opened."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.opened: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.opened == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag

    def handle_data(self, data):
        if not self.opened or self.opened[-1] not in ("script", "style"):
            self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def test_every_formula_that_is_printed_is_well_formed_mathml() -> None:
    found = [
        formula.replace(r"\vert ", "|")
        for path in (*ROOT.glob("reports/*.md"), *ROOT.glob("reports/studies/*.md"))
        for formula in re.findall(r"\$`(.*?)`\$", path.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert len(found) > 1000
    for formula in dict.fromkeys(found):
        root = ElementTree.fromstring(mathml(formula, display=True))
        assert root.tag == "math"
        assert not [part for part in root.iter() if part.tag == "mtext" and "\\" in (part.text or "")]


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("a_{h_1}", "<msub><mi>a</mi><msub><mi>h</mi><mn>1</mn></msub></msub>"),
        ("-x", '<mrow><mo form="prefix">−</mo><mi>x</mi></mrow>'),
        ("y-x", "<mrow><mi>y</mi><mo>−</mo><mi>x</mi></mrow>"),
        (r"\mathbf{0.25}", '<mn class="b">0.25</mn>'),
        (r"\log x", '<mrow><mi>log</mi><mspace width="0.167em"/><mi>x</mi></mrow>'),
        (r"\text{if } x<0", "<mrow><mtext>if\u00a0</mtext><mi>x</mi><mo>&lt;</mo><mn>0</mn></mrow>"),
        (r"W^{\mathsf{T}}", "<msup><mi>W</mi><mi>𝖳</mi></msup>"),
        (r"\mathcal{N}", "<mi>𝒩</mi>"),
        (r"\hat{y}", '<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>'),
        (r"\sum_{k}^{n} x", None),
    ],
)
def test_what_a_formula_becomes(latex: str, expected: str | None) -> None:
    written = mathml(latex)
    if expected is None:
        assert "<munderover><mo>∑</mo>" in written
    else:
        assert written == f"<math>{expected}</math>"


@pytest.mark.parametrize("name", few(EXAMPLES, 6))
def test_a_page_is_sound_and_small(name: str) -> None:
    text = page_of(name)
    read = Reader(text)
    ids = [attributes["id"] for _, attributes in read.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["href"] for a in read.all("a")} <= {f"#{key}" for key in ids}
    assert len(text.encode()) < 400_000
    assert not re.search(
        r"(?:https?:)?//[a-z]", re.sub(r"<script>.*?</script>|<style>.*?</style>", "", text, flags=re.S)
    )
    assert not re.search(
        r"\b(?:src|srcset|xlink:href|action|ping)=|url\((?!\"data:)|@import|<link|<iframe|<object", text
    )
    assert not [a for _, a in read.found for name in a if name.startswith("on") or name == "style"]


def numbered(name: str) -> list[int]:
    d = derived(name)
    return list(document(d, gather(d)).numbers())


@pytest.mark.parametrize("name", ["two-layer-bias", "mlp"])
def test_every_numbered_line_is_there_and_says_how_it_is_known(name: str) -> None:
    text = page_of(name)
    marks = parts_of(name).marks
    assert list(marks) == numbered(name)
    assert {mark.word for mark in marks.values()} == {"given", "proved", "rule"}
    for number in marks:
        assert f'<tr id="eq-{number}"' in text
    given = sum(mark.word == "given" for mark in marks.values())
    assert given == len(derived(name).network.equations)
    assert text.count('<span class="mark given">') == given + 1  # and once where the marks are explained


def test_a_wrong_line_is_marked_and_an_undecided_one_is_sampled() -> None:
    assert told(Verdict(Ruling.WRONG, Level.ENCLOSED)).word == "wrong"
    assert told(Verdict(Ruling.UNDECIDED, Level.SAMPLED)).word == "sampled"
    assert told(Verdict(Ruling.PROVED, Level.RATIONAL)).word == "proved"


def test_the_policy_lets_the_page_run_its_own_script_alone() -> None:
    text = page_of("two-layer-bias")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["font-src"] == rules["img-src"] == "data:"
    for kind, directive in (("script", "script-src"), ("style", "style-src")):
        inside = re.search(rf"<{kind}>(.*?)</{kind}>", text, re.S)[1]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules[directive] == f"'sha256-{digest}'"
    script = re.search(r"<script>(.*?)</script>", text, re.S)[1]
    assert not re.search(r"\beval\(|\bFunction\(|innerHTML|outerHTML|document\.write|setTimeout\(\"", script)


def hostile() -> sb.Derivation:
    x, t, w, y, loss = symbols("x t w y loss")
    return sb.derive(
        sb.Network(
            {y: w * x, loss: (y - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=loss, name=HOSTILE,
            values={"x": 0.5, "t": 1, "w": 0.25},
        )
    )  # fmt: skip


def test_text_of_a_user_is_shown_and_nothing_else() -> None:
    d = hostile()
    evidence = gather(d)
    tree = document(d, evidence)
    text = page(tree, page_parts(d, tree, evidence, d.network.values, HOSTILE))
    read = Reader(text)
    scripts = read.all("script")
    assert scripts == [{"type": "application/json", "id": "data"}, {}]
    assert len(read.all("title")) == 1
    shown = HOSTILE.translate({ord(c): f"[U+{ord(c):04X}]" for c in "\u202e\u200f\x07\x00"})
    assert sum(shown in words for words in read.words) >= 3  # title, heading, command
    assert not re.search("[\x00-\x08\u202e\u200f]", text)


def test_data_end_no_element() -> None:
    assert data({"a": "</script><!--&\u2028"}) == '{"a":"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028"}'
    assert escaped("<b a='1' c=\"2\">") == "&lt;b a=&#x27;1&#x27; c=&quot;2&quot;&gt;"


def test_the_font_is_ours_to_give_and_has_what_formulas_need() -> None:
    place = ROOT / "symbackprop" / "reporting" / "page" / "font"
    assert "SIL OPEN FONT LICENSE" in (place / "OFL.txt").read_text(encoding="utf-8")
    whole = (place / "symbackprop-math.woff2").read_bytes()
    assert whole[:4] == b"wOF2"
    assert len(whole) < 64_000
    assert base64.b64encode(whole).decode() in page_of("two-layer-bias")
    ttlib = pytest.importorskip("fontTools.ttLib")
    pytest.importorskip("brotli")
    font = ttlib.TTFont(BytesIO(whole))
    assert "MATH" in font
    known = font.getBestCmap()
    used = set()
    for name in ("two-layer-bias", "mlp", "softmax-classifier"):
        for formula in re.findall(r"<math.*?</math>", page_of(name), re.S):
            used |= set(re.sub(r"<[^>]*>|&\w+;", "", formula))
    assert not [c for c in used if ord(c) not in known and not c.isspace()]


def test_without_values_the_page_makes_some_up_and_is_below_its_size() -> None:
    d = sb.derive(sb.mlp([4, 3, 2], bias=False))
    evidence = gather(d)
    tree = document(d, evidence)
    parts = page_parts(d, tree, evidence, {})
    assert parts.live is not None
    assert set(parts.live.given) == {s.name for s in d.network.leaves}
    assert parts.live.points


@pytest.mark.slow
def test_many_weights_fit_into_a_page() -> None:
    d = sb.derive(sb.mlp([16, 16, 12], bias=False))
    assert len(d.wrt) == 448
    evidence = gather(d)
    tree = document(d, evidence)
    assert len(page(tree, page_parts(d, tree, evidence, {})).encode()) < 1_500_000


def test_a_document_alone_is_a_page_too() -> None:
    d = derived("or-gate")
    text = page(document(d, gather(d)), PageParts())
    assert 'id="live"' not in text
    assert "data-weight" not in re.sub(r"<script>.*?</script>", "", text, flags=re.S)
    Reader(text)


def test_the_command_that_makes_a_page_stands_in_it(tmp_path: Path) -> None:
    assert COMMAND in page_of("mlp")
    (written,) = sb.report(derived("or-gate"), tmp_path / "or.html", formats="html", command="make it")
    assert written == tmp_path / "or.html"
    assert "<code>make it</code>" in written.read_text(encoding="utf-8")


def test_the_command_line_writes_a_page_that_says_how(place: Path) -> None:
    words = ["report", "or-gate", "-o", "out", "--format", "html", "--lr", "0.5", "--epochs", "3"]
    assert run(*words).stdout == "out/or-gate.html\n"
    text = (place / "out" / "or-gate.html").read_text(encoding="utf-8")
    assert "<code>symbackprop report or-gate -o DIR --format html --lr 0.5 --epochs 3</code>" in text
    assert str(place) not in text


def test_the_same_bytes_under_every_hash_seed() -> None:
    script = "import pages, sys; sys.stdout.buffer.write(pages.page_of('xor').encode())"
    assert b"eq-1" in the_one_output(script, ["0", "1"])
