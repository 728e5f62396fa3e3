"""How a formula is refused: in its own words, with the place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from sympy import Expr, S

from symbackprop.calculus import Derivation
from symbackprop.errors import DerivationError, Excerpt, NetworkError, SpecError
from symbackprop.matrices import SumAll, as_whole
from symbackprop.matrices.operations.record import Read
from symbackprop.matrices.shapes import spoken
from symbackprop.network.formulas.builder import Builder
from symbackprop.reading import syntax as s
from symbackprop.reading.derivatives import Derivatives
from symbackprop.reading.given import Given
from symbackprop.reading.lexicon import Lexicon


class Telling(ABC):
    """Tells what is wrong with a part of a formula, and builds its parts under the bounds on formulas."""

    def __init__(self, given: Given, derivation: Derivation, lexicon: Lexicon, changes: bool = False) -> None:
        self.given = given
        self.derivation = derivation
        self.lexicon = lexicon
        self.changes = changes
        self.derivatives = Derivatives(derivation)
        self.builder = Builder(_Quoting(given))

    @abstractmethod
    def value(self, node: s.Node) -> Read:
        """What a part stands for, and its shape."""

    @abstractmethod
    def cases(self, branches: Sequence[tuple[s.Node, s.Node | None]], node: s.Node) -> Read:
        """Values by condition."""

    def scalar(self, node: s.Node) -> Expr:
        """What a part that must be a number stands for."""
        expr, shape = lowered(self.value(node))
        if shape:
            self.fail("shape", f"{self.piece(node)} is {spoken(shape)} where a number should stand", "sum it", node)
        return expr

    def piece(self, node: s.Node) -> str:
        """The text of a node as messages show it."""
        return self.given.piece(node.start, node.end)

    def fail(self, code: str, what: str, fix: str, node: s.Node) -> NoReturn:
        """Refuse a part of the formula."""
        self.given.fail(code, what, fix, node.start, node.end)

    @contextmanager
    def told(self, node: s.Node) -> Iterator[None]:
        """What is refused meanwhile is told with its place."""
        try:
            yield
        except (NetworkError, DerivationError) as error:
            if error.excerpt is not None:
                raise
            kind = DerivationError if isinstance(error, DerivationError) else SpecError
            excerpt = Excerpt(self.given.text, node.start, node.end)
            raise kind(error.code, error.what, error.fix, excerpt=excerpt) from None


class _Quoting:
    """The formula as a builder of its parts quotes and refuses it."""

    def __init__(self, given: Given) -> None:
        self.given = given

    def piece(self, node: Any) -> str:
        """The text of a node as messages show it."""
        return self.given.piece(node.start, node.end)

    def fail(self, code: str, what: str, fix: str) -> NoReturn:
        """Refuse the formula; the place is told where it is known."""
        raise SpecError(code, what, fix)

    def fail_large(self, node: Any) -> NoReturn:
        """Refuse a node whose numbers grow beyond bounds."""
        self.fail("too-large", f"the numbers in {self.piece(node)} grow too long", "use smaller ones")


def lowered(part: Read) -> Read:
    """A part as a number, where it is a matrix of one entry."""
    expr, shape = part
    return (SumAll(as_whole(expr, shape)), ()) if shape == (S.One, S.One) else part
