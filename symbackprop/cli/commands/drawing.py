"""``symbackprop draw``: pictures."""

from __future__ import annotations

from pathlib import Path

import click

from symbackprop.cli.options import data_option, net_argument
from symbackprop.cli.readers import read_output
from symbackprop.cli.teaching import TaughtCommand


@click.command(
    cls=TaughtCommand,
    short_help="The network or its graph as a picture.",
    examples=[
        "draw two-layer-sigmoid -o network.svg",
        "draw two-layer-sigmoid --kind graph --name w1 -o graph.svg",
        "draw or-gate --kind walk -o steps.svg",
    ],
)
@net_argument
@click.option(
    "-o", "--output", callback=read_output(), required=True, metavar="FILE", help="Where to: .svg, or .tex for LaTeX."
)
@click.option("--kind", metavar="KIND", default="network", show_default=True, help="network, graph, walk or routes.")
@click.option("--name", metavar="NAME", help="The name whose routes to the loss are drawn or stand out.")
@data_option
def draw(net: str, output: Path, kind: str, name: str | None, data: str | None) -> None:
    """Draw NET: in layers, as a graph with its numbers, or step by step.

    A graph has values above its nodes, gradients below them and local derivatives on its edges. A walk writes a file a
    step, NAME-01.svg and so on: forward, then back. Large networks are drawn in part, with dots.
    """
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import Terminal
    from symbackprop.publish import drawing
    from symbackprop.publish.drawing import check_suffix

    check_suffix(Path(output))
    found = find(net)
    derivation, values = found.derive(), found.data(data)
    with found.blamed():
        written = drawing(derivation, kind, values, name).save(output)
    Terminal.now().write(*map(str, written))
