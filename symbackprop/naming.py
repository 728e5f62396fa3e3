"""What a name may be, everywhere: it is written in code, in LaTeX, in spec files and in spreadsheets alike."""

from __future__ import annotations

import re

LETTERS = "A-Za-zΑ-ΡΣ-Ωα-ω"
"""Letters of names, as a range for regular expressions: Latin and Greek ones."""
NAME = re.compile(rf"[{LETTERS}][{LETTERS}0-9_]*")
