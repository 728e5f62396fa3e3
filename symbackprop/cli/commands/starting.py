"""``symbackprop new`` and ``symbackprop completion``: a file to start from, and a shell that knows the commands."""

from __future__ import annotations

from pathlib import Path

import click

from symbackprop.cli.failures import PROGRAM
from symbackprop.cli.readers import read_layers, read_new
from symbackprop.cli.teaching import TaughtCommand

SHELLS = ("bash", "zsh", "fish")


@click.command(
    cls=TaughtCommand,
    short_help="A commented file to start from.",
    examples=["new mine.toml", "new classifier.toml --layers 2,16,3"],
)
@click.argument("file", metavar="FILE", callback=read_new)
@click.option(
    "--layers",
    callback=read_layers,
    metavar="SIZES",
    help="Layers of matrices of these sizes, such as 2,16,3: inputs, hidden ones, outputs. Two outputs and more are "
    "classes, one is a number.",
)
def new(file: Path, layers: tuple[int, ...] | None) -> None:
    """Write a network to start from: a TOML file that says what may stand in it.

    It can be derived, checked and trained as it stands. Without --layers it has a few scalars. A file that is there
    already is left alone.
    """
    from symbackprop.cli.drafts import layered_draft, scalar_draft
    from symbackprop.cli.terminal import Terminal
    from symbackprop.files import write_atomically

    draft = scalar_draft(file.stem, str(file)) if layers is None else layered_draft(file.stem, str(file), layers)
    write_atomically(file, draft)
    Terminal.now().write(str(file), "", f"Next, type: {PROGRAM} derive {file}")


@click.command(
    cls=TaughtCommand,
    short_help="What makes the Tab key complete words.",
    examples=["completion bash", "completion zsh", "completion fish"],
)
@click.argument("shell", metavar="SHELL", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Write what SHELL needs to complete commands, options, examples and names: bash, zsh or fish.

    In ~/.bashrc: eval "$(symbackprop completion bash)"; in ~/.zshrc, behind compinit: eval "$(symbackprop completion
    zsh)"; in ~/.config/fish/config.fish: symbackprop completion fish | source
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    root = click.get_current_context().find_root().command
    click.echo(kind(root, {}, PROGRAM, f"_{PROGRAM.upper()}_COMPLETE").source())
