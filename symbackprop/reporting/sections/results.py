"""What came out: each error signal in the order of computation, then each gradient, told once and numbered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation, Rule
from symbackprop.notation import Total, latex, latex_lines, latex_width
from symbackprop.reporting.blocks import Block, Formula, Heading, Inline, Inlines, Line, Maths, Paragraph, Ref, listed
from symbackprop.reporting.evidence import Value
from symbackprop.reporting.maths_in_words import reason_of
from symbackprop.reporting.numbers import value, width_of
from symbackprop.reporting.sections.matrices.sums import sums_shown
from symbackprop.reporting.sections.updates import gradient_descent
from symbackprop.reporting.writing import RESULTS_SHOWN, Desk, count, names_of

CLOSED_WIDTH = 39
CLOSED_LINES = 3
MORE_TO_READ = 12
NUMBER_WIDTH = 44


def results(desk: Desk) -> Iterator[Block]:
    """Every error signal and every gradient; of very many the first."""
    derivation = desk.derivation
    if not desk.is_appendix:  # what it adds to its derivation goes on there
        yield Heading(1, ("What came out",))
    backward = [(delta, form) for delta, form in derivation.backward.items() if not _is_told(desk, delta)]
    name_of = {delta: name for name, delta in derivation.signals.items()}
    if backward:
        yield Paragraph(_introduced(desk))
        lines = []
        for delta, formula in backward[:RESULTS_SHOWN]:
            line = desk.line(delta, formula, _worked(desk, delta, name_of.get(delta, delta)), defines=("result", delta))
            desk.number_of["final", delta] = desk.given_out
            lines.append(_with_number(desk, line, delta))
        yield Formula(tuple(lines))
        yield from _more(len(backward) - RESULTS_SHOWN)
    if not derivation.has_long_closed_forms:
        rewrites = [rewrite for found in derivation.closed.rewrites.values() for rewrite in found]
        yield from sums_shown(desk, (rewrite.reason for rewrite in rewrites))
    yield from _gradients(desk)
    if not desk.extent.handout:
        yield from operations_told(derivation)
    run = desk.evidence.run
    if desk.extent.handout and run is not None and run.rule is None:
        w = derivation.wrt[0]
        words, line = gradient_descent(latex(w, desk.names), desk.descended(w).latex)
        yield Paragraph((*words.text[:-1], ", as ", Maths(line.lhs, line.rhs), "."))


def _introduced(desk: Desk) -> Inlines:
    """What the list is of: error signals, names for what is used again, or both."""
    again = desk.derivation.helpers
    named: Inlines = ("names for what is used again, ", *names_of(again)) if again else ()
    if again and not desk.derivation.signals:
        return ("There are ", *named, ":")
    both: Inlines = (", and ", *named) if again else ()
    order: Inlines = (", in the order in which they are computed; each is the derivative of ", Maths(desk.loss))
    if not again and len(desk.derivation.signals) == 1:
        return ("The error signal, the derivative of ", Maths(desk.loss), " by the value in its subscript:")
    if not again:
        return ("The error signals", *order, " by the value in its subscript:")
    each: Inlines = (", each the derivative of ", Maths(desk.loss), " by the value in its subscript")
    return ("The error signals", *each, *both, ", in the order in which they are computed:")


def operations_told(derivation: Derivation) -> Iterator[Block]:
    """How many operations the lines save; nothing where they take as many as what the equations pass back."""
    taken = derivation.operations
    if taken.backward >= taken.naive:
        return
    of = "numbers" if derivation.network.kind.one_number else "numbers and of whole matrices"
    yield Paragraph(
        (
            f"Counted in sums, products, powers and functions of {of}, where what is used twice is counted once, "
            f"these lines take {count(taken.backward, 'operation')} beside the {taken.forward:,} of the forward pass. "
            f"As the equations pass them back, before a line is made simpler, they would take {taken.naive:,}.",
        )
    )


def _more(left: int) -> Iterator[Block]:
    if left > 0:
        yield Paragraph((f"and {left} more, each like one of these.",))


def _worked(desk: Desk, name: Expr, like: Symbol) -> Inlines:
    """Where it was worked out, or the one that goes alike."""
    key = name.by if isinstance(name, Total) else name
    if ("listed", key) in desk.number_of:
        return ("found in ", Ref(desk.number_of["listed", key]))
    if name in desk.number_of:
        return ("worked out in ", Ref(desk.number_of[name]))
    return ("like ", Ref(desk.number_of["like", like])) if ("like", like) in desk.number_of else ()


def _gradients(desk: Desk) -> Iterator[Block]:
    """Each gradient in error signals; below it in forward values alone, where that is another form and short."""
    derivation = desk.derivation
    shown = derivation.wrt[:RESULTS_SHOWN]
    left_out: list[Symbol] = []
    lines: list[Line] = []
    said: list[Inlines] = []
    for w in shown:
        adjoint, shared, final = Total(desk.loss, w), derivation.shared[w], final_form(desk, w)
        if final == shared and _is_told(desk, adjoint):
            desk.number_of["final", w] = desk.number_of["result", w] = desk.number_of[adjoint]
            continue
        told = _worked(desk, adjoint, w)
        if _is_told(desk, adjoint):
            here = desk.line(adjoint, final, ("from ", *told[1:], ", ", *_put_together(desk, w)))
            desk.number_of["final", w] = desk.given_out
            lines.append(here)
            continue
        lines.append(_with_number(desk, desk.line(adjoint, shared, told, defines=("result", w)), w))
        if final != shared:
            why = _put_together(desk, w)
            lines.append(desk.line(None, final, why if why not in said else ("likewise",)))
            said.append(why)
        elif _is_left_out(desk, w):
            left_out.append(w)
        desk.number_of["final", w] = desk.given_out
    desk.number_of["last result"] = desk.given_out
    if lines:
        yield from () if desk.is_appendix else (Paragraph(("The gradients:",)),)
        yield Formula(tuple(lines))
    if left_out:
        names: Inlines = listed(Maths(w) for w in left_out[:8])
        more: tuple[Inline, ...] = (f" and {len(left_out) - 8} more",) if len(left_out) > 8 else ()
        yield Paragraph(("In forward values alone it is too long to be read for ", *names, *more, "."))
    yield from _more(len(derivation.wrt) - len(shown))


def final_form(desk: Desk, w: Symbol) -> Expr:
    """The last form in which a gradient is told: in forward values alone where that is another one and short."""
    derivation = desk.derivation
    shared = derivation.shared[w]
    if derivation.network.kind.has_routes or derivation.has_long_closed_forms:
        return shared  # of scalars the routes are the closed form
    closed = derivation.gradients[w]
    if closed == shared or not _is_readable(desk, closed):
        return shared
    return closed if _since(desk, w) or _is_short(desk, closed, shared) else shared


def _is_left_out(desk: Desk, w: Symbol) -> bool:
    """Whether there is a form in forward values alone that is too long to be told."""
    derivation = desk.derivation
    if derivation.network.kind.has_routes:
        return False
    if derivation.has_long_closed_forms:
        return True
    closed = derivation.gradients[w]
    return closed != derivation.shared[w] and not _is_readable(desk, closed)


def _is_told(desk: Desk, name: Expr) -> bool:
    """Whether an appendix, which is short, has told a result in its derivation, so that it is not told again."""
    told = desk.is_appendix and name in desk.number_of
    if told:
        desk.number_of["final", name] = desk.number_of["result", name] = desk.number_of[name]
    return told


def _with_number(desk: Desk, line: Line, name: Symbol) -> Line:
    """In a hand-out, which has no section of numbers, the number of the first step where there is room for it."""
    numbers = _number(desk, name) if desk.extent.handout and not desk.is_appendix else None
    if numbers is None or (shown := value(numbers)) is None:
        return line
    width = latex_width(latex(line.rhs, desk.names, desk.order)) + width_of(numbers)
    return replace(line, result=shown, tone="gradient") if width <= NUMBER_WIDTH else line


def _number(desk: Desk, name: Symbol) -> Value | None:
    """What an error signal, or the gradient by a name, comes to at the first step."""
    first, step = desk.evidence.first, desk.evidence.step
    if first is not None:
        return first.signals.get(name.name, first.adjoints.get(name.name))
    return None if step is None else step.signals.get(name.name, step.gradients.get(name.name))


def _put_together(desk: Desk, w: Symbol) -> Inlines:
    """How a closed form comes about: by the error signals that are put in, and what is known beside them."""
    refs = desk.refs(signals_in(desk.derivation, [desk.derivation.shared[w]]))
    put_in: Inlines = (": ", *refs, " put in, and tidied") if refs else ()
    return ("in forward values alone", *put_in, *_since(desk, w))


def signals_in(derivation: Derivation, forms: Iterable[Expr]) -> list[Symbol]:
    """The names of the way back that stand in forms, and in one another, in the order of computation."""
    backward = derivation.backward
    used = {name for form in forms for name in form.free_symbols & set(backward)}
    for delta in reversed(list(backward)):
        if delta in used:
            used |= backward[delta].free_symbols & set(backward)
    return [delta for delta in backward if delta in used]


def _since(desk: Desk, w: Symbol) -> Inlines:
    """What a closed form uses beside the equations of the error signals: facts about the data and of the network."""
    rewrites = desk.derivation.closed.rewrites
    on_the_way = desk.derivation.graph.above(w) | {w}
    used = (rewrite for name in rewrites if name in on_the_way for rewrite in rewrites[name])
    since = dict.fromkeys(rewrite.reason for rewrite in used if rewrite.name in (Rule.FACT, Rule.PROVED))
    return tuple(piece for why in since for piece in (", ", *reason_of((why,), desk.names)))


def _is_short(desk: Desk, closed: object, shared: object) -> bool:
    """Whether a closed form is no more to read than the form in error signals, by some signs at the most."""
    long, short = (latex_width(latex(form, desk.names, desk.order)) for form in (closed, shared))
    return long <= short + MORE_TO_READ


def _is_readable(desk: Desk, closed: object) -> bool:
    """Whether a closed form takes a few lines at the most, each no longer than a line is."""
    lines = latex_lines(closed, desk.names, desk.order, width=CLOSED_WIDTH)
    return len(lines) <= CLOSED_LINES and all(latex_width(line) <= CLOSED_WIDTH * 1.2 for line in lines)
