"""A batch in two ways side by side: each example alone, and all of them in one matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import Expr, Symbol

from symbackprop.matrices import Array, Product, Sum, SumAll, Transposed, shape_of
from symbackprop.notation import Total, latex
from symbackprop.notation.names import script
from symbackprop.reporting.blocks import (
    Block,
    Formula,
    Heading,
    Inline,
    Inlines,
    Line,
    Maths,
    Paragraph,
    Raw,
    Table,
    listed,
)
from symbackprop.reporting.evidence import Batch, MatrixStep, Value
from symbackprop.reporting.letters import index_letters
from symbackprop.reporting.numbers import number, value, width_of
from symbackprop.reporting.writing import Desk

EXAMPLES_SHOWN = 12
TABLE_WIDTH = 80
BESIDE, BETWEEN = 9.0, 3.0
"""How wide the column of the examples is, and the space between two others, in characters."""
TRANSPOSE = r"\mathsf{T}"
LINES = {"row": "{},:", "column": ":,{}"}
"""What a matrix has of an example, and how it is written below the name, by the letter that counts the examples."""


def batch(desk: Desk) -> Iterator[Block]:
    """Where the loss is a mean over examples: their gradients one by one, then by one product of matrices."""
    found, step = desk.evidence.batch, desk.evidence.step
    if found is None or step is None:
        return
    count = len(found.examples)
    m = latex(_size(desk, found), desk.names)
    yield Heading(1, ("Batch descent in two ways",))
    yield Paragraph(
        (
            "The loss is a mean over the ", Maths(Raw(rf"{m} = {count}")), " examples, so the gradient of the batch is "
            "the mean of the gradients of its examples. It can be computed in two ways, which were run side by side.",
        )
    )  # fmt: skip
    yield Heading(2, ("Accumulate",))
    yield Paragraph(
        (
            "One example after the other goes forward and back alone, as a batch of one; what they come to is added "
            "up, and divided by their number:",
        )
    )
    yield from _accumulated(desk, found, step.gradients, step.loss)
    yield Heading(2, ("Vectorise",))
    lie = _where_examples_lie(desk, found)
    yield Paragraph(
        (
            "With the examples as ", *lie, " there is no loop. The same formulas, worked out once, give the gradients "
            "of the first step, which are the means above, up to rounding.",
        )
    )  # fmt: skip
    yield from _why_it_is_a_sum(desk, found, step)


def _accumulated(desk: Desk, found: Batch, means: Mapping[str, Value], loss: float) -> Iterator[Block]:
    """A row an example, and the means; as many tables as there must be for all gradients."""
    shown = [w for w in desk.derivation.wrt if value(means[w.name]) is not None]
    for position, group in enumerate(_side_by_side(shown, found)):
        header: list[Inlines] = [("example",)]
        header += [(Maths(desk.loss),)] if position == 0 else []
        header += [(Maths(Total(desk.loss, w)),) for w in group]
        rows: list[tuple[Inlines, ...]] = []
        for k, example in enumerate(found.examples, start=1):
            if k <= EXAMPLES_SHOWN:
                rows.append(_row(str(k), example.loss, [example.gradients[w.name] for w in group], position))
        if len(found.examples) > EXAMPLES_SHOWN:
            rows.append(tuple(("…",) for _ in header))
        rows.append(_row("mean", loss, [means[w.name] for w in group], position))
        yield Table(tuple(header), tuple(rows), "l" + "c" * (len(header) - 1))


def _side_by_side(names: Sequence[Symbol], found: Batch) -> list[list[Symbol]]:
    """The gradients in groups that fit beside one another."""
    groups: list[list[Symbol]] = [[]]
    used = BESIDE + 12.0  # the losses stand in the first table
    for w in names:
        width = BETWEEN + max(width_of(example.gradients[w.name]) for example in found.examples)
        if groups[-1] and used + width > TABLE_WIDTH:
            groups.append([])
            used = BESIDE
        groups[-1].append(w)
        used += width
    return groups


def _row(name: str, loss: float, gradients: Sequence[Value], position: int) -> tuple[Inlines, ...]:
    cells: list[Inlines] = [(name,)]
    cells += [(Maths(number(loss)),)] if position == 0 else []
    for gradient in gradients:
        written = value(gradient)
        assert written is not None
        cells.append((Maths(written),))
    return tuple(cells)


def _size(desk: Desk, found: Batch) -> Symbol:
    """The symbol of the number of examples, as the network has it."""
    return next(size for size in desk.derivation.network.sizes if size.name == found.size)


def _where_examples_lie(desk: Desk, found: Batch) -> Inlines:
    """The rows or the columns; those of each name where one has them in its rows, and another in its columns."""
    network = desk.derivation.network
    along = {word: [name for name, axis in found.axis.items() if axis == k] for k, word in enumerate(LINES)}
    if not all(along.values()):
        return (f"the {next(word for word in LINES if along[word])}s of one matrix",)
    pieces: list[Inline] = []
    for word, names in along.items():
        pieces += [" and " if pieces else "", f"the {word}s of ", *listed(Maths(network.symbol(n)) for n in names)]
    return tuple(pieces)


# Why a product adds up over the examples


def _why_it_is_a_sum(desk: Desk, found: Batch, step: MatrixStep) -> Iterator[Block]:
    """Row by column, a product whose inner size is that of the examples is a sum over them."""
    size = _size(desk, found)
    shared = desk.derivation.shared
    product = next((w for w in desk.derivation.wrt if _is_over(shared[w], size)), None)
    total = next((w for w in desk.derivation.wrt if _is_total(shared[w], size)), None)
    lines: list[Line] = []
    parts: list[str] = []
    m = latex(size, desk.names)
    k = next(index_letters(desk))
    add_up = rf"\sum_{{{k}=1}}^{{{m}}}"
    if product is not None:
        first, second = (_slice(desk, factor, size) for factor in shared[product].args)
        parts += [_line(factor, size) for factor in shared[product].args]
        lines.append(Line(Raw(rf"{add_up}{first}\,{second}"), shared[product]))
    if total is not None:
        parts.append(_line(shared[total].args[0], size))
        lines.append(Line(Raw(rf"{add_up}{_slice(desk, shared[total].args[0], size)}"), shared[total]))
    if not lines:
        return
    words = [word for word in LINES if word in parts]
    subscripts = [piece for word in words for piece in (" or ", Maths(Raw(LINES[word].format(k))))][1:]
    yield Paragraph(
        (
            "Why the loop is gone: a matrix product multiplies row by column and adds up, and what it adds up over "
            "here are the examples. The ", Maths(Raw(k)), f"-th {' or '.join(words)}, with the subscript ",
            *subscripts, ", is what belongs to example ", Maths(Raw(k)), ":",
        )
    )  # fmt: skip
    yield Formula(tuple(lines))
    yield Paragraph(
        (
            "Each term is what one example contributes. The error signal has the ", Maths(Raw(rf"1/{m}")),
            " of the mean in it, so that a term is ", Maths(Raw(rf"1/{m}")), " of the example's gradient above, and "
            "the sum of the terms is the mean.",
        )
    )  # fmt: skip
    if product is not None:
        yield from _terms(desk, found, step, product)


def _is_over(product: Expr, size: Symbol) -> bool:
    """Whether it is a product of two factors, names or transposes of names, with that inner size."""
    if not isinstance(product, Product) or len(product.args) != 2:
        return False
    plain = all(isinstance(f.args[0] if isinstance(f, Transposed) else f, Array) for f in product.args)
    return plain and shape_of(product.args[0])[1] == size


def _is_total(expr: Expr, size: Symbol) -> bool:
    """Whether it is the sum of a named matrix over that size alone."""
    if not isinstance(expr, (Sum, SumAll)) or not isinstance(expr.args[0], Array):
        return False
    rows, columns = expr.args[0].shape
    if isinstance(expr, SumAll):
        return (rows, columns) in ((size, 1), (1, size))
    return bool(expr.args[0].shape[expr.axis] == size)


def _line(factor: Expr, size: Symbol) -> str:
    """Whether a factor's name has the examples in its rows or in its columns."""
    name = factor.args[0] if isinstance(factor, Transposed) else factor
    return "row" if name.shape[0] == size else "column"


