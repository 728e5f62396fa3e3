"""What the shell offers behind a word that is half typed: networks, and the names in one of them."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def nets_of(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The examples that begin so, and files."""
    from symbackprop.network.spec import example_names

    found = [CompletionItem(name) for name in example_names() if name.startswith(incomplete)]
    return [*found, CompletionItem(incomplete, type="file")]


def names_of(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The parameters of the network that stands before, and its other names; none where it cannot be read."""
    from symbackprop.cli.find_network import find
    from symbackprop.errors import SymbackpropError

    try:
        network = find(str(ctx.params.get("net"))).network
    except (SymbackpropError, OSError):
        return []
    ordered = dict.fromkeys((*network.parameters, *network.names))
    return [CompletionItem(symbol.name) for symbol in ordered if symbol.name.startswith(incomplete)]
