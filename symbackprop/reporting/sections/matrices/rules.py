"""What each operation passes back, with its proof: the part of the table of adjoints that a network needs."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from sympy import Add, Expr, Mul

from symbackprop.calculus.pullback import COPIES, FACTOR, FUNCTION, SCALAR, SUM
from symbackprop.matrices import Broadcast, Operation, Product, UserOperation, shape_of
from symbackprop.matrices.adjoints import ADJOINTS, ALWAYS, adjoint_of
from symbackprop.matrices.operations.stacked import Stacked
from symbackprop.matrices.sums import Along
from symbackprop.notation import latex
from symbackprop.notation.recursion import subexpressions
from symbackprop.proof_lines import Shown
from symbackprop.reporting.blocks import Block, Formula, Heading, Line, Maths, Paragraph, Raw, Strong
from symbackprop.reporting.letters import INDICES, in_latex, in_words, letters_of, shown_in
from symbackprop.reporting.maths_in_words import with_mathematics
from symbackprop.reporting.sections.derivatives import function_blocks, power_blocks, proof_of
from symbackprop.reporting.writing import Desk

_EITHER = re.compile(r"(?P<head>[\w ]+ (?:=|gets) )(?P<first>\S+(?: \S+)?) or (?P<second>\S+(?: \S+)?)")
_HAS_EXPONENT = re.compile(r"ᵏ|, k\)")


def rules(desk: Desk) -> Iterator[Block]:
    """Each rule that a line of the derivation cites, proved from its definition; then the derivatives of functions."""
    yield Heading(1, ("The rules that are used",))
    loss, letters = latex(desk.loss, desk.names), letters_of(desk)

    def maths(written: str) -> Maths:
        return Maths(Raw(in_latex(written, letters)))

    yield Paragraph(
        (
            "An equation is gone through from its outermost operation inwards. Where ", maths("G"),
            " is the adjoint of the result ", maths("Y"), ", that is ",
            Maths(Raw(rf"{in_latex('G', letters)}=\partial {loss}/\partial {in_latex('Y', letters)}")),
            ", the loss changes, to first order, by ", maths(r"\langle G,\mathrm{d}Y\rangle"), "; written as ",
            maths(r"\langle \bar{G},\mathrm{d}A\rangle"), ", this shows the derivative ", maths(r"\bar{G}"), " by ",
            maths("A"), ". The letters of this section are its own.",
        )
    )  # fmt: skip
    yield Paragraph(("Where there are two entries, one below the other, this is a sum of two products of numbers:",))
    yield Formula(
        (
            Line(
                Raw(in_latex(r"G_{1}\,\mathrm{d}A_{1}+G_{2}\,\mathrm{d}A_{2}", letters)),
                Raw(in_latex(r"\langle G,\,\mathrm{d}A\rangle", letters)),
                (
                    "what stands beside ", maths(r"\mathrm{d}A_{1}"), " is the derivative by ", maths("A_{1}"), ": ",
                    Maths(desk.loss), " grows by ", maths("G_{1}"), " times as much as it does",
                ),
            ),
        )
    )  # fmt: skip
    told: list[str] = []
    for rule in (*_operations(desk), *_entry_by_entry(desk)):
        yield from _proved(desk, rule, ("rule", rule.reason, told.count(rule.reason)))
        told.append(rule.reason)
    functions = [*function_blocks(desk), *power_blocks(desk)]
    if functions:
        yield Paragraph(("The functions that are applied to each entry, and their derivatives:",))
        yield from functions


@dataclass(frozen=True)
class _Rule:
    """A rule in words, what cites it, and its proof; an operation of the user's has none."""

    forward: str
    backward: str
    reason: str
    proof: tuple[Shown, ...]


def _proved(desk: Desk, rule: _Rule, defines: Hashable) -> Iterator[Block]:
    """The statement of a rule, then its proof, whose last line is cited."""
    letters = letters_of(desk)
    if _HAS_EXPONENT.search(rule.forward + rule.backward):  # k is no index there
        letters = {letter: instead for letter, instead in letters.items() if letter not in INDICES}
    forward, backward = (with_mathematics(in_words(words, letters)) for words in (rule.forward, rule.backward))
    yield Paragraph((Strong("Rule."), " ", *forward, ": ", *backward, "."))
    if rule.proof:
        yield proof_of(desk, [shown_in(shown, letters) for shown in rule.proof], defines)
    else:
        yield Paragraph((f"It holds as it was stated: {rule.reason}.",))


def _given(desk: Desk) -> str:
    """All reasons of the derivation."""
    return "; ".join(sorted({word for step in desk.derivation.steps for word in step.because if isinstance(word, str)}))


def _operations(desk: Desk) -> Iterator[_Rule]:
    """The rows of the table of adjoints that are cited, and those of the user's own operations."""
    found = {type(part): part for part in _parts(desk) if isinstance(part, Operation)}
    given = _given(desk)
    rows = [row for row in ADJOINTS if row.operation in found and row.operation is not Broadcast]
    own = [found[kind] for kind in sorted(found, key=lambda kind: kind.__name__) if issubclass(kind, UserOperation)]
    told: list[tuple[str, tuple[Shown, ...]]] = []
    for row in (*rows, *map(adjoint_of, own)):
        if row.reason in given and (row.reason, row.proof) not in told:
            told.append((row.reason, row.proof))
            if row.operation is Product and all(
                len(part.args) == 2 for part in _parts(desk) if isinstance(part, Product)
            ):
                yield _Rule(*OF_TWO_FACTORS[:2], row.reason, OF_TWO_FACTORS[2])
                continue
            told_of = _axes_of(desk, row.operation)
            forward, backward = (_of_axes(words, told_of) for words in (row.forward, row.backward))
            condition = "" if row.condition == ALWAYS else f", {row.condition}"
            yield _Rule(forward + condition, backward, row.reason, row.proof)


