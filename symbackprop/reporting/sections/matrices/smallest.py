"""The smallest case: what the matrix derivation does for all entries at once, worked for a few by the chain rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Expr, Symbol

from symbackprop.calculus import Rule, Step
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.notation import Total
from symbackprop.notation.partial import Partial
from symbackprop.reporting.alike import Group
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
    listed,
    listed_with_and,
)
from symbackprop.reporting.sections.matrices.mixing import by_column, mixing_blocks
from symbackprop.reporting.sections.matrices.small_writing import Small
from symbackprop.reporting.smallest import Smallest
from symbackprop.reporting.writing import Desk

LIKEWISE = 2
"""So many others of a kind are told with their formulas; of more only how many there are."""


def smallest(desk: Desk) -> Iterator[Block]:
    """The network at its smallest sizes, entry by entry: forward, how entries move one another, and back."""
    case = desk.evidence.smallest
    if case is None:
        return
    small = Small(desk, case)
    end = "outputs" if desk.derivation.network.outputs else "loss"
    yield Heading(1, ("The smallest case, entry by entry",))
    yield Paragraph(_sizes(desk, case))
    yield Paragraph((*_entries(small), *_numbers(desk, case)))
    yield Formula(tuple(_forward(small)))
    yield from mixing_blocks(small)
    yield Paragraph((f"Now from the {end} back, one entry of each kind.", *_signals(small)))
    values = [group for group in case.alike if group.worked not in case.derivation.wrt]
    for group in values:
        yield from _worked(small, group)
    yield from _gradients(small, [group for group in case.alike if group not in values])
    yield Paragraph(
        (
            "Every other entry goes the same way. What follows does this for all entries of a matrix at once; a sum "
            "over an index becomes a product of matrices, or a sum of rows or columns.",
        )
    )


def _sizes(desk: Desk, case: Smallest) -> Inlines:
    """How small it is."""
    network = desk.derivation.network
    if not case.sizes:
        return ("Before any rule of matrices: the same equations for their entries, each of which is a number.",)
    told: list[Inlines] = []
    for size, length in case.sizes.items():
        meant = network.meanings.get(size.name)
        told.append((Maths(size, Raw(str(length))), *((f" ({meant})",) if meant else ())))
    return (
        "Before any rule of matrices: the same equations with ", *listed_with_and(told),
        ". Each entry is a number, and the chain rule for numbers is all that it takes.",
    )  # fmt: skip


def _entries(small: Small) -> Inlines:
    """How entries are written, by the first that has two indices, and the first of a name that has one itself."""
    case = small.case
    pieces: list[Inline] = []
    for several in (True, False):
        for name, at in case.entries.items():
            if not at.index or ("," in at.index) != several:
                continue
            where = (
                f"the entry in row {at.row + 1} and column {at.column + 1} of " if several else f"entry {at.index} of "
            )
            pieces += ["; " if pieces else "", small.maths(name), f" is {where}", Maths(at.array)]
            break
    told = [piece.content.latex for piece in pieces if isinstance(piece, Maths) and isinstance(piece.content, Raw)]
    of_layer = next((n for n, at in case.entries.items() if ";" in case.written[n.name] and at.index), None)
    if of_layer is not None and not any(";" in written for written in told):
        at = case.entries[of_layer]
        pieces += ["; ", small.maths(of_layer), f" is entry {at.index} of ", Maths(at.array)]
    return (*pieces[1:], ". ") if pieces else ()


def _numbers(desk: Desk, case: Smallest) -> Inlines:
    """Where the numbers come from, and what of the parameters is kept."""
    numbers = case.numbers
    if numbers is None:
        return ()
    kept = _kept(desk, case)
    if numbers.first is None:
        return ("The numbers are those of the first step", *kept, ".")
    size = next(length for size, length in case.sizes.items() if size in _of_data(case))
    last = numbers.first + size - 1
    which = "" if size == 1 else f"s {numbers.first} and" if size == 2 else f"s {numbers.first} to"
    taken = ""
    if numbers.first > 1:
        of_which = "at which" if size == 1 else "with which"
        taken = f", {of_which} none of the derivatives that are worked out, one of each kind, is zero"
    return (f"The numbers are those of example{which} {last}{taken}", *kept, ".")


def _kept(desk: Desk, case: Smallest) -> Inlines:
    """Which sizes of parameters are cut, and to how many."""
    step = desk.evidence.step
    if step is None:
        return ()
    pieces: list[Inline] = []
    for size, length in case.sizes.items():
        whole = step.sizes[size.name]
        if size not in _of_data(case) and length < whole:
            some = "the first alone is kept" if length == 1 else f"the first {length} are kept"
            pieces += ["; of ", Maths(size, Raw(str(whole))), f" {some}"]
    return tuple(pieces)


def _of_data(case: Smallest) -> set[Expr]:
    """The sizes that no parameter has."""
    network = case.whole.network
    learned = {size for w in network.parameters for size in getattr(w, "shape", ())}
    return {size for size in case.sizes if size not in learned}


def _forward(small: Small) -> Iterator[Line]:
    """The first entry of each array by its equation, the others by their numbers."""
    case = small.case
    equations = case.derivation.network.equations
    told: set[Symbol] = set()
    for name, expr in equations.items():
        owner = case.entries[name].array if name in case.entries else name
        if owner in told:
            continue
        told.add(owner)
        same = [other for other in equations if other in case.entries and case.entries[other].array == owner]
        written = expr.definition() if isinstance(expr, SoftmaxComponent) else expr
        others: Inlines = ()
        if len(same) > 1:
            shown = [small.maths(other, small.value(other)) for other in same[1 : LIKEWISE + 1]]
            more = ("and so on",) if len(same) > LIKEWISE + 1 else ()
            others = ("likewise ", *listed([*shown, *more]))
        yield Line(small.raw(written), small.raw(name), others, result=small.value(name))


def _signals(small: Small) -> Inlines:
    """What δ means."""
    signals = small.case.derivation.signals
    if not signals:
        return ()
    name, delta = next(iter(signals.items()))
    slope = Total(small.desk.loss, name)
    return (
        " What is used again gets a name, as ", Maths(small.raw(delta), small.raw(slope)),
        ": how much ", Maths(small.desk.loss), " changes with ", small.maths(name), ".", *_plus(small),
    )  # fmt: skip


def _plus(small: Small) -> Inlines:
    """What ∂⁺ says, where it is written."""
    derivation = small.case.derivation
    worked = {group.worked for group in small.case.alike}
    edge = next((e for e in derivation.local if e[1] in worked and derivation.graph.has_detour(*e)), None)
    if edge is None:
        return ()
    return (
        " A plus, as in ", small.maths(derivation.link(*edge)), ", marks what ", small.maths(edge[1]),
        " does in that equation alone, with its other names held still.",
    )  # fmt: skip


def _worked(small: Small, group: Group) -> Iterator[Block]:
    """The derivative by one entry: where it stands, the chain rule, and the number; then the others of its kind."""
    yield Paragraph(_where(small, group.worked))
    yield Formula(tuple(_lines(small, group.worked)))
    after = (*_likewise(small, group.similar), *by_column(small, group.worked))
    if after:
        yield Paragraph(after)


def _gradients(small: Small, groups: Sequence[Group]) -> Iterator[Block]:
    """What was asked for, all in one formula."""
    layer = bool(small.case.derivation.network.outputs)
    what = "What the layer passes back" if layer else "The gradient" if len(groups) == 1 else "The gradients"
    yield Paragraph((f"{what}:",))
    yield Formula(tuple(line for group in groups for line in _lines(small, group.worked)))
    after: list[Inline] = []
    for group in groups:
        likewise = _likewise(small, group.similar)
        after += [*((" ",) if after and likewise else ()), *likewise]
    if after:
        yield Paragraph(tuple(after))


def _where(small: Small, name: Symbol) -> Inlines:
    """The question, and the equations that the name stands in."""
    derivation = small.case.derivation
    asked: Inlines = ("How does ", Maths(small.desk.loss), " change with ", small.maths(name), "? ")
    if name in derivation.network.outputs:
        return (*asked, "That is given.")
    users = derivation.graph.users.get(name, ())
    if not users:
        return (*asked, "Not at all.")
    where = listed_with_and(small.maths(user) for user in users)
    return (*asked, "It stands in ", *where, *(" alone",) * (len(users) == 1), ".")


def _lines(small: Small, name: Symbol) -> list[Line]:
    """The lines of the derivation, with the factors put in one by one where they say more, and the number."""
    steps = _told(small, name)
    lines: list[Line] = []

    def told(right: Raw, why: Inlines) -> None:
        lines.append(Line(right, None if lines else small.raw(steps[0].lhs), why))

    for step in steps:
        if step.rule is Rule.SUBSTITUTE and (chain := small.chain(name)) is not None:
            told(chain.formula, small.by_local(name))
            if step is steps[-1] and chain.says_less_than(small.latex(step.rhs)):
                told(small.raw(step.rhs), ("multiplied out",))
        else:
            told(small.raw(step.rhs), small.reason(name, step))
    return [*lines[:-1], *small.last(name, steps[-1], lines[-1])]


def _told(small: Small, name: Symbol) -> list[Step]:
    """The lines that are told, without those that say nothing, and of sums the terms that the name stands in alone."""
    block = small.case.blocks[name]
    loss = Total(small.desk.loss, name)
    partly = any(s.rule is Rule.UNREACHED for s in block)
    out = {Rule.NAME, Rule.LOCAL, *((Rule.SUM,) if partly else ())}
    kept = [s for s in block if s.rule not in out and not (isinstance(s.rhs, Partial) and s.rhs.args == loss.args)]
    return kept or [s for s in block if s.rule is not Rule.NAME]


def _likewise(small: Small, names: Sequence[Symbol]) -> Inlines:
    """The others of a kind: with formulas where they are few."""
    if not names:
        return ()
    if len(names) > LIKEWISE:
        at = small.case.entries[names[0]]
        return (f"The other {len(names)} entries of ", Maths(at.array), " go the same way.")
    told = []
    for name in names:
        result = small.result(name, _told(small, name)[-1])
        delta = small.case.derivation.signals.get(name)
        left = small.raw(delta if delta is not None else Total(small.desk.loss, name))
        value = small.adjoint(name)
        end = "" if value is None else f" = {value.latex}"
        told.append(Maths(left, Raw(result + end)))
    return ("In the same way ", *listed_with_and(told), ".")
