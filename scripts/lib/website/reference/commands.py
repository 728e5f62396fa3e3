"""Every command with its arguments, options and examples, as ``--help`` has them."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

import click

from symbackprop.cli import main
from website.reference.docstrings import plain

PROGRAM = "symbackprop"


def command_pages() -> dict[str, str]:
    """The page by the name of its file."""
    parts = ["# Commands", "`symbackprop COMMAND --help` says the same.", *_command(main, None, PROGRAM)]
    return {"commands.md": "\n\n".join(part for part in parts if part) + "\n"}


def all_commands() -> list[str]:
    """The commands as they are typed, those of groups too."""
    return [context.command_path for context in _contexts(main, None, PROGRAM)]


def _contexts(command: click.Command, parent: click.Context | None, name: str) -> Iterator[click.Context]:
    context = click.Context(command, parent=parent, info_name=name)
    yield context
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from _contexts(found, context, below)


def _command(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
    for context in _contexts(command, parent, name):
        yield f"## {context.command_path}"
        usage = context.command.collect_usage_pieces(context)
        yield f"```text\n{' '.join([context.command_path, *usage])}\n```"
        yield plain(cleandoc(context.command.help or ""))
        yield _options(context)
        examples = getattr(context.command, "examples", ())
        if examples:
            lines = "\n".join(f"{PROGRAM} {example}" for example in examples)
            yield f"```sh\n{lines}\n```"


def _options(context: click.Context) -> str:
    """A table of the options."""
    rows = [option.get_help_record(context) for option in context.command.get_params(context)]
    written = [f"| `{_cell(names)}` | {plain(_cell(told))} |" for names, told in filter(None, rows) if told]
    return "\n".join(["| option | what it does |", "| :-- | :-- |", *written]) if written else ""


def _cell(words: str) -> str:
    """Words in a table, of which bars are no edges."""
    return " ".join(words.split()).replace("|", "\\|")
