"""The order of the documents, as docs/README.md has it: headings, and under each a list of links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADING = re.compile(r"^## (.+)$")
ENTRY = re.compile(r"^- \[(?P<title>[^]]+)\]\((?P<file>[\w-]+\.md)\)")


@dataclass(frozen=True)
class Group:
    """Documents under one heading: titles, each with its file in docs/."""

    title: str
    pages: tuple[tuple[str, str], ...]


def groups(contents: str) -> tuple[Group, ...]:
    """The groups that have documents, in order."""
    return tuple(_groups(contents))


def _groups(contents: str) -> Iterator[Group]:
    title, pages = "", []
    for line in [*contents.splitlines(), "## "]:
        if line.startswith("## "):
            if pages:
                yield Group(title, tuple(pages))
            heading = HEADING.match(line)
            title, pages = heading[1] if heading else "", []
        elif entry := ENTRY.match(line):
            pages.append((entry["title"], entry["file"]))
