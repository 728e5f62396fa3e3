"""The kinds of values that networks have, and what each room has to know of every kind.

A room asks a ``Question`` in one place, beside the code that answers it for the kinds that are known; whoever has a
network finds the answer by ``network.kind[QUESTION]``. So a kind is one object, which holds all that differs, and no
room asks which kind it is. A new kind is told to ``KINDS``, and answers the questions that ``QUESTIONS`` lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sympy import Symbol

from symbackprop.errors import NetworkError
from symbackprop.matrices import Array

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of value, with its answers to the questions of all rooms.

    Attributes
    ----------
    word
        What errors call a network of such values, as in "a matrix network".
    heading
        What stands above a list of such networks.
    owns
        Whether a name is of this kind.
    one_number
        Whether a name stands for one number in every example, so that an array of data has an entry an example.
    has_routes
        Whether the derivative of an equation by a name is one expression. Gradients are then sums of products along
        routes, and can be written out in weights and inputs alone.
    """

    word: str
    heading: str
    owns: Callable[[Symbol], bool]
    one_number: bool
    has_routes: bool
    answers: dict[Question[Any], Any] = field(default_factory=dict, repr=False)

    def __getitem__(self, question: Question[T]) -> T:
        """Return the answer to a question. Raises NetworkError where this kind has none yet."""
        if question not in self.answers:
            what = f"a {self.word} network does not say {question.words}"
            raise NetworkError("kind", what, f"answer it beside the others in {question.module}")
        answer: T = self.answers[question]
        return answer


class Question(Generic[T]):
    """What one room must know of every kind of value.

    ``module`` is where it is asked, and ``words`` say what is asked, as in "how data are read".
    """

    def __init__(self, module: str, words: str, answers: Mapping[Kind, T]) -> None:
        self.module, self.words = module, words
        for kind, answer in answers.items():
            kind.answers[self] = answer
        QUESTIONS.append(self)

    def __repr__(self) -> str:
        return f"<Question of {self.module}: {self.words}>"


SCALARS = Kind("scalar", "example", lambda name: True, one_number=True, has_routes=True)
MATRICES = Kind("matrix", "in matrices", lambda name: isinstance(name, Array), one_number=False, has_routes=False)

KINDS: list[Kind] = [SCALARS, MATRICES]
"""Every kind, the richer ones last: a network is of the last kind that owns any of its names."""
QUESTIONS: list[Question[Any]] = []
"""Every question that has been asked by the files that are imported so far."""


def kind_of(names: Iterable[Symbol]) -> Kind:
    """The kind of a network of these names."""
    known = tuple(names)
    return next((kind for kind in reversed(KINDS) if any(map(kind.owns, known))), SCALARS)
