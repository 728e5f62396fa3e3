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
