"""The LaTeX that the writers of this package print, read into a tree.

It is a closed language: what is printed is made of the commands below and no others, so that an unknown one is an error
of ours. What a user wrote comes in by the names of the notation, which have been checked, and as text in ``\\text``.
"""

from __future__ import annotations

import re

from symbackprop.notation.typeset.tree import (
    Accent,
    Brace,
    Fence,
    Fraction,
    Grid,
    Letters,
    Node,
    Root,
    Row,
    Scripts,
    Sign,
    Space,
    Words,
)

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_GREEK = dict(
    zip(
        (
            "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma "
            "varsigma tau upsilon phi varphi chi psi omega"
        ).split(),
        "αβγδϵεζηθϑικλμνξπρσςτυϕφχψω",
        strict=True,
    )
)
_CAPITALS = dict(zip("Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(), "ΓΔΘΛΞΠΣΥΦΨΩ", strict=True))
_ORDINARY = {"partial": "∂", "infty": "∞", "dots": "…", "ldots": "…", "cdots": "⋯", "ell": "ℓ", "nabla": "∇"}
_OPERATORS = {"cdot": "·", "times": "×", "circ": "∘", "oslash": "⊘", "otimes": "⊗", "odot": "⊙", "pm": "±"}
_RELATIONS = {
    "le": "≤", "ge": "≥", "ne": "≠", "to": "→", "leftarrow": "←", "approx": "≈", "coloneqq": "≔", "in": "∈",
    "mid": "∣", "mapsto": "↦", "Rightarrow": "⇒",
}  # fmt: skip
_LARGE = {"sum": "∑", "prod": "∏", "int": "∫"}
_OPENING = {"langle": "⟨", "lvert": "|", "lVert": "‖", "{": "{", "lfloor": "⌊"}
_CLOSING = {"rangle": "⟩", "rvert": "|", "rVert": "‖", "}": "}", "rfloor": "⌋"}
_SPACES = {",": 0.167, ":": 0.222, ";": 0.278, " ": 0.33, "quad": 1.0, "qquad": 2.0, "!": -0.167}
_FUNCTIONS = frozenset("log exp tanh max min sin cos tan sinh cosh arcsin arccos arctan det ln lim arg".split())
_STYLES = {
    "mathrm": "upright", "operatorname": "upright", "mathbf": "bold", "mathsf": "sans", "mathcal": "script",
    "mathtt": "typewriter", "mathit": "italic",
}  # fmt: skip
_ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~", "dot": "˙", "vec": "→", "overline": "¯"}
_SIZES = {"big": 1, "Big": 2, "bigg": 3, "Bigg": 4}
_GRIDS = {"bmatrix": ("[", "]", "center"), "cases": ("{", "", "left"), "pmatrix": ("(", ")", "center")}
_INVISIBLE = frozenset(["displaystyle", "textstyle", "limits", "notag"])
_SIGNS = {
    "+": Sign("+"), "-": Sign("−"), "/": Sign("/", "ordinary"), "=": Sign("=", "relation"), "<": Sign("<", "relation"),
    ">": Sign(">", "relation"), "(": Sign("(", "opening"), "[": Sign("[", "opening"), ")": Sign(")", "closing"),
    "]": Sign("]", "closing"), ",": Sign(",", "comma"), ";": Sign(";", "comma"), "|": Sign("|", "ordinary"),
    ":": Sign(":", "relation"), "*": Sign("∗"), "!": Sign("!", "closing"), "'": Sign("′", "ordinary"),
    ".": Sign(".", "ordinary"),
}  # fmt: skip


def read_typeset(latex: str) -> Node:
    """The tree of a formula that this package printed. Raises ValueError for what it never prints."""
    reader = _Reader(latex)
    row = reader.row()
    if reader.at < len(reader.tokens):
        raise ValueError(f"there is one {reader.tokens[reader.at]} too many in {latex}")
    return row


class _Reader:
    """Reads a formula from left to right."""

    def __init__(self, latex: str) -> None:
        self.latex = latex
        self.tokens: list[str] = _TOKEN.findall(latex)
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        if self.at >= len(self.tokens):
            raise ValueError(f"{self.latex} ends too soon")
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, token: str) -> None:
        if self.take() != token:
            raise ValueError(f"there is no {token} where one belongs in {self.latex}")

    def row(self, *ends: str) -> Node:
        """What stands side by side up to the end of the formula, or of its group, or one of ``ends``."""
        parts: list[Node] = []
        while self.peek() and self.peek() != "}" and self.peek() not in ends:
            part = self.item()
            if part is not None:
                parts.append(self.scripted(part))
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def scripted(self, base: Node) -> Node:
        """A part, with what is lowered and raised behind it, which may be primes."""
        below = above = None
        while True:
            self.skip_blanks()
            if self.peek() == "_" and below is None:
                self.take()
                below = self.argument()
            elif self.peek() == "^" and above is None:
                self.take()
                above = self.argument()
            elif self.peek() == "'" and above is None:
                primes = 0
                while self.peek() == "'":
                    self.take()
                    primes += 1
                above = Sign("′" * primes, "ordinary")
            else:
                break
        return base if below is None and above is None else Scripts(base, below, above)

    def skip_blanks(self) -> None:
        while self.peek().isspace():
            self.at += 1

    def argument(self) -> Node:
        """A group, or the next sign."""
        self.skip_blanks()
        if self.peek() == "{":
            return self.group()
        item = self.item()
        if item is None:
            raise ValueError(f"something is missing in {self.latex}")
        return item

    def group(self) -> Node:
        self.expect("{")
        row = self.row()
        self.expect("}")
        return row

    def words(self) -> str:
        """The characters of a group that holds no formula."""
        self.skip_blanks()
        self.expect("{")
        text = ""
        while self.peek() != "}":
            token = self.take()
            text += {r"\_": "_", r"\ ": " ", r"\,": " ", r"\%": "%", r"\#": "#", r"\&": "&", r"\$": "$"}.get(
                token, token
            )
        self.expect("}")
        return text

    def item(self) -> Node | None:
        """The next sign, command or group; None for what is not seen."""
        token = self.take()
        if token.isspace():
            return None
        if token == "{":
            self.at -= 1
            return self.group()
        if token.startswith("\\"):
            return self.command(token[1:])
        if token[0].isdigit():
            return Letters(token, "upright")
        if token in _SIGNS:
            return _SIGNS[token]
        if token in "_^}&":
            raise ValueError(f"there is a {token} without what it belongs to in {self.latex}")
        return Letters(token)

    def command(self, name: str) -> Node | None:
        """A command with its arguments."""
        if (sign := _sign(name)) is not None:
            return sign
        if name in _SPACES:
            return Space(_SPACES[name])
        if name in _INVISIBLE:
            return None
        if name in ("frac", "tfrac", "dfrac"):
            return Fraction(self.argument(), self.argument(), small=name == "tfrac")
        if name == "sqrt":
            return Root(self.argument())
        if name in _STYLES:
            return Letters(self.words(), _STYLES[name]) if self.is_word() else _bold(self.argument(), _STYLES[name])
        if name in ("text", "textbf", "mbox"):
            return Words(self.words())
        if name in _ACCENTS:
            return Accent(self.argument(), _ACCENTS[name])
        if name == "underbrace":
            base = self.argument()
            self.skip_blanks()
            self.expect("_")
            return Brace(base, self.argument())
        if name == "left":
            return self.fence()
        if name[:-1] in _SIZES and name[-1] in "lr":
            bracket = self.bracket()
            return Sign(bracket, "opening" if name[-1] == "l" else "closing", _SIZES[name[:-1]])
        if name == "begin":
            return self.grid()
        raise ValueError(f"{self.latex} has the command {name}, which is none of those that are printed")

    def is_word(self) -> bool:
        """Whether the group that follows holds letters and figures alone."""
        self.skip_blanks()
        end = self.at
        while end < len(self.tokens) and self.tokens[end] != "}":
            end += 1
        return all(
            token in ("{", r"\_", r"\ ", r"\,", "-", " ") or token.isalnum() for token in self.tokens[self.at : end]
        )

    def bracket(self) -> str:
        """The sign of a bracket behind a command of size; empty for a dot."""
        self.skip_blanks()
        token = self.take()
        if token == ".":
            return ""
        name = token.removeprefix("\\")
        return _OPENING.get(name) or _CLOSING.get(name) or token

    def fence(self) -> Node:
        opening = self.bracket()
        body = self.row(r"\right")
        self.expect(r"\right")
        return Fence(opening, body, self.bracket())

    def grid(self) -> Node:
        kind = self.words()
        if kind not in _GRIDS:
            raise ValueError(f"{self.latex} has the environment {kind}, which is none of those that are printed")
        rows: list[tuple[Node, ...]] = []
        cells: list[Node] = []
        while True:
            cells.append(self.row("&", r"\\", r"\end"))
            token = self.take()
            if token == "&":
                continue
            rows.append(tuple(cells))
            cells = []
            if token == r"\end":
                break
        self.words()
        if rows and rows[-1] == (Row(()),):
            rows.pop()
        opening, closing, align = _GRIDS[kind]
        return Grid(tuple(rows), opening, closing, align)


def _sign(name: str) -> Node | None:
    """What a command without arguments stands for."""
    for table, kind in (
        (_OPERATORS, "operator"), (_RELATIONS, "relation"), (_LARGE, "large"), (_OPENING, "opening"),
        (_CLOSING, "closing"), (_ORDINARY, "ordinary"),
    ):  # fmt: skip
        if name in table:
            return Sign(table[name], kind)
    if name in _GREEK:
        return Letters(_GREEK[name])
    if name in _CAPITALS:
        return Letters(_CAPITALS[name], "upright")
    if name in _FUNCTIONS:
        return Letters(name, "upright")
    if name in ("_", "%", "#", "&", "$"):
        return Letters(name, "upright")
    return None


def _bold(node: Node, style: str) -> Node:
    """A formula whose letters have a style."""
    match node:
        case Letters(text=text):
            return Letters(text, style)
        case Row(parts=parts):
            return Row(tuple(_bold(part, style) for part in parts))
        case Scripts(base=base, below=below, above=above):
            return Scripts(
                _bold(base, style),
                None if below is None else _bold(below, style),
                None if above is None else _bold(above, style),
            )
        case _:
            return node
