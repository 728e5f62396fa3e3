"""Formulas as MathML, from the tree of how they are set.

It is MathML Core, which browsers draw by themselves. What that leaves to style sheets has a class: ``b`` for bold,
``s`` for letters without serifs, ``t`` for typewriter, ``left`` for grids whose cells begin at the left. A letter that
is printed without serifs or in script has a character of its own, which the font of pages has, too.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from symbackprop.notation.typeset import (
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
    read_typeset,
)

Leaf = Callable[[Letters], str | None]
"""Writes letters in its own way, or None for those that it leaves."""

_SIZES = {1: "1.2em", 2: "1.8em", 3: "2.4em", 4: "3em"}
_CLASSES = {"bold": "b", "sans": "s", "typewriter": "t"}
_DRAWN = {("script", "N"): "𝒩", ("sans", "T"): "𝖳"}
_OPERATORS = frozenset("log exp tanh max min sin cos tan sinh cosh arcsin arccos arctan det ln lim arg".split())
_CHARACTERS = {"·": "⋅"}
_THIN = '<mspace width="0.167em"/>'


def mathml(latex: str, *, display: bool = False, leaf: Leaf | None = None) -> str:
    """A formula that this package prints as LaTeX, as MathML; with ``display`` its fractions have their full size.

    Raises ValueError for LaTeX that the package never prints.
    """
    style = ' displaystyle="true"' if display else ""
    return f"<math{style}>{_Writer(leaf).write(read_typeset(latex))}</math>"


class _Writer:
    """Writes the nodes of a tree."""

    def __init__(self, leaf: Leaf | None) -> None:
        self.leaf = leaf

    def write(self, node: Node) -> str:
        """One node as one element."""
        match node:
            case Letters():
                return self.letters(node)
            case Sign():
                return _sign(node)
            case Space(width=width):
                return f'<mspace width="{width:g}em"/>' if width > 0 else "<mrow></mrow>"
            case Words(text=text):
                return f"<mtext>{escape(text.replace(' ', chr(0xA0)))}</mtext>"
            case Row(parts=parts):
                return f"<mrow>{self.row(parts)}</mrow>"
            case Scripts():
                return self.scripts(node)
            case Fraction(above=above, below=below, small=small):
                whole = f"<mfrac>{self.write(above)}{self.write(below)}</mfrac>"
                return f'<mstyle displaystyle="false">{whole}</mstyle>' if small else whole
            case Root(radicand=radicand):
                return f"<msqrt>{self.write(radicand)}</msqrt>"
            case Fence(opening=opening, body=body, closing=closing):
                return f"<mrow>{_stretched(opening, 'prefix')}{self.write(body)}{_stretched(closing, 'postfix')}</mrow>"
            case Accent(base=base, mark=mark):
                stretched = "" if mark == "¯" else ' stretchy="false"'
                return f'<mover accent="true">{self.write(base)}<mo{stretched}>{mark}</mo></mover>'
            case Brace(base=base, label=label):
                return f"<munder><munder>{self.write(base)}<mo>⏟</mo></munder>{self.write(label)}</munder>"
            case Grid():
                return self.grid(node)

    def letters(self, node: Letters) -> str:
        """A name, a word or a number."""
        own = self.leaf(node) if self.leaf is not None else None
        if own is not None:
            return own
        text, style = node.text, node.style
        if (style, text) in _DRAWN:
            return f"<mi>{_DRAWN[style, text]}</mi>"
        tag = "mn" if node.is_number else "mi"
        marked = f' class="{_CLASSES[style]}"' if style in _CLASSES else ""
        if tag == "mi" and len(text) == 1 and style not in ("italic", "script"):
            marked += ' mathvariant="normal"'
        return f"<{tag}{marked}>{escape(text)}</{tag}>"

    def row(self, parts: tuple[Node, ...]) -> str:
        """Parts side by side; a sign that has nothing before it belongs to what follows."""
        written = []
        before: Node | None = None
        for part in parts:
            if isinstance(part, Sign) and part.kind == "operator" and _begins(before):
                written.append(f'<mo form="prefix">{_character(part)}</mo>')
            else:
                if before is not None and _wants_room(before, part):
                    written.append(_THIN)
                written.append(self.write(part))
            before = part
        return "".join(written)

    def scripts(self, node: Scripts) -> str:
        """A part with what is lowered and raised."""
        large = isinstance(node.base, Sign) and node.base.kind == "large"
        base = self.write(node.base)
        below = "" if node.below is None else self.write(node.below)
        above = "" if node.above is None else self.write(node.above)
        if below and above:
            tag = "munderover" if large else "msubsup"
        elif below:
            tag = "munder" if large else "msub"
        else:
            tag = "mover" if large else "msup"
        return f"<{tag}>{base}{below}{above}</{tag}>"

    def grid(self, node: Grid) -> str:
        """Rows of cells between brackets."""
        rows = "".join(
            "<mtr>" + "".join(f"<mtd>{self.write(cell)}</mtd>" for cell in row) + "</mtr>" for row in node.rows
        )
        left = ' class="left"' if node.align == "left" else ""
        table = f"<mtable{left}>{rows}</mtable>"
        return f"<mrow>{_stretched(node.opening, 'prefix')}{table}{_stretched(node.closing, 'postfix')}</mrow>"


def _character(sign: Sign) -> str:
    return escape(_CHARACTERS.get(sign.text, sign.text))


def _sign(sign: Sign) -> str:
    """A sign that stands alone, or between two parts."""
    text = _character(sign)
    if sign.kind == "ordinary":
        if sign.text[:1] in "∂∞ℓ∇…⋯":
            return f'<mi mathvariant="normal">{text}</mi>'
        return f'<mo lspace="0" rspace="0" stretchy="false">{text}</mo>'
    if sign.kind in ("opening", "closing"):
        form = "prefix" if sign.kind == "opening" else "postfix"
        if sign.size:
            size = _SIZES[sign.size]
            return f'<mo form="{form}" minsize="{size}" maxsize="{size}">{text}</mo>'
        return f'<mo form="{form}" stretchy="false">{text}</mo>'
    return f"<mo>{text}</mo>"


def _stretched(bracket: str, form: str) -> str:
    return f'<mo form="{form}" stretchy="true">{escape(bracket)}</mo>' if bracket else ""


def _begins(before: Node | None) -> bool:
    """Whether a sign behind this is one of what follows: the minus of −x."""
    match before:
        case None:
            return True
        case Sign(kind=kind):
            return kind in ("opening", "relation", "operator", "comma")
        case _:
            return False


def _wants_room(before: Node, part: Node) -> bool:
    """Whether a function's name and its neighbour would run into one another."""
    if _is_function(before):
        return not (isinstance(part, Fence | Space | Sign))
    return _is_function(part) and not isinstance(before, Sign | Space) and not _is_function(before)


def _is_function(node: Node) -> bool:
    base = node.base if isinstance(node, Scripts) else node
    return isinstance(base, Letters) and base.style == "upright" and base.text in _OPERATORS
