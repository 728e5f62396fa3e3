"""Files that a command is told to read and to write at once."""

from __future__ import annotations

import os
from itertools import combinations, product
from pathlib import Path

import click

from symbackprop.errors import quote_path

READ = {
    "net": "NET", "data": "--data", "validation": "--validation", "initial": "--initial", "weights": "--weights",
}  # fmt: skip
WRITTEN = {"checkpoint": "--checkpoint", "output": "--output", "save": "--save"}
"""Parameters of commands that name files, and what the user calls them."""


def refuse_overwriting(ctx: click.Context) -> None:
    """Refuse a file that is read and written, or written twice: one of the two would be lost."""
    given = ctx.params
    named = {key: given[key] for key in (*READ, *WRITTEN) if given.get(key) and isinstance(given[key], (str, Path))}
    written = [key for key in WRITTEN if key in named]
    read = [key for key in READ if key in named and os.path.isfile(named[key])]
    for key, other in (*product(written, read), *combinations(reversed(written), 2)):
        if _is_same(named[key], named[other]):
            names, place = {**READ, **WRITTEN}, quote_path(named[key])
            words = f"{names[key]} {place} is the file of {names[other]}, which would be lost; name another file"
            raise click.UsageError(words, ctx)


def _is_same(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Whether two names are of one file, which need not be there yet."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return os.path.abspath(one) == os.path.abspath(other)
