"""Reports of Jacobians, Hessians and products with them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from symbackprop.errors import SymbackpropError, Unmade
from symbackprop.files import write_atomically
from symbackprop.numeric import lambdify
from symbackprop.publish.formats import checked_formats, files, made
from symbackprop.publish.pdf import pdf
from symbackprop.reporting import Document, Extent, latex, markdown
from symbackprop.reporting.differentiated import Proofs, differentiated_document
from symbackprop.reporting.mathematics import mathematics
from symbackprop.reporting.page import page
from symbackprop.reporting.page.parts import PageParts
from symbackprop.tangents import Differentiated
from symbackprop.verification import ResultReport, check

WRITERS: Mapping[str, Callable[[Document], str | bytes]] = {
    "md": markdown,
    "tex": latex,
    "pdf": pdf,
    "html": lambda document: page(document, PageParts()),
}
"""What writes the document of a Jacobian or a Hessian, by the name of its format."""


def report_differentiated(
    result: Differentiated,
    path: str | os.PathLike[str],
    formats: Sequence[str],
    checked: ResultReport | None,
    extent: Extent,
) -> tuple[Path, ...]:
    """Write the documents of a result, and return their paths.

    Raises SymbackpropError for an unknown format or a place that cannot be written to, and Unmade where a format cannot
    be had; the others are written then.
    """
    places = files(path, checked_formats(formats, WRITERS))
    document = differentiated_document(result, _proofs(result, checked or check(result)), extent)
    contents, refused = made({place: partial(WRITERS[name], document) for name, place in places.items()})
    for place, content in contents.items():
        write_atomically(place, content)
    if refused is not None:
        raise Unmade.of(refused, tuple(contents)) from None
    return tuple(contents)


def require_no_more(**given: object) -> None:
    """Refuse what only the report of a derivation has."""
    wanted = next((name for name, value in given.items() if value), None)
    if wanted is not None:
        what = f"a report of a Jacobian or a Hessian has no {wanted}"
        raise SymbackpropError("report", what, f"leave {wanted} out, or report the derivation of the network")


def _proofs(result: Differentiated, checked: ResultReport) -> Proofs:
    verdict = checked.verdict
    return Proofs(
        method="" if verdict is None else verdict.method,
        summary=checked.summary,
        reasons=checked.reasons,
        source="" if result.is_constant else mathematics(lambdify(result).source),
    )
