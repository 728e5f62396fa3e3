"""From a derivation, and what is known beside it, to a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symbackprop.calculus import Derivation
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.notation import NameTable
from symbackprop.reporting.blocks import Block, Document
from symbackprop.reporting.evidence import Evidence
from symbackprop.reporting.sections import closing, gradients, matrices, numbers, opening, training
from symbackprop.reporting.writing import Desk

Section = Callable[[Desk], Iterator[Block]]

_OF_SCALARS: tuple[Section, ...] = (
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
_OF_MATRICES: tuple[Section, ...] = (
    matrices.summary,
    matrices.symbols,
    opening.drawing,
    matrices.forward_pass,
    matrices.rules,
    matrices.gradients,
    matrices.all_gradients,
    matrices.first_step,
    matrices.batch,
    matrices.training,
    matrices.verification,
    matrices.source,
    matrices.appendix,
)
SECTIONS = Question(__name__, "what stands in its reports", {SCALARS: _OF_SCALARS, MATRICES: _OF_MATRICES})
"""The sections in order; each is a function from the desk to blocks, and may yield nothing."""


def document(derivation: Derivation, evidence: Evidence, shapes: bool = False) -> Document:
    """Write the report as a tree of blocks, its lines numbered; ``shapes`` puts its shape under each matrix."""
    network = derivation.network
    names = NameTable.of([s.name for s in (*network.names, *derivation.backward, *network.sizes)])
    desk = Desk(derivation, evidence, names, shapes)
    blocks = tuple(block for section in network.kind[SECTIONS] for block in section(desk))
    what = "The backward pass of a layer by hand" if network.outputs else "Back-propagation by hand"
    title = f"{what}: {network.name}"
    return Document(title, blocks, names, derivation.order, pictures=desk.pictures)
