"""What a page has beside its document: how its lines are known, the network to move, and its formulas as code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symbackprop.calculus import Derivation
from symbackprop.drawings import svg
from symbackprop.publish.page.live import live_part
from symbackprop.publish.page.marks import marks_of
from symbackprop.publish.page.sources import sources_of
from symbackprop.reporting import Document, Evidence
from symbackprop.reporting.page import PageParts

__all__ = ["page_parts"]


def page_parts(
    derivation: Derivation, document: Document, evidence: Evidence, values: Mapping[str, Any], command: str = ""
) -> PageParts:
    """Judge the lines of a document, and gather what its page works out from the values that are given."""
    rate = None if evidence.run is None else evidence.run.learning_rate
    return PageParts(
        marks=marks_of(derivation, document),
        pictures={key: svg(picture, inside=True) for key, picture in document.pictures.items()},
        live=live_part(derivation, values, rate),
        sources=sources_of(derivation, document, evidence.source),
        command=command,
    )
