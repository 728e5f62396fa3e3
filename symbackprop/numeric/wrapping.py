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
    return _filled(words, " " * first, indent)[first:]


def folded(names: Sequence[str], indent: str) -> str:
    """Names with commas between them, broken where a line would be too long."""
    line = ", ".join(names)
    if len(line) <= WIDTH - 24:
        return line
    return f"\n{_filled(line, indent, indent)}\n{indent[4:]}"


def listed(names: Sequence[str]) -> list[str]:
    """Names with commas behind them, as lines inside brackets."""
    return _lines(", ".join(names) + ",", WIDTH - 8)


def packed(items: Sequence[str], width: int) -> list[str]:
    """Items with a comma behind each, in lines; none is broken."""
    lines: list[str] = []
    for item in items:
        if lines and len(lines[-1]) + len(item) + 2 <= width:
            lines[-1] += f" {item},"
        else:
            lines.append(f"{item},")
    return lines


def indented(words: str) -> list[str]:
    """Words with a comma behind them, as indented lines."""
    return _lines(f"{words},", WIDTH, "    ", "    ")


def literal(names: Sequence[str]) -> str:
    """A tuple of names as source, several lines where one is too short."""
    line = "(" + ", ".join(f'"{name}"' for name in names) + ("," if len(names) == 1 else "") + ")"
    if len(line) <= WIDTH - 12:
        return line
    filled = _filled(", ".join(f'"{name}"' for name in names) + ",", "    ", "    ")
    return f"(\n{filled}\n)"


def _filled(words: str, first: str, others: str) -> str:
    return "\n".join(_lines(words, WIDTH, first, others))


def _lines(words: str, width: int, first: str = "", others: str = "") -> list[str]:
    """Break between words alone: half a name is another name, and half a text in quotes is no Python."""
    return textwrap.wrap(
        words,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
