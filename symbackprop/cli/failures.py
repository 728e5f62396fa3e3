"""Failures, each as one line on standard error and an exit status.

0    done
1    an honest no: a gradient is wrong, or training diverged
2    a mistake in what was given
130  interrupted
141  nobody reads the output any more
"""

from __future__ import annotations

import contextlib
import difflib
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click

from symbackprop.cli.plain import plain
from symbackprop.errors import Diverged, SymbackpropError

PROGRAM = "symbackprop"
WRONG, MISTAKE, INTERRUPTED, UNREAD = 1, 2, 130, 141


def status_of(run: Callable[[], Any]) -> int:
    """Run a command line and return its exit status; what goes wrong is told in one line."""
    try:
        result = run()
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except SymbackpropError as error:
        tell_error(error)
        return WRONG if isinstance(error, Diverged) else MISTAKE
    except click.UsageError as error:
        tell(f"{PROGRAM}: error[usage]: {_ended(usage_words(error))}{_see(error.ctx)}")
        return MISTAKE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        stop_writing()
        return UNREAD
    except OSError as error:
        if error.filename is None:
            raise
        words = f"cannot use {str(error.filename)!r}: {error.strerror}"
        tell(f"{PROGRAM}: error[file]: {words}; name a file that can be read or written")
        return MISTAKE


def tell(line: str) -> None:
    """Write one line to standard error, the code of an error in red where that is a terminal."""
    words = " ".join(line.split())
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    words = plain(words, encoding)
    head, bracket, rest = words.partition("error[")
    code, end, message = rest.partition("]")
    if bracket and end and not os.environ.get("NO_COLOR"):
        words = head + click.style(f"error[{code}]", fg="red", bold=True) + message
    click.echo(words, err=True)


def tell_error(error: SymbackpropError) -> None:
    """Write an error to standard error, and beneath it the place in a text that was given, with carets."""
    tell(str(error) if error.place else f"{PROGRAM}: {error}")
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    for line in error.excerpt.lines(lambda text: plain(text, encoding)) if error.excerpt else ():
        click.echo(f"  {line}", err=True)


@contextlib.contextmanager
def logged() -> Iterator[None]:
    """What the package logs meanwhile is told, a line each."""
    package, teller = logging.getLogger("symbackprop"), _Teller()
    before = package.level
    package.addHandler(teller)
    package.setLevel(logging.INFO)
    try:
        yield
    finally:
        package.setLevel(before)
        package.removeHandler(teller)


class _Teller(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        tell(record.getMessage())


def usage_words(error: click.UsageError) -> str:
    """What is wrong with a command line, in the user's own words, and what to do."""
    match error:
        case click.NoSuchOption():
            return _no_such_option(error)
        case click.MissingParameter() if error.param is not None:
            return _missing(error.param)
        case click.BadParameter() if error.param is not None:
            return f"{_title(error.param)} {error.message}"
        case click.BadOptionUsage() if "requires an argument" in error.message:
            return f"{error.option_name} has nothing behind it; give it a value"
    words = error.format_message().rstrip(".")
    if words.startswith("Got unexpected extra argument"):
        return f"there is a word too many: {words.partition('(')[2].rstrip(')')}; put formulas and facts in quotes"
    return words[:1].lower() + words[1:]


@contextlib.contextmanager
def blaming(place: str, lines: Mapping[str, int] | None = None) -> Iterator[None]:
    """Give errors that name no place this one, such as the file that the network came from.

    ``lines`` tells on which line of it a name is defined.
    """
    try:
        yield
    except SymbackpropError as error:
        line = (lines or {}).get(error.about)
        error.place = error.place or (place if line is None else f"{place}:{line}")
        raise


def _no_such_option(error: click.NoSuchOption) -> str:
    known = [name for param in _params(error.ctx) for name in param.opts if name.startswith("--")]
    near = difflib.get_close_matches(error.option_name, known, n=1)
    fix = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"
    return f"there is no option '{error.option_name}'; {fix}"


def _params(ctx: click.Context | None) -> list[click.Parameter]:
    return [] if ctx is None else ctx.command.get_params(ctx)


def _title(param: click.Parameter) -> str:
    """What the user calls it: the long option, or the argument as it stands in the usage."""
    return param.opts[-1] if isinstance(param, click.Option) else (param.metavar or param.human_readable_name)


def _missing(param: click.Parameter) -> str:
    name = _title(param)
    return f"{name} is missing; {_TO_GIVE.get(name, 'give it a value')}"


_TO_GIVE = {
    "NET": f"name a TOML file or an example ('{PROGRAM} examples' lists them)",
    "NAME": "give the name of a parameter, such as w1",
    "FORMULA": "write the formula in quotes behind the other words",
    "--gradient": "give the name of a parameter, such as --gradient w1",
    "--parameter": "give the name of a parameter, such as --parameter b",
    "--output": "name the folder to write to, such as -o out",
}


def _ended(words: str) -> str:
    return words if words.endswith(("?", ".", "!")) else f"{words}."


def _see(ctx: click.Context | None) -> str:
    """Where there is help: of the command, with that of the group before it."""
    names: list[str] = []
    while ctx is not None and ctx.parent is not None:
        names.insert(0, ctx.info_name or "")
        ctx = ctx.parent
    return f" See '{' '.join([PROGRAM, *names])} --help'"


def stop_writing() -> None:
    """Let the interpreter flush what is left to nowhere, so that it does not complain at the end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
