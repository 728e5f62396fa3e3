"""Answers to a worksheet, marked: a line for each, and how many are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from symbackprop.cli.failures import MISTAKE, UNDECIDED, WRONG, blaming
from symbackprop.errors import DataError

if TYPE_CHECKING:
    from symbackprop.cli.find_network import Found
    from symbackprop.cli.terminal import Terminal
    from symbackprop.publish.practice import Mark

STATUS = {"right": 0, "wrong": WRONG, "empty": WRONG, "unreadable": MISTAKE, "undecided": UNDECIDED}
_WORST_FIRST = (WRONG, MISTAKE, UNDECIDED, 0)


def is_submission(content: str) -> bool:
    """Whether a file says that it has the answers to a worksheet."""
    from symbackprop.publish.practice import is_submission as is_one

    return is_one(content)


def mark_file(found: Found, facts: Sequence[str], content: str, file: str, terminal: Terminal) -> int:
    """Mark the answers in a file, tell each ruling and the score, and return the status of the worst.

    Raises DataError where they are answers to another sheet.
    """
    from symbackprop.cli.terminal import patience
    from symbackprop.publish.practice import read_submission, worksheet

    submission = read_submission(content, file)
    derivation = found.derive(facts=facts)
    with blaming(file), patience("marking"):
        sheet = worksheet(derivation, submission.level, submission.seed, submission.learning_rate)
        marking = sheet.mark(submission)
    for mark in marking.marks:
        _tell(mark, terminal)
    terminal.write("", marking.score)
    statuses = {STATUS[mark.ruling] for mark in marking.marks}
    return next(status for status in _WORST_FIRST if status in statuses)


def refuse_options(options: Mapping[str, object]) -> None:
    """Answers say themselves what they are to: refuse options that do. Raises DataError."""
    for option, given in options.items():
        if given:
            what = f"{option} is not for answers to a worksheet, which say what they are about"
            raise DataError("worksheet", what, "leave it out")


def _tell(mark: Mark, terminal: Terminal) -> None:
    """The ruling on one answer, and why, in rows below."""
    from rich.text import Text

    from symbackprop.cli.terminal import BAD, GOOD, at_words

    style = {"right": GOOD, "wrong": BAD}.get(mark.ruling, "")
    whole = not mark.given or "=" in mark.given
    said = (mark.given or mark.exercise.plain) if whole else f"{mark.exercise.plain} = {mark.given}"
    head = Text.assemble(f"{mark.exercise.label}: ", (mark.ruling, style), f": {terminal.fit(said)}")
    terminal.write(head)
    for sentence in mark.why:
        terminal.write(*at_words(terminal.fit(f"    {sentence}"), terminal.width, "    "))
