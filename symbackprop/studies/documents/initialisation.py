"""The report of a study of first weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbackprop.reporting import Document
from symbackprop.reporting.blocks import (
    Block,
    Figure,
    Formula,
    Heading,
    Inlines,
    Line,
    Maths,
    Paragraph,
    Raw,
    Table,
    listed_with_and,
)
from symbackprop.reporting.numbers import plain
from symbackprop.reporting.writing import count
from symbackprop.studies.documents.parts import (
    cell,
    desk_of,
    document,
    equations,
    gradients,
    narrow,
)
from symbackprop.studies.documents.symmetry import equal_weights
from symbackprop.studies.drawings.initialisation import HIGHEST, LOWEST, label, pictures
from symbackprop.studies.initialisation import InitialisationStudy
from symbackprop.studies.presentation import present
from symbackprop.training.initialisers import LARGE, SMALL

DESCRIPTIONS: Mapping[str, str] = {
    "zeros": "0",
    "normal": r"\mathcal{N}(0, 1)",
    "small": rf"\mathcal{{N}}(0, {SMALL:g}^2)",
    "large": rf"\mathcal{{N}}(0, {LARGE:g}^2)",
    "xavier": r"U[-1/\sqrt{n},\ 1/\sqrt{n}]",
    "normalised-xavier": r"U[-\sqrt{6/(n+m)},\ \sqrt{6/(n+m)}]",
    "he": r"\mathcal{N}(0, 2/n)",
}
"""How each rule draws a weight, of n inputs and m neurons."""
LAYERS_SHOWN = (1, 2, 5, 10, 20, 50, 100)


def initialisation_document(study: InitialisationStudy, drawings: Mapping[str, str]) -> Document:
    """Summary, one layer, the formulas, layer by layer, depth by depth, and equal weights."""
    desk = desk_of(study.derivation)
    blocks = (
        *_summary(study),
        *_one_layer(study),
        *equations(desk),
        *gradients(desk),
        *_layers(study),
        *_depths(study),
        *equal_weights(study.symmetry, study.activation),
    )
    return document(f"First weights of deep networks: {study.activation}", blocks, desk, drawings)


def _summary(study: InitialisationStudy) -> Iterator[Block]:
    yield Heading(1, ("Summary",))
    deepest = study.depths[-1]
    yield Paragraph(
        (
            f"Networks of {study.activation} layers, {study.width} inputs and {study.width} neurons in each layer, no "
            "biases, all inputs and all targets 1, at their first weights. Sizes of gradients are the root of the mean "
            f"square of the entries. By the rule of the first weights, from 1 layer to {deepest} the gradient by the "
            "weights of the first layer:",
        )
    )
    rows = tuple(
        (
            (label(rule),),
            (Maths(Raw(DESCRIPTIONS[rule])),) if isinstance(rule, str) else (Maths(Raw(plain(rule))),),
            (study.verdict(rule),),
            cell(study.at(rule, 1).gradients[0]),
            cell(study.at(rule, deepest).gradients[0]),
        )
        for rule in study.rules
    )
    header: tuple[Inlines, ...] = (
        ("rule",), ("a weight",), ("the gradient",), ("1 layer",), (count(deepest, "layer"),),
    )  # fmt: skip
    yield Table(header, rows, "lllrr", small=True)
    yield Paragraph(("Less than 1000 times as large or as small is called keeping its size here.",))


def _one_layer(study: InitialisationStudy) -> Iterator[Block]:
    yield Heading(1, ("One layer",))
    yield Paragraph(
        (
            "With all inputs 1 a weighted sum is ",
            Maths(Raw(r"z = w_1+w_2+\dots+w_n")),
            ". Variances of independent weights add up:",
        )
    )
    yield Formula(
        (
            Line(Raw(r"n\,\mathrm{var}(w)"), Raw(r"\mathrm{var}(z)")),
            Line(Raw(r"\sqrt{n}\;\mathrm{std}(w)"), Raw(r"\mathrm{std}(z)")),
        )
    )
    drawn = [one for one in study.one_layer if one.theory]
    inputs = sorted({one.n for one in study.one_layer})
    yield Paragraph((f"Measured over {study.neurons} neurons, and by this theory:",))
    header: tuple[Inlines, ...] = (
        ("rule",), *(head for n in inputs for head in ((Maths(Raw("n"), Raw(str(n))),), ("theory",))),
    )  # fmt: skip
    rows = tuple(
        (
            (label(rule),),
            *(
                (f"{size:.4g}",)
                for n in inputs
                for one in drawn
                if (one.rule, one.n) == (rule, n)
                for size in (one.measured, one.theory)
            ),
        )
        for rule in dict.fromkeys(one.rule for one in drawn)
    )
    if rows:
        yield Table(header, rows, "l" + "r" * (len(header) - 1), small=True)
    still = [rule for rule in study.rules if not any(one.rule == rule for one in drawn)]
    if still:
        yield Paragraph(
            (*listed_with_and([label(rule) for rule in still]), ": weights that are all the same "
             "have no deviation, and neither has the sum.")
        )  # fmt: skip


def _layers(study: InitialisationStudy) -> Iterator[Block]:
    depth = study.depths[-1]
    kept = [k for k in LAYERS_SHOWN if k < depth] + [depth]
    yield Heading(1, (f"{count(depth, 'layer')}, one by one",))
    yield Paragraph(
        ("The standard deviation of ", Maths(Raw("z_k")), " over the neurons of layer ", Maths(Raw("k")), ":")
    )
    header: tuple[Inlines, ...] = (("rule",), *((Maths(Raw("k"), Raw(str(k))),) for k in kept))
    align = "l" + "r" * len(kept)
    for part, words in (("deviations", None), ("gradients", "The size of ")):
        if words:
            yield Paragraph((words, Maths(Raw(r"\frac{\partial E}{\partial W_k}")), ":"))
        rows = tuple(
            ((label(rule),), *(narrow(getattr(study.at(rule, depth), part)[k - 1], 3) for k in kept))
            for rule in study.rules
        )
        yield Table(header, rows, align, small=True)
    yield Figure(
        "layers",
        (f"A network of {count(depth, 'layer')}: the deviation of ", Maths(Raw("z_k")), " on the left, the size of the "
         "gradient on the right, layer by layer.", *_left_out(study)),
        f"Two panels with logarithmic axes against the layer from 1 to {depth}: on the left the standard deviation of "
        "z, on the right the size of the gradient, one curve for each rule",
    )  # fmt: skip


def _left_out(study: InitialisationStudy) -> Inlines:
    """What has no place on a logarithmic axis, or lies beyond its edges."""
    deep = [study.at(rule, study.depths[-1]) for rule in study.rules]
    zero = [label(one.rule) for one in deep if not any(one.gradients)]
    small = [
        label(one.rule) for one in deep if any(one.gradients) and not any(LOWEST <= g <= HIGHEST for g in one.gradients)
    ]
    said: list[str] = []
    if zero:
        said.append(f" Gradients that are 0 have no place on it: {', '.join(zero)}.")
    if small:
        said.append(f" Beyond its edges lie the gradients of {', '.join(small)}.")
    return tuple(said)


def _depths(study: InitialisationStudy) -> Iterator[Block]:
    if len(study.depths) < 2:
        return
    yield Heading(1, ("From shallow to deep",))
    yield Paragraph(
        ("The size of the gradient by the first layer's weights, ", Maths(Raw(r"\frac{\partial E}{\partial W_1}")),
         ", in networks of more and more layers:")
    )  # fmt: skip
    header: tuple[Inlines, ...] = (("rule",), *((count(depth, "layer"),) for depth in study.depths))
    rows = tuple(
        ((label(rule),), *(narrow(study.at(rule, depth).gradients[0], 3) for depth in study.depths))
        for rule in study.rules
    )
    yield Table(header, rows, "l" + "r" * len(study.depths), small=True)
    yield Figure(
        "depths",
        ("The size of the gradient by the weights of the first layer against the depth of the network.",),
        "Curves of the size of the first layer's gradient on a logarithmic axis against the number of layers, one for "
        "each rule",
    )  # fmt: skip


present(InitialisationStudy, pictures, initialisation_document)
