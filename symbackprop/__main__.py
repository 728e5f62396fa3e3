"""The command ``symbackprop``, also as ``python -m symbackprop``.

It is so light that Ctrl-C finds it ready from its first line on, while everything else is still being imported.
"""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and leave with its status."""
    try:
        try:
            from symbackprop.cli import main as command

            command(prog_name="symbackprop")
        finally:
            _let_nothing_interrupt()
    except KeyboardInterrupt:
        _say_interrupted()
    sys.exit(130)  # a command line that comes to its end leaves by itself


def _let_nothing_interrupt() -> None:
    """Let a second Ctrl-C, while the interpreter tidies up, not be told as a failure of that."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _say_interrupted() -> None:
    try:
        sys.stderr.write("symbackprop: interrupted\n")
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        pass  # nobody is there to be told


if __name__ == "__main__":
    main()
