"""Pieces of generated source, in lines that fit."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 92
"""Columns of a line at the most, but for what stands before it in the template."""


def quoted(words: str) -> str:
    """Text that cannot end a docstring."""
    return "".join(c if c.isprintable() and c not in '"\\' else "'" if c == '"' else " " for c in words)


def wrapped(words: str, indent: str, first: int) -> str:
    """Words in lines, the first of which begins after ``first`` columns."""
    filled = textwrap.fill(words, WIDTH, initial_indent=" " * first, subsequent_indent=indent, break_long_words=False)
    return filled[first:]


def folded(names: Sequence[str], indent: str) -> str:
    """Names with commas between them, broken where a line would be too long."""
    line = ", ".join(names)
    if len(line) <= WIDTH - 24:
        return line
    filled = textwrap.fill(line, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False)
    return f"\n{filled}\n{indent[4:]}"


def listed(names: Sequence[str]) -> list[str]:
    """Names with commas behind them, as lines inside brackets."""
    return textwrap.wrap(", ".join(names) + ",", WIDTH - 8, break_long_words=False)


def indented(words: str) -> list[str]:
    """Words with a comma behind them, as indented lines."""
    return textwrap.wrap(
        f"{words},", WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False
    )  # fmt: skip


def literal(names: Sequence[str]) -> str:
    """A tuple of names as source, several lines where one is too short."""
    line = "(" + ", ".join(f'"{name}"' for name in names) + ("," if len(names) == 1 else "") + ")"
    if len(line) <= WIDTH - 12:
        return line
    filled = textwrap.fill(
        ", ".join(f'"{name}"' for name in names) + ",", WIDTH, initial_indent="    ", subsequent_indent="    "
    )
    return f"(\n{filled}\n)"
