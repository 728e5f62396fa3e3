"""What options and arguments may hold; a mistake is told in the user's own words, with what to type instead."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from symbackprop.errors import DataError

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


def read_choice(kind: str) -> Reader:
    """Make the reader of an optimiser or a schedule in words, such as ``adam beta1=0.8``."""

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        if value is not None:
            from symbackprop import training

            with _refusing(value):
                getattr(training, kind)(value)
        return value

    return read


def read_initial(ctx: click.Context, param: click.Parameter, value: str | None) -> str | float | None:
    """The rule by which first weights are drawn, or a number that all of them are."""
    if value is None:
        return None
    from symbackprop.training.initialisers import drawn_by

    initial: str | float = value
    with contextlib.suppress(ValueError):
        initial = float(value)
    with _refusing(value):
        drawn_by(initial)
    return initial


def read_sizes(ctx: click.Context, param: click.Parameter, value: str | None) -> dict[str, int] | None:
    """Sizes with commas between them: ``h=16,k=3``."""
    if value is None:
        return None
    pairs = [re.fullmatch(r"\s*(\w+)\s*=\s*([0-9]{1,9})\s*", part) for part in value.split(",")]
    if not all(pairs):
        raise click.BadParameter(f"{value!r} is not a list of sizes; write them such as h=16,k=3")
    return {pair[1]: int(pair[2]) for pair in pairs if pair}


@contextlib.contextmanager
def _refusing(value: str) -> Iterator[None]:
    """What the package refuses is a mistake in an option."""
    try:
        yield
    except DataError as error:
        raise click.BadParameter(f"{value!r} does not do: {error.what}; {error.fix}") from None


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
        help="Examples as CSV: a column for each input and target, named in the first row; X_1, X_2 … for a matrix X. "
        "Or an .npz file with an array for each.",
    )(command)


def epochs_option(command: C) -> C:
    """The option --epochs."""
    return click.option(
        "--epochs",
        callback=read_whole(0, MOST_EPOCHS, 45),
        metavar="N",
        help="How often to go through the examples; by default as the network's [training] says.",
    )(command)


def checkpoint_options(command: C) -> C:
    """The options for training that can be killed, and goes on later."""
    options = (
        click.option(
            "--checkpoint",
            callback=read_output(),
            metavar="FILE",
            help="Write all that training needs to go on here, while it goes on and at its end.",
        ),
        click.option(
            "--checkpoint-every",
            callback=read_every,
            metavar="N",
            help="How often: after N epochs, or in seconds, such as 30s; by default 5s.",
        ),
        click.option("--resume", is_flag=True, help="Go on from the checkpoint, or begin where there is none yet."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def require_checkpoint(options: Mapping[str, Any]) -> None:
    """Refuse options for a checkpoint that is not named."""
    given = "--resume" if options["resume"] else "--checkpoint-every"
    if options["checkpoint"] is None and (options["resume"] or options["checkpoint_every"] is not None):
        words = f"{given} is about a checkpoint, and none is named; give --checkpoint run.ckpt"
        raise click.UsageError(words, click.get_current_context())


def choices_options(command: C) -> C:
    """The options that say how training goes, beside its rate and its epochs."""
    options = (
        click.option(
            "--initial",
            callback=read_initial,
            metavar="RULE",
            help="Draw the first weights: zeros, normal, small, large, xavier, normalised-xavier, he; or a number.",
        ),
        click.option(
            "--sizes", callback=read_sizes, metavar="SIZES", help="Sizes of weights that are drawn: h=16,k=3."
        ),
        click.option(
            "--seed", callback=read_whole(0, MOST_EPOCHS, 0), metavar="N", help="For all that is drawn; by default 0."
        ),
        click.option(
            "--optimiser",
            callback=read_choice("optimiser"),
            metavar="NAME",
            help="gradient-descent, momentum, nesterov, adagrad, rmsprop, adam or adamw; "
            'with options in quotes, such as "adam beta1=0.8".',
        ),
        click.option(
            "--schedule",
            callback=read_choice("schedule"),
            metavar="NAME",
            help="How the learning rate changes: constant, step, exponential, cosine or plateau; "
            'with options in quotes, such as "step every=20 factor=0.1".',
        ),
        click.option(
            "--batch-size",
            callback=read_whole(1, MOST_EPOCHS, 32),
            metavar="N",
            help="Make each update from so many examples; by default from all of them.",
        ),
        click.option("--validation", metavar="FILE", help="Examples to look at, and not to train on; as for --data."),
        click.option(
            "--patience",
            callback=read_whole(1, MOST_EPOCHS, 10),
            metavar="N",
            help="Stop after so many epochs without a smaller loss, and keep the best weights.",
        ),
        click.option(
            "--accuracy",
            callback=read_names,
            metavar="NAMES",
            help="The output whose largest entry is the class, or scalar outputs such as p1,p2.",
        ),
        click.option(
            "--dtype", callback=read_dtype, metavar="TYPE", help="The precision: float64, as by default, or float32."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command
