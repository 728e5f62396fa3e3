"""The command line: ``symbackprop derive NET`` and its sisters.

    arguments ─► options.py ─► commands/ ─► equations.py ─► terminal.py ─► standard output
                 readers.py    (one file     (aligned and     (colour, width,
                 (checked)     a group)      broken lines)    encoding)
    NET ───────► find_network.py
    any error ─► failures.py ───────────────────────────────────► one line on standard error, and a status

Rooms that import SymPy or rich are opened inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symbackprop.cli.app import main

__all__ = ["main"]


def __getattr__(name: str) -> Any:
    """Open ``main`` when it is asked for: ``__main__`` is to be ready for Ctrl-C before."""
    if name == "main":
        from symbackprop.cli.app import main

        globals()[name] = main
        return main
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
