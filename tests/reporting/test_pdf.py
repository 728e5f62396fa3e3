"""Reports as PDF, by pdflatex and by typst: what a user wrote is text, the same input gives the same bytes."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import slow_except
from page_breakers import PAGE_BREAKERS, untrained
from sympy import symbols

import symbackprop as sb
from symbackprop.cli import main
from symbackprop.notation.typeset.typst import typst_formula, typst_string
from symbackprop.publish.pdf import pdf, typst_files
from symbackprop.publish.pdf.pdflatex import run_pdflatex
from symbackprop.publish.pdf.typst import run_typst
from symbackprop.reporting import latex
from symbackprop.reporting.blocks import Document, Figure, Formula, Line, Listing, Paragraph, Raw, Strong, Table
from symbackprop.reporting.listings import folded
from symbackprop.reporting.typst import typst

HOSTILE = [
    r"\input{/etc/hostname}", r"\write18{ls}", "50% of it", "$E=1$ & a_b^c ~ #1", "{{ 7*7 }} << 7*7 >> <% x %>",
    '#read("/etc/hostname")', "#panic(1);", "*bold* _it_ `raw` <label> @ref [x] = y", 'a "quoted" \'word\'',
    "// x /* y */", r"\u{41} \\ \"", "^^5cinput", "---", "- item", "+ item", "/ term: x", "https://x.y",
]  # fmt: skip
WITH_SIGNS = "left\u202eright\u200f and \x00\x07\x1b[31m bell\ttab\nline"
SMALLEST = b"%PDF"


@pytest.fixture
def no_programs(monkeypatch, tmp_path):
    """No program is found, so that typst has to do."""
    empty = tmp_path / "no-programs"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))


def words_of(data: bytes, folder: Path) -> str:
    """The text of a PDF, blanks of all kinds as one."""
    (folder / "x.pdf").write_bytes(data)
    done = subprocess.run(["pdftotext", "-layout", "x.pdf", "-"], cwd=folder, capture_output=True, check=True)
    return re.sub(r"\s+", " ", done.stdout.decode())


def bare_words(text: str) -> str:
    """A text without blanks, quotes and low lines, which pdfTeX draws as rules, and with its accents as signs."""
    return re.sub(r"[\s\"'`’‘”“_\u200b↪]", "", text.translate(str.maketrans("ˆ˜", "^~")))


def small_network(name: str) -> sb.Network:
    y, w, x, t, E = symbols("y w x t E")
    return sb.Network({y: w * x, E: (y - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E, name=name)


def of_words(words: list[str]) -> Document:
    """A document in which each of the words stands in every place that holds text."""
    made = untrained(small_network("words"))
    cells = tuple(((word,), (Strong(word),)) for word in words)
    blocks = (
        *(Paragraph((word,)) for word in words),
        Formula(tuple(Line(Raw("1"), Raw("x"), (word,)) for word in words)),
        Table((("word",), ("strong",)), cells, "lp"),
        Listing("python", "\n".join(words)),
    )
    return Document(words[0], blocks, made.names, made.order)


def by_pdflatex(document: Document) -> bytes:
    program = shutil.which("pdflatex")
    assert program is not None
    return run_pdflatex(program, latex(document), {})


def by_typst(document: Document) -> bytes:
    return run_typst(*typst_files(document))


WAYS = [
    pytest.param(by_pdflatex, marks=pytest.mark.needs("pdflatex"), id="pdflatex"),
    pytest.param(by_typst, marks=pytest.mark.needs("typst"), id="typst"),
]


# What a user wrote


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("way", WAYS)
def test_what_means_something_elsewhere_is_text(way, tmp_path):
    secret = tmp_path / "secret.tex"
    secret.write_text("UNTOLD", encoding="utf-8")
    words = [word.replace("/etc/hostname", str(secret)) for word in HOSTILE]
    text = words_of(way(of_words(words)), tmp_path)
    bare = bare_words(text)
    for word in words:
        assert bare.count(bare_words(word)) >= 2, word
    assert "UNTOLD" not in text


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("way", WAYS)
def test_what_cannot_be_seen_is_a_question_mark(way, tmp_path):
    text = words_of(way(of_words([WITH_SIGNS])), tmp_path)
    assert "left?right? and ???[31m bell tab line" in text
    assert not set("\u202e\u200f\x07\x1b") & set(text)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("word", HOSTILE)
def test_every_title_can_be_set(way, word):
    assert way(of_words([word])).startswith(SMALLEST)


def test_strings_of_typst_end_where_they_should():
    assert typst_string('a"b\\c\n\u202e') == '"a\\"b\\\\c ?"'
    assert typst_string("x" * 30, breakable=True).count("\u200b") == 29


def test_formulas_of_typst_have_strings_and_escaped_signs_alone():
    assert typst_formula(r"\frac{\partial E}{\partial a_{h_1}}") == (
        'frac(∂italic("E"),∂attach(italic("a"),b:attach(italic("h"),b:upright("1"))))'
    )
    assert typst_formula(r"f(x, y)") == r'italic("f")\(italic("x")\,italic("y")\)'


# The same bytes


@pytest.mark.parametrize("way", WAYS)
def test_the_same_document_gives_the_same_bytes(way):
    document = untrained(small_network("twice"))
    first = way(document)
    time.sleep(1.1)  # a second later
    assert way(document) == first


@pytest.mark.slow
@pytest.mark.needs("typst")
@pytest.mark.parametrize("tex", [pytest.param(True, marks=pytest.mark.needs("pdflatex")), False])
def test_the_same_bytes_under_every_hash_seed(tex, tmp_path):
    (tmp_path / "empty").mkdir()
    found = set()
    for seed in ("0", "1", "2"):
        place = {} if tex else {"PATH": str(tmp_path / "empty")}
        command = [
            sys.executable,
            "-m",
            "symbackprop",
            "report",
            "or-gate",
            "-o",
            str(tmp_path / seed),
            "--format",
            "pdf",
        ]
        environment = {**os.environ, **place, "PYTHONHASHSEED": seed}
        subprocess.run(command, env=environment, check=True, capture_output=True)
        found.add((tmp_path / seed / "or-gate.pdf").read_bytes())
    assert len(found) == 1


# What goes wrong


def fake_pdflatex(folder: Path, script: str) -> str:
    """A program of that name which does what a script of the shell says."""
    folder.mkdir(exist_ok=True)
    program = folder / "pdflatex"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


@pytest.fixture
def left_behind(tmp_path, monkeypatch):
    """What a test leaves in its own folder of temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return lambda: set(os.listdir(folder))


