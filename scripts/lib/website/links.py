"""Which links of a built site lead nowhere, and which pages would ask the network for something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {("img", "src"), ("script", "src"), ("link", "href"), ("source", "src"), ("iframe", "src"), ("image", "href")}
"""What a browser fetches by itself when it shows a page."""


@dataclass
class _Reader(HTMLParser):
    """Collects the anchors of a page, and where it leads."""

    anchors: set[str] = field(default_factory=set)
    links: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            elif name in ("href", "src"):
                self.links.append((tag, name, value))


@cache
def _read(path: Path) -> _Reader:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


def broken(site: Path) -> list[str]:
    """A sentence for each link within the site that leads nowhere."""
    return [said for path in sorted(site.rglob("*.html")) for said in _broken_in(path, site)]


def _broken_in(path: Path, site: Path) -> Iterator[str]:
    for _, _, link in dict.fromkeys(_read(path).links):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        goal = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
        where = f"{path.relative_to(site)} leads to {link}"
        if goal.is_dir():
            goal /= "index.html"
        if not goal.is_file() or (goal != path and not goal.is_relative_to(site.resolve())):
            yield f"{where}, which is not there"
        elif parts.fragment and goal.suffix == ".html" and unquote(parts.fragment) not in _read(goal).anchors:
            yield f"{where}, of which the page is there and the place in it is not"


def fetched(site: Path) -> list[str]:
    """A sentence for each thing that a page would fetch from elsewhere."""
    return [
        f"{path.relative_to(site)} fetches {link}"
        for path in sorted(site.rglob("*.html"))
        for tag, name, link in _read(path).links
        if (tag, name) in LOADED and (urlsplit(link).netloc or urlsplit(link).scheme not in ("", "data"))
    ]