def _slice(desk: Desk, factor: Expr, size: Symbol) -> str:
    """What a factor has of one example: a row or a column of the name."""
    name = factor.args[0] if isinstance(factor, Transposed) else factor
    at = LINES[_line(factor, size)].format(next(index_letters(desk)))
    written = latex(name, desk.names)
    head = rf"({written})" if "_" in written else written
    return head + script("_", at) + (rf"^{{{TRANSPOSE}}}" if isinstance(factor, Transposed) else "")


def _terms(desk: Desk, found: Batch, step: MatrixStep, w: Symbol) -> Iterator[Block]:
    """The terms of a product in numbers, a row an example, where there is room."""
    size, count = _size(desk, found), len(found.examples)
    factors = desk.derivation.shared[w].args
    rows: list[tuple[Inlines, ...]] = []
    for k, example in enumerate(found.examples):
        parts = [*(_part(factor, size, step, k) for factor in factors), _divided(example.gradients[w.name], count)]
        written = [value(part) for part in parts]
        if count > EXAMPLES_SHOWN or sum(BETWEEN + width_of(part) for part in parts) > TABLE_WIDTH or None in written:
            return
        rows.append(((str(k + 1),), *((Maths(text),) for text in written if text is not None)))
    total = value(step.gradients[w.name])
    assert total is not None
    rows.append((("sum",), (), (), (Maths(total),)))
    first, second = (_slice(desk, factor, size) for factor in factors)
    heads = (Raw(next(index_letters(desk))), Raw(first), Raw(second), Raw(rf"{first}\,{second}"))
    yield Table(tuple((Maths(head),) for head in heads), tuple(rows), "lccc")


def _part(factor: Expr, size: Symbol, step: MatrixStep, k: int) -> Value:
    """The numbers of example k in a factor, as they stand in the product."""
    name = factor.args[0] if isinstance(factor, Transposed) else factor
    rows = {**step.values, **step.signals}[name.name]
    assert not isinstance(rows, float)
    part = (rows[k],) if name.shape[0] == size else tuple((row[k],) for row in rows)
    return tuple(zip(*part, strict=True)) if isinstance(factor, Transposed) else part


def _divided(of: Value, count: int) -> Value:
    if isinstance(of, float):
        return of / count
    return tuple(tuple(entry / count for entry in row) for row in of)