def _sleep(seconds: int) -> str:
    """What waits, on a machine that has Python and little more."""
    return f'"{sys.executable}" -c "import time; time.sleep({seconds})"'


def test_a_run_that_takes_too_long_is_stopped_with_all_it_started(tmp_path, left_behind):
    program = fake_pdflatex(tmp_path / "bin", f"({_sleep(3)}; touch {tmp_path}/late) &\n{_sleep(60)}")
    begun = time.monotonic()
    with pytest.raises(sb.SymbackpropError, match=re.escape("pdflatex took more than 0.5 seconds and was stopped")):
        run_pdflatex(program, "x", {}, limit=0.5)
    assert time.monotonic() - begun < 30
    assert not left_behind()
    time.sleep(3.5)
    assert not (tmp_path / "late").exists()


def test_the_last_real_error_is_told(tmp_path, left_behind):
    log = [
        "! Undefined control sequence.", "l.5 \\nonsense", "! LaTeX Error: File `mathtools.sty' not found.",
        "! Emergency stop.", "!  ==> Fatal error occurred, no output PDF file produced!",
    ]  # fmt: skip
    (tmp_path / "log").write_text("\n".join(log), encoding="utf-8")
    program = fake_pdflatex(tmp_path / "bin", f"cp {tmp_path}/log report.log\nexit 1")
    with pytest.raises(sb.SymbackpropError) as error:
        run_pdflatex(program, "x", {})
    assert str(error.value).startswith("error[pdf]: pdflatex failed: LaTeX Error: File `mathtools.sty' not found; ")
    assert not left_behind()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exit 3", "it ended with status 3"),
        ("exit 0", "it ended with status 0"),
        ("kill -9 $$", "it ended with status -9"),
    ],
)
def test_a_run_without_a_log_or_a_file_is_told(script, words, tmp_path):
    program = fake_pdflatex(tmp_path / "bin", script)
    with pytest.raises(sb.SymbackpropError, match=re.escape(words)):
        run_pdflatex(program, "x", {})


@pytest.mark.needs("pdflatex")
def test_errors_of_tex_itself_are_told():
    program = shutil.which("pdflatex")
    with pytest.raises(sb.SymbackpropError, match=r"pdflatex failed: Undefined control sequence; "):
        run_pdflatex(program, r"\documentclass{article}\begin{document}\nonsense\end{document}", {})
    with pytest.raises(sb.SymbackpropError, match=r"pdflatex failed: LaTeX Error: File `/etc/passwd\.tex' not found"):
        run_pdflatex(program, r"\documentclass{article}\begin{document}\input{/etc/passwd}\end{document}", {})


