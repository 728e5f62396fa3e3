"""Symbols with their shapes, the signs that are used, and the forward pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sympy import Add, Basic, Expr, Mul, Symbol

from symbackprop.functions import UserFunction, primitive_of
from symbackprop.matrices import Product, Shape, shape_of
from symbackprop.matrices.operations.catalogue import RECORD_OF, RECORDS
from symbackprop.matrices.operations.record import Words
from symbackprop.notation import NameTable, Order, Total, latex
from symbackprop.notation.recursion import subexpressions
from symbackprop.notation.words import GRAMMAR
from symbackprop.reporting.blocks import (
    Block,
    Bullets,
    Heading,
    Inline,
    Inlines,
    Maths,
    Paragraph,
    Raw,
    Table,
)
from symbackprop.reporting.sections import layers
from symbackprop.reporting.sections.matrices.numbers import forward_values
from symbackprop.reporting.sections.opening import conventions, families, function_of, numbered_equations
from symbackprop.reporting.writing import Desk, names_of

NAMES_SHOWN = 8
STEPS_SCANNED = 2_000


# Symbols


def symbols(desk: Desk) -> Iterator[Block]:
    """What each name stands for, the shape that it has, what the sizes are, and the signs between them."""
    network = desk.derivation.network
    yield Heading(1, ("Symbols",))
    rows: list[tuple[Inlines, ...]] = []
    for meaning, family in families(desk, _kind).items():
        rows += ((names_of(same, NAMES_SHOWN), (meaning,), shape(desk, of)) for of, same in _by_shape(family))
    rows += ((*row, shape(desk, shape_of(of))) for of, *row in layers.rows(desk))
    rows += _signal_rows(desk)
    if not network.outputs:
        rows.append(((Maths(Raw(r"\eta")),), ("learning rate",), ("scalar",)))
    yield Table((("symbol",), ("meaning",), ("shape",)), tuple(rows), "lll")
    if network.sizes:
        yield Paragraph(("The sizes:",))
        yield Bullets(tuple(_size(desk, size) for size in network.sizes))
    yield Paragraph(("How it is written:",))
    yield Bullets(tuple(signs_of(desk)))
    if network.conventions:
        yield Paragraph(("At a kink, where there is no derivative, one is agreed on, for each entry:",))
        yield conventions(network)


def shape(desk: Desk, of: Shape) -> Inlines:
    """A shape: m × n, or scalar."""
    return (Maths(Raw(shape_latex(desk.names, of))),) if of else ("scalar",)


def shape_latex(names: NameTable, of: Shape) -> str:
    """A shape in LaTeX."""
    sizes = (latex(size, names) for size in of)
    return r"\times ".join(f"({text})" if size.is_Add else text for size, text in zip(of, sizes, strict=True))


def _by_shape(names: Iterable[Symbol]) -> Iterator[tuple[Shape, tuple[Symbol, ...]]]:
    found: dict[Shape, list[Symbol]] = {}
    for name in names:
        found.setdefault(shape_of(name), []).append(name)
    yield from ((of, tuple(same)) for of, same in found.items())


def _signal_rows(desk: Desk) -> Iterator[tuple[Inlines, ...]]:
    """The error signals, the first with what it is."""
    named = {delta: name for name, delta in desk.derivation.signals.items()}
    for position, (of, same) in enumerate(_by_shape(named)):
        meaning: Inlines = ("error signals",)
        if position == 0:
            so_on: Inlines = (" and so on",) if len(named) > 1 else ()
            meaning = ("error signals, ", Maths(same[0], Total(desk.loss, named[same[0]])), *so_on)
        yield names_of(same, NAMES_SHOWN), meaning, shape(desk, of)
    for of, same in _by_shape(desk.derivation.helpers):
        yield names_of(same, NAMES_SHOWN), ("what is used again",), shape(desk, of)


def _kind(desk: Desk, name: Symbol) -> str:
    network = desk.derivation.network
    expr = network.equations[name]
    if name in network.outputs:
        return "outputs of the layer"
    if name == network.loss:
        return "loss"
    record = RECORD_OF.get(type(expr))
    if record is not None and record.said:
        return f"{record.said} of each {'row' if expr.axis else 'column'}"
    function = function_of(expr)
    if function:
        return f"outputs of {function}"
    weighted = set(network.parameters) & expr.free_symbols and expr.atoms(Product)
    return "weighted sums" if weighted else "values"


def _size(desk: Desk, size: Symbol) -> Inlines:
    """What a size is: the rows of one matrix, the columns of another."""
    network = desk.derivation.network
    meant = network.meanings.get(size.name)
    places: list[Inline] = [] if meant is None else [f": {meant}"]
    for word, is_there in (("rows of ", _has_rows), ("columns of ", _has_columns), ("in the shape of ", _has_within)):
        names = [name for name in network.leaves if is_there(shape_of(name), size)]
        if names:
            places += ["; " if places else ": ", word, *names_of(tuple(names), NAMES_SHOWN)]
    batch, step = desk.evidence.batch, desk.evidence.step
    of_batch = batch is not None and batch.size == size.name and meant is None
    examples: Inlines = (" (the examples)",) if of_batch else ()
    here: Inlines = () if step is None else ("; here ", Maths(size, Raw(str(step.sizes[size.name]))))
    return (Maths(size), *places, *examples, *here)


def _has_rows(of: Shape, size: Symbol) -> bool:
    return bool(of) and of[0] == size


def _has_columns(of: Shape, size: Symbol) -> bool:
    return bool(of) and of[1] == size


def _has_within(of: Shape, size: Symbol) -> bool:
    return any(size in length.free_symbols and length != size for length in of)


# Signs


def _meanings(words: Iterable[Words]) -> Iterator[tuple[str, Inlines]]:
    """What words mean, by what stands in LaTeX where they are used."""
    for one in words:
        if one.meaning is not None:
            mark, shown, meaning = one.meaning
            yield mark, (Maths(Raw(shown)), meaning)


_SOFTMAX: Inlines = (
    " puts, in the place of each entry ", Maths(Raw("a")), ", ", Maths(Raw("e^a")), " over the sum of all such powers",
)  # fmt: skip
_SIGNS: tuple[tuple[str, Inlines], ...] = (
    (r"\circ ", (Maths(Raw(r"A\circ B")), " multiplies entry by entry")),
    (r"\oslash ", (Maths(Raw(r"A\oslash B")), " divides entry by entry")),
    (r"^{\circ ", (Maths(Raw(r"A^{\circ 2}")), " raises each entry to a power")),
    (r"^{\mathsf{T}}", (Maths(Raw(r"A^{\mathsf{T}}")), " is the transpose")),
    *_meanings(GRAMMAR),
    (r"\lVert", (Maths(Raw(r"\lVert A\rVert_F")), " is the Frobenius norm, the root of the sum of all squares")),
    (r"softmax}_{\mathrm{rows}}", (Maths(Raw(r"\mathrm{softmax}_{\mathrm{rows}}(A)")), *_SOFTMAX, " in its row")),
    (r"softmax}_{\mathrm{cols}}", (Maths(Raw(r"\mathrm{softmax}_{\mathrm{cols}}(A)")), *_SOFTMAX, " in its column")),
    (r"\mathrm{broadcast}", (Maths(Raw(r"\mathrm{broadcast}(A)")), " repeats a row, a column or a scalar")),
    (r"^{-1}", (Maths(Raw("A^{-1}")), " is the inverse")),
    (r"^{-\mathsf{T}}", (Maths(Raw(r"A^{-\mathsf{T}}")), " is the transpose of the inverse")),
    *_meanings(words for record in RECORDS for words in record.words),
)  # fmt: skip
"""By what stands in the LaTeX of a formula."""


_PRODUCT_OF_BOTH = r"\mathrm{sum}(A\circ B)"
_NO_SIGNS = re.compile(r"\\partial\^\{\+\}")
"""What looks like a sign of matrices, and is none: the plus of a derivative in one equation alone."""
_POWER = r"^{\circ "


def signs_of(desk: Desk) -> Iterator[Inlines]:
    """The signs that occur, and what they say."""
    loss = latex(desk.loss, desk.names)
    steps = desk.derivation.steps[:STEPS_SCANNED]
    exprs = [*desk.derivation.network.equations.values(), *(side for step in steps for side in (step.lhs, step.rhs))]
    written = desk.written or " ".join(latex(expr, desk.names, desk.order) for expr in dict.fromkeys(exprs))
    yield from signs_in(exprs, desk.names, desk.order, written + _PRODUCT_OF_BOTH)
    yield (
        Maths(Raw(r"\mathrm{d}X")), " is a small change of ", Maths(Raw("X")), ", and ",
        Maths(Raw(rf"\langle A,\,B\rangle={_PRODUCT_OF_BOTH}")),
        "; so the loss changes, to first order, by ",
        Maths(Raw(rf"\langle \partial {loss}/\partial X,\,\mathrm{{d}}X\rangle")), ", and ",
        Maths(Raw(rf"\partial {loss}/\partial X")), ", which has the shape of ", Maths(Raw("X")),
        ", is called the adjoint of ", Maths(Raw("X")),
    )  # fmt: skip


def signs_in(exprs: Sequence[Expr], names: NameTable, order: Order, written: str = "") -> Iterator[Inlines]:
    """The signs of matrices that occur in expressions, or in all that is ``written`` in LaTeX, and what they say."""
    written = written or " ".join(latex(expr, names, order) for expr in dict.fromkeys(exprs))
    parts = {part for expr in exprs for part in subexpressions(expr)}
    if any(isinstance(part, Product) for part in parts):
        yield Maths(Raw(r"A\,B")), ", with no sign between, is the matrix product"
    written = _NO_SIGNS.sub("", written)
    outside = written.replace(_POWER, "")  # the ring of a power is no product
    for mark, meaning in _SIGNS:
        if mark in (outside if mark in _POWER and mark != _POWER else written):
            yield meaning
    if any(map(_is_entrywise, parts)):
        yield ("a function of numbers is applied to each entry of a matrix",)
    if any(_repeats(part) for part in parts):
        yield ("a row, a column or a number beside a matrix is repeated for all its rows, columns or entries",)


def _is_entrywise(part: Basic) -> bool:
    row = primitive_of(part) if isinstance(part, Expr) else None
    return (row is not None or isinstance(part, UserFunction)) and bool(shape_of(part))


def _repeats(part: Basic) -> bool:
    """Whether shapes differ in a sum, or matrices in a product."""
    if not isinstance(part, (Add, Mul)):
        return False
    shapes = {shape_of(arg) for arg in part.args}
    whole = shape_of(part)
    if not whole:
        return False
    others = shapes - {whole}
    return bool(others if isinstance(part, Add) else others - {()})


# Forward pass


def forward_pass(desk: Desk) -> Iterator[Block]:
    """The equations, numbered, each with the shape of its value, and their numbers where the report has numbers."""
    yield from numbered_equations(desk, lambda name: shape(desk, shape_of(name)))
    if desk.tells("numbers"):
        yield from forward_values(desk)
