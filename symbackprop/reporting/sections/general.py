"""One statement for all layers of a network: the equations of back-propagation beside the particular ones."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.notation import latex
from symbackprop.reporting.blocks import Block, Formula, Heading, Inlines, Line, Maths, Paragraph, Raw
from symbackprop.reporting.layered import Chain, chain_of, ends_in_activations, is_layered
from symbackprop.reporting.writing import Desk

_ROWS = {
    "forward": r"A^{(l-1)}\,W^{(l)}",
    "signal": r"\bigl(\Delta^{(l+1)}\,W^{(l+1)\mathsf{T}}\bigr)\circ f_l'(Z^{(l)})",
    "weight": r"A^{(l-1)\mathsf{T}}\,\Delta^{(l)}",
    "bias": r"\mathrm{colsum}(\Delta^{(l)})",
    "through": r"\mathrm{d}A^{(l)}\,W^{(l+1)}",
    "back": r"\Delta^{(l+1)}\,W^{(l+1)\mathsf{T}}",
    "moved": r"A^{(l-1)}\,\mathrm{d}W^{(l)}",
}
_COLUMNS = {
    "forward": r"W^{(l)}\,A^{(l-1)}",
    "signal": r"\bigl(W^{(l+1)\mathsf{T}}\,\Delta^{(l+1)}\bigr)\circ f_l'(Z^{(l)})",
    "weight": r"\Delta^{(l)}\,A^{(l-1)\mathsf{T}}",
    "bias": r"\mathrm{rowsum}(\Delta^{(l)})",
    "through": r"W^{(l+1)}\,\mathrm{d}A^{(l)}",
    "back": r"W^{(l+1)\mathsf{T}}\,\Delta^{(l+1)}",
    "moved": r"\mathrm{d}W^{(l)}\,A^{(l-1)}",
}
"""The equations where examples stand in rows, and where they stand in columns."""


def general(desk: Desk) -> Iterator[Block]:
    """The four equations for layer l, where the network is a chain of at least two layers."""
    network = desk.derivation.network
    if network.kind.one_number:
        if is_layered(desk.derivation):
            yield from _of_units(desk)
        return
    chain = chain_of(desk.derivation)
    if chain is not None:
        yield from _of_matrices(desk, chain)


def _heading() -> Heading:
    return Heading(1, ("The same for any number of layers",))


def _of_units(desk: Desk) -> Iterator[Block]:
    yield _heading()
    z, sums = Raw(r"z_j^{(l)}"), Raw(r"\sum_i w_{ji}^{(l)}\,a_i^{(l-1)}+b_j^{(l)}")
    yield Paragraph(
        (
            "Nothing in these steps depends on how many units or layers there are. Let unit ", Maths(Raw("j")),
            " of layer ", Maths(Raw("l")), " add up ", Maths(z, sums), " and give ",
            Maths(Raw(r"a_j^{(l)}"), Raw(r"f_l(z_j^{(l)})")), ". A change of ", Maths(z), " reaches ", Maths(desk.loss),
            " through every unit ", Maths(Raw("k")), " of the next layer, so with ",
            Maths(Raw(r"\delta_j^{(l)}"), _by(desk, z.latex)), ":",
        )
    )  # fmt: skip
    activated = ends_in_activations(desk.derivation)
    last = rf"{_by(desk, 'a_j^{(L)}').latex}\,f_L'(z_j^{{(L)}})" if activated else _by(desk, "z_j^{(L)}").latex
    worked = "in the last layer" if activated else "in the last layer, as it is worked out above"
    behind = r"f_l'(z_j^{(l)})\,\sum_k \delta_k^{(l+1)}\,w_{kj}^{(l+1)}"
    weight: Inlines = ("the weight multiplies ", Maths(Raw(r"a_i^{(l-1)}")))
    yield Formula(
        (
            desk.line(Raw(r"\delta_j^{(L)}"), Raw(last), (worked,)),
            desk.line(Raw(r"\delta_j^{(l)}"), Raw(behind), ("chain rule through all units of the next layer",)),
            desk.line(_by(desk, r"w_{ji}^{(l)}"), Raw(r"\delta_j^{(l)}\,a_i^{(l-1)}"), weight),
            desk.line(
                _by(desk, r"b_j^{(l)}"), Raw(r"\delta_j^{(l)}"), ("several units that share a bias add theirs up",)
            ),
        )
    )
    yield Paragraph(
        (
            "On the way forward a weight takes one multiplication, and on the way back two at the most: one that "
            "passes an error signal on, and one for its gradient; so it is for all weights, however many there are.",
        )
    )


def _of_matrices(desk: Desk, chain: Chain) -> Iterator[Block]:
    words = _ROWS if chain.rows else _COLUMNS
    yield _heading()
    bias = r"+b^{(l)}" if chain.biased else ""
    worked = desk.refs(chain.worked)
    then: Inlines = (". Then, as in ", *worked, ":") if worked else (". Then:",)
    yield Paragraph(
        (
            "Nothing in these steps depends on how many layers there are. Let layer ", Maths(Raw("l")), " be ",
            Maths(Raw("Z^{(l)}"), Raw(words["forward"] + bias)), " and ", Maths(Raw("A^{(l)}"), Raw("f_l(Z^{(l)})")),
            ", and ", Maths(Raw(r"\Delta^{(l)}"), _by(desk, "Z^{(l)}")), *then,
        )
    )  # fmt: skip
    yield Formula((desk.line(Raw(r"\Delta^{(L)}"), _start(desk, chain), ("in the last layer, ", *_last(chain))),))
    yield Paragraph(("From layer ", Maths(Raw("l+1")), " back to layer ", Maths(Raw("l")), ", where ",
                     Maths(Raw("A^{(l)}")), " moves:"))  # fmt: skip
    inner, slope = r"\langle \Delta^{{(l+1)}},\,{}\rangle", r"f_l'(Z^{(l)})"
    back = words["back"]
    yield Formula(
        (
            Line(Raw(inner.format(words["through"])), Raw(inner.format(r"\mathrm{d}Z^{(l+1)}")),
                 ("the other factors are held still",)),
            Line(Raw(rf"\langle {back},\,\mathrm{{d}}A^{{(l)}}\rangle"), None, ("a factor goes to the other side",)),
            Line(Raw(rf"\langle {back},\,{slope}\circ \mathrm{{d}}Z^{{(l)}}\rangle"), None,
                 (Maths(Raw("f_l")), " works entry by entry")),
            Line(Raw(rf"\langle ({back})\circ {slope},\,\mathrm{{d}}Z^{{(l)}}\rangle"), None,
                 ("it is a sum over all entries",)),
            desk.line(Raw(r"\Delta^{(l)}"), Raw(words["signal"]), ("what stands beside ", _change("Z^{(l)}"))),
        )
    )  # fmt: skip
    yield Paragraph(("In layer ", Maths(Raw("l")), ", where its parameters move:"))
    own = r"\langle \Delta^{{(l)}},\,{}\rangle"
    moved, result = own.format(words["moved"]), rf"\langle {words['weight']},\,\mathrm{{d}}W^{{(l)}}\rangle"
    if chain.biased:
        moved += "+" + own.format(r"\mathrm{broadcast}(\mathrm{d}b^{(l)})")
        result += rf"+\langle {words['bias']},\,\mathrm{{d}}b^{{(l)}}\rangle"
    both: Inlines = ("; a bias is repeated for every example, so it gets a sum",) if chain.biased else ()
    lines = [
        Line(Raw(moved), Raw(own.format(r"\mathrm{d}Z^{(l)}")), ("what comes in is held still",)),
        Line(Raw(result), None, ("a factor goes to the other side", *both)),
        desk.line(_by(desk, "W^{(l)}"), Raw(words["weight"]), ("what comes in, times what comes back",)),
    ]
    if chain.biased:
        lines.append(desk.line(_by(desk, "b^{(l)}"), Raw(words["bias"]), ("what stands beside ", _change("b^{(l)}"))))
    yield Formula(tuple(lines))


def _change(name: str) -> Maths:
    return Maths(Raw(rf"\mathrm{{d}}{name}"))


def _start(desk: Desk, chain: Chain) -> Raw:
    """The signal of the last layer: through its activation where that works entry by entry."""
    if not chain.activated:
        return _by(desk, "Z^{(L)}")
    return Raw(rf"{_by(desk, 'A^{(L)}').latex}\circ f_L'(Z^{{(L)}})")


def _last(chain: Chain) -> Inlines:
    """The signal of the last layer here."""
    return ("here ", Maths(chain.signal)) if chain.signal is not None else ("as it is worked out above",)


def _by(desk: Desk, name: str) -> Raw:
    """The derivative of the loss by what is written so."""
    return Raw(rf"\frac{{\partial {latex(desk.loss, desk.names)}}}{{\partial {name}}}")
