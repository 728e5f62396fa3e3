"""A document as one page that opens without a network: its text, its style, its font and its script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from symbackprop.drawings.picture import TONES
from symbackprop.drawings.svg import style_of
from symbackprop.notation import Total
from symbackprop.reporting.blocks import Block, Document, Figure, Heading
from symbackprop.reporting.page.escaping import code_escaped, data, escaped
from symbackprop.reporting.page.parts import Live, Mark, PageParts, Quantity
from symbackprop.reporting.page.practice import practice_of
from symbackprop.reporting.page.rows import tables
from symbackprop.reporting.page.writer import HtmlWriter
from symbackprop.reporting.render import render_template

SCRIPTS = (
    "elements", "formula", "arrays", "comparing", "network", "routes", "numbers", "controls", "curve", "training",
    "lights", "judge", "references", "walk", "copying", "boxes", "start",
)  # fmt: skip
"""The files of the script, in order: each may use what stands before it."""
OF_WORKSHEETS = ("elements", "formula", "arrays", "comparing", "marking", "copying", "boxes", "practice")
"""Those of a page that marks answers."""
LONG = 3
"""A page with more sections than this has a list of its contents."""


def page(document: Document, parts: PageParts) -> str:
    """Write a document as HTML, in one file that needs no other."""
    figures = tuple(b for b in document.blocks if isinstance(b, Figure) and b.key in parts.pictures)
    drawn = Document(
        document.title, document.blocks, document.names, document.order, {figure.key: "" for figure in figures}
    )
    writer = HtmlWriter(drawn, parts.marks, parts.pictures)
    body = "\n".join(_sections(writer, document.blocks))
    sections = [one for one in writer.headings if one.level == 1]
    script = _script(parts)
    style = _style()
    return render_template(
        "page.html.j2",
        title=escaped(document.title),
        policy=_policy(script, style),
        style=style,
        script=script,
        contents=[(one.key, one.text) for one in sections],
        long=len(sections) > LONG,
        marks=list(_marks(parts.marks.values())),
        body=body,
        practice=None if parts.practice is None else practice_of(writer, parts.practice),
        live=None if parts.live is None else _live(document, parts.live),
        sources=[(escaped(one.title), code_escaped(one.text)) for one in parts.sources],
        command=escaped(parts.command),
        walk=bool(parts.marks),
    )


def _sections(writer: HtmlWriter, blocks: Iterable[Block]) -> Iterator[str]:
    """The blocks, those of a section in an element of its own."""
    inside = False
    for block in blocks:
        written = writer.block(block)
        if isinstance(block, Heading) and block.level == 1:
            if inside:
                yield "</section>"
            yield f'<section aria-label="{writer.headings[-1].spoken}">'
            inside = True
        if written:
            yield written
    if inside:
        yield "</section>"


def _marks(marks: Iterable[Mark]) -> Iterator[tuple[str, str]]:
    """What each mark of the page means."""
    found: dict[str, dict[str, None]] = {}
    for mark in marks:
        found.setdefault(mark.word, {}).setdefault(mark.how)
    for word in ("given", "proved", "sampled", "wrong"):
        if word in found:
            yield word, escaped("; ".join(found[word]))


def _live(document: Document, live: Live) -> dict[str, object]:
    """What the template needs of the part that moves."""
    return {
        "tables": list(tables(document, live.quantities)),
        "data": data(_data(document, live)),
        "trained": bool(live.loss),
        "routes": live.routes,
    }


def _data(document: Document, live: Live) -> dict[str, object]:
    """What the script is told of the network, beside its source."""
    return {
        "quantities": [
            {"name": one.name, "kind": one.kind, "entries": one.entries, "spoken": _spoken(document, one)}
            for one in live.quantities
        ],
        "given": live.given,
        "points": live.points,
        "loss": live.loss,
        "rate": live.rate,
        "signals": live.signals,
    }


def _spoken(document: Document, one: Quantity) -> str:
    name = document.names.unicode(one.name)
    if isinstance(one.lhs, Total):
        return f"∂{document.names.unicode(str(one.lhs.of))}/∂{name}"
    return name


# What stands beside the text


def _script(parts: PageParts) -> str:
    """The script of the page, in a function of its own, beside the network that it works out."""
    network = parts.live or parts.practice
    source = "null" if network is None else network.source
    files = "\n".join(_file(f"script/{name}.js") for name in (OF_WORKSHEETS if parts.practice else SCRIPTS))
    return f'(() => {{\n"use strict";\n\nconst network = {source};\n\n{files}\n}})();\n'


@cache
def _style() -> str:
    """The style sheet with the font in it."""
    font = base64.b64encode(_bytes("font/symbackprop-math.woff2")).decode("ascii")
    face = (
        '@font-face { font-family: "Symbackprop Math"; font-display: block; '
        f'src: url("data:font/woff2;base64,{font}") format("woff2"); }}\n'
    )
    return face + _file("page.css") + style_of(TONES)


def _policy(script: str, style: str) -> str:
    """What the page may do: run its own script, and no other; load nothing from anywhere."""
    return "; ".join(
        [
            "default-src 'none'", f"script-src '{_hash(script)}'", f"style-src '{_hash(style)}'", "font-src data:",
            "img-src data:", "base-uri 'none'", "form-action 'none'",
        ]
    )  # fmt: skip


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _file(name: str) -> str:
    return _bytes(name).decode("utf-8")


@cache
def _bytes(name: str) -> bytes:
    return resources.files("symbackprop.reporting.page").joinpath(name).read_bytes()
