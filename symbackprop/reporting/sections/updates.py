"""The update rules of other optimisers than gradient descent, and what else training chose."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from symbackprop.notation import latex
from symbackprop.reporting.blocks import Block, Code, Formula, Inline, Line, Maths, Paragraph, Raw, listed_with_and
from symbackprop.reporting.evidence import Run, UpdateRule
from symbackprop.reporting.numbers import shown


def gradient_descent(name: str, gradient: str) -> tuple[Paragraph, Line]:
    """What gradient descent does, and its update of one parameter; both are given in LaTeX."""
    words = "Gradient descent moves each parameter against its gradient, all at once, by the learning rate "
    line = Line(Raw(rf"{name}-\eta\,{gradient}"), Raw(rf"{name}^{{\mathrm{{new}}}}"))
    return Paragraph((words, Maths(Raw(r"\eta")), ":")), line


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
