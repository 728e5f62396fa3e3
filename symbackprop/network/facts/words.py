"""What is stated in words: "S symmetric", "p in (0, 1)", "Y one-hot rows"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from sympy import Rational, S, Symbol, oo
from sympy.core.relational import GreaterThan, LessThan, StrictGreaterThan, StrictLessThan

from symbackprop.errors import NetworkError, SpecError, did_you_mean
from symbackprop.network.facts.assumptions import BY_WORDS, ROWS
from symbackprop.network.facts.relations import LEAVE_OUT, Fact
from symbackprop.network.facts.sets import MOST, among
from symbackprop.network.formulas import parse_expression, quote

_WORDS = re.compile(r"\s*(?P<names>[^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*)\s*(?P<rest>∈.*|(?<=\s)[^\W\d].*)", re.DOTALL)
_BETWEEN = re.compile(r"(?:(?:is|are|has|have|a|an|all)\b\s*)*")
"""What may stand between the names and what is stated of them."""
_RANGE = re.compile(r"(?:in\b|∈)\s*(?P<open>[\[({])(?P<inside>.*)(?P<close>[\])}])\s*", re.DOTALL)
_SIGNS = re.compile(r"[=<>≤≥]")
KNOWN = (*(row.words[0] for row in ROWS), "in (0, 1)", "in [0, 1]", "in {0, 1}", "in {-1, 1}")
"""What can be stated, for errors."""


def is_in_words(text: str) -> bool:
    """Whether a text states something in words, and is no equation or inequality."""
    return not _SIGNS.search(text) and _WORDS.fullmatch(text) is not None


def facts_in_words(text: str, leaves: Mapping[str, Symbol], computed: Sequence[str] = ()) -> tuple[Fact, ...]:
    """The facts that a text in words stands for, about ``leaves``; ``computed`` are names that equations give.

    Raises NetworkError, which repeats the text, where a name is of another kind or unknown, and where nobody knows what
    is stated.
    """
    match = _WORDS.fullmatch(text)
    assert match is not None
    rest = _BETWEEN.sub("", " ".join(match["rest"].split()), count=1)
    facts: list[Fact] = []
    for word in re.split(r"\s*,\s*", match["names"]):
        if word in computed:
            _refuse(
                f"{quote(text)} is about {word}, which an equation gives",
                "state what is known of inputs, targets and parameters",
            )
        if word not in leaves:
            what = f"{quote(text)} is about {word}, and no input, target or parameter is called so"
            _refuse(what, did_you_mean(word, leaves))
        facts += _said(text, leaves[word], rest)
    return tuple(facts)


def _said(text: str, name: Symbol, rest: str) -> Iterator[Fact]:
    found = _RANGE.fullmatch(rest)
    if found is not None:
        yield from _within(text, name, found["open"], found["inside"], found["close"])
        return
    row = BY_WORDS.get(rest.lower())
    if row is None:
        what = f"{quote(text)} states what is not known here" + (f": {quote(rest)}" if rest else "")
        _refuse(what, f"state {_listed(KNOWN)}")
    if not row.fits(name):
        _refuse(f"{quote(text)} can be stated of {row.of} alone, and {name} is none", LEAVE_OUT)
    yield from row.says(name)


def _within(text: str, name: Symbol, opening: str, inside: str, closing: str) -> Iterator[Fact]:
    """Between bounds, or one of a few numbers."""
    numbers = [_number(text, part) for part in inside.split(",")]
    if opening + closing == "{}":
        if not 2 <= len(set(numbers)) <= MOST or not all(number.is_Rational for number in numbers):
            _refuse(f"{quote(text)} is no set of 2 to {MOST} rational numbers", "write it as in {-1, 1}")
        yield among(name, sorted(set(numbers)))
        return
    if "{" in opening or "}" in closing or len(numbers) != 2:
        _refuse(f"{quote(text)} is neither a range nor a set", "write it as in (0, 1), in [0, 1] or in {0, 1}")
    low, high = numbers
    if low > high or (low == high and (opening, closing) != ("[", "]")):
        _refuse(f"{quote(text)} can never hold: no number is in that range", LEAVE_OUT)
    if low != -oo:
        yield (GreaterThan if opening == "[" else StrictGreaterThan)(name, low, evaluate=False)
    if high != oo:
        yield (LessThan if closing == "]" else StrictLessThan)(name, high, evaluate=False)


def _number(text: str, part: str) -> Rational:
    infinite = {"inf": oo, "∞": oo, "oo": oo, "-inf": -oo, "-∞": -oo, "-oo": -oo}.get("".join(part.split()))
    if infinite is not None:
        return infinite
    try:
        number = parse_expression(part.strip(), {}, where="facts")
    except SpecError:
        number = S.NaN
    if not (number.is_number and number.is_real and number.is_finite):
        _refuse(f"{quote(text)}: {quote(part.strip())} is no number", "write numbers, as in (0, 1) or in {-1, 1}")
    return number


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1]


def _refuse(what: str, fix: str) -> NoReturn:
    raise NetworkError("fact", what, fix, where="facts")
