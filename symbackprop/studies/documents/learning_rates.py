"""The report of a study of learning rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbackprop.reporting import Document
from symbackprop.reporting.blocks import (
    Block,
    Bullets,
    Figure,
    Heading,
    Inline,
    Inlines,
    Maths,
    Paragraph,
    Raw,
    Table,
    listed_with_and,
)
from symbackprop.reporting.numbers import plain
from symbackprop.reporting.writing import Desk, count
from symbackprop.studies.documents.parts import (
    cell,
    desk_of,
    document,
    equations,
    gradients,
    maths,
    moments,
    narrow,
    rate,
)
from symbackprop.studies.drawings.learning_rates import pictures
from symbackprop.studies.learning_rates import LearningRateStudy
from symbackprop.studies.presentation import present

FIRST_ROWS = 8
ETA = Maths(Raw(r"\eta"))


def learning_rates_document(study: LearningRateStudy, drawings: Mapping[str, str]) -> Document:
    """Summary, equations, gradients, losses, and what diverges."""
    desk = desk_of(study.derivation)
    blocks = (
        *_summary(study, desk),
        *equations(desk),
        *gradients(desk),
        *_losses(study, desk),
        *_divergence(study, desk),
    )
    return document(f"Learning rates: {study.derivation.network.name}", blocks, desk, drawings)


def _summary(study: LearningRateStudy, desk: Desk) -> Iterator[Block]:
    yield Heading(1, ("Summary",))
    how = study.choices or "gradient descent"
    mean = "" if study.examples == 1 else f" The loss is the mean of {study.examples} examples."
    yield Paragraph(
        (
            f"The network was trained {count(len(study.rates), 'time')} from the same first weights by {how}, for "
            f"{count(study.epochs, 'epoch')} at each learning rate ", ETA, f".{mean}",
        )
    )  # fmt: skip
    yield Bullets(tuple(_points(study, desk)))


def _points(study: LearningRateStudy, desk: Desk) -> Iterator[Inlines]:
    best = study.best
    if best is not None:
        yield ("The smallest loss at the end is ", Maths(desk.loss), " = ", maths(study.courses[best].last), " at ",
               rate(best), ".")  # fmt: skip
    verdicts: dict[str, list[Inline]] = {}
    for one, course in study.courses.items():
        verdicts.setdefault(course.verdict, []).append(rate(one))
    for verdict, rates in verdicts.items():
        yield ("At ", *listed_with_and(rates), f" the loss {verdict}.")


def _losses(study: LearningRateStudy, desk: Desk) -> Iterator[Block]:
    yield Heading(1, ("The loss, epoch by epoch",))
    shown = moments(study.epochs)
    header: tuple[Inlines, ...] = (
        (ETA,), *(((f"epoch {k}",)) for k in shown), ("what the loss does",),
    )  # fmt: skip
    rows = tuple(
        (
            (plain(one),),
            *(narrow(course.losses[k]) if k < len(course.losses) else () for k in shown),
            (course.verdict,),
        )
        for one, course in study.courses.items()
    )
    yield Table(header, rows, "r" * (len(shown) + 1) + "p", small=True)
    names = ", ".join(plain(one) for one in study.rates)
    yield Figure(
        "losses",
        (
            "The loss ",
            Maths(desk.loss),
            " at each learning rate, before the first update and after each.",
            *_cut(study),
        ),
        f"Curves of the loss {desk.loss} against the epoch from 0 to {study.epochs}, one for each learning rate: "
        f"{names}",
    )


def _cut(study: LearningRateStudy) -> Inlines:
    if not study.diverging:
        return ()
    return (" What leaves the picture at its top is ", *listed_with_and([rate(one) for one in study.diverging]), ".")


def _divergence(study: LearningRateStudy, desk: Desk) -> Iterator[Block]:
    if not study.diverging:
        return
    yield Heading(1, ("Divergence",))
    yield Paragraph(
        ("Where a step leads further past a minimum than it began, the gradient there is larger, and the next step "
         "larger still. The first updates, with what each multiplies the loss by:",)
    )  # fmt: skip
    header: tuple[Inlines, ...] = (
        ("epoch",), *(head for one in study.diverging for head in ((Maths(desk.loss), " at ", rate(one)), ("factor",))),
    )  # fmt: skip
    rows = tuple(
        (
            (str(k),),
            *(piece for one in study.diverging for piece in _factor(study.courses[one].losses, k)),
        )
        for k in range(min(FIRST_ROWS, study.epochs) + 1)
    )
    yield Table(header, rows, "r" * len(header), small=True)


def _factor(losses: tuple[float, ...], k: int) -> tuple[Inlines, Inlines]:
    if k >= len(losses):
        return (), ()
    return cell(losses[k]), cell(losses[k] / losses[k - 1]) if k and losses[k - 1] else ()


present(LearningRateStudy, pictures, learning_rates_document)
