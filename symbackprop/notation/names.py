"""The table of names: how each name of a network is written in LaTeX, Unicode, ASCII and Python.

A name is a head and its subscripts: ``a_h1_2`` is a, subscripted with h, subscripted with 1 and 2; ``y_hat`` is y with
a hat, and bar and tilde are accents too. A dot at the end stands over the head, whatever its subscripts are:
``delta_h1_dot`` is what δ, subscripted with h1, moves by. Where two names would look the same (x1 and x_1), the later
one is written out letter by letter.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from symbackprop.errors import SymbackpropError
from symbackprop.naming import LETTERS, NAME

GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
        "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        strict=True,
    )
)
"""The Greek letters by name; the capitals that look Latin are not among them."""

_PART = re.compile(rf"([{LETTERS}]*)([0-9]*)")
_COMMANDS = {letter: "\\" + name for name, letter in GREEK.items()} | {
    "ε": r"\varepsilon",
    "φ": r"\varphi",
    "ς": r"\varsigma",
    **dict(zip("οΑΒΕΖΗΙΚΜΝΟΡΤΧ", "oABEZHIKMNOPTX", strict=True)),
}
_SUBSCRIPTS = dict(zip("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)) | {",": ","}
_SIGNALS = ("delta", "Delta")
_ACCENTS = {("hat", ""): "hat", ("bar", ""): "bar", ("tilde", ""): "tilde"}
_COMBINING = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307"}
_DOT = ("dot", "")
_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class NameTable:
    """How names are written. Names that the table was not made for are written by the same rules."""

    latex_forms: Mapping[str, str] = field(default_factory=dict)
    unicode_forms: Mapping[str, str] = field(default_factory=dict)
    code_forms: Mapping[str, str] = field(default_factory=dict)
    reserved: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str], reserved: frozenset[str] = frozenset()) -> NameTable:
        """Make the table of ``names``, no two of which are written alike; Python code may not use ``reserved``."""
        ordered = sorted(set(names), key=lambda name: (name.isascii(), name))  # α before alpha
        return cls(
            _told_apart(ordered, latex_name, _verbatim),
            _told_apart(ordered, unicode_name, str),
            _code_names(ordered, reserved),
            reserved,
        )

    def latex(self, name: str) -> str:
        r"""The name in LaTeX mathematics: ``a_{h_1}``, ``\delta_{o_1}``, ``\mathrm{loss}``."""
        return self.latex_forms.get(name) or latex_name(name)

    def unicode(self, name: str) -> str:
        """The name in a terminal: ``aₕ₁``, ``δₒ₁``, ``loss``."""
        return self.unicode_forms.get(name) or unicode_name(name)

    def ascii(self, name: str) -> str:
        """The name as it stands in a spec file."""
        return _checked(name)

    def code(self, name: str) -> str:
        """The name as a Python identifier that hides no keyword, builtin or reserved name."""
        if name in self.code_forms:
            return self.code_forms[name]
        return _free(_checked(name), self.reserved | set(self.code_forms.values()))


def latex_name(name: str) -> str:
    r"""Write one name in LaTeX by the rules alone: ``w1`` is ``w_1``, ``b_out`` is ``b_{\mathrm{out}}``."""
    parts = _parts(name)
    return _verbatim(name) if parts is None else _latex_parts(parts)


def unicode_name(name: str) -> str:
    """Write one name in Unicode by the rules alone: ``w1`` is ``w₁``, ``a_h1`` is ``aₕ₁``."""
    parts = _parts(name)
    return name if parts is None else _unicode_parts(parts)


def script(mark: str, body: str) -> str:
    """Write a subscript (mark ``_``) or superscript (mark ``^``) in LaTeX, without braces where one sign needs none."""
    return f"{mark}{body}" if len(body) == 1 else f"{mark}{{{body}}}"


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise SymbackpropError(
            "name", f"{name!r} cannot be written", "a name is letters (Latin or Greek), digits and underscores"
        )
    return name


def _parts(name: str) -> list[tuple[str, str]] | None:
    """Split at underscores into (letters, digits), or None where the name has another shape."""
    matches = [_PART.fullmatch(part) for part in _checked(name).split("_")]
    if any(match is None or not match[0] for match in matches):
        return None
    return [(match[1], match[2]) for match in matches if match]


def _split(parts: list[tuple[str, str]]) -> tuple[str, list[str], list[tuple[str, str]]]:
    """The head's letters, the numbers that follow it, and the rest, which is a name of its own."""
    letters, digits = parts[0]
    numbers = [digits] if digits else []
    rest = parts[1:]
    while rest and not rest[0][0]:
        numbers.append(rest[0][1])
        rest = rest[1:]
    return letters, numbers, rest


