"""What a report is made of, whatever its format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from symbackprop.calculus import Derivation
from symbackprop.reporting import Document, Evidence
from symbackprop.training import TrainingHistory


@dataclass(frozen=True)
class Material:
    """A derivation, what was found out about it, the document of both, and the training that it was reported with.

    ``values`` are those that the caller gave, by name; ``history`` is None and ``sweep`` empty where nothing was
    trained.
    """

    derivation: Derivation
    document: Document
    evidence: Evidence
    values: Mapping[str, Any] = field(default_factory=dict)
    history: TrainingHistory | None = None
    sweep: tuple[TrainingHistory, ...] = ()
    command: str = ""
    """What makes the documents again."""
