"""What options and arguments may hold; a mistake is told in the user's own words, with what to type instead."""

from __future__ import annotations

import contextlib
import math
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from symbackprop.errors import DataError, quote, quote_path

MOST_EPOCHS = 10_000_000
"""Every number of every epoch is kept; more than this fills the memory."""

Reader = Callable[[click.Context, click.Parameter, Any], Any]
"""A callback of click's: it takes what was typed, None where nothing was, and gives what it means."""


def read_names(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Names with commas between them: ``w1,w5``."""
    if value is None:
        return None
    names = tuple(part.strip() for part in value.split(","))
    if not all(names):
        raise click.BadParameter(
            f"{quote(value)} has an empty name; write names with commas between them, such as w1,w5"
        )
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
        raise click.BadParameter(
            f"{quote(value)} has an empty place; write numbers with commas between them: 0.1,0.5,2"
        )
    return tuple(dict.fromkeys(_rate(word.strip(), value) for word in words))


def read_choice(kind: str) -> Reader:
    """Make the reader of an optimiser or a schedule in words, such as ``adam beta1=0.8``."""

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        if value is not None:
            from symbackprop import training

            with _refusing(value):
                getattr(training, kind)(value)
        return value

    return read


def read_one(read: Reader) -> Reader:
    """Make the reader of an option that has two spellings, and may be given once in either."""

    def read_only(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> Any:
        if len(set(values)) > 1:
            words = " and ".join(map(quote, dict.fromkeys(values)))
            raise click.BadParameter(f"is given more than once, as {words}; give one of them")
        return read(ctx, param, values[0] if values else None)

    return read_only


def read_initial(ctx: click.Context, param: click.Parameter, value: str | None) -> str | float | None:
    """The rule by which first weights are drawn, a number that all of them are, or a file of them."""
    if value is None:
        return None
    from symbackprop.training.initialisers import drawn_by
    from symbackprop.training.weights import is_file_of_weights

    if is_file_of_weights(value):
        return value
    initial: str | float = value
    with contextlib.suppress(ValueError):
        initial = float(value)
    with _refusing(value):
        drawn_by(initial)
    return initial


def read_settings(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, float]:
    """Values by name, one an option: ``w1=.15``."""
    settings: dict[str, float] = {}
    for word in value:
        name, sign, number = (part.strip() for part in word.partition("="))
        if not (sign and name and number):
            raise click.BadParameter(f"{word!r} is not a name and its value; write it such as w1=.15")
        if name in settings:
            raise click.BadParameter(f"{name!r} is given twice; give it one value")
        try:
            settings[name] = float(number.replace("−", "-"))
        except ValueError:
            raise click.BadParameter(f"{number!r} in {word!r} is not a number; give one such as {name}=.15") from None
    return settings


def read_sizes(ctx: click.Context, param: click.Parameter, value: str | None) -> dict[str, int] | None:
    """Sizes with commas between them: ``h=16,k=3``."""
    if value is None:
        return None
    sizes: dict[str, int] = {}
    for part in value.split(","):
        pair = re.fullmatch(r"\s*(\w+)\s*=\s*([0-9]{1,20})\s*", part)
        if pair is None:
            raise click.BadParameter(f"{quote(value)} is not a list of sizes; write them such as h=16,k=3")
        if pair[1] in sizes:
            raise click.BadParameter(f"{quote(value)} has {pair[1]} twice; give each size once")
        sizes[pair[1]] = int(pair[2])
    return sizes


MOST_LAYERS = 30
MOST_OF_A_LAYER = 1_000
"""What a file that is to be read by people may have: it holds a number for each input of each example."""


def read_layers(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    """The sizes of layers with commas between them: ``2,16,3``."""
    if value is None:
        return None
    sizes = _counts(value, 9)
    if len(sizes) < 2:
        raise click.BadParameter(f"{quote(value)} is no list of sizes; give those of inputs, layers, outputs: 2,16,3")
    if max(sizes) > MOST_OF_A_LAYER or len(sizes) > MOST_LAYERS:
        most = f"at most {MOST_LAYERS} sizes up to {MOST_OF_A_LAYER:,}"
        raise click.BadParameter(f"{quote(value)} is too large for a file to start from; give {most}")
    return sizes


@contextlib.contextmanager
def _refusing(value: str) -> Iterator[None]:
    """What the package refuses is a mistake in an option."""
    try:
        yield
    except DataError as error:
        raise click.BadParameter(f"{quote(value)} does not do: {error.what}; {error.fix}") from None


def read_every(ctx: click.Context, param: click.Parameter, value: str | None) -> int | str | None:
    """How often checkpoints are written: a number of epochs, or seconds as in ``30s``."""
    if value is None:
        return None
    from symbackprop.training.checkpoints.keeping import checked_every

    every = int(value) if re.fullmatch(r"[0-9]{1,9}", value) else value
    with _refusing(value):
        checked_every(every)
    return every


def read_dtype(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The precision of training."""
    if value is None:
        return None
    from symbackprop.training.recipe import checked_dtype

    with _refusing(value):
        return checked_dtype(value)


def read_backend(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """What computes: NumPy or numba."""
    if value is None:
        return None
    from symbackprop.training.recipe import checked_backend

    with _refusing(value):
        return checked_backend(value)


def read_share(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """A share between nothing and all."""
    if value is None:
        return None
    try:
        share = float(value if value.isprintable() else "")
    except ValueError:
        share = math.nan
    if not 0 < share < 1:
        raise click.BadParameter(f"{quote(value)} is not a number between 0 and 1; give one such as 0.2")
    return share


def read_widths(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    """Widths of layers with commas between them: ``32,16``."""
    if value is None:
        return None
    widths = _counts(value, 6)
    if not widths:
        raise click.BadParameter(f"{quote(value)} is not a list of widths; write them such as 16 or 32,16")
    return widths


def _counts(value: str, digits: int) -> tuple[int, ...]:
    """Whole numbers from 1, of so many digits at most, with commas between them; none where any is something else."""
    words = [word.strip() for word in value.split(",")]
    if not all(re.fullmatch(rf"[0-9]{{1,{digits}}}", word) and int(word) for word in words):
        return ()
    return tuple(map(int, words))


def read_whole(least: int, most: int, such_as: int) -> Reader:
    """Make the reader of whole numbers between two others."""

    def read(ctx: click.Context, param: click.Parameter, value: Any) -> int | None:
        if value is None:
            return None
        word = str(value).strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,20}", word) or int(word) < least:
            raise click.BadParameter(f"{quote(value)} is not a whole number from {least}; give one such as {such_as}")
        if int(word) > most:
            raise click.BadParameter(f"{quote(value)} is too large; give at most {most}")
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
            raise click.BadParameter(f"{quote(value)} is not the name of a {kind}; name one")
        path = Path(value)
        if (path.exists() and path.is_dir() != folder) or (value.endswith("/") and not folder):
            raise click.BadParameter(f"{quote(value)} is a {other}; name a {kind}{'' if folder else ' in it'}")
        return path

    return read


def read_weights_file(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | None:
    """A file of weights to write to, whose name tells its format."""
    path: Path | None = read_output()(ctx, param, value)
    if path is not None:
        from symbackprop.training.weight_files import format_of

        with _refusing(str(value)):
            format_of(path).require()
    return path


def read_new(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | None:
    """A TOML file that is not there yet: whatever it holds would be lost."""
    path: Path | None = read_output()(ctx, param, value)
    if path is not None and path.suffix != ".toml":
        raise click.BadParameter(f"{quote_path(path)} is no TOML file; name one such as {path.stem or 'mine'}.toml")
    if path is not None and os.path.lexists(path):
        raise click.BadParameter(f"{quote_path(path)} is there already; name another file, or remove it")
    return path


def _rate(word: str, given: str) -> float:
    """Read a positive number; ``given`` is what it stands in."""
    place = "" if word == given else f" in {quote(given)}"
    try:
        rate = float(word if word.isprintable() else "")  # float overlooks line separators
    except ValueError:
        raise click.BadParameter(f"{quote(word)}{place} is not a number; give a positive number such as 0.5") from None
    if not (math.isfinite(rate) and rate > 0):
        raise click.BadParameter(f"{quote(word)}{place} is not a positive number; give one such as 0.5")
    return rate
