"""The group of commands, and what ``symbackprop`` alone says."""

from __future__ import annotations

import click

from symbackprop.cli.commands import (
    documents,
    drawing,
    explaining,
    formulas,
    networks,
    practice,
    prediction,
    proof,
    second,
    starting,
    study,
    training,
)
from symbackprop.cli.teaching import TaughtGroup
from symbackprop.version import __version__


@click.group(
    cls=TaughtGroup,
    invoke_without_command=True,
    examples=[
        "examples",
        "derive two-layer-sigmoid",
        "explain two-layer-sigmoid w1",
        "train two-layer-sigmoid --lr 0.5 --epochs 45",
    ],
)
@click.version_option(__version__, message="symbackprop %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Derive back-propagation: gradients in closed form, every step of the work, NumPy code and reports.

    NET is a network: a TOML file of equations, or the name of an example that ships with symbackprop. Each command has
    a help of its own: symbackprop derive --help.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


for command in (
    networks.examples,
    starting.new,
    formulas.derive,
    explaining.explain,
    *second.COMMANDS,
    documents.report,
    documents.compile_,
    drawing.draw,
    proof.check,
    proof.verify,
    practice.worksheet,
    training.train,
    training.sweep,
    prediction.predict,
    study.study,
    starting.completion,
):
    main.add_command(command)