def _axes_of(desk: Desk, kind: type[Operation]) -> set[int]:
    """Along which axes the network has an operation that comes in two, one of columns and one of rows."""
    return {int(part.axis) for part in _parts(desk) if type(part) is kind and isinstance(part, Along | Stacked)}


def _of_axes(words: str, axes: set[int]) -> str:
    """The one of two forms, colsum(A) or rowsum(A), that is used where the other is not."""
    found = _EITHER.fullmatch(words)
    return words if found is None or len(axes) != 1 else found["head"] + found[("first", "second")[min(axes)]]


def _has_pairs_alone(desk: Desk) -> bool:
    """Whether no product of matrices has more than two factors."""
    return all(len(part.args) == 2 for part in _parts(desk) if isinstance(part, Product))


OF_TWO_FACTORS: tuple[str, str, tuple[Shown, ...]] = (
    "Y = A·B", "A gets G·Bᵀ, B gets Aᵀ·G",
    (
        Shown(
            r"\langle G,\,\mathrm{d}A\,B\rangle+\langle G,\,A\,\mathrm{d}B\rangle",
            r"\langle G,\,\mathrm{d}(A\,B)\rangle", "the product rule: one factor moves at a time",
        ),
        Shown(
            r"\mathrm{tr}(G^{\mathsf{T}}\,A\,\mathrm{d}B)", r"\langle G,\,A\,\mathrm{d}B\rangle",
            "the trace of Gᵀ times a matrix is the sum over all entries of both, side by side",
        ),
        Shown(r"\langle A^{\mathsf{T}}\,G,\,\mathrm{d}B\rangle", why="Gᵀ·A is the transpose of Aᵀ·G"),
        Shown(
            r"\mathrm{tr}(G^{\mathsf{T}}\,\mathrm{d}A\,B)", r"\langle G,\,\mathrm{d}A\,B\rangle",
            "the same for the other factor",
        ),
        Shown(
            r"\mathrm{tr}(B\,G^{\mathsf{T}}\,\mathrm{d}A)",
            why="the cyclic rule: a trace stays the same when the last factor comes first",
        ),
        Shown(r"\langle G\,B^{\mathsf{T}},\,\mathrm{d}A\rangle", why="B·Gᵀ is the transpose of G·Bᵀ"),
        Shown(
            r"\langle G\,B^{\mathsf{T}},\,\mathrm{d}A\rangle+\langle A^{\mathsf{T}}\,G,\,\mathrm{d}B\rangle",
            r"\langle G,\,\mathrm{d}(A\,B)\rangle", "both together",
        ),
    ),
)  # fmt: skip
"""The rule of products where none has more than two factors."""
_CHANGE = r"\langle G,\,\mathrm{d}Y\rangle"
ENTRY_BY_ENTRY: tuple[tuple[str, str, str, tuple[Shown, ...]], ...] = (
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
COPIED: tuple[tuple[int | None, str, str, str, tuple[Shown, ...]], ...] = (
    (
        0, "Y repeats b in every row", "b gets colsum(G)", "b stands in every row",
        (
            Shown(r"\mathrm{d}b_{j}", r"\mathrm{d}Y_{ij}", "b stands in every row"),
            Shown(
                r"\sum_{j}\sum_{i}G_{ij}\,\mathrm{d}b_{j}", _CHANGE,
                "the sum over all entries, in which an entry of b stands once for each row",
            ),
            Shown(
                r"\bigl\langle \mathrm{colsum}(G),\,\mathrm{d}b\bigr\rangle", "",
                "beside it is the sum of its column of G",
            ),
        ),
    ),
    (
        1, "Y repeats b in every column", "b gets rowsum(G)", "b stands in every column",
        (
            Shown(r"\mathrm{d}b_{i}", r"\mathrm{d}Y_{ij}", "b stands in every column"),
            Shown(
                r"\sum_{i}\sum_{j}G_{ij}\,\mathrm{d}b_{i}", _CHANGE,
                "the sum over all entries, in which an entry of b stands once for each column",
            ),
            Shown(
                r"\bigl\langle \mathrm{rowsum}(G),\,\mathrm{d}b\bigr\rangle", "",
                "beside it is the sum of its row of G",
            ),
        ),
    ),
    (
        None, "Y repeats b in every entry", "b gets sum(G)", "b stands in every entry",
        (
            Shown(r"\mathrm{d}b", r"\mathrm{d}Y_{ij}", "b stands in every entry"),
            Shown(
                r"\langle \mathrm{sum}(G),\,\mathrm{d}b\rangle", _CHANGE,
                "the sum over all entries, in which b stands once for each",
            ),
        ),
    ),
)  # fmt: skip
"""What is repeated beside a matrix, by the axis along which it is, with the proofs."""


def _entry_by_entry(desk: Desk) -> Iterator[_Rule]:
    given = _given(desk)
    for forward, backward, reason, proof in ENTRY_BY_ENTRY:
        if reason in given:
            yield _Rule(forward, backward, reason, proof)
    for axis, forward, backward, _, proof in COPIED:
        if COPIES in given and _has_repeated(desk, axis):
            yield _Rule(forward, backward, COPIES, proof)


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