@pytest.mark.needs("typst")
def test_errors_of_typst_are_told(left_behind):
    with pytest.raises(sb.SymbackpropError, match=r"error\[pdf\]: typst failed: unclosed delimiter; "):
        run_typst("#(", {})
    with pytest.raises(sb.SymbackpropError, match=r"typst failed: "):
        run_typst('#read("/etc/../../etc/passwd")', {})
    assert not left_behind()


def test_a_failure_leaves_the_other_formats_and_no_half_of_a_file(tmp_path, monkeypatch):
    fake_pdflatex(tmp_path / "bin", "echo half > report.pdf; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    arguments = ["report", "or-gate", "-o", str(tmp_path / "out"), "--format", "pdf,md,tex"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "pdflatex failed: it ended with status 1" in result.output
    assert {path.name for path in (tmp_path / "out").iterdir() if path.suffix != ".svg"} == {
        "or-gate.md",
        "or-gate.tex",
    }


def test_without_either_the_message_says_how_to_install(tmp_path, monkeypatch, no_programs):
    monkeypatch.setitem(sys.modules, "typst", None)
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "typst" else there(name))
    d = sb.derive(small_network("none"))
    with pytest.raises(sb.SymbackpropError) as error:
        sb.report(d, tmp_path / "none", formats=("pdf", "md"))
    assert str(error.value) == (
        "error[missing-extra]: a PDF needs pdflatex or the module typst, and neither is here; "
        'install it, in a clone of symbackprop: pip install ".[pdf]"'
    )
    assert [path.name for path in tmp_path.glob("none.*")] == ["none.md"]


# Which way, and which formats


@pytest.mark.needs("typst")
def test_typst_sets_it_where_there_is_no_pdflatex(no_programs):
    assert b"Typst" in pdf(untrained(small_network("typst")))


@pytest.mark.needs("pdflatex")
def test_pdflatex_sets_it_where_there_is_one(tmp_path):
    (made,) = sb.report(sb.derive(small_network("tex")), tmp_path / "tex.pdf", formats="pdf")
    assert made.name == "tex.pdf"
    assert b"pdfTeX" in made.read_bytes()


def test_by_default_there_is_no_pdf(tmp_path):
    result = CliRunner().invoke(main, ["report", "or-gate", "-o", str(tmp_path)])
    assert result.exit_code == 0
    assert {path.suffix for path in tmp_path.iterdir()} == {".md", ".tex", ".svg"}


FIGURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="red"/></svg>'
)


@pytest.mark.needs("typst", "pdftotext")
def test_figures_stand_in_the_pdf_of_typst(tmp_path):
    made = untrained(small_network("drawn"))
    drawn = Document(
        "t", (Figure("graph", ("What is drawn.",), "a box"),), made.names, made.order, {"graph": "t-graph"}
    )
    data = run_typst(typst(drawn), {"t-graph.svg": FIGURE})
    assert "Figure 1. What is drawn." in words_of(data, tmp_path)


# The page


def test_long_lines_of_listings_are_folded():
    assert (
        folded("short\n  " + "word " * 7 + "word", 20) == "short\n  word word word\n  ↪ word word word\n  ↪ word word"
    )
    assert all(len(line) <= 30 for line in folded("x" * 200, 30).split("\n"))


@pytest.mark.slow
@pytest.mark.needs("pdflatex")
@pytest.mark.parametrize("name", PAGE_BREAKERS)
def test_nothing_is_wider_than_the_page(name, tmp_path):
    from reporting.test_reporting import check_log, compile_latex

    check_log(compile_latex(latex(PAGE_BREAKERS[name]()), tmp_path))


@pytest.mark.needs("typst", "pdftotext")
@pytest.mark.parametrize("name", slow_except(["gated-scalars"], PAGE_BREAKERS))
def test_nothing_of_typst_is_beyond_the_margins(name, tmp_path):
    document = PAGE_BREAKERS[name]()
    (tmp_path / "x.pdf").write_bytes(by_typst(document))
    subprocess.run(["pdftotext", "-bbox", "x.pdf", "x.html"], cwd=tmp_path, check=True)
    boxes = (tmp_path / "x.html").read_text(encoding="utf-8")
    ends = [float(x) for x in re.findall(r'<word xMin="[\d.-]+" yMin="[\d.-]+" xMax="([\d.-]+)"', boxes)]
    begins = [float(x) for x in re.findall(r'<word xMin="([\d.-]+)"', boxes)]
    margin = 22 * 72 / 25.4
    assert len(ends) > 100
    assert max(ends) <= 210 * 72 / 25.4 - margin + 3
    assert min(begins) >= margin - 3
    numbers = [f"({number})" for number in document.numbers()]
    assert all(f">{number}</word>" in boxes for number in numbers)
