"""What each operation passes back: the part of the table of adjoints that a network needs."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Mul, Pow

from symbackprop.calculus.pullback import COPIES, FACTOR, FUNCTION, SCALAR, SUM
from symbackprop.matrices import Broadcast, Operation, UserOperation, shape_of
from symbackprop.matrices.adjoints import ADJOINTS, ALWAYS, Adjoint, adjoint_of
from symbackprop.notation.recursion import subexpressions
from symbackprop.proof_lines import Shown
from symbackprop.reporting.blocks import Block, Formula, Heading, Inlines, Maths, Paragraph, Raw, Table
from symbackprop.reporting.maths_in_words import with_mathematics
from symbackprop.reporting.sections.derivatives import function_lines
from symbackprop.reporting.writing import Desk


def rules(desk: Desk) -> Iterator[Block]:
    """The rules of the operations that occur, then each function with its derivative."""
    yield Heading(1, ("The rules that are used",))
    yield Paragraph(
        (
            "An equation is gone through from its outermost operation inwards. Where ", Maths(Raw("G")),
            " is the adjoint of the result ", Maths(Raw("Y")), ", the loss changes, to first order, by ",
            Maths(Raw(r"\langle G,\mathrm{d}Y\rangle")), "; written as ",
            Maths(Raw(r"\langle \bar{G},\mathrm{d}A\rangle")), ", this shows the derivative ", Maths(Raw(r"\bar{G}")),
            " by ", Maths(Raw("A")), ". The letters of this table are its own:",
        )
    )  # fmt: skip
    rows = (*_operations(desk), *_entry_by_entry(desk))
    header: tuple[Inlines, ...] = (("operation",), ("passes back",), ("why",))
    yield Table(header, tuple(rows), "llp", small=True)
    definitions = list(function_lines(desk))
    if definitions:
        yield Paragraph(("The functions that are applied to each entry, and their derivatives:",))
        yield Formula(tuple(definitions))


def _operations(desk: Desk) -> Iterator[tuple[Inlines, ...]]:
    """The rows of the table of adjoints, and those of the user's own operations."""
    found = {type(part): part for part in _parts(desk) if isinstance(part, Operation)}
    rows = [row for row in ADJOINTS if row.operation in found and row.operation is not Broadcast]
    own = [found[kind] for kind in sorted(found, key=lambda kind: kind.__name__) if issubclass(kind, UserOperation)]
    for row in (*rows, *map(adjoint_of, own)):
        yield _row(row)


def _row(row: Adjoint) -> tuple[Inlines, ...]:
    forward = row.forward if row.condition == ALWAYS else f"{row.forward}, {row.condition}"
    return with_mathematics(forward), with_mathematics(row.backward), with_mathematics(row.reason)


