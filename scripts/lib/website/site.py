"""Builds the site: documents and reference into one folder, MkDocs over it, and no link that leads nowhere."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config.defaults import MkDocsConfig
from pygments.formatters import HtmlFormatter

from website import contents
from website.anchors import github_anchor
from website.links import broken, fetched
from website.reference import command_pages, name_pages
from website.tree import LIVING, ROOT, write_tree

HERE = Path(__file__).parent
FONT = ROOT / "symbackprop" / "reporting" / "page" / "font" / "symbackprop-math.woff2"
FACE = '@font-face { font-family: symbackprop-math; src: url("symbackprop-math.woff2") format("woff2"); }\n'


def make_site(out: Path) -> list[str]:
    """Build the site in a folder, anew; what is wrong with its links, a sentence each."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder).resolve() / "tree"
        tree.mkdir()
        write_tree(tree)
        _styles(tree)
        config = MkDocsConfig()
        config.load_dict(_settings(tree, out.resolve()))
        errors, warnings = config.validate()
        if errors or warnings:
            return [f"{name}: {said}" for name, said in (*errors, *warnings)]
        shutil.rmtree(out, ignore_errors=True)
        os.environ["SOURCE_DATE_EPOCH"] = "0"  # MkDocs writes the date of its run into the first page
        build(config)
    for name in ("404.html", "sitemap.xml", "sitemap.xml.gz"):  # for a server alone, or with the date of the day
        (out / name).unlink(missing_ok=True)
    return [*broken(out), *fetched(out)]


def _styles(tree: Path) -> None:
    """The style sheet, with the colours of code, and the font for mathematics where the package has one."""
    css = (HERE / "site.css").read_text(encoding="utf-8") + HtmlFormatter().get_style_defs(".codehilite") + "\n"
    if FONT.is_file():
        shutil.copyfile(FONT, tree / FONT.name)
        css = FACE + css
    (tree / "site.css").write_text(css, encoding="utf-8")


def _settings(tree: Path, out: Path) -> dict[str, Any]:
    return {
        "site_name": "symbackprop",
        "site_description": "Back-propagation, derived",
        "docs_dir": str(tree),
        "site_dir": str(out),
        "use_directory_urls": False,  # so that it can be read from the disk
        "theme": {"name": "mkdocs", "highlightjs": False, "navigation_depth": 3, "locale": "en"},
        "extra_css": ["site.css"],
        "plugins": ["search"],
        "markdown_extensions": [
            "website.maths:Maths", "sane_lists", {"codehilite": {"guess_lang": False}},
            {"toc": {"slugify": github_anchor, "permalink": False}},
        ],
        "nav": _navigation(tree),
    }  # fmt: skip


def _navigation(tree: Path) -> list[Any]:
    """The menu: documents as docs/README.md has them, the gallery, the reference."""
    grouped = contents.groups((tree / "docs" / "README.md").read_text(encoding="utf-8"))
    living = [{"Living pages": f"{LIVING}/README.md"}] if (tree / LIVING).is_dir() else []
    return [
        {"Start": "README.md"},
        *({group.title: [{title: f"docs/{file}"} for title, file in group.pages]} for group in grouped),
        {"Gallery": [{"Reports": "reports/README.md"}, *living, {"Benchmark": "reports/benchmarks/README.md"}]},
        {"Reference": [{"All": "reference/README.md"}, *_reference()]},
        {"Changes": "CHANGELOG.md"},
    ]


def _reference() -> list[dict[str, str]]:
    pages = name_pages() | command_pages()
    return [{text.partition("\n")[0].removeprefix("# "): f"reference/{name}"} for name, text in pages.items()]


if __name__ == "__main__":
    site = Path(sys.argv[1])
    wrong = make_site(site)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    if wrong:
        sys.exit(1)
    print(site / "index.html")
