"""The report of a study of a decision boundary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbackprop.reporting import Document
from symbackprop.reporting.blocks import (
    Block,
    Bullets,
    Figure,
    Formula,
    Heading,
    Inlines,
    Line,
    Maths,
    Paragraph,
    Raw,
    Table,
)
from symbackprop.reporting.numbers import plain
from symbackprop.reporting.sections.training import chosen
from symbackprop.reporting.writing import Desk, count
from symbackprop.studies.boundary import BoundaryStudy
from symbackprop.studies.documents.parts import cell, desk_of, document, equations, gradients, maths, rate
from symbackprop.studies.drawings.boundary import pictures
from symbackprop.studies.presentation import present
from symbackprop.studies.separable import Plain, Shared

MOST_EXAMPLES = 40


def boundary_document(study: BoundaryStudy, drawings: Mapping[str, str]) -> Document:
    """Summary, equations, gradients, training, and the plane."""
    desk = desk_of(study.derivation)
    blocks = (
        *_summary(study, desk),
        *equations(desk),
        *gradients(desk),
        *_training(study, desk),
        *_boundary(study, desk),
    )
    return document(f"Decision boundary: {study.derivation.network.name}", blocks, desk, drawings)


def _output(study: BoundaryStudy) -> Maths:
    return Maths(study.derivation.network.symbol(study.output))


def _summary(study: BoundaryStudy, desk: Desk) -> Iterator[Block]:
    yield Heading(1, ("Summary",))
    history = study.history
    how = "" if history.optimiser.name == "gradient-descent" else f" by {history.optimiser}"
    yield Paragraph(
        (
            f"The network was trained{how} on {count(len(study.examples), 'example')} for "
            f"{count(study.course.updates, 'epoch')} at ", rate(history.learning_rate),
            ". An example is right where the output and the target lie on the same side of ½.",
        )
    )  # fmt: skip
    yield Bullets(tuple(_points(study, desk)))


def _points(study: BoundaryStudy, desk: Desk) -> Iterator[Inlines]:
    yield (f"{sum(study.right)} of {count(len(study.right), 'example')} are right.",)
    yield (
        "The cost, the mean of ", Maths(desk.loss), ", goes from ", maths(study.course.first), " to ",
        maths(study.course.last), f"; it {study.course.verdict}.",
    )  # fmt: skip
    if study.shared is not None:
        yield ("No straight line separates the two classes.",)
    else:
        yield ("A straight line can separate the two classes.",)
    yield _what_boundary(study)


def _what_boundary(study: BoundaryStudy) -> Inlines:
    if study.flat:
        return ("The output is ½ all over the plane, so that there is no boundary.",)
    if study.line is not None:
        return ("The boundary is the straight line ", Maths(Raw(_line(study))), ".")
    if not study.values.min() < 0.5 < study.values.max():
        return ("The output is on one side of ½ all over the picture.",)
    return ("The boundary is where ", _output(study), " is ½: the black line of the figure.")


def _line(study: BoundaryStudy) -> str:
    """c₁·x₁ + c₂·x₂ + c = 0 with its numbers."""
    assert study.line is not None
    constant, *slopes = study.line
    names = [_latex(study, name) for name in study.inputs]
    terms = [f"{slope:+.4g}\\,{name}" for slope, name in zip(slopes, names, strict=True)] + [f"{constant:+.4g}"]
    return "".join(terms).removeprefix("+") + " = 0"


def _latex(study: BoundaryStudy, name: str) -> str:
    return desk_of(study.derivation).names.latex(name)


def _training(study: BoundaryStudy, desk: Desk) -> Iterator[Block]:
    yield Heading(1, ("The cost",))
    losses = study.course.losses
    rows = tuple(((str(k),), cell(losses[k])) for k in chosen(len(losses)))
    yield Table((("epoch",), ("cost",)), rows, "rr", small=True)
    yield Figure(
        "cost",
        ("The cost, which is the mean of ", Maths(desk.loss), f" over {count(len(study.examples), 'example')}, epoch "
         "by epoch."),
        f"The curve of the cost against the epoch, from 0 to {study.course.updates}",
    )  # fmt: skip


def _boundary(study: BoundaryStudy, desk: Desk) -> Iterator[Block]:
    yield Heading(1, ("The boundary",))
    first, second = (Maths(study.derivation.network.symbol(name)) for name in study.inputs)
    target = Maths(study.derivation.network.symbol(study.target))
    rows = tuple(
        (
            *((plain(value),) for value in (*point, t)),
            cell(output),
            ("right" if right else "wrong",),
        )
        for point, t, output, right in zip(study.examples, study.targets, study.outputs, study.right, strict=True)
    )[:MOST_EXAMPLES]
    yield Table(((first,), (second,), (target,), (_output(study),), ("",)), rows, "rrrrl")
    if len(study.examples) > MOST_EXAMPLES:
        yield Paragraph((f"and {len(study.examples) - MOST_EXAMPLES} examples more.",))
    if study.line is not None and not study.flat:
        yield Paragraph(("The output is ½ where the sum inside its sigmoid is 0:",))
        yield Formula((Line(Raw(_line(study).removesuffix(" = 0")), Raw("0")),))
    if study.shared is not None:
        yield Paragraph(_why_not(study.shared))
    flat = " It is ½ everywhere." if study.flat else " On the black line it is ½."
    yield Figure(
        "plane",
        ("The output ", _output(study), f" over the plane of the inputs, and the examples.{flat}"),
        f"The plane of {study.inputs[0]} and {study.inputs[1]} with {count(len(study.examples), 'example')}; "
        + ("the output is the same everywhere" if study.flat else "shades show the output, a black line where it is ½"),
    )


def _why_not(shared: Shared) -> Inlines:
    return (
        f"Why no straight line will do: the point {_point(shared.point)} lies {_among(shared.one)}, whose target is "
        f"below ½, and {_among(shared.other)}, whose target is above. A line with both kinds on different sides would "
        "have it on both.",
    )


def _among(points: tuple[Plain, ...]) -> str:
    words = " and ".join(map(_point, points))
    return f"at {words}" if len(points) == 1 else f"between {words}"


def _point(point: Plain) -> str:
    return f"({plain(point[0])}, {plain(point[1])})"


present(BoundaryStudy, pictures, boundary_document)