_CHANGE = r"\langle G,\,\mathrm{d}Y\rangle"
ENTRY_BY_ENTRY = (
    (
        "Y = A + B", "A gets G, B gets G", SUM,
        (Shown(r"\langle G,\,\mathrm{d}A\rangle+\langle G,\,\mathrm{d}B\rangle", _CHANGE, "dY = dA + dB"),),
    ),
    (
        "Y = c·A", "A gets c·G", SCALAR,
        (Shown(r"\langle c\,G,\,\mathrm{d}A\rangle", _CHANGE, "dY = c·dA, and c is a factor of every entry"),),
    ),
    (
        "Y = A∘B", "A gets G∘B, B gets G∘A", FACTOR,
        (
            Shown(r"\mathrm{d}A\circ B+A\circ \mathrm{d}B", r"\mathrm{d}Y", "the product rule, for each entry"),
            Shown(
                r"\langle G\circ B,\,\mathrm{d}A\rangle+\langle G\circ A,\,\mathrm{d}B\rangle", _CHANGE,
                "in the sum over all entries the other factor may stand on either side",
            ),
        ),
    ),
    (
        "Y = f(A)", "A gets G∘f′(A)", FUNCTION,
        (
            Shown(r"f'(A_{ij})\,\mathrm{d}A_{ij}", r"\mathrm{d}Y_{ij}", "each entry of Y depends on one of A alone"),
            Shown(r"\bigl\langle G\circ f'(A),\,\mathrm{d}A\bigr\rangle", _CHANGE, "the sum over all entries"),
        ),
    ),
)  # fmt: skip
"""The rules of what works entry by entry, in words, with their proofs; each is shown where a line has its reason."""
QUOTIENT = (
    "Y = A⊘B", "A gets G⊘B, B gets −G∘Y⊘B", "a quotient passes back its derivatives, entry by entry",
    (
        Shown(r"\mathrm{d}A", r"\mathrm{d}Y\circ B+Y\circ \mathrm{d}B", "the product rule on Y∘B = A, for each entry"),
        Shown(r"(\mathrm{d}A-Y\circ \mathrm{d}B)\oslash B", r"\mathrm{d}Y", "solved for dY"),
        Shown(
            r"\langle G\oslash B,\,\mathrm{d}A\rangle+\langle -G\circ Y\oslash B,\,\mathrm{d}B\rangle", _CHANGE,
            "in the sum over all entries the factors may stand on either side",
        ),
    ),
)  # fmt: skip
COPIED = (
    (
        0, "Y = A + b, b a row", "b gets colsum(G)", "b stands in every row",
        (
            Shown(r"\mathrm{d}A_{ij}+\mathrm{d}b_{j}", r"\mathrm{d}Y_{ij}", "b stands in every row"),
            Shown(
                r"\langle G,\,\mathrm{d}A\rangle+\sum_{j}\sum_{i}G_{ij}\,\mathrm{d}b_{j}", _CHANGE,
                "the sum over all entries, in which an entry of b stands once for each row",
            ),
            Shown(
                r"\langle G,\,\mathrm{d}A\rangle+\bigl\langle \mathrm{colsum}(G),\,\mathrm{d}b\bigr\rangle", "",
                "beside it is the sum of its column of G",
            ),
        ),
    ),
    (
        1, "Y = A + b, b a column", "b gets rowsum(G)", "b stands in every column",
        (
            Shown(r"\mathrm{d}A_{ij}+\mathrm{d}b_{i}", r"\mathrm{d}Y_{ij}", "b stands in every column"),
            Shown(
                r"\langle G,\,\mathrm{d}A\rangle+\sum_{i}\sum_{j}G_{ij}\,\mathrm{d}b_{i}", _CHANGE,
                "the sum over all entries, in which an entry of b stands once for each column",
            ),
            Shown(
                r"\langle G,\,\mathrm{d}A\rangle+\bigl\langle \mathrm{rowsum}(G),\,\mathrm{d}b\bigr\rangle", "",
                "beside it is the sum of its row of G",
            ),
        ),
    ),
    (
        None, "Y = A + b, b a scalar", "b gets sum(G)", "b stands in every entry",
        (
            Shown(r"\mathrm{d}A_{ij}+\mathrm{d}b", r"\mathrm{d}Y_{ij}", "b stands in every entry"),
            Shown(
                r"\langle G,\,\mathrm{d}A\rangle+\langle \mathrm{sum}(G),\,\mathrm{d}b\rangle", _CHANGE,
                "the sum over all entries, in which b stands once for each",
            ),
        ),
    ),
)  # fmt: skip
"""What is repeated beside a matrix, by the axis along which it is, with the proofs."""


def _entry_by_entry(desk: Desk) -> Iterator[tuple[Inlines, ...]]:
    reasons = {word for step in desk.derivation.steps for word in step.because if isinstance(word, str)}
    given = " ".join(sorted(reasons))
    for forward, backward, reason, _ in ENTRY_BY_ENTRY:
        if reason in given:
            yield tuple(map(with_mathematics, (forward, backward, reason)))
    if any(isinstance(part, Pow) and part.exp == -1 and shape_of(part) for part in _parts(desk)):
        yield tuple(map(with_mathematics, QUOTIENT[:3]))
    for axis, forward, backward, why, _ in COPIED:
        if COPIES in given and _has_repeated(desk, axis):
            yield tuple(map(with_mathematics, (forward, backward, f"{COPIES}: {why}")))


def _parts(desk: Desk) -> list[Expr]:
    """Every part of every equation that leads on to the loss, each once, in order."""
    equations = desk.derivation.network.equations
    active = (name for name in desk.derivation.graph.active if name in equations)
    return list(dict.fromkeys(part for name in active for part in subexpressions(equations[name])))


def _has_repeated(desk: Desk, axis: int | None) -> bool:
    """Whether a name that is differentiated by stands as a row (axis 0), a column (1) or a scalar beside a matrix."""
    moved = {*desk.derivation.graph.active, *desk.derivation.wrt}
    for part in _parts(desk):
        whole = shape_of(part) if isinstance(part, (Add, Mul)) else ()
        if not whole:
            continue
        for arg in part.args:
            given = shape_of(arg)
            if given == whole or not moved & arg.free_symbols:
                continue
            if (axis is None and not given) or (axis is not None and given and given[axis] != whole[axis]):
                return True
    return False
