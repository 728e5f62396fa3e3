"""What options and arguments may hold; a mistake is told in the user's own words, with what to type instead."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

MOST_EPOCHS = 10_000_000
"""Every number of every epoch is kept; more than this fills the memory."""

C = TypeVar("C", bound=Callable[..., Any])
Reader = Callable[[click.Context, click.Parameter, Any], Any]
"""A callback of click's: it takes what was typed, None where nothing was, and gives what it means."""


def read_names(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Names with commas between them: ``w1,w5``."""
    if value is None:
        return None
    names = tuple(part.strip() for part in value.split(","))
    if not all(names):
        raise click.BadParameter(f"{value!r} has an empty name; write names with commas between them, such as w1,w5")
    return tuple(dict.fromkeys(names))


def read_rate(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """One learning rate."""
    return None if value is None else _rate(value, value)


def read_rates(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[float, ...] | None:
    """Learning rates with commas between them: ``0.1,0.5,2``."""
    if value is None:
        return None
    words = value.split(",")
    if not all(word.strip() for word in words):
        raise click.BadParameter(f"{value!r} has an empty place; write numbers with commas between them: 0.1,0.5,2")
    return tuple(dict.fromkeys(_rate(word.strip(), value) for word in words))


def read_whole(least: int, most: int, such_as: int) -> Reader:
    """Make the reader of whole numbers between two others."""

    def read(ctx: click.Context, param: click.Parameter, value: Any) -> int | None:
        if value is None:
            return None
        word = str(value).strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,20}", word) or int(word) < least:
            raise click.BadParameter(f"{value!r} is not a whole number from {least}; give one such as {such_as}")
        if int(word) > most:
            raise click.BadParameter(f"{value!r} is too large; give at most {most}")
        return int(word)

    return read


def read_output(folder: bool = False, dash: bool = False) -> Reader:
    """Make the reader of a place to write to; what can be seen not to work is refused before any work is done.

    With ``dash`` a ``-`` means standard output, which is None.
    """
    kind, other = ("folder", "file") if folder else ("file", "folder")

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | None:
        if value is None or (dash and value == "-"):
            return None
        if value in ("", "-"):
            raise click.BadParameter(f"{value!r} is not the name of a {kind}; name one")
        path = Path(value)
        if (path.exists() and path.is_dir() != folder) or (value.endswith("/") and not folder):
            raise click.BadParameter(f"{value!r} is a {other}; name a {kind}{'' if folder else ' in it'}")
        return path

    return read


def _rate(word: str, given: str) -> float:
    """Read a positive number; ``given`` is what it stands in."""
    place = "" if word == given else f" in {given!r}"
    try:
        rate = float(word)
    except ValueError:
        raise click.BadParameter(f"{word!r}{place} is not a number; give a positive number such as 0.5") from None
    if not (math.isfinite(rate) and rate > 0):
        raise click.BadParameter(f"{word!r}{place} is not a positive number; give one such as 0.5")
    return rate


def net_argument(command: C) -> C:
    """The argument NET."""
    return click.argument("net", metavar="NET")(command)


def ascii_option(command: C) -> C:
    """The option --ascii."""
    return click.option("--ascii", "ascii_only", is_flag=True, help="Write plain ASCII: dE/dw1 in place of ∂E/∂w₁.")(
        command
    )


def facts_option(command: C) -> C:
    """The option --facts."""
    return click.option(
        "--facts",
        multiple=True,
        metavar='"EQUATION"',
        help='What is known of the data, such as "t1 + t2 = 1"; may be given more than once.',
    )(command)


def data_option(command: C) -> C:
    """The option --data."""
    return click.option(
        "--data",
        metavar="FILE",
        help="Examples as CSV: a column for each input and target, named in the first row; X_1, X_2 … for a matrix X.",
    )(command)


def epochs_option(command: C) -> C:
    """The option --epochs."""
    return click.option(
        "--epochs",
        callback=read_whole(0, MOST_EPOCHS, 45),
        metavar="N",
        help="How many updates; by default as the network's [training] says.",
    )(command)
