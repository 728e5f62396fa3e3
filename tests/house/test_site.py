"""The site of the documents: it builds, every link leads somewhere, and every public name has an entry."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import symbackprop as sb

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))

from website import contents, links  # noqa: E402
from website.anchors import github_anchor  # noqa: E402
from website.reference import command_pages, name_pages  # noqa: E402
from website.reference.commands import all_commands  # noqa: E402
from website.reference.docstrings import as_markdown  # noqa: E402
from website.reference.names import PAGES  # noqa: E402

NAMES = name_pages()


def built(out: Path, seed: str = "0") -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT / "scripts" / "lib"), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-m", "website.site", str(out)],
        env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "site"
    done = built(out)
    assert done.returncode == 0, done.stderr
    return out


# The reference


def test_every_public_name_has_an_entry_on_one_page() -> None:
    entries = [name for page in NAMES.values() for name in re.findall(r"^## sb\.([\w.]+)$", page, re.MULTILINE)]
    expected = [*sb.__all__, *(f"studies.{name}" for name in sb.studies.__all__)]
    assert sorted(entries) == sorted(set(expected) - {"__version__"})
    assert NAMES.keys() == {f"{room}.md" for room in PAGES}


def test_every_entry_says_something() -> None:
    for page in NAMES.values():
        for entry in re.split(r"^###? ", page, flags=re.MULTILINE)[1:]:
            words = re.sub(r"```.*?```", "", entry.partition("\n")[2], flags=re.DOTALL)
            assert words.split(), entry


def test_entries_have_signatures_sections_and_members() -> None:
    report = NAMES["publish.md"]
    assert "sb.report(\n    derivation: Derivation | Differentiated,\n    path: str | os.PathLike[str],\n" in report
    assert ") -> tuple[Path, ...]\n```" in report
    assert "**Parameters**\n\n- **derivation**: What to report: a derivation; or a Jacobian" in report
    assert "### sb.Network.from_function\n\n```python\nsb.Network.from_function(\n" in NAMES["network.md"]
    assert "    /,\n    *,\n" in NAMES["network.md"]
    assert "```python\nsb.sigmoid(z)\n```" in NAMES["functions.md"]
    assert "### sb.Derivation.gradients\n\nThe closed form" in NAMES["calculus.md"]
    assert "- `CHAIN`: chain rule" in NAMES["calculus.md"]


def test_nothing_of_one_run_stands_in_the_reference() -> None:
    for page in (*NAMES.values(), *command_pages().values()):
        assert not re.search(r"0x[0-9a-f]{6}|<function|<class", page)


def test_every_command_has_an_entry_with_its_options() -> None:
    page = command_pages()["commands.md"]
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == all_commands()
    assert {"symbackprop explain", "symbackprop study boundary"} <= set(all_commands())
    assert "| `--step` | Show one line at a time" in page
    assert "```sh\nsymbackprop explain two-layer-sigmoid w1\n" in page


def test_a_docstring_becomes_words_lists_and_code() -> None:
    written = as_markdown(
        """The sum 2*a*b of ``x*y``, if a < b.

        Parameters
        ----------
        a_1, b
            The first
            and the second.

        Behind it.

        >>> f(1)
        2
        """
    )
    assert written == (
        "The sum 2\\*a\\*b of ``x*y``, if a &lt; b.\n\n**Parameters**\n\n- **a\\_1, b**: The first and the second.\n\n"
        "Behind it.\n\n```python\nf(1)\n# 2\n```"
    )


# The contents


def test_every_document_is_in_the_contents_once() -> None:
    grouped = contents.groups((ROOT / "docs" / "README.md").read_text(encoding="utf-8"))
    assert [group.title for group in grouped] == ["Tutorial", "How to", "Explanation"]
    listed = [file for group in grouped for _, file in group.pages]
    assert sorted(listed) == sorted(path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md")


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("A derived loss in a PyTorch model", "a-derived-loss-in-a-pytorch-model"),
        ("Pickle, processes and threads", "pickle-processes-and-threads"),
        ("0.1.0 (unreleased)", "010-unreleased"),
    ],
)
def test_anchors_are_those_of_github(heading: str, anchor: str) -> None:
    assert github_anchor(heading) == anchor


# Links


def test_broken_links_and_what_is_fetched_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<h1 id="top"></h1><a href="b.html#here">1</a><a href="b.html#no">2</a><a href="c.html">3</a>'
        '<a href="#top">4</a><a href="#gone">5</a><a href="https://example.org/x">6</a><a href="../out.html">7</a>'
        '<script src="https://example.org/y.js"></script><img src="data:image/png;base64,AA==">',
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text('<a name="here"></a>', encoding="utf-8")
    assert links.broken(tmp_path) == [
        "a.html leads to b.html#no, of which the page is there and the place in it is not",
        "a.html leads to c.html, which is not there",
        "a.html leads to #gone, of which the page is there and the place in it is not",
        "a.html leads to ../out.html, which is not there",
    ]
    assert links.fetched(tmp_path) == ["a.html fetches https://example.org/y.js"]


# The site


@pytest.mark.slow
@pytest.mark.needs("mkdocs")
def test_the_site_builds_and_no_link_is_broken(site: Path) -> None:
    assert links.broken(site) == links.fetched(site) == []
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert {"index.html", "docs/tutorial.html", "reports/index.html", "reports/or-gate.html"} <= pages
    assert {f"reference/{name.removesuffix('.md')}.html" for name in (*NAMES, "commands.md")} <= pages


@pytest.mark.slow
@pytest.mark.needs("mkdocs")
def test_formulas_are_set_and_code_is_left_alone(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert "$`" not in re.sub(r"<pre\b.*?</pre>", "", page, flags=re.S), path
        assert "wzxhzdk" not in page, path
    tutorial = (site / "docs" / "tutorial.html").read_text(encoding="utf-8")
    assert tutorial.count('<div class="equation">') == 16
    assert "The derivative <math>" in tutorial or 'The derivative <code class="maths">' in tutorial


@pytest.mark.slow
@pytest.mark.needs("mkdocs")
def test_the_site_is_the_same_bytes_again(site: Path, tmp_path: Path) -> None:
    assert built(tmp_path / "again", seed="7").returncode == 0
    assert digests(tmp_path / "again") == digests(site)


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.needs("mkdocs")
def test_a_formula_is_set_and_its_source_is_not() -> None:
    from markdown import markdown
    from website.maths import Maths

    text = "A $`a_1*b*c`$, `$` and ``$`x`$`` and $`d`$.\n\n| $`e`$ |\n| :-- |\n| $`f \\vert g`$ |\n"
    page = markdown(text, extensions=[Maths(), "tables"])
    assert "<code>$`x`$</code>" in page
    assert "<em>" not in page
    assert page.count("<math") + page.count('<code class="maths">') == 4
    block = markdown(
        "```math\n\\begin{aligned}\na &= b \\\\\nc &= d\n\\end{aligned}\n```\n", extensions=[Maths(), "fenced_code"]
    )
    assert block.count('<div class="equation"><span>') == 2
