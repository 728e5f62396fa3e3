"""What names are called: every spelling of a network's names, its sizes, its error signals and its functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.functions.user import UserFunction
from symbackprop.matrices import UserOperation
from symbackprop.notation import NameTable
from symbackprop.notation.names import GREEK
from symbackprop.notation.recursion import subexpressions
from symbackprop.reading.signs import ACCENTS, GREEK_COMMANDS, HATS
from symbackprop.reading.words import FUNCTIONS

_HAT = re.compile(rf"\\({'|'.join(HATS)})\s*(\{{[^{{}}]*\}}|\\[A-Za-z]+|.)")
_COMMAND = re.compile(r"\\([A-Za-z]+) ?")
_SPOKEN = {letter: name for name, letter in GREEK.items()} | {"ς": "sigma", "∆": "Delta", "∇": "nabla"}


def key(written: str) -> str:
    r"""What is left of a name when its dress is taken off: ``a_{h_1}``, ``aₕ₁``, ``a_h1`` are all ``ah1``.

    >>> key(r"\Delta_{\hat{Z}}"), key("Δ_Ẑ"), key("Delta_Z_hat")
    ('DeltaZhat', 'DeltaZhat', 'DeltaZhat')
    """
    bare = _HAT.sub(lambda found: found[2] + HATS[found[1]], written)
    bare = _COMMAND.sub(lambda found: GREEK_COMMANDS.get(found[1], ""), bare)
    letters: list[str] = []
    for letter in unicodedata.normalize("NFKD", bare):
        letters.append(ACCENTS.get(letter) or _SPOKEN.get(letter) or ("" if letter in "\\{}_, " else letter))
    return "".join(letters)


@dataclass(frozen=True)
class Lexicon:
    """The names that a formula about one derivation may use. ``symbols`` holds them by name, signals and sizes too."""

    symbols: Mapping[str, Symbol]
    functions: Mapping[str, type[Expr]]
    """The functions and operations of the user's own that the network uses, by name."""

    @classmethod
    def of(cls, derivation: Derivation) -> Lexicon:
        """The names of a network, of its sizes and of its error signals, and the functions in its equations."""
        network = derivation.network
        symbols = {s.name: s for s in (*network.sizes, *network.names, *derivation.backward)}
        own: dict[str, type[Expr]] = {}
        for expr in network.to_loss.values():
            for part in subexpressions(expr):
                if isinstance(part, (UserFunction, UserOperation)):
                    own[getattr(part, "spoken", type(part).__name__)] = type(part)
                if isinstance(part, UserFunction):
                    own |= {type(f).__name__: type(f) for f in part.body.atoms(UserFunction)}
        return cls(symbols, own)

    @cached_property
    def spelled(self) -> Mapping[str, Symbol]:
        """Each symbol by what the program itself writes for it, in every notation; its own name comes first."""
        table = NameTable.of(self.symbols)
        forms: dict[str, Symbol] = {}
        for write in (table.ascii, table.unicode, table.latex, table.code):
            for name, symbol in self.symbols.items():
                forms.setdefault(write(name), symbol)
        return {unicodedata.normalize("NFC", form): symbol for form, symbol in forms.items()}

    @cached_property
    def keys(self) -> Mapping[str, tuple[Symbol, ...]]:
        """The symbols that have a name in common once its dress is taken off."""
        found: dict[str, tuple[Symbol, ...]] = {}
        for name, symbol in self.symbols.items():
            found[key(name)] = (*found.get(key(name), ()), symbol)
        return found

    @cached_property
    def longest(self) -> int:
        """How long the longest of these is."""
        return max(map(len, self.keys))

    @cached_property
    def own_keys(self) -> Mapping[str, str]:
        """The names of the user's functions, likewise."""
        return {key(name): name for name in self.functions}

    def find(self, written: str) -> tuple[Symbol, ...]:
        """The symbols that may be meant: none, one, or several that look alike."""
        exact = self.spelled.get(unicodedata.normalize("NFC", written))
        return (exact,) if exact is not None else self.keys.get(key(written), ())

    def function(self, written: str) -> str | None:
        """The function that is meant, by the name that the table of functions or the user has for it."""
        bare = key(written)
        if bare in self.own_keys:
            return self.own_keys[bare]
        return FUNCTIONS.get(bare) or (FUNCTIONS.get(bare.lower()) if len(bare) > 2 else None)

    def segmented(self, pieces: Sequence[str], starts: Iterable[int]) -> list[list[tuple[int, int, Symbol]]]:
        """Every way in which pieces of text are names side by side; at most two are told.

        A name may begin at the pieces whose numbers are in ``starts``. Each way is a list of names with the numbers
        of the pieces that they begin and end at, found with longer names first.
        """
        begins = set(starts)
        ways: list[list[tuple[int, int, Symbol]]] = []
        waiting: list[list[tuple[int, int, Symbol]]] = [[]]
        for _ in range(500):
            if not waiting or len(ways) > 1:
                break
            way = waiting.pop()
            here = way[-1][1] if way else 0
            if here == len(pieces):
                ways.append(way)
                continue
            if here not in begins:
                continue
            for end in range(here + 1, len(pieces) + 1):
                written = "".join(pieces[here:end])
                if len(key(written)) > self.longest:
                    break
                found = self.find(written)
                if len(found) == 1:
                    waiting.append([*way, (here, end, found[0])])
        return ways
