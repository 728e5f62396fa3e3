"""Failures, each as one line on standard error and an exit status.

0    done
1    an honest no: a gradient is wrong, or training diverged
2    a mistake in what was given
74   the output cannot be written, as on a full disk
130  interrupted
141  nobody reads the output any more
"""

from __future__ import annotations

import contextlib
import difflib
import errno
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TextIO

import click

from symbackprop.cli.terminal import NARROWEST, at_words
from symbackprop.cli.to_ascii import plain
from symbackprop.errors import Diverged, SymbackpropError, bounded, cut, quote, quote_path, visible

PROGRAM = "symbackprop"
WRONG, MISTAKE, UNDECIDED, UNWRITTEN, INTERRUPTED, UNREAD = 1, 2, 3, 74, 130, 141


class Interrupted(Exception):
    """Ctrl-C, on its way past click, which would answer it with an empty line."""


def status_of(run: Callable[[], Any]) -> int:
    """Run a command line and return its exit status; what goes wrong is told in one line."""
    status = _run(run)
    unwritten = _flush(told=status not in (0, WRONG))
    return status if unwritten is None else unwritten


def _run(run: Callable[[], Any]) -> int:
    if sys.stdout is None:
        return _unwritable(OSError(errno.EBADF, os.strerror(errno.EBADF)))
    try:
        result = run()
        return result if isinstance(result, int) else 0
    except SymbackpropError as error:
        tell_error(error)
        return WRONG if isinstance(error, Diverged) else MISTAKE
    except click.UsageError as error:
        tell(f"{PROGRAM}: error[usage]: {bounded(_ended(usage_words(error)))}{_see(error.ctx)}")
        return MISTAKE
    except (click.Abort, KeyboardInterrupt, Interrupted) as error:
        tell(f"{PROGRAM}: {error}" if str(error) else f"{PROGRAM}: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return _unread()
    except OSError as error:
        if error.filename is None:
            return _unwritable(error)
        words = f"cannot use {quote_path(error.filename)}: {error.strerror}"
        tell(f"{PROGRAM}: error[file]: {words}; name a file that can be read or written")
        return MISTAKE
    except RecursionError:
        tell(f"{PROGRAM}: error[too-deep]: what was given nests too deeply; name some of its parts")
        return MISTAKE
    except MemoryError:
        tell(f"{PROGRAM}: error[memory]: there is not enough memory for this; give less data or smaller sizes")
        return MISTAKE


def _flush(told: bool) -> int | None:
    """Bring out what is still held back; the status where that cannot be done, and nothing else has been ``told``."""
    if sys.stdout is None:
        return None
    try:
        sys.stdout.flush()
    except OSError as error:
        if told:
            stop_writing()
            return None
        return _unread() if isinstance(error, BrokenPipeError) else _unwritable(error)
    return None


def _unread() -> int:
    stop_writing()
    return UNREAD


def _unwritable(error: OSError) -> int:
    stop_writing()
    tell(f"{PROGRAM}: error[output]: cannot write the output: {error.strerror}; make room, or send it elsewhere")
    return UNWRITTEN


@contextlib.contextmanager
def past_click() -> Iterator[None]:
    """Let Ctrl-C and a pipe that nobody reads reach ``status_of``; click has answers of its own to them."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise Interrupted(str(error)) from None
    except BrokenPipeError:
        stop_writing()
        raise click.exceptions.Exit(UNREAD) from None


def tell(line: str) -> None:
    """Write one line to standard error; on a terminal it is wrapped at words, and the code of an error is red."""
    words = visible(" ".join(line.split()))
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    words = _wrapped(plain(words, encoding))
    head, bracket, rest = words.partition("error[")
    code, end, message = rest.partition("]")
    if bracket and end and not os.environ.get("NO_COLOR"):
        words = head + click.style(f"error[{code}]", fg="red", bold=True) + message
    try:
        click.echo(words, err=True)
    except (OSError, ValueError):
        stop_writing(sys.stderr)  # nobody is there to be told; the status tells


def _wrapped(words: str) -> str:
    """Words in lines as wide as the terminal; as they are where nobody looks on."""
    if not (sys.stderr is not None and sys.stderr.isatty()):
        return words
    width = max(shutil.get_terminal_size().columns, NARROWEST)
    return "\n".join(at_words(words, width, "  "))


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
        extra = cut(words.partition("(")[2].rstrip(")"), 60)
        return f"there is a word too many: {extra}; put formulas and facts in quotes"
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
    return f"there is no option {quote(error.option_name)}; {fix}"


def _params(ctx: click.Context | None) -> list[click.Parameter]:
    return [] if ctx is None else ctx.command.get_params(ctx)


def _title(param: click.Parameter) -> str:
    """What the user calls it: the long option, or the argument as it stands in the usage."""
    return (
        param.opts[-1] if isinstance(param, click.Option) else (param.metavar or param.human_readable_name).strip("[]")
    )


def _missing(param: click.Parameter) -> str:
    name = _title(param)
    return f"{name} is missing; {_TO_GIVE.get(name, 'give it a value')}"


_TO_GIVE = {
    "NET": f"name a TOML file or an example ('{PROGRAM} examples' lists them)",
    "FILE": "name the file to write, such as mine.toml",
    "SHELL": "name one of bash, zsh and fish",
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


def stop_writing(stream: TextIO | None = None) -> None:
    """Let the interpreter flush what is left to nowhere, so that it does not complain at the end."""
    stream = stream or sys.stdout
    if stream is not None:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
