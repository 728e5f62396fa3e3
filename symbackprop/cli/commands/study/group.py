"""The group of studies, and the options that they share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symbackprop.cli.options import ascii_option, with_options
from symbackprop.cli.readers import Reader, read_names, read_output
from symbackprop.cli.teaching import TaughtGroup
from symbackprop.errors import quote

if TYPE_CHECKING:
    from symbackprop.cli.terminal import Terminal
    from symbackprop.studies import Study

C = TypeVar("C", bound=Callable[..., Any])


@click.group(
    cls=TaughtGroup,
    invoke_without_command=True,
    short_help="Learning rates, first weights, depth, loss curves, boundaries.",
    examples=[
        "study learning-rates two-layer-sigmoid --lr 0.1,0.5,2 --epochs 45",
        "study initialisation --depths 1,10,50 -o out",
        "study chain-products",
        "study loss-curve or-gate --parameter b --example 1 --lr 0.5,5,50",
        "study boundary xor -o out",
    ],
)
@click.pass_context
def study(ctx: click.Context) -> None:
    """Put a question to a network, and answer it by running its derived gradients.

    The numbers stand in the terminal; with -o DIR a report with figures is written, for which matplotlib is needed.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def report_options(command: C) -> C:
    """The options --output, --format and --ascii."""
    options = (
        click.option(
            "-o",
            "--output",
            callback=read_output(folder=True),
            metavar="DIR",
            help="Write a report with figures, and the numbers as CSV, into this folder.",
        ),
        click.option(
            "--format", "formats", callback=read_names, metavar="FORMATS", help="Of md, tex and pdf; by default md,tex."
        ),
    )
    return with_options(ascii_option(command), options)


def read_numbers(such_as: str, kind: Callable[[str], Any], what: str) -> Reader:
    """Make the reader of numbers with commas between them; ``kind`` raises ValueError for what is none."""

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[Any, ...] | None:
        if value is None:
            return None
        try:
            return tuple(dict.fromkeys(kind(word.strip()) for word in value.split(",")))
        except ValueError:
            raise click.BadParameter(f"{quote(value)} is not {what}; give some such as {such_as}") from None

    return read


def counted(word: str) -> int:
    """A whole number from 1. Raises ValueError."""
    number = int(word)
    if number < 1:
        raise ValueError
    return number


def finite(word: str) -> float:
    """A finite number. Raises ValueError."""
    number = float(word)
    if number - number != 0:
        raise ValueError
    return number


def check_report(output: Path | None, formats: tuple[str, ...] | None) -> None:
    """Refuse, before any work, a report that could not be written. Raises SymbackpropError."""
    if output is not None:
        from symbackprop.publish.formats import checked_formats
        from symbackprop.studies.drawings.canvas import require_matplotlib
        from symbackprop.studies.publishing import FORMATS

        checked_formats(formats or (), FORMATS)
        require_matplotlib()


def write_report(
    study: Study, output: Path | None, name: str | None, formats: tuple[str, ...] | None, terminal: Terminal
) -> None:
    """Write the report, if one was asked for, and tell its files."""
    if output is None:
        return
    from symbackprop.cli.terminal import patience

    with patience("drawing"):
        written = study.report(output, name, formats or ("md", "tex"))
    terminal.write("", *map(str, written))
