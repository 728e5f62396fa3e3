"""``symbackprop worksheet``: an exercise sheet and its key."""

from __future__ import annotations

from pathlib import Path

import click

from symbackprop.cli.options import facts_option, net_argument
from symbackprop.cli.readers import read_names, read_output, read_whole
from symbackprop.cli.teaching import TaughtCommand


@click.command(
    cls=TaughtCommand,
    short_help="An exercise sheet and its key.",
    examples=["worksheet two-layer-bias -o out --level 2", "worksheet mlp -o out --level 3 --seed 7 --format html"],
)
@net_argument
@click.option(
    "-o", "--output", callback=read_output(folder=True), required=True, metavar="DIR", help="The folder to write to."
)
@click.option(
    "--level",
    callback=read_whole(1, 3, 2),
    default="1",
    show_default=True,
    metavar="N",
    help="1: numbers and single local derivatives. 2: error signals, and gradients next to the loss. 3: everything.",
)
@click.option(
    "--seed",
    callback=read_whole(0, 2**32 - 1, 3),
    metavar="N",
    help="Draw other numbers for each N; by default those of NET are used.",
)
@click.option(
    "--format",
    "formats",
    callback=read_names,
    metavar="FORMATS",
    help="Of md, tex, pdf and html; by default md,tex.",
)
@facts_option
def worksheet(
    net: str, output: Path, level: int, seed: int | None, formats: tuple[str, ...] | None, facts: tuple[str, ...]
) -> None:
    """Write exercises about NET with blanks, and the same with the answers, each formula of which is proved.

    Beside the sheet and the key there is a file for answers, a line for each blank. Once it is filled in,
    symbackprop verify NET --file FILE marks it. In html the sheet is a page that marks answers itself.
    """
    from symbackprop.cli.commands.documents import check_formats
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import Terminal, patience
    from symbackprop.publish import DOCUMENTS
    from symbackprop.publish.practice import worksheet as make
    from symbackprop.publish.practice.sheets import RATE, SHEETS

    wanted = formats or tuple(DOCUMENTS)
    check_formats(wanted, tuple(SHEETS))
    found = find(net)
    derivation = found.derive(facts=facts)
    with found.blamed(), patience("writing the exercises"):
        made = make(derivation, level, seed, found.spec.training.learning_rate or RATE)
        written = made.save(output / found.stem, wanted)
    Terminal.now().write(*map(str, written))
