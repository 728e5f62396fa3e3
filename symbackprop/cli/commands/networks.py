"""``symbackprop examples``: the networks that ship with it."""

from __future__ import annotations

import click

from symbackprop.cli.teaching import TaughtCommand

ROOMY = 72
"""A width at which there is room for counts beside names and descriptions."""


@click.command(
    cls=TaughtCommand,
    short_help="List the networks that ship with it.",
    examples=["examples", "derive two-layer-sigmoid"],
)
def examples() -> None:
    """List the example networks. Their names can stand wherever a command takes NET."""
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import Terminal
    from symbackprop.network.kinds import KINDS
    from symbackprop.network.spec import example_names

    terminal = Terminal.now()
    counts = [">inputs", ">parameters", ">equations"] if terminal.width >= ROOMY else []
    tables = {kind: terminal.table(kind.heading, "~what it is", *counts) for kind in KINDS}
    for name in example_names():
        found = find(name)
        net = found.network
        sizes = (len(net.inputs), len(net.parameters), len(net.equations))
        tables[net.kind].add_row(name, terminal.fit(found.spec.description), *map(str, sizes[: len(counts)]))
    for table in tables.values():
        terminal.show(table)
        terminal.write("")
    terminal.write("Next, type: symbackprop derive two-layer-sigmoid", "Your own network: symbackprop derive FILE.toml")
