"""Writes the gallery, reports/README.md: every report and study with one sentence, and a drawing where there is one.

The sentences are the descriptions of the networks that ship, and the titles and first words of the studies.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from symbackprop.network.spec import example_names, read_example

HEAD = """# Gallery

Whole derivations, as they come out of `scripts/make_reports`: each equation, each local derivative, each line of the
work with its reason, and what was checked. Beside each page lies the same in LaTeX.

## Networks
"""
STUDIES = """## Studies

What [docs/studies.md](../docs/studies.md) is about, asked of some of these networks.
"""
MEASURED = """## Measured

[The benchmark](benchmarks/README.md) has steps, loops and derivations timed side by side with code by hand, PyTorch,
JAX and others.
"""
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
FIRST = re.compile(r"^## Summary\n\n(.+?[.:])(?:\s|$)", re.MULTILINE)


def gallery(reports: Path) -> str:
    """The page for a folder of reports."""
    networks = "\n".join(_networks(reports))
    studies = "\n".join(_studies(reports / "studies"))
    return "\n".join([HEAD, networks, "", STUDIES, studies, "", MEASURED])


def _networks(reports: Path) -> Iterator[str]:
    for name in example_names():
        if (reports / f"{name}.md").is_file():
            example = read_example(name)
            yield f"- [{example.network.name}]({name}.md): {_sentence(example.description)}{_drawing(reports, name)}"


def _studies(studies: Path) -> Iterator[str]:
    for path in sorted(studies.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        title, first = TITLE.search(text), FIRST.search(text)
        assert title is not None, path
        told = "" if first is None else f": {_sentence(first[1].rstrip(':'))}"
        yield f"- [{title[1]}](studies/{path.name}){told}"


def _drawing(reports: Path, name: str) -> str:
    """The drawing of a network on a line of its own, where one lies beside its report."""
    file = f"{name}-network.svg"
    return f"\n\n    ![The network, drawn]({file})\n" if (reports / file).is_file() else ""


def _sentence(words: str) -> str:
    words = words.strip()
    return f"{words[0].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "README.md").write_text(gallery(folder), encoding="utf-8")