def _accent(letters: str, rest: list[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    """The accent that ``y_hat`` asks for, and what is left of its subscripts."""
    if len(letters) == 1 and rest and rest[0] in _ACCENTS:
        return _ACCENTS[rest[0]], rest[1:]
    return "", rest


def _undotted(parts: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], bool]:
    """The name without the dot at its end, and whether there was one."""
    return (parts[:-1], True) if len(parts) > 1 and parts[-1] == _DOT else (parts, False)


def _latex_parts(parts: list[tuple[str, str]]) -> str:
    parts, dotted = _undotted(parts)
    letters, numbers, rest = _split(parts)
    accent, rest = _accent(letters, rest)
    head = rf"\{accent}{{{_latex_head(letters)}}}" if accent else _latex_head(letters)
    return (rf"\dot{{{head}}}" if dotted else head) + _latex_subscript(numbers, rest)


def _latex_subscript(numbers: list[str], rest: list[tuple[str, str]]) -> str:
    subscript = ",".join(numbers + ([_latex_parts(rest)] if rest else []))
    return script("_", subscript) if subscript else ""


def _latex_head(letters: str) -> str:
    if letters in GREEK:
        return "\\" + letters
    if len(letters) == 1:
        return _COMMANDS.get(letters, letters)
    # A Greek letter inside a word is a command of its own, which \mathrm leaves as it is.
    return rf"\mathrm{{{''.join(_COMMANDS.get(c, c) + ('{}' if c in _COMMANDS else '') for c in letters)}}}"


def _unicode_parts(parts: list[tuple[str, str]]) -> str:
    undotted, dotted = _undotted(parts)
    if dotted and len(GREEK.get(undotted[0][0], undotted[0][0])) > 1:  # a dot stands over one letter
        return f"{_unicode_parts(undotted)}_dot"
    letters, numbers, rest = _split(undotted)
    accent, rest = _accent(letters, rest)
    above = _COMBINING.get(accent, "") + (_COMBINING["dot"] if dotted else "")
    head = unicodedata.normalize("NFC", GREEK.get(letters, letters) + above)
    subscript = ",".join(numbers + ([_flat(rest)] if rest else []))
    if all(c in _SUBSCRIPTS for c in subscript) and not any(letters in GREEK for letters, _ in rest):
        return head + "".join(_SUBSCRIPTS[c] for c in subscript)
    of_signal = rest[0][0] in _SIGNALS  # δ_δₕ₁, the error signal of an error signal
    below = (
        _unicode_parts(rest) if len(rest) == 1 or of_signal else "_".join(letters + digits for letters, digits in rest)
    )
    return f"{head}{''.join(_SUBSCRIPTS[c] for c in ','.join(numbers))}_{below}"


def _flat(parts: list[tuple[str, str]]) -> str:
    """A name's letters and numbers in one row, for where subscripts cannot have subscripts."""
    letters, numbers, rest = _split(parts)
    return letters + ",".join(numbers + ([_flat(rest)] if rest else []))


def _verbatim(name: str) -> str:
    letters = (_COMMANDS[c] + "{}" if c in _COMMANDS else c for c in name)
    return rf"\mathtt{{{''.join(letters)}}}".replace("_", r"\_")


def _told_apart(names: list[str], write: Callable[[str], str], fallback: Callable[[str], str]) -> dict[str, str]:
    forms: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        form = write(name)
        if form in taken:
            form = fallback(name)
        while form in taken:  # a name whose letters spell another's Unicode form
            form += "′"
        taken.add(form)
        forms[name] = form
    return forms


def _code_names(names: list[str], reserved: frozenset[str]) -> dict[str, str]:
    """Names that are free keep their spelling; the others give way to them."""
    safe = {name for name in names if _free(_checked(name), reserved) == name}
    forms: dict[str, str] = {}
    for name in names:
        forms[name] = name if name in safe else _free(name, reserved | safe | set(forms.values()))
    return forms


def _free(name: str, taken: frozenset[str] | set[str]) -> str:
    while name in taken or name in _BUILTINS or keyword.iskeyword(name) or name == "np":
        name += "_"
    return name
