"""From a derivation, and what is known beside it, to a document."""

from __future__ import annotations

from symbackprop.calculus import Derivation
from symbackprop.notation import NameTable
from symbackprop.reporting.blocks import Document
from symbackprop.reporting.evidence import Evidence
from symbackprop.reporting.sections import closing, gradients, numbers, opening, training
from symbackprop.reporting.writing import Desk

SECTIONS = (
    opening.summary,
    opening.symbols,
    opening.drawing,
    opening.forward_pass,
    gradients.local_table,
    gradients.gradients,
    numbers.first_step,
    training.training,
    numbers.chain_product,
    closing.verification,
    closing.source,
    closing.appendix,
)
"""The sections in order; each is a function from the desk to blocks, and may yield nothing."""


def document(derivation: Derivation, evidence: Evidence) -> Document:
    """Write the report as a tree of blocks, its lines numbered."""
    names = NameTable.of([s.name for s in (*derivation.network.names, *derivation.backward)])
    desk = Desk(derivation, evidence, names)
    blocks = tuple(block for section in SECTIONS for block in section(desk))
    title = f"Back-propagation by hand: {derivation.network.name}"
    return Document(title, blocks, names, derivation.order)
