"""How a kind of study is presented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from symbackprop.reporting import Document
from symbackprop.studies.drawings.canvas import Picture


@dataclass(frozen=True)
class Presentation:
    """The pictures of a study by key, and the document that has places for them."""

    pictures: Callable[[Any], dict[str, Picture]]
    document: Callable[[Any, Mapping[str, str]], Document]


PRESENTATIONS: dict[type[Any], Presentation] = {}
"""By the class of the study."""


def present(
    study: type[Any],
    pictures: Callable[[Any], dict[str, Picture]],
    document: Callable[[Any, Mapping[str, str]], Document],
) -> None:
    """Say how studies of a class are presented; the file of their document does it once."""
    PRESENTATIONS[study] = Presentation(pictures, document)
