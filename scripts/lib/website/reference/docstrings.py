"""Docstrings as Markdown: their sections as lists, their examples as code, and their signs as signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc

UNDERLINED = re.compile(r"^(?P<title>[A-Z][A-Za-z ]+)\n-{3,}\n", re.MULTILINE)
SPAN = re.compile(r"(``.+?``|`[^`]+`)", re.DOTALL)
MARKUP = re.compile(r"([*_\\])")


def as_markdown(docstring: str | None) -> str:
    """A docstring: words, then the sections that are underlined, such as Parameters and Returns."""
    if not docstring:
        return ""
    pieces = UNDERLINED.split(cleandoc(docstring) + "\n")
    words, sections = pieces[0], zip(pieces[1::2], pieces[2::2], strict=True)
    return "\n\n".join([prose(words), *(_section(title, body) for title, body in sections)]).strip()


def _section(title: str, body: str) -> str:
    """A section as a list, and what stands behind it at the left margin as words."""
    listed, behind = _entries(body)
    items = "\n".join(f"- **{plain(name)}**: {_one_line(told)}" for name, told in listed)
    return "\n\n".join(part for part in (f"**{title}**", items, prose(behind)) if part)


def _entries(body: str) -> tuple[list[tuple[str, str]], str]:
    """The names of a section with what is said of each, and the paragraphs behind them."""
    blocks = re.split(r"\n\n(?=\S)", body.strip("\n"))
    entries: list[tuple[str, str]] = []
    for position, block in enumerate(blocks):
        lines = block.split("\n")
        if not any(line.startswith(" ") for line in lines):
            return entries, "\n\n".join(blocks[position:])
        for line in lines:
            if line.startswith(" ") or not line:
                name, told = entries.pop()
                entries.append((name, f"{told} {line.strip()}".strip()))
            else:
                entries.append((line, ""))
    return entries, ""


def _one_line(told: str) -> str:
    return plain(" ".join(told.split()))


def prose(words: str) -> str:
    """Paragraphs; those that are indented, and examples behind ``>>>``, are code."""
    return "\n\n".join(_blocks(words))


def _blocks(words: str) -> Iterator[str]:
    for block in re.split(r"\n\s*\n", words.strip("\n")):
        if not block.strip():
            continue
        if block.lstrip().startswith(">>>"):
            yield f"```python\n{_typed(block)}\n```"
        elif all(line.startswith("    ") for line in block.split("\n")):
            yield f"```text\n{cleandoc(block)}\n```"
        else:
            yield plain(block)


def _typed(example: str) -> str:
    """What is typed in an example, and what comes of it as a comment."""
    lines = [line.strip("\n") for line in cleandoc(example).split("\n")]
    return "\n".join(line[4:] if line.startswith((">>>", "...")) else f"# {line}" for line in lines)


def plain(words: str) -> str:
    """Words in which signs mean themselves, but for code between backticks."""
    pieces = SPAN.split(words)
    return "".join(piece if position % 2 else _literal(piece) for position, piece in enumerate(pieces))


def _literal(words: str) -> str:
    return MARKUP.sub(r"\\\1", words).replace("<", "&lt;")
