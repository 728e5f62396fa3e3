"""The update rules of other optimisers than gradient descent, and what else training chose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Symbol

from symbackprop.notation import latex
from symbackprop.reporting.blocks import (
    Block,
    Code,
    Formula,
    Inline,
    Inlines,
    Line,
    Maths,
    Paragraph,
    Raw,
    Table,
    listed_with_and,
)
from symbackprop.reporting.evidence import FirstStep, Run, UpdateRule
from symbackprop.reporting.letters import index_letters
from symbackprop.reporting.numbers import enough_digits, number, shown
from symbackprop.reporting.writing import Desk

UPDATES_SHOWN = 20
"""So many parameters have a row in the table of one update."""


def gradient_descent(name: str, gradient: str) -> tuple[Paragraph, Line]:
    """What gradient descent does, and its update of one parameter; both are given in LaTeX."""
    words = "Gradient descent moves each parameter against its gradient, all at once, by the learning rate "
    line = Line(Raw(rf"{name}-\eta\,{gradient}"), Raw(rf"{name}^{{\mathrm{{new}}}}"))
    return Paragraph((words, Maths(Raw(r"\eta")), ":")), line


def updates_table(desk: Desk, first: FirstStep, run: Run) -> Iterator[Block]:
    """What one update makes of each parameter and of the loss, and which gradient is the largest."""
    trained = desk.trained
    if first.examples > 1:
        yield from cost_of_batch(desk)
    cost = r"\,\mathrm{cost}" if first.examples > 1 else latex(desk.loss, desk.names)
    rule = Raw(rf"w-\eta\,\frac{{\partial {cost}}}{{\partial w}}")
    yield Paragraph(
        (
            "A gradient tells which way is up, so one update goes the other way: from each parameter ", Maths(Raw("w")),
            " it takes away the learning rate ", Maths(Raw(r"\eta"), number(run.learning_rate)),
            " times its gradient, ", Maths(Raw(r"w^{\mathrm{new}}"), rule), ", and so for all parameters at once:",
        )
    )  # fmt: skip
    rows = tuple(
        (
            (Maths(w),), (Maths(number(run.parameters[w.name][0])),), (Maths(_moves(run, w.name, first)),),
            (Maths(number(run.parameters[w.name][1])),),
        )
        for w in trained[:UPDATES_SHOWN]
    )  # fmt: skip
    yield Table((("parameter",), ("value",), ("gradient",), ("new value",)), rows, "lrrr")
    if len(trained) > UPDATES_SHOWN:
        yield Paragraph((f"and so on for {len(trained) - UPDATES_SHOWN} more.",))
    yield Paragraph((*_largest(trained, first), *_what_became(desk, run)))


def cost_of_batch(desk: Desk) -> Iterator[Block]:
    """What is made small where there are several examples: the mean of their losses."""
    n, k = desk.examples, next(index_letters(desk))
    yield Paragraph(
        (
            f"With {n} examples the cost is the mean of their losses, so each gradient is the mean of the examples' "
            "gradients:",
        )
    )
    w = desk.derivation.wrt[0]
    loss = latex(desk.loss, desk.names)
    mean = rf"\frac{{1}}{{{n}}}\sum_{{{k}=1}}^{{{n}}}"
    each = rf"\frac{{\partial {loss}^{{({k})}}}}{{\partial {latex(w, desk.names)}}}"
    yield Formula(
        (
            Line(Raw(rf"{mean}{loss}^{{({k})}}"), Raw(r"\mathrm{cost}")),
            Line(Raw(rf"{mean}{each}"), desk.descended(w)),
        )
    )


def _moves(run: Run, name: str, first: FirstStep) -> Raw:
    """The gradient, with the digits that it takes to find the new value again."""
    old, new = run.parameters[name][:2]
    slope, rate = first.gradients[name], run.learning_rate
    return number(slope, enough_digits([slope], lambda values: old - rate * values[0], new))


def _largest(trained: Sequence[Symbol], first: FirstStep) -> Inlines:
    """Which parameter moves most."""
    sizes = {w: abs(first.gradients[w.name]) for w in trained}
    largest = max(sizes, key=sizes.__getitem__)
    if len(trained) < 2 or list(sizes.values()).count(sizes[largest]) > 1:
        return ()
    return ("The gradient of ", Maths(largest), " is the largest in size, so ", Maths(largest), " moves most. ")


def _what_became(desk: Desk, run: Run) -> Inlines:
    """The loss before and after, and by how much it fell."""
    before, after = run.losses[:2]
    loss: Inlines = ("The cost was ",) if desk.examples > 1 else ("The loss ", Maths(desk.loss), " was ")
    told: Inlines = (*loss, Maths(number(before)), " and is now ", Maths(number(after)))
    if not before > 0 or after == before:
        return (*told, ".")
    if not after < before:
        return (*told, ", more than before: the learning rate is too large for this step.")
    return (*told, f", {100 * (1 - after / before):.2g}% less." if after > 0 else ", which is less.")


def update_equations(rule: UpdateRule) -> Iterator[Block]:
    """The equations of one update, for a parameter w whose gradient is g."""
    yield Paragraph(
        (
            f"{rule.name} moves each entry ", _name("w"), " of the parameters, whose gradient is ", _name("g"),
            ", by the learning rate ", _name("eta"), ". In order, at update ", _name("t"), " = 1, 2, …, with ",
            *listed_with_and([_name(str(kept)) for kept in rule.kept]), " kept from update to update from 0 on:",
        )
    )  # fmt: skip
    yield Formula(tuple(Line(Raw(latex(right)), Raw(latex(left))) for left, right in rule.equations))
    settings = [Maths(Raw(latex(Symbol(option))), Raw(shown(value))) for option, value in rule.options.items()]
    yield Paragraph(("Here ", *listed_with_and(settings), "."))


def further_choices(run: Run) -> Iterator[Block]:
    """The schedule and the batches, where they are not the plain ones."""
    if run.schedule:
        yield Paragraph(("The learning rate changes from epoch to epoch by the schedule ", Code(run.schedule), "."))
    if run.batch_size is not None:
        noun = "one example" if run.batch_size == 1 else f"{run.batch_size} examples"
        yield Paragraph(
            (f"An update is made from {noun}, and an epoch takes each example once, in an order of its own.",)
        )


def _name(word: str) -> Inline:
    return Maths(Raw(latex(Symbol(word))))
