"""One statement for all layers of a network: the equations of back-propagation beside the particular ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symbackprop.notation import latex
from symbackprop.reporting.blocks import Block, Formula, Heading, Inlines, Line, Maths, Paragraph, Raw
from symbackprop.reporting.layered import Chain, chain_of, ends_in_activations, is_layered
from symbackprop.reporting.letters import in_latex, index_letters
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
    at = _indexed(desk)
    z, sums = Raw(at(r"z_j^{(l)}")), Raw(at(r"\sum_i w_{ji}^{(l)}\,a_i^{(l-1)}+b_j^{(l)}"))
    yield Paragraph(
        (
            "Nothing in these steps depends on how many units or layers there are. Let unit ", Maths(Raw(at("j"))),
            " of layer ", Maths(Raw(at("l"))), " add up ", Maths(z, sums), " and give ",
            Maths(Raw(at(r"a_j^{(l)}")), Raw(at(r"f_l(z_j^{(l)})"))), ", and let ",
            Maths(Raw(at(r"\delta_j^{(l)}")), _by(desk, z.latex)), ". The last layer is ",
            Maths(Raw(_last_layer(desk))), ".",
        )
    )  # fmt: skip
    yield Formula(tuple(_proved(desk, at)))
    yield Paragraph(
        (
            "The last layer comes first. It gives the error signals of the layer before it, these give the next, and "
            "so on down to the first layer; each gradient is then one product. Units that share a bias or a weight "
            "add up what each of them gives.",
        )
    )


def _indexed(desk: Desk) -> Callable[[str], str]:
    """What writes formulas of i, j, k and l in letters with which no name of the network begins."""
    letters = dict(zip("ijkl", index_letters(desk, "ijkl"), strict=True))
    return lambda formula: in_latex(formula, letters)


def _proved(desk: Desk, at: Callable[[str], str]) -> Iterator[Line]:
    """The equations of layer l with the lines that prove them."""
    end = _last_layer(desk)
    last, made = Raw(at(rf"\delta_j^{{({end})}}")), at(rf"a_j^{{({end})}}")
    if ends_in_activations(desk.derivation):
        outer = rf"{_by(desk, made).latex}\,f_{end}'({at('z_j')}^{{({end})}})"
        yield desk.line(last, Raw(outer), ("chain rule through ", Maths(Raw(made)), ", which it alone feeds"))
    else:
        yield desk.line(last, _by(desk, at(rf"z_j^{{({end})}}")), ("worked out from the loss, as above",))
    unit, active, further, added = map(at, ("z_j^{(l)}", "a_j^{(l)}", "z_k^{(l+1)}", r"\sum_k"))
    behind, link = rf"{added} {_by(desk, further).latex}", rf"\frac{{\partial {further}}}{{\partial "
    through: Inlines = ("chain rule: ", Maths(Raw(unit)), " reaches ", Maths(desk.loss), " through all ",
                        Maths(Raw(further)), " of the next layer")  # fmt: skip
    yield desk.line(Raw(at(r"\delta_j^{(l)}")), Raw(rf"{behind}\,{link}{unit}}}"), through)
    yield desk.line(
        None, Raw(rf"{behind}\,{link}{active}}}\,\frac{{\partial {active}}}{{\partial {unit}}}"),
        ("chain rule: ", Maths(Raw(unit)), " stands in them through ", Maths(Raw(active)), " alone"),
    )  # fmt: skip
    weight = at("w_{kj}^{(l+1)}")
    yield desk.line(
        None, Raw(at(r"\sum_k \delta_k^{(l+1)}\,w_{kj}^{(l+1)}\,f_l'(z_j^{(l)})")),
        ("in ", Maths(Raw(further)), " the factor of ", Maths(Raw(active)), " is ", Maths(Raw(weight)),
         "; the other derivative is the slope of ", Maths(Raw(at("f_l")))),
    )  # fmt: skip
    slope: Inlines = ("the slope is the same for all ", Maths(Raw(at("k"))))
    yield desk.line(None, Raw(at(r"f_l'(z_j^{(l)})\,\sum_k \delta_k^{(l+1)}\,w_{kj}^{(l+1)}")), slope)
    yield from _parameters(desk, at)


def _parameters(desk: Desk, at: Callable[[str], str]) -> Iterator[Line]:
    """The gradients of a weight and a bias of layer l."""
    unit = at("z_j^{(l)}")
    for name, factor, words in (
        (at("w_{ji}^{(l)}"), at(r"\,a_i^{(l-1)}"), ("the weight multiplies ", Maths(Raw(at("a_i^{(l-1)}"))))),
        (at("b_j^{(l)}"), "", ("the bias is added as it is",)),
    ):
        chained = rf"{_by(desk, unit).latex}\,\frac{{\partial {unit}}}{{\partial {name}}}"
        stands: Inlines = ("chain rule: ", Maths(Raw(name)), " stands in ", Maths(Raw(unit)), " alone")
        yield desk.line(_by(desk, name), Raw(chained), stands)
        yield desk.line(None, Raw(at(r"\delta_j^{(l)}") + factor), words)


def _last_layer(desk: Desk) -> str:
    """A letter for the last layer that is no name of the network."""
    taken = {latex(name, desk.names) for name in desk.derivation.network.names}
    return next((letter for letter in ("L", "N", "M") if letter not in taken), r"\Lambda")


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
