"""The report of a study of chain products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Symbol

from symbackprop.calculus import Derivation, derive
from symbackprop.network import mlp
from symbackprop.notation import Total, latex
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
    listed_with_and,
)
from symbackprop.reporting.numbers import plain, shown
from symbackprop.reporting.sections.derivatives import function_lines
from symbackprop.reporting.writing import count
from symbackprop.studies.chain_products import Chain, ChainProductStudy
from symbackprop.studies.documents.parts import cell, desk_of, document, equations
from symbackprop.studies.drawings.chain_products import pictures
from symbackprop.studies.presentation import present

LAYERS_SHOWN = 3
AGREE = 1e-9


def chain_products_document(study: ChainProductStudy, drawings: Mapping[str, str]) -> Document:
    """Summary, a short chain in formulas, how large a derivative can be, and the products."""
    short = derive(
        mlp([1] * (min(LAYERS_SHOWN, study.depth) + 1), study.activations[0], bias=False, name="a short chain")
    )
    desk = desk_of(short)
    blocks = (
        *_summary(study),
        *equations(desk),
        *_product(short, study),
        *_bounds(study),
        *_products(study),
        *_check(study),
    )
    return document("Chain products that vanish and explode", blocks, desk, drawings)


def _summary(study: ChainProductStudy) -> Iterator[Block]:
    yield Heading(1, ("Summary",))
    yield Paragraph(
        (
            f"A chain has one neuron a layer, {study.depth} layers, one weight ", Maths(Raw("w")),
            f" for all of them and the input {plain(study.x)}. On its way back a gradient is multiplied by ",
            Maths(Raw(r"w\,f'(z_k)")), " in each layer. After all layers its product is:",
        )
    )  # fmt: skip
    header: tuple[Inlines, ...] = (
        ("activation",), *((Maths(Raw("w"), Raw(shown(w))),) for w in study.weights),
    )  # fmt: skip
    rows = tuple(
        (
            (name,),
            *((*cell(study[name, w].products[-1]), f", {study[name, w].verdict}") for w in study.weights),
        )
        for name in study.activations
    )
    yield Table(header, rows, "l" + "l" * len(study.weights))
    yield Paragraph(("Smaller than 1/1000 is called vanishing here, larger than 1000 exploding.",))


def _product(short: Derivation, study: ChainProductStudy) -> Iterator[Block]:
    w = short.network.parameters[0]
    (path,) = short.paths(w)
    desk = desk_of(short)
    yield Heading(1, ("The product of a short chain",))
    yield Paragraph(
        (f"With {count(len(short.network.parameters), 'layer')} of {study.activations[0]}, the one route from ",
         Maths(w), " to the loss gives:")
    )  # fmt: skip
    links = r"\,".join(latex(link, desk.names) for link in path.links)
    factors = r"\cdot ".join(_in_brackets(latex(f, desk.names, desk.order)) for f in path.factors)
    yield Formula((Line(Raw(links), Total(short.network.loss, w)), Line(Raw(factors))))


def _in_brackets(factor: str) -> str:
    return f"({factor})" if "-" in factor and not factor.endswith(")") else factor


def _bounds(study: ChainProductStudy) -> Iterator[Block]:
    yield Heading(1, ("How large a local derivative can be",))
    lines = [
        line for name in study.activations for line in function_lines(desk_of(study[name, study.weights[0]].derivation))
    ]
    if lines:
        yield Formula(tuple(lines))
    points = [point for name in study.activations for point in _bound(study[name, study.weights[0]])]
    yield Bullets(tuple(points))
    yield Paragraph(
        ("With a bound ", Maths(Raw("c")), " on ", Maths(Raw(r"\lvert f'\rvert")), " a product of ",
         Maths(Raw("k")), " layers is at most ", Maths(Raw(r"(\lvert w\rvert\,c)^k")), ": where ",
         Maths(Raw(r"\lvert w\rvert\,c < 1")), " it must vanish.")
    )  # fmt: skip


def _bound(chain: Chain) -> Iterator[Inlines]:
    bound = chain.bound
    if bound.square is not None and bound.square.is_Add:
        a = next(iter(bound.square.free_symbols))
        z = next(iter(chain.derivation.network.equations[a].free_symbols))
        slope = chain.derivation.local[a, z]
        named = {a: Symbol("a")}
        shown_square = () if slope == bound.square else (bound.square.xreplace(named),)
        yield (
            f"{chain.activation}: ", Maths(slope.xreplace(named), *shown_square), ", so ",
            Maths(Raw(r"\lvert f'\rvert")), " is at most ", Maths(bound.exact), ".",
        )  # fmt: skip
    elif bound.exact is not None or chain.activation == "identity":
        yield (f"{chain.activation}: ", Maths(Raw(r"f'"), Raw(shown(bound.largest))), " everywhere.")
    else:
        yield (
            f"{chain.activation}: ",
            Maths(Raw(r"\lvert f'\rvert")),
            f" is at most {plain(bound.largest)}, by a search.",
        )


def _products(study: ChainProductStudy) -> Iterator[Block]:
    yield Heading(1, ("The products",))
    kept = _rows(study.depth)
    for name in study.activations:
        yield Paragraph((f"{name}, after ", Maths(Raw("k")), " layers:"))
        header: tuple[Inlines, ...] = (
            (Maths(Raw("k")),),
            *(head for w in study.weights for head in ((Maths(Raw("w"), Raw(shown(w))),), ("at most",))),
        )
        rows = tuple(
            (
                (str(k),),
                *(
                    c
                    for w in study.weights
                    for c in (cell(study[name, w].products[k - 1]), cell(study[name, w].limits[k - 1]))
                ),
            )
            for k in kept
        )
        yield Table(header, rows, "r" * len(header), small=True)
    bounded = [name for name in study.activations if study[name, study.weights[0]].bound.largest < 1]
    thin: Inlines = ()
    if bounded:
        thin = (" Thin lines of the same colour are the bounds of ", *listed_with_and(bounded), ".")
    yield Figure(
        "products",
        ("The size of the product against the number of layers that it passes, one panel for each weight.", *thin,
         " The grey line is 1."),
        f"Panels for the weights {', '.join(map(plain, study.weights))}: the size of the chain product on a "
        f"logarithmic axis against 1 to {study.depth} layers, one curve for each of {', '.join(study.activations)}",
    )  # fmt: skip


def _rows(depth: int) -> list[int]:
    return sorted({k for k in (1, 2, 5, 10, 20, 50, 100, 200, 500) if k < depth} | {depth})


def _check(study: ChainProductStudy) -> Iterator[Block]:
    yield Heading(1, ("Check",))
    agreeing = sum(
        abs(c.gradient - c.by_product) <= AGREE * max(abs(c.gradient), abs(c.by_product)) for c in study.chains
    )
    yield Paragraph(
        (
            "The product of all links from the loss back to ", Maths(Raw("w_1")), " is the gradient of the compiled "
            f"code, to nine digits, in {agreeing} of {len(study.chains)} chains.",
        )
    )  # fmt: skip


present(ChainProductStudy, pictures, chain_products_document)
