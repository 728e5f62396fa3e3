"""How wide a formula in LaTeX is when it is set."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_&]|\s+|.", re.DOTALL)
_SMALL = 0.65
_INVISIBLE = frozenset(["left", "right", "!", "bigl", "bigr", "displaystyle", "partial^"])
_WORDS = frozenset("log exp tanh max min sin cos tan sinh cosh arcsin arccos arctan det".split())
_GROUPS = frozenset(["mathrm", "mathtt", "text", "mathbf", "mathit", "mathsf"])
_WIDE_SIGNS = frozenset("+-=<>")


def latex_width(text: str) -> float:
    """Estimate the width of ``text``, a formula in LaTeX, in characters of the usual size."""
    return _Reader(text).width()


class _Reader:
    """Reads a formula from left to right; it need not be balanced."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(text)
        self.at = 0

    def width(self) -> float:
        """The width up to the end of the formula or of the group that is being read."""
        total = 0.0
        while self.at < len(self.tokens) and self.tokens[self.at] != "}":
            total += self.item()
        return total

    def item(self) -> float:
        """The width of the next sign or group."""
        if self.at >= len(self.tokens):
            return 0.0
        token = self.tokens[self.at]
        self.at += 1
        if token == "{":
            inside = self.width()
            self.at += 1
            return inside
        if token in "^_":
            return _SMALL * self.item()
        if token.startswith("\\"):
            return self.command(token[1:])
        if token.isspace() or token == "}":
            return 0.0
        return 2.0 if token in _WIDE_SIGNS else 0.6 if token in ",.()[]" else 1.0

    def command(self, name: str) -> float:
        """The width of a command with its arguments."""
        if name in ("frac", "tfrac"):
            above, below = self.item(), self.item()
            return max(above, below) * (1.0 if name == "frac" else 0.75) + 0.4
        if name == "sqrt":
            return 1.0 + self.item()
        if name == "begin":
            self.item()
            return 1.0 + self.table()
        if name in _GROUPS:
            return self.item()
        if name in _WORDS:
            return float(len(name))
        if name == "underbrace":
            return max(self.item(), self.item())
        if name in (",", ";", "lvert", "rvert"):
            return 0.4
        if name in ("lVert", "rVert", "langle", "rangle"):
            return 0.6
        if name in ("cdot", "times", "le", "ge", "ne", "circ", "oslash"):
            return 2.0
        return 0.0 if name in _INVISIBLE else 1.0

    def table(self) -> float:
        """The width of the widest row, up to the end of the environment."""
        widest = row = 0.0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token == r"\end":
                self.at += 1
                self.item()
                break
            if token == r"\\":
                self.at += 1
                widest, row = max(widest, row), 0.0
            elif token == "&":
                self.at += 1
                row += 1.5
            else:
                row += self.item()
        return max(widest, row)
