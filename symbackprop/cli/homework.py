"""Lines that somebody derived by hand: each is read, and judged against what is derived for what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from symbackprop.cli.failures import MISTAKE, UNDECIDED, WRONG, tell_error
from symbackprop.errors import SpecError, SymbackpropError

if TYPE_CHECKING:
    from sympy import Symbol

    from symbackprop.calculus import Derivation
    from symbackprop.cli.find_network import Found
    from symbackprop.cli.terminal import Terminal
    from symbackprop.verification import Verification

_WORST_FIRST = (WRONG, MISTAKE, UNDECIDED, 0)
"""The exit statuses of single lines, the worst first."""


class Homework:
    """Judges lines about one network. ``values`` are those to compare at, or None to compare everywhere."""

    def __init__(
        self, found: Found, facts: Sequence[str], seed: int, values: Mapping[str, float] | None = None
    ) -> None:
        self.found = found
        self.facts = facts
        self.seed = seed
        self.values = values
        self._derived: dict[str, Derivation] = {}

    def judge(self, text: str, gradient: str | None = None) -> tuple[Derivation, Verification]:
        """Judge a line, or a formula for the gradient by that name."""
        from symbackprop.verification import verify

        if gradient is None:
            name, formula = self._about(text)
        else:
            name, formula = gradient, text
        derivation = self.derivation_for(name)
        return derivation, verify(derivation, name, formula, self.seed, values=self.values)

    def derivation_for(self, name: str | None) -> Derivation:
        """Derive by all parameters, and by ``name`` too where it is none of them."""
        network = self.found.network
        parameters = [parameter.name for parameter in network.parameters]
        if name is not None:
            with self.found.blamed():
                name = network.symbol(name).name
        key = name if name is not None and name not in parameters else ""
        if key not in self._derived:
            self._derived[key] = self.found.derive([*parameters, key] if key and parameters else [key] if key else None,
                                                   self.facts)  # fmt: skip
        return self._derived[key]

    def _about(self, text: str) -> tuple[str, str]:
        """The name by which a line has the gradient, and its formula."""
        from symbackprop.reading import read_line

        derivation = self.derivation_for(None)
        line = read_line(text, derivation)
        if line.name is None:
            loss, first = derivation.network.loss, derivation.wrt[0]
            raise SpecError(
                "line",
                "the formula does not say which gradient it is",
                f"give --gradient {first}, or write the whole line d{loss}/d{first} = …",
            )
        return _differentiated(derivation, line.name).name, line.text

    def judge_lines(self, content: str, file: str, gradient: str | None, terminal: Terminal) -> int:
        """Judge each line of a file and tell one verdict for each; return the status of the worst."""
        statuses = {0}
        numbered = list(_lines(content))
        if not numbered:
            raise SpecError(
                "file", "there is no line in the file", "write one such as dE/dw1 = delta_h1*i1", place=file
            )
        for number, text in numbered:
            try:
                derivation, verdict = self.judge(text, gradient)
            except SymbackpropError as error:
                error.place = f"{file}:{number}"
                tell_error(error)
                statuses.add(MISTAKE)
            else:
                tell_in_a_line(number, verdict, derivation, terminal)
                statuses.add(status_of_verdict(verdict))
        return next(status for status in _WORST_FIRST if status in statuses)


def content_of(file: str) -> str:
    """What stands in a file of lines. Raises SpecError where it is no text, and OSError."""
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError("file", f"{file!r} is no text in UTF-8", "name a file of lines", place=file) from None


def status_of_verdict(verdict: Verification) -> int:
    """The exit status that a verdict asks for."""
    return 0 if verdict.ok else WRONG if verdict.verdict.wrong else UNDECIDED


def tell_in_a_line(number: int, verdict: Verification, derivation: Derivation, terminal: Terminal) -> None:
    """Write the verdict on one line of a file: on one row where it fits."""
    from rich.text import Text

    from symbackprop.cli.equations import Pen
    from symbackprop.cli.terminal import BAD, GOOD

    pen = Pen(derivation, terminal)
    gradient = pen.formula(pen.gradient(derivation.symbol(verdict.gradient.rpartition("/d")[2])))
    ruling = verdict.verdict.ruling
    style = GOOD if verdict.ok else BAD if verdict.verdict.wrong else ""
    sign = "is not" if verdict.verdict.wrong else "="
    more = verdict.hint if verdict.verdict.wrong else verdict.verdict.reason
    rows = pen.claim(str(ruling), style, f"{gradient} {sign}", verdict.formula, before=f"{number}: ")
    more = terminal.fit(more)
    if more and len(rows) == 1 and len(rows[0]) + len(more) + 2 <= terminal.width:
        rows = [rows[0].append(f"; {more}")]
    elif more:
        rows += map(Text, pen.wrapped(more, terminal.width, indent=len(f"{number}: ")))
    terminal.write(*rows)


def _differentiated(derivation: Derivation, name: Symbol) -> Symbol:
    """The name by which an error signal is the derivative; another name is itself."""
    return next((of for of, signal in derivation.signals.items() if signal == name), name)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a file with their numbers, without blank ones and what stands behind #."""
    for number, line in enumerate(text.splitlines(), start=1):
        kept = line.partition("#")[0].strip()
        if kept:
            yield number, kept
