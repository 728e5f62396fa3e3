"""The documents of a site in one folder, where they stand to one another as they do in the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from symbackprop.network.spec import example_names, read_example
from symbackprop.publish import FORMATS
from website.reference import command_pages, name_pages

ROOT = Path(__file__).resolve().parents[3]
TAKEN = ("README.md", "CHANGELOG.md", "LICENSE", "docs", "reports", "scripts/sharded_training.py")
"""What is taken as it is."""
EXAMPLES = "symbackprop/examples"
LIVING = "living"
LINK = re.compile(r"(\]\()([^)#:\s]+)((?:#[^)\s]*)?\))")


def write_tree(folder: Path) -> None:
    """Fill an empty folder with documents, the reference, the examples, and living pages where there are any."""
    for name in TAKEN:
        here, there = ROOT / name, folder / name
        if here.is_dir():
            shutil.copytree(here, there)
        else:
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(here, there)
    for name, text in (name_pages() | command_pages()).items():
        _write(folder / "reference" / name, text)
    _write(folder / "reference" / "README.md", "\n".join(_contents()) + "\n")
    _write(folder / EXAMPLES / "README.md", "\n".join(_examples(folder / EXAMPLES)) + "\n")
    if "html" in FORMATS:
        _write(folder / LIVING / "README.md", "\n".join(_living(folder / LIVING)) + "\n")
    for path in folder.rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(LINK.sub(lambda found, at=path.parent: _to_file(found, at), text), encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _to_file(link: re.Match[str], at: Path) -> str:
    """A link to a folder leads to the page of that folder."""
    before, target, after = link.groups()
    page = at / target / "README.md"
    return f"{before}{target.rstrip('/')}/README.md{after}" if page.is_file() else link[0]


def _contents() -> Iterator[str]:
    """The list of the pages of the reference."""
    yield "# Reference\n"
    for name, text in (name_pages() | command_pages()).items():
        title, _, about = text.partition("\n\n")
        yield f"- [{title.removeprefix('# ')}]({name}): {about.partition(chr(10))[0]}"


def _examples(folder: Path) -> Iterator[str]:
    """The files of the networks that ship, and the page that lists them."""
    folder.mkdir(parents=True, exist_ok=True)
    yield "# Examples\n\nThe networks that ship, as files to read; `symbackprop derive NAME` takes each by its name.\n"
    for name in example_names():
        shutil.copyfile(ROOT / EXAMPLES / f"{name}.toml", folder / f"{name}.toml")
        yield f"- [{name}]({name}.toml): {read_example(name).description}"


def _living(folder: Path) -> Iterator[str]:
    """Reports as pages at which a reader can work, and the page that lists them."""
    folder.mkdir(parents=True, exist_ok=True)
    yield "# Living pages\n\nReports in which numbers can be changed, and lines looked up.\n"
    for name in example_names():
        words = ["report", name, "-o", str(folder), "--format", "html"]
        subprocess.run([sys.executable, "-m", "symbackprop", *words], check=True, stdout=subprocess.DEVNULL)
        yield f"- [{read_example(name).network.name}]({name}.html)"
