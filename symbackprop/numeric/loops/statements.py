"""Assignments as text, in sections; what is used once goes into the line that uses it.

In plain Python each local variable costs its share of the time of an update.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from symbackprop.numeric.wrapping import WIDTH

_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")


@dataclass(frozen=True)
class Statement:
    """``target = text`` or ``target += text``; ``lines`` are the text where it is broken into several."""

    target: str
    text: str
    sign: str = "="
    lines: tuple[str, ...] = ()

    @property
    def written(self) -> list[str]:
        """The statement as source."""
        return list(self.lines) or [f"{self.target} {self.sign} {self.text}"]


@dataclass(frozen=True)
class Section:
    """Statements under a heading."""

    heading: str
    statements: tuple[Statement, ...]

    @property
    def written(self) -> list[str]:
        """The section as source, behind an empty line; nothing where it has no statements."""
        lines = [line for statement in self.statements for line in statement.written]
        return ["", *([f"# {self.heading}"] if self.heading else []), *lines] if lines else []


def inlined(sections: Sequence[Section], lasting: Collection[str]) -> list[Section]:
    """The sections without variables that are used once; ``lasting`` are those that other lines use, too.

    A text is put in only where nothing that it reads is assigned in between, so that all values stay the same.
    """
    flat = [statement for section in sections for statement in section.statements]
    left = iter(_inlined(flat, lasting))
    return [
        replace(section, statements=tuple(s for s in islice(left, len(section.statements)) if s is not None))
        for section in sections
    ]


def _inlined(statements: Sequence[Statement], lasting: Collection[str]) -> list[Statement | None]:
    found: list[Statement | None] = list(statements)
    uses = Counter(name for s in statements for name in _names(s))
    targets = Counter(s.target for s in statements)
    position = {s.target: k for k, s in enumerate(statements)}
    assigned: dict[str, list[int]] = {}
    for k, statement in enumerate(statements):
        assigned.setdefault(statement.target, []).append(k)
    for k, later in enumerate(statements):
        now = found[k]
        if now is None or now.lines:
            continue
        for name in _names(later):
            if uses[name] != 1 or targets[name] != 1 or name in lasting or position[name] >= k:
                continue
            earlier = found[position[name]]
            assert earlier is not None
            assert now is not None
            if earlier.sign != "=" or earlier.lines or _changes(_names(earlier), assigned, position[name], k):
                continue
            put = replace(now, text=_with(now.text, name, earlier.text))
            if len(put.written[0]) <= WIDTH:
                now = found[k] = put
                found[position[name]] = None
    return found


def _changes(names: Iterable[str], assigned: dict[str, list[int]], after: int, before: int) -> bool:
    """Whether one of the names is assigned between two lines."""
    return any(after < k < before for name in names for k in assigned.get(name, ()))


def _with(text: str, name: str, value: str) -> str:
    """The text with a value in the place of the name, which is in it once."""
    place = next(match for match in _NAME.finditer(text) if match[0] == name)
    before, after = text[: place.start()], text[place.end() :]
    if value.startswith("-") and not after.startswith("**"):
        before, value = _with_one_sign(before, value)
    is_term = before.endswith(("(", "+ ", "- ")) or not before
    is_term = is_term and (after.startswith((")", " +", " -")) or not after)
    alone = (before.endswith("(") and after.startswith(")")) or not (before or after)
    bare = alone or value.isidentifier() or (is_term and _is_product(value))
    return f"{before}{value if bare else f'({value})'}{after}"


def _with_one_sign(before: str, value: str) -> tuple[str, str]:
    """What stands before a value with a minus, and the value: -(-a) is a, b - (-a) is b + a, and b + (-a) is b - a."""
    if before == "-" or before.endswith(("(-", ", -")):
        opposite = _opposite(value)
        return (before, value) if opposite is None else (before[:-1], opposite)
    if before.endswith((" + ", " - ")) and _is_product(value[1:]):
        return f"{before[:-2]}{'-' if before.endswith(' + ') else '+'} ", value[1:]
    return before, value


def _opposite(value: str) -> str | None:
    """A sum that begins with a minus, each term turned over: 2*m - 2*y for -2*m + 2*y. None where it is no sum."""
    outside, before = value, ""
    while outside != before:
        outside, before = re.sub(r"\([^()]*\)", lambda bracket: "." * len(bracket[0]), outside), outside
    letters = list(value)
    for sign in re.finditer(r" [+-] ", outside):
        letters[sign.start() + 1] = "-" if "+" in sign[0] else "+"
    is_sum = " " not in re.sub(r" [+-] ", "", outside)
    return "".join(letters)[1:] if is_sum else None


def _is_product(value: str) -> bool:
    """Whether a text is a term of a sum: nothing in it, outside of brackets, binds less than a product."""
    outside, before = value, ""
    while outside != before:
        outside, before = re.sub(r"\([^()]*\)", "", outside), outside
    return " " not in outside and not outside.startswith("-")


def _names(statement: Statement) -> list[str]:
    text = " ".join(statement.lines).partition("=")[2] if statement.lines else statement.text
    return _NAME.findall(text)
