"""The report of a study of the loss along one parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from symbackprop.notation import Total, latex
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
from symbackprop.reporting.numbers import plain, shown
from symbackprop.reporting.sections.routes import in_full
from symbackprop.reporting.writing import Desk, count
from symbackprop.studies.documents.parts import cell, desk_of, document, equations, maths, narrow, rate
from symbackprop.studies.drawings.loss_curve import STEPS, pictures, tangent_places
from symbackprop.studies.drawings.loss_curve import shown as panels
from symbackprop.studies.loss_curve import Descent, LossCurveStudy
from symbackprop.studies.presentation import present

PLACES = 9


def loss_curve_document(study: LossCurveStudy, drawings: Mapping[str, str]) -> Document:
    """Summary, the gradient line by line, the curve, and gradient descent on it."""
    desk = desk_of(study.derivation)
    blocks = (
        *_summary(study, desk),
        *equations(desk),
        *in_full(desk, study.derivation.wrt[0]),
        *_curve(study, desk),
        *_descent(study, desk),
    )
    title = f"The loss as a function of {study.parameter}: {study.derivation.network.name}"
    return document(title, blocks, desk, drawings)


def _name(study: LossCurveStudy) -> Maths:
    return Maths(study.derivation.wrt[0])


def _summary(study: LossCurveStudy, desk: Desk) -> Iterator[Block]:
    yield Heading(1, ("Summary",))
    whose = f"of example {study.example}" if study.example else _mean(study)
    fixed = listed_with_and(
        [Maths(study.derivation.network.symbol(name), Raw(shown(value))) for name, value in study.fixed.items()]
    )
    stays = "stays as it is" if len(study.fixed) == 1 else "stay as they are"
    stay: Inlines = (", while ", *fixed, f" {stays}") if study.fixed else ()
    yield Paragraph(("The loss ", Maths(desk.loss), f" {whose} as a function of ", _name(study), *stay, "."))
    yield Bullets(tuple(_points(study, desk)))


def _mean(study: LossCurveStudy) -> str:
    return "of the one example" if study.examples == 1 else f"(the mean of {study.examples} examples)"


def _points(study: LossCurveStudy, desk: Desk) -> Iterator[Inlines]:
    loss, slope = study.at(study.start)
    if study.places[0] <= study.start <= study.places[-1]:
        yield (
            "It starts at ", Maths(study.derivation.wrt[0], Raw(shown(study.start))), " with ", Maths(desk.loss), " = ",
            maths(loss), " and the slope ", Maths(Total(desk.loss, study.derivation.wrt[0])), " = ", maths(slope), ".",
        )  # fmt: skip
    ends: Inlines = ("between ", maths(study.places[0]), " and ", maths(study.places[-1]))
    if study.minima:
        many = len(study.minima) > 1
        yield (
            f"There {'are' if many else 'is'} {len(study.minima)} {'minima' if many else 'minimum'} ",
            *ends,
            ": at ",
            *_minima(study, desk),
            ".",
        )
    else:
        yield ("There is no minimum ", *ends, ": ", *_smallest(study, desk), ".")
    if study.finite < len(study.places):
        missing = len(study.places) - study.finite
        yield (Maths(desk.loss), f" is no finite number at {missing} of the {len(study.places)} places looked at.")
    for one in study.descents:
        yield ("At ", rate(one.rate), f" the loss {one.course.verdict}", *_where(study, one), ".")


def _smallest(study: LossCurveStudy, desk: Desk) -> Iterator[Inline]:
    """Where the loss is smallest, if not at a minimum: at an end, or where it ceases to be finite."""
    place, least = study.least
    ends = {study.places[0]: "at the left end", study.places[-1]: "at the right end"}
    yield from (Maths(desk.loss), f" is smallest {ends.get(place, 'at ')}")
    if place not in ends:
        yield Maths(study.derivation.wrt[0], Raw(shown(place)))
    yield from (", where it is ", maths(least))


def _minima(study: LossCurveStudy, desk: Desk) -> Iterator[Inline]:
    """Each minimum, and the loss there."""
    for number, (place, least) in enumerate(study.minima):
        yield "; " if number else ""
        yield from (Maths(study.derivation.wrt[0], Raw(shown(place))), " with ", Maths(desk.loss, Raw(shown(least))))


def _where(study: LossCurveStudy, one: Descent) -> Inlines:
    """Where a descent that stays finite ends, and how steep it still is there."""
    if one.course.diverged_at is not None:
        return ()
    return (
        "; after ", count(one.course.updates, "update"), " ", _name(study), " = ", maths(one.places[-1]),
        ", where the slope is ", maths(one.slopes[-1]),
    )  # fmt: skip


def _curve(study: LossCurveStudy, desk: Desk) -> Iterator[Block]:
    w = study.derivation.wrt[0]
    yield Heading(1, ("The curve and its slope",))
    yield Paragraph(
        ("Where the slope is negative, a step against it goes to the right; where it is positive, to the left:",)
    )
    spread = np.linspace(study.places[0], study.places[-1], PLACES)
    places = [study.places[int(np.argmin(np.abs(np.asarray(study.places) - place)))] for place in spread]
    rows = tuple(
        (cell(place), cell(loss), cell(slope), ("right" if slope < 0 else "left" if slope > 0 else "nowhere",))
        for place, (loss, slope) in ((place, study.at(place)) for place in places)
    )
    yield Table(((Maths(w),), (Maths(desk.loss),), (Maths(Total(desk.loss, w)),), ("a step goes",)), rows, "rrrl")
    tangents = len(tangent_places(study))
    marked = " A triangle marks each minimum." if study.minima else ""
    yield Figure(
        "curve",
        ("The loss ", Maths(desk.loss), " as a function of ", _name(study), f", with {tangents} of its "
         f"tangents, whose slopes are the derived gradient.{marked}"),
        f"The curve of the loss {desk.loss} against {study.parameter} from {plain(study.places[0])} to "
        f"{plain(study.places[-1])}, with short tangents at {tangents} points",
    )  # fmt: skip


def _descent(study: LossCurveStudy, desk: Desk) -> Iterator[Block]:
    if not study.descents:
        return
    w = study.derivation.wrt[0]
    name = latex(w, desk.names)
    last = max(one.course.updates for one in study.descents)
    yield Heading(1, ("Gradient descent on the curve",))
    yield Paragraph(
        ("Only ", _name(study), f" moves, {count(last, 'update')} at each learning rate, each against the slope by ",
         Maths(Raw(r"\eta")), " times its size:")
    )  # fmt: skip
    header: tuple[Inlines, ...] = (
        (Maths(Raw(r"\eta")),), (Maths(Raw(name)), " after 1"), ("at the end",),
        (Maths(desk.loss), " at the end"), ("what the loss does",),
    )  # fmt: skip
    rows = tuple(
        (
            (plain(one.rate),),
            narrow(one.places[1]) if len(one.places) > 1 else (),
            narrow(one.places[-1]),
            narrow(one.course.last),
            (one.course.verdict,),
        )
        for one in study.descents
    )
    yield Table(header, rows, "rrrrp", small=True)
    drawn = panels(study)
    yield Figure(
        "steps",
        (f"The first {min(STEPS, last)} steps at each learning rate, from the square on. What leaves the interval "
         "leaves the picture.",),
        f"The curve once for each learning rate ({', '.join(plain(one.rate) for one in drawn)}), with the steps of "
        "gradient descent as dots that are joined by straight lines",
    )  # fmt: skip


present(LossCurveStudy, pictures, loss_curve_document)
