"""The command line: ``symbackprop derive NET`` and its sisters.

    arguments ─► options.py ─► commands/ ─► equations.py ─► terminal.py ─► standard output
                 readers.py    (one file     (aligned and     (colour, width,
                 (checked)     a group)      broken lines)    encoding)
    NET ───────► place.py      any error ──► failures.py ──► one line on standard error, and a status

Rooms that import SymPy or rich are opened inside the commands, so that ``--help`` answers at once.
"""

from symbackprop.cli.app import main

__all__ = ["main"]
