"""Names, and words that look like names: functions, differentials, names side by side, words of conditions."""

from __future__ import annotations

import unicodedata

from symbackprop.reading.given import Given
from symbackprop.reading.scanner import Scanner
from symbackprop.reading.spelling import Spelling
from symbackprop.reading.tokens import END, Token
from symbackprop.reading.words import KEYWORDS

_LONGEST = 60
"""Signs of the name of a function, with what LaTeX needs around it."""


class NameLexer(Scanner):
    """Reads words."""

    def word(self, spelling: Spelling) -> None:
        """Read what looks like a name."""
        for reading in (self._as_name, self._as_function, self._as_change, self._as_factors):
            if reading(spelling):
                return
        word = spelling.text
        if word in KEYWORDS:
            self.add(KEYWORDS[word], spelling.end)
        elif self._is_transpose(spelling):
            self.add("T", spelling.end, word)
        else:
            self.add("word", spelling.end, word)

    def _as_name(self, spelling: Spelling) -> bool:
        end = spelling.end
        while self.text[end : end + 1] in ("′",) and self.lexicon.spelled.get(self.text[self.at : end + 1]):
            end += 1  # a name that is told apart from another by a dash
        found = self.lexicon.find(self.text[self.at : end])
        if len(found) > 1:
            both = " or ".join(symbol.name for symbol in found)
            what = f"{self.given.piece(self.at, end)} can be {both}"
            self.given.fail("ambiguous", what, "write the name as it stands in the network", self.at, end)
        if found:
            self.add("name", end, found[0], function=self.lexicon.function(spelling.text))
        return bool(found)

    def _as_function(self, spelling: Spelling) -> bool:
        """A function, also with a number or a group lowered behind it: ``softmax₂``, ``LeakyReLU_{0.1}``."""
        if function := self.lexicon.function(spelling.text):
            self.add("function", spelling.end, function)
            return True
        for cut in reversed([place for place in spelling.lowered if place - self.at < _LONGEST]):
            head = self.text[self.at : cut]
            function = self.lexicon.function(head)
            if function is not None:
                self.add("function", spelling.end, function, sub=self.lowered(cut, spelling.end))
                return True
        if spelling.text[0] == "I" and len(spelling.text) > 1 and spelling.lowered[:1] == (self.at + 1,):
            self.add("identity", spelling.end, sub=self.lowered(self.at + 1, spelling.end))
            return True
        if spelling.text == "I_" and self.text[spelling.end : spelling.end + 1] == "(":
            self.add("identity", spelling.end)
            return True
        return False

    def lowered(self, start: int, end: int) -> tuple[Token, ...]:
        """The tokens of what stands lowered."""
        said = unicodedata.normalize("NFKC", self.text[start:end]).lstrip("_")
        if said.startswith("{"):
            begin = self.text.index("{", start) + 1
            inner = type(self)(Given(self.text[: end - 1]), self.lexicon)
            inner.at, inner.latex = begin, True
            while inner.at < end - 1:
                inner.step()
            return (*inner.tokens, Token(END, end - 1, end))
        inner = type(self)(Given(said), self.lexicon)
        return tuple(Token(t.kind, start, end, t.text, t.value) for t in inner.run())

    def _as_change(self, spelling: Spelling) -> bool:
        """``dX``, where X is a name and dX is none; and a mere ``d``."""
        rest = self.text[self.at + 1 : spelling.end]
        if spelling.text == "d":
            self.add("d", spelling.end, "d")
            return True
        found = self.lexicon.find(rest) if spelling.text[0] == "d" and rest[0] not in "_0123456789" else ()
        if len(found) == 1:
            self.add("change", spelling.end, found[0])
        return len(found) == 1

    def _as_factors(self, spelling: Spelling) -> bool:
        """Names side by side, as in ``w5a_h1``; between two letters only where LaTeX is written."""
        starts = [k for k in spelling.heads if self.latex or k == 0 or not spelling.pieces[k - 1][-1:].isalpha()]
        ways = self.lexicon.segmented(spelling.pieces, starts)
        if not ways:
            return False
        if len(ways) > 1:
            both = " or ".join("*".join(symbol.name for *_, symbol in way) for way in ways)
            what = f"{self.given.piece(self.at, spelling.end)} can be {both}"
            self.given.fail("ambiguous", what, "write * between the names", self.at, spelling.end)
        for _, last, symbol in ways[0]:
            self.add("name", spelling.at + sum(map(len, spelling.pieces[:last])), symbol)
        return True

    def _is_transpose(self, spelling: Spelling) -> bool:
        return spelling.text.replace(" ", "") in ("T", r"\mathsf{T}", r"\mathrm{T}", r"\text{T}", r"\mathit{T}")
