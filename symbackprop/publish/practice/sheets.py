"""Exercise sheets: what is asked of a network, the answers, and files of both."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import DataError, DerivationError, as_given
from symbackprop.files import write_atomically
from symbackprop.judge import Verdict
from symbackprop.notation import NameTable
from symbackprop.publish.formats import DOCUMENTS, Writer, checked_formats, files
from symbackprop.publish.pdf import pdf
from symbackprop.publish.practice.answers import Submission, answer_file, digest, read_submission, which_sheet
from symbackprop.publish.practice.claims import verdicts_on
from symbackprop.publish.practice.documents import Builder
from symbackprop.publish.practice.exercise import Exercise, Part
from symbackprop.publish.practice.figures import Figures
from symbackprop.publish.practice.marked_page import practice_part
from symbackprop.publish.practice.marking import Marking, marked
from symbackprop.publish.practice.parts import LEVELS, parts_of
from symbackprop.publish.practice.values import Values, values_for
from symbackprop.reporting import Document
from symbackprop.reporting.page import PageParts, page
from symbackprop.training.data import checked_rate

SHEETS: Mapping[str, Writer] = {**DOCUMENTS, "pdf": pdf, "html": lambda document: page(document, PageParts())}
"""What writes a sheet or a key by the name of its format; a sheet in HTML marks answers, too."""
RATE = 0.5
LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Worksheet:
    """Exercises about one derivation at one level, with their answers. ``worksheet`` makes it.

    ``sheet`` and ``key`` are documents; ``save`` writes them with a file for answers, which ``mark`` marks.
    """

    derivation: Derivation
    level: int
    learning_rate: float
    values: Values
    parts: tuple[Part, ...]
    figures: Figures | None
    names: NameTable

    @property
    def seed(self) -> int | None:
        """What its numbers were drawn from; None where they are the network's own."""
        return self.values.seed

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """All that is asked, in order."""
        return tuple(one for part in self.parts for one in part.exercises)

    @cached_property
    def verdicts(self) -> Mapping[str, Verdict]:
        """What the judge rules on each formula of the key, by label."""
        return verdicts_on(self.derivation, self.exercises)

    @cached_property
    def sheet(self) -> Document:
        """What a student is given."""
        return self._builder.sheet()

    @cached_property
    def key(self) -> Document:
        """The same with each answer in its place. Raises DerivationError where one is found to be wrong.

        What cannot be decided is told in the key.
        """
        for label, verdict in self.verdicts.items():
            if verdict.wrong:
                what = f"the answer to {label} is not what the equations say"
                raise DerivationError("key", what, "this is a mistake of symbackprop; please report the network")
        return self._builder.key(self.verdicts)

    @cached_property
    def answers(self) -> str:
        """The file that a student fills in: a line for each blank."""
        which = which_sheet(self.level, self.seed, self.learning_rate, self._digest)
        return answer_file(self.derivation.network.name, which, self.exercises)

    def save(self, path: str | os.PathLike[str], formats: Sequence[str] | None = None) -> tuple[Path, ...]:
        """Write the sheet and the key in each format, and the file for answers; return the paths.

        ``"out/net"`` gives out/net-worksheet.md, out/net-key.md, out/net-answers.txt and so on. ``formats`` are of
        ``md`` and ``tex``, which are the default, ``pdf``, and ``html``, whose sheet is a page that marks answers.
        Raises SymbackpropError for an unknown format, where there can be no PDF, and for a place that cannot be
        written to.
        """
        wanted = checked_formats(tuple(DOCUMENTS) if formats is None else formats, SHEETS)
        stem = os.fspath(path)
        answers = Path(f"{stem}-answers.txt")
        written: dict[Path, str | bytes] = {}
        for name, file in files(f"{stem}-worksheet", wanted).items():
            written[file] = self._page(answers.name) if name == "html" else SHEETS[name](self.sheet)
        for name, file in files(f"{stem}-key", wanted).items():
            written[file] = SHEETS[name](self.key)
        written[answers] = self.answers
        for target, content in written.items():
            write_atomically(target, content)
        return tuple(written)

    def mark(self, answers: str | Submission | Mapping[str, str]) -> Marking:
        """Mark answers: the text of a file of answers, what was read from one, or a mapping from labels to answers.

        Raises DataError where the text is no file of answers, where it is of another sheet, and for an unknown label.
        """
        if isinstance(answers, Mapping):
            given = {str(label): (0, str(answer)) for label, answer in answers.items()}
            return marked(self.derivation, self.exercises, given)
        submission = read_submission(answers) if isinstance(answers, str) else answers
        if submission.sheet != self._digest:
            what = "the answers are to a worksheet of another network, or of other values or facts"
            raise DataError("worksheet", what, "mark them with the network that the worksheet was made of")
        return marked(self.derivation, self.exercises, submission.answers)

    def _page(self, file: str) -> str:
        """The sheet as a page that marks answers; ``file`` is the name of the file for answers."""
        practice = practice_part(self.derivation, self.exercises, self.values, self.answers, file)
        return page(self.sheet, PageParts(practice=practice))

    @cached_property
    def _digest(self) -> str:
        return digest(self.derivation, self.values.point, self.exercises)

    @cached_property
    def _builder(self) -> Builder:
        return Builder(self.derivation, self.names, self.level, self.values, self.figures, self.parts)

    def __repr__(self) -> str:
        asked = len(self.exercises)
        return f"<Worksheet of {self.derivation.network.name!r}: level {self.level}, {asked} exercises>"


def worksheet(
    derivation: Derivation, level: int = 1, seed: int | None = None, learning_rate: float = RATE
) -> Worksheet:
    """Make an exercise sheet of a network, with its key.

    Parameters
    ----------
    derivation
        What to ask of.
    level
        1 for numbers and single local derivatives with the chain given, 2 for error signals and the gradients of the
        weights next to the loss, 3 for everything, with less given.
    seed
        Draws short decimals for inputs, targets and parameters, others for each seed. Without one the network's own
        values are used, and where it has none those of seed 0.
    learning_rate
        Of the update that level 3 asks for.

    Of what goes alike one is asked, so that the sheets of large networks are short, too. The same input gives the same
    sheet. Raises DataError for another level or seed, and where there are no values or there is nothing to ask.
    """
    require_derivation(derivation, "worksheet")
    if isinstance(level, bool) or level not in LEVELS:
        raise DataError("level", f"level = {as_given(level)} is no level", "choose 1, 2 or 3")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LARGEST_SEED):
        raise DataError("seed", f"seed = {as_given(seed)} is not a whole number from 0", "give, say, 3")
    rate = checked_rate(learning_rate)
    network = derivation.network
    values = values_for(derivation, seed)
    figures = Figures(derivation, values.point, values.seed or 0) if values.point else None
    names = NameTable.of([s.name for s in (*network.names, *derivation.backward, *network.sizes)])
    parts = parts_of(derivation, names, figures, level, rate)
    if not parts:
        what = f"there is nothing to ask of {network.name} at level {level}"
        raise DataError("worksheet", what, "choose another level, or write it in more equations")
    return Worksheet(derivation, level, rate, values, parts, figures, names)
