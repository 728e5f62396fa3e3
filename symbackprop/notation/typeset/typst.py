"""Formulas as Typst sets them.

Every name, word and number is a string of Typst and every sign is escaped, so that nothing that stands in a formula
means anything to Typst. No blanks stand between the parts: beside strings they would be seen.
"""

from __future__ import annotations

import re

from symbackprop.notation.typeset.reader import read_typeset
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

_STYLES = {
    "italic": "italic({})", "upright": "upright({})", "bold": "bold({})", "sans": "sans({})", "script": "cal({})",
    "typewriter": "mono({})",
}  # fmt: skip
_OPERATORS = frozenset("log exp tanh max min sin cos tan sinh cosh arcsin arccos arctan det ln lim arg".split())
_ACCENTS = {"^": "hat", "¯": "macron", "~": "tilde", "˙": "dot", "→": "arrow"}
_CLASSES = {"relation": "relation", "opening": "opening", "closing": "closing", "ordinary": "normal"}
_CLASSED = frozenset("/|:!.")
"""Signs that Typst would take for something else than what they are here."""
_ENDLESS = re.compile(r"\S{25,}")
_NOTHING = 'class("normal",#box[])'
"""An empty part, which makes the sign behind it an operator, as in TeX."""
_SIZES = (1.0, 1.2, 1.8, 2.4, 3.0)


def typst_formula(latex: str) -> str:
    """What Typst sets as the formula that this package printed in LaTeX. Raises ValueError for what it never prints."""
    return _set(read_typeset(latex))


def typst_string(text: str, breakable: bool = False) -> str:
    """A string of Typst. Blanks of all kinds become blanks, and what cannot be seen becomes a question mark.

    With ``breakable`` a line may end anywhere within endless words.
    """
    seen = "".join(" " if c.isspace() else c if c.isprintable() else "?" for c in text)
    if breakable:
        seen = _ENDLESS.sub(lambda word: "\u200b".join(word[0]), seen)
    return '"' + seen.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _set(node: Node) -> str:
    match node:
        case Letters(text=text, style=style):
            if style == "upright" and text in _OPERATORS:
                return f"op({typst_string(text)})"
            return _STYLES[style].format(typst_string(text))
        case Sign():
            return _sign(node)
        case Space(width=width):
            return f"#h({width}em);"
        case Words(text=text):
            return f"upright({typst_string(text)})"
        case Row(parts=parts):
            return "".join(map(_set, parts)) or _NOTHING
        case Scripts(base=base, below=below, above=above):
            lower = "" if below is None else f",b:{_set(below)}"
            upper = "" if above is None else f",t:{_set(above)}"
            return f"attach({_set(base)}{lower}{upper})"
        case Fraction(above=above, below=below, small=small):
            written = f"frac({_set(above)},{_set(below)})"
            return f"inline({written})" if small else written
        case Root(radicand=radicand):
            return f"sqrt({_set(radicand)})"
        case Fence(opening=opening, body=body, closing=closing):
            return f"lr({_bracket(opening, 'opening')}{_set(body)}{_bracket(closing, 'closing')})"
        case Accent(base=base, mark=mark):
            return f"{_ACCENTS[mark]}({_set(base)})"
        case Brace(base=base, label=label):
            return f"underbrace({_set(base)},{_set(label)})"
        case Grid():
            return _grid(node)


def _grid(grid: Grid) -> str:
    rows = ";".join(",".join(map(_set, row)) for row in grid.rows)
    delimiters = ",".join(typst_string(sign) if sign else "none" for sign in (grid.opening, grid.closing))
    return f"mat(delim:#({delimiters}),align:#{grid.align},row-gap:#0.35em,column-gap:#0.9em,{rows})"


def _sign(sign: Sign) -> str:
    if sign.size:
        return f"lr(size:#{_SIZES[sign.size]}em,{_bracket(sign.text, sign.kind)})"
    if sign.text and not sign.text.strip("′"):
        return f"#math.primes({len(sign.text)});"
    bracket = sign.kind in ("opening", "closing")
    written = "".join(rf"\{c}" if c.isascii() or bracket else c for c in sign.text)
    if sign.text in _CLASSED or (bracket and sign.text in "|‖"):
        return f'class("{_CLASSES[sign.kind]}",{written})'
    return written


def _bracket(bracket: str, kind: str) -> str:
    return _sign(Sign(bracket, kind)) if bracket else ""
