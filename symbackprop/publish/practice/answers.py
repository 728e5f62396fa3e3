"""The file of answers: one line for each blank, and a line that says which sheet they are of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, quote, visible
from symbackprop.network.facts import spoken
from symbackprop.notation import text
from symbackprop.publish.practice.exercise import Exercise

_SHEET = re.compile(r"#\s*worksheet: (.*)")
_WHICH = re.compile(r"level=([1-3]) seed=(own|[0-9]{1,10}) rate=([0-9.e+-]{1,24}) sheet=([0-9a-f]{16})")
_ANSWER = re.compile(r"\s*([0-9]{1,2}[a-z]?)\s*:(.*)")
_LONGEST = 4_000
"""Signs of one answer."""
_MADE_BY = "mark the file that 'symbackprop worksheet' made, with its line '# worksheet: …' as it was"


@dataclass(frozen=True)
class Submission:
    """What a file of answers says: of which sheet it is, and each answer with the number of its line."""

    level: int
    seed: int | None
    learning_rate: float
    sheet: str
    answers: Mapping[str, tuple[int, str]]


def answer_file(name: str, which: str, exercises: Sequence[Exercise]) -> str:
    """The file that a student fills in. ``which`` says what sheet it is of."""
    asked = [f"# {one.label}  {one.plain}, a {one.kind}\n{one.label}:\n" for one in exercises]
    return (
        f"# Answers to the worksheet of {visible(' '.join(name.split()))}.\n"
        "# Write each behind its label: formulas in any notation, numbers to three significant digits.\n"
        "# To have them marked: symbackprop verify NET --file THIS_FILE\n"
        f"# worksheet: {which}\n\n" + "\n".join(asked)
    )


def which_sheet(level: int, seed: int | None, learning_rate: float, sheet: str) -> str:
    """What the file of answers says of its sheet."""
    return f"level={level} seed={'own' if seed is None else seed} rate={learning_rate!r} sheet={sheet}"


def is_submission(content: str) -> bool:
    """Whether a text is a file of answers to a worksheet: a line of it says to which, or its first line has a label."""
    lines = content.splitlines()
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    return any(_SHEET.match(line) for line in lines) or _ANSWER.fullmatch(first) is not None


def read_submission(content: str, place: str = "") -> Submission:
    """Read a file of answers. ``place`` is its name, for messages.

    Raises DataError where it does not say of which sheet it is, where a line is no answer, and where a label comes
    twice.
    """
    lines = content.splitlines()
    said = next((found[1] for line in lines if (found := _SHEET.match(line))), None)
    which = None if said is None else _WHICH.fullmatch(said.strip())
    if which is None:
        what = "the answers do not say of which worksheet they are"
        if said is not None:
            what = f"{quote(said)} does not say which worksheet it is"
        raise DataError("worksheet", what, _MADE_BY, place=place)
    answers: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        at = f"{place}:{number}" if place else ""
        label, given = _answer(line, at)
        if label in answers:
            what = f"{label} is answered on line {answers[label][0]} already"
            raise DataError("answer", what, "leave one of the two", place=at)
        answers[label] = number, given
    level, seed, rate, sheet = which.groups()
    try:
        learning_rate = float(rate)
    except ValueError:
        raise DataError("worksheet", f"{quote(rate)} is no learning rate", _MADE_BY, place=place) from None
    return Submission(int(level), None if seed == "own" else int(seed), learning_rate, sheet, answers)


def _answer(line: str, place: str) -> tuple[str, str]:
    found = _ANSWER.fullmatch(line)
    if found is None:
        raise DataError("answer", f"{quote(line)} has no label", "write one in front, such as 1a: …", place=place)
    given = found[2].partition("#")[0].strip()
    if len(given) > _LONGEST:
        raise DataError("answer", f"the answer {found[1]} has {len(given):,} signs", "write it shorter", place=place)
    return found[1], given


def digest(derivation: Derivation, point: Mapping[str, Any], exercises: Sequence[Exercise]) -> str:
    """Sixteen signs that tell one sheet from another: by its network, its facts, its values and what is asked."""
    network = derivation.network
    said = [f"{name} = {text(expr, unicode=False)}" for name, expr in network.to_loss.items()]
    said += [f"{role}: {' '.join(name.name for name in names)}" for role, names in network.roles.items()]
    said += [spoken(fact) for fact in derivation.facts]
    said += [f"{name} is {_listed(value)}" for name, value in point.items()]
    said += [f"{one.label}: {one.plain}, {one.kind}" for one in exercises]
    return sha256("\n".join(said).encode()).hexdigest()[:16]


def _listed(value: Any) -> Any:
    return value if isinstance(value, float) else value.tolist()
