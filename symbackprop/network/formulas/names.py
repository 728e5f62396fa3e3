"""Names of quantities and functions."""

from __future__ import annotations

import keyword
import re
import unicodedata

from symbackprop.errors import SpecError
from symbackprop.errors import quote as quote
from symbackprop.naming import NAME
from symbackprop.network.formulas.limits import MAX_DIGITS

SUPERSCRIPTS = "²³¹⁰⁴-⁹"  # x² must not become the name x2, as NFKC would have it
_LOOKS_LIKE_NAME = re.compile(rf"[^\W{SUPERSCRIPTS}]+")


def parse_name(text: str, *, where: str = "") -> str:
    """Check one name and return its normal form: ``w₁`` is ``w1``, and the micro sign is μ."""
    name = unicodedata.normalize("NFKC", text.strip())
    if keyword.iskeyword(name):
        raise SpecError(
            "name",
            f"{quote(name)} is a word of Python, not a name",
            f"formulas hold no code; a name can be {name + '_1'!r}",
            where=where,
        )
    if not NAME.fullmatch(name) or not _LOOKS_LIKE_NAME.fullmatch(text.strip()):
        raise SpecError(
            "name",
            f"{quote(text)} is not a name",
            "a name begins with a letter (a-z, A-Z or Greek) and goes on with letters, digits and _",
            where=where,
        )
    if len(name) > MAX_DIGITS:
        raise SpecError("name", f"the name {quote(text)} is too long", f"use at most {MAX_DIGITS} letters", where=where)
    return name


def parse_names(text: str, *, where: str = "") -> tuple[str, ...]:
    """Check several names with commas between them, ``p1, p2, p3``, each given once."""
    names = tuple(parse_name(part, where=where) for part in text.split(","))
    for name in names:
        if names.count(name) > 1:
            raise SpecError("duplicate", f"{quote(text)} has {quote(name)} twice", "give each name once", where=where)
    return names
