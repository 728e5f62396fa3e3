"""From a derivation, and what is known beside it, to a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symbackprop.calculus import Derivation
from symbackprop.errors import SymbackpropError, as_given, did_you_mean
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.notation import NameTable
from symbackprop.reporting.blocks import Block, Document, Formula, with_references
from symbackprop.reporting.evidence import Evidence
from symbackprop.reporting.extent import HANDOUT, Extent
from symbackprop.reporting.sections import (
    backwards,
    closing,
    derivation,
    derivatives,
    general,
    matrices,
    numbers,
    opening,
    results,
    routes,
    training,
)
from symbackprop.reporting.sections import question as asked
from symbackprop.reporting.sections.matrices.question import question
from symbackprop.reporting.writing import Desk, maths_in

Section = Callable[[Desk], Iterator[Block]]

_OF_SCALARS: dict[str, Section] = {
    "question": asked.question,
    "symbols": opening.symbols,
    "drawing": opening.drawing,
    "forward": opening.forward_pass,
    "derivation": backwards.backwards,
    "layers": general.general,
    "results": results.results,
    "rules": derivatives.local_table,
    "routes": routes.routes,
    "numbers": numbers.first_step,
    "training": training.training,
    "chain": numbers.chain_product,
    "checks": closing.verification,
    "code": closing.source,
    "appendix": closing.appendix,
}
_OF_MATRICES: dict[str, Section] = {
    "question": question,
    "symbols": matrices.symbols,
    "drawing": opening.drawing,
    "forward": matrices.forward_pass,
    "smallest": matrices.smallest,
    "rules": matrices.rules,
    "derivation": derivation.derivation,
    "layers": general.general,
    "results": results.results,
    "numbers": matrices.first_step,
    "batch": matrices.batch,
    "training": matrices.training,
    "checks": matrices.verification,
    "code": closing.source,
    "appendix": closing.appendix,
}
SECTIONS = Question(__name__, "what stands in its reports", {SCALARS: _OF_SCALARS, MATRICES: _OF_MATRICES})
"""The sections by name, in order; each is a function from the desk to blocks, and may yield nothing."""
_NAMES = tuple(dict.fromkeys([*_OF_SCALARS, *_OF_MATRICES]))
LAST_MADE = "symbols"
"""It has no numbered line, and tells the signs of all others."""
_CONTENTS_FROM = 6
"""A document with more sections has a list of them at its head."""


def chosen_sections(extent: Extent) -> tuple[str, ...]:
    """The names of the sections that are written. Raises SymbackpropError for one that there is not."""
    if extent.handout:
        return HANDOUT
    if extent.sections is None:
        return _NAMES
    for name in extent.sections:
        if name not in _NAMES:
            raise SymbackpropError("sections", f"there is no section {as_given(name)}", did_you_mean(str(name), _NAMES))
    if not extent.sections:
        raise SymbackpropError("sections", "no section is named", f"name some of {', '.join(_NAMES)}")
    return extent.sections


def document(
    derivation: Derivation, evidence: Evidence, shapes: bool = False, extent: Extent | None = None
) -> Document:
    """Write the report as a tree of blocks, its lines numbered; ``shapes`` puts its shape under each matrix.

    ``extent`` says which sections it has, and what stands above them. Raises SymbackpropError for an unknown section.
    """
    extent = extent or Extent()
    network = derivation.network
    names = NameTable.of([s.name for s in (*network.names, *derivation.backward, *network.sizes)])
    sections = network.kind[SECTIONS]
    told = frozenset(sections) & frozenset(chosen_sections(extent))
    desk = Desk(derivation, evidence, names, shapes, extent, told)
    made = {name: list(section(desk)) for name, section in sections.items() if name in told and name != LAST_MADE}
    desk.written = " ".join(maths_in((block for blocks in made.values() for block in blocks), desk))
    if LAST_MADE in told:
        made[LAST_MADE] = list(sections[LAST_MADE](desk))
    blocks = [block for name in sections if name in told for block in made[name]]
    if desk.is_appendix:
        blocks = _together(blocks)
    what = "The backward pass of a layer by hand" if network.outputs else "Back-propagation by hand"
    return Document(
        title=extent.title or f"{what}: {network.name}",
        blocks=tuple(with_references(block, desk.number_of) for block in blocks),
        names=names,
        order=derivation.order,
        pictures=desk.pictures,
        author=extent.author,
        contents=not extent.handout and not extent.fragment and len(told) > _CONTENTS_FROM,
        fragment=extent.fragment,
        compact=extent.handout,
    )


def _together(blocks: list[Block]) -> list[Block]:
    """Formulas with nothing between them as one, which takes less room."""
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else None
        if isinstance(block, Formula) and isinstance(last, Formula):
            found[-1] = Formula((*last.lines, *block.lines))
        else:
            found.append(block)
    return found
