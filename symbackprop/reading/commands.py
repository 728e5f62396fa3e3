"""The commands of LaTeX."""

from __future__ import annotations

import re

from symbackprop.errors import did_you_mean
from symbackprop.network.formulas.names import quote
from symbackprop.reading.naming import NameLexer
from symbackprop.reading.signs import (
    ARGUMENT_SKIPPED,
    COMMANDS,
    FUNCTION_COMMANDS,
    GREEK_COMMANDS,
    HATS,
    IN_GROUPS,
    SKIPPED,
)
from symbackprop.reading.spelling import spelled_at
from symbackprop.reading.tokens import Token
from symbackprop.reading.words import KEYWORDS

_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)


class CommandLexer(NameLexer):
    """Reads commands."""

    def _command(self) -> None:
        found = _COMMAND.match(self.text, self.at)
        if found is None:
            self.given.fail("syntax", "'\\' stands at the end", "complete it", self.at)
        name, end = found[1], found.end()
        if name == "\\":
            if self.environments[-1:] == ["cases"]:
                self.add(";", end)
            self.at = end
        elif name in ("begin", "end"):
            self._environment(name, end)
        elif name in ARGUMENT_SKIPPED:
            self.at = self.argument(end)[1]
        elif name == "mathsf" and self.text[slice(*self.argument(end))].strip("{} ") == "T":
            self.add("T", self.argument(end)[1])
        elif name in ("text", "mathrm", "textrm") and self._phrase(end):
            pass
        elif name in GREEK_COMMANDS or name in HATS or (name in IN_GROUPS and not self._is_one(end)):
            self.word(spelled_at(self.text, self.at))
        elif name in IN_GROUPS:
            self.add("function", self.argument(end)[1], "indicator")
        elif name in FUNCTION_COMMANDS:
            self._function_command(name, end)
        elif name == "underbrace":
            self._underbrace(end)
        elif name in COMMANDS:
            self.add(COMMANDS[name], end)
        elif name in SKIPPED:
            dot = self.text[end : end + 1] == "." and name in ("left", "right")
            self.at = end + dot
        else:
            what = f"the command {quote(found[0])} in {self.near(self.at)}"
            self.given.fail("syntax", what, "write the formula without it", self.at, end)

    def _is_one(self, end: int) -> bool:
        r"""Whether the argument is 1, as in ``\mathbf{1}[z>0]``."""
        return self.text[slice(*self.argument(end))].strip("{} ") == "1"

    def _function_command(self, name: str, end: int) -> None:
        softmax = re.compile(r"\s*(?=\\mathrm\{softmax\})").match(self.text, end) if name == "log" else None
        if softmax:
            spelling = spelled_at(self.text, softmax.end())
            lowered = spelling.lowered[0] if spelling.lowered else spelling.end
            whole = self.lexicon.function("log" + spelling.text)
            sub = () if whole else self.lowered(lowered, spelling.end)
            self.add("function", spelling.end, whole or "log_softmax", sub=sub)
        elif function := self.lexicon.function(name):
            self.add("function", end, function)
        else:
            self.given.fail("unknown-function", f"unknown function '{name}'", did_you_mean(name, []), self.at, end)

    def _phrase(self, end: int) -> bool:
        r"""Read the words of ``\text{if }``, the d of a differential or e; tell whether there were any."""
        start, stop = self.argument(end)
        words = self.text[start:stop].strip("{} ").rstrip(",")
        if words == "d":
            self.add("d", stop, words)
        elif words in KEYWORDS and not self.lexicon.find(words):
            self.add(KEYWORDS[words], stop)
        elif words == "e":
            self.add("word", stop, words)
        else:
            return False
        return True

    def _environment(self, name: str, end: int) -> None:
        start, stop = self.argument(end)
        which = self.text[start:stop].strip("{}* ")
        if name == "begin":
            self.environments.append(which)
        elif self.environments:
            self.environments.pop()
        if which == "cases":
            self.add("{" if name == "begin" else "}", stop)
        self.at = stop

    def _underbrace(self, end: int) -> None:
        """What stands over a brace is read, and what stands under it is not."""
        start, stop = self.argument(end)
        self.tokens.append(Token("(", start, start + 1))
        self.at = start + 1
        while self.at < stop - 1:
            self.step()
        self.tokens.append(Token(")", stop - 1, stop))
        self.at = self.argument(stop + 1)[1] if self.text[stop : stop + 1] == "_" else stop
