"""The document of a Jacobian, a Hessian or a product with one: equations, lines of work, results, checks, code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sympy import Expr, Symbol

from symbackprop.calculus.step import Rule, Step
from symbackprop.matrices import shape_of, spoken
from symbackprop.notation import NameTable
from symbackprop.notation.recursion import subexpressions
from symbackprop.reporting.blocks import (
    Block,
    Bullets,
    Document,
    Formula,
    Heading,
    Inlines,
    Line,
    Listing,
    Maths,
    Paragraph,
    Ref,
    inlines,
    listed,
    listed_with_and,
)
from symbackprop.reporting.extent import Extent
from symbackprop.tangents import Differentiated

MEANINGS = {
    "jvp": "What values change by where names move along directions: their Jacobian times the directions.",
    "hvp": "What gradients change by where names move along directions: the Hessian of the loss times the directions. "
    "The lines of the gradients, forward and backward, are pushed along the directions; a dotted name is what the "
    "name moves by.",
    "jacobian": "The derivatives of values by names. One name moves at a time, and what stands beside its direction in "
    "the change of a value is the matrix that is looked for.",
    "hessian": "The second derivatives of the loss. One name moves at a time, the lines of the gradients are pushed "
    "along its direction, and what stands beside that in the change of a gradient is a block of the Hessian.",
    "gauss-newton": "The Hessian of the loss by the values between, between the Jacobians of these values: the Hessian "
    "without the part that has second derivatives of the values in it.",
    "fisher": "The expectation of the gradient times its transpose, over targets that are drawn as the network says.",
    "newton": "The step from where the parameter is to where the gradient would vanish if the Hessian stayed.",
}
"""What each is, in a sentence or two."""


@dataclass(frozen=True)
class Proofs:
    """What a report tells of the checks: what came of them, how it was proved, why not, and the code."""

    method: str
    summary: str
    reasons: Sequence[str]
    source: str


@dataclass
class _Counter:
    """Numbers lines, and remembers which line defines a name and which is a step of the work."""

    last: int = 0
    of_name: dict[Symbol, int] = field(default_factory=dict)
    of_step: dict[int, int] = field(default_factory=dict)

    def next(self) -> int:
        """One more number."""
        self.last += 1
        return self.last


def differentiated_document(result: Differentiated, proofs: Proofs, extent: Extent | None = None) -> Document:
    """The document as a tree of blocks, its lines numbered. Of ``extent`` the title, author and fragment count."""
    extent = extent or Extent()
    network = result.network
    symbols = {s.name for step in result.steps for side in (step.lhs, step.rhs) for s in side.free_symbols}
    names = NameTable.of([*(s.name for s in (*network.names, *network.sizes)), *symbols])
    counter = _Counter()
    blocks = [
        *_question(result),
        *_given(result, counter),
        *_work(result, counter),
        *_results(result, counter),
        *_checks(proofs),
    ]
    return Document(
        title=extent.title or result.title,
        blocks=tuple(blocks),
        names=names,
        order=network.order,
        author=extent.author,
        fragment=extent.fragment,
    )


def _question(result: Differentiated) -> Iterator[Block]:
    yield Heading(1, ("What is asked",))
    yield Paragraph((MEANINGS[result.what],))
    by: Inlines = ("It is by ", *listed_with_and([Maths(name) for name in result.wrt]), ".")
    if result.directions:
        pairs = [(Maths(name), " moves along ", Maths(vector)) for name, vector in result.directions.items()]
        by = (*by, " ", *listed(pairs), ".")
    yield Paragraph(by)
    if result.conditions:
        yield Paragraph(("It is called so under a condition:",))
        yield Bullets(tuple((condition,) for condition in result.conditions))


def _given(result: Differentiated, counter: _Counter) -> Iterator[Block]:
    """The equations of the network, and those of its gradients that the work goes through."""
    source = result.source.equations
    lines = result.lines_before
    backward = {name: expr for name, expr in lines.items() if name not in source}
    for title, equations in (("The equations", source), ("The gradient", backward)):
        if equations:
            yield Heading(1, (title,))
            yield Formula(tuple(_equation(name, expr, counter) for name, expr in equations.items()))
    told = (*result.source.leaves, *source, *backward)
    shapes = [(Maths(name), f" {spoken(shape_of(name))}") for name in told if shape_of(name)]
    if shapes:
        yield Paragraph(("Shapes: ", *listed(shapes), "."))


def _equation(name: Symbol, expr: Expr, counter: _Counter) -> Line:
    counter.of_name[name] = number = counter.next()
    return Line(expr, name, number=number)


def _work(result: Differentiated, counter: _Counter) -> Iterator[Block]:
    """Every line of the work, those about one name in a block."""
    if not result.steps:
        return
    yield Heading(1, ("The work",))
    block: list[Line] = []
    before: Expr | None = None
    for step in result.steps:
        number = counter.of_step[step.number] = counter.next()
        again = step.lhs == before
        if not again and block:
            yield Formula(tuple(block))
            block = []
        block.append(Line(step.rhs, None if again else step.lhs, _why(step, counter), number))
        before = step.lhs
    yield Formula(tuple(block))


def _why(step: Step, counter: _Counter) -> Inlines:
    """The reason of a line, with the equations and the lines that it uses."""
    reason = inlines(step.because)
    places = [counter.of_name[use] for use in step.uses if isinstance(use, Symbol) and use in counter.of_name]
    if step.rule is not Rule.BESIDE:
        places += [counter.of_step[use] for use in step.uses if isinstance(use, int) and use in counter.of_step]
    return (*reason, ", by ", *listed_with_and([Ref(place) for place in places])) if places else reason


def _results(result: Differentiated, counter: _Counter) -> Iterator[Block]:
    yield Heading(1, ("The result",))
    yield Formula(tuple(Line(expr, name, number=counter.next()) for name, expr in result.formulas.items()))
    names = {part for expr in result.formulas.values() for part in subexpressions(expr) if part.is_Symbol}
    inside = [name for name in result.network.equations if name in names and name not in result.results]
    where = [(Maths(result.network.equations[name], name),) for name in inside if name not in counter.of_name]
    if where:
        yield Paragraph(("where ", *listed(where), "."))
    if result.is_symmetric and len(result.results) > 1:
        yield Paragraph(("The matrix is symmetric: each block off the diagonal stands for two.",))


def _checks(proofs: Proofs) -> Iterator[Block]:
    yield Heading(1, ("Verification",))
    yield Paragraph((f"{proofs.summary[:1].upper()}{proofs.summary[1:]}.",))
    if proofs.method:
        yield Paragraph((f"How: {proofs.method}.",))
    if proofs.reasons:
        yield Bullets(tuple((reason,) for reason in proofs.reasons))
    if proofs.source:
        yield Heading(1, ("The generated NumPy code",))
        yield Listing("python", proofs.source)
