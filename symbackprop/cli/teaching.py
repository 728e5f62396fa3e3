"""Commands whose help teaches: what they do, their options, and examples that work."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Sequence
from typing import Any

import click

from symbackprop.cli.failures import past_click, status_of
from symbackprop.cli.overwriting import refuse_overwriting
from symbackprop.errors import quote

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class TaughtCommand(click.Command):
    """A command with examples at the end of its help."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"context_settings": SETTINGS, **kwargs})
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, a line each."""
        write_examples(formatter, self.examples)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, unless it would write over what it reads."""
        refuse_overwriting(ctx)
        return super().invoke(ctx)


class FormulaCommand(TaughtCommand):
    """A command whose formula may begin with a minus sign, as in ``-delta_o1*a_h1``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put formulas that look like options behind ``--``."""
        if "--" in args:
            return super().parse_args(ctx, args)
        formulas = [word for word in args if _is_negative_formula(word)]
        others = [word for word in args if not _is_negative_formula(word)]
        return super().parse_args(ctx, [*others, "--", *formulas] if formulas else args)


def _is_negative_formula(word: str) -> bool:
    return word.startswith("-") and word != "-h" and not re.match(r"--[a-z]+(=|-|$)", word)


class TaughtGroup(click.Group):
    """The commands in the order in which one learns them; every failure becomes one line and a status."""

    command_class = TaughtCommand

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"context_settings": SETTINGS, **kwargs})
        self.examples = tuple(examples)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of their making."""
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command, or say which one may be meant."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            near = difflib.get_close_matches(args[0], self.commands, n=1)
            fix = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(self.commands)}."
            raise click.UsageError(f"there is no command {quote(args[0])}; {fix}", ctx)
        return super().resolve_command(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, a line each."""
        write_examples(formatter, self.examples)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the words of the command line."""
        with past_click():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with past_click():
            return super().invoke(ctx)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command line and leave with its status."""
        kwargs["standalone_mode"] = False
        sys.exit(status_of(lambda: super(TaughtGroup, self).main(*args, **kwargs)))


def write_examples(formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    """Write the section of examples; they are never wrapped, so that they can be copied."""
    with formatter.section("Examples"):
        for example in examples:
            formatter.write(f"{' ' * formatter.current_indent}symbackprop {example}\n")
