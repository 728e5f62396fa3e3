"""How sure the gradients are: what is proved, what agrees with numbers, and which rows of a table say so."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sympy import Basic, Expr, Pow, Symbol

from symbackprop.functions import primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.matrices import LogSoftmax, LogSumExp, Softmax
from symbackprop.notation import Total
from symbackprop.notation.recursion import subexpressions
from symbackprop.reporting.blocks import Block, Inline, Inlines, Maths, Paragraph, Raw, Table, listed
from symbackprop.reporting.evidence import Checked
from symbackprop.reporting.numbers import number
from symbackprop.reporting.writing import Desk, all_of, count

METHODS = {
    "50 digits": "the formulas, worked out to fifty digits at the same floats",
    "complex step": "the complex step, which subtracts nothing",
    "central difference": "central differences of fourth order, where a function is not analytic",
}
"""What the code was compared with."""
FORMS = {"shared": "the form in error signals", "closed": "the closed form", "expanded": "the expanded form"}
GRADIENTS_SHOWN = 40


def verdict(desk: Desk) -> Inlines:
    """The verdict in a sentence or two, for the summary."""
    checked = desk.evidence.checked
    total = len(checked.rulings)
    proved = sum(ruling == "proved" for ruling in checked.rulings.values())
    wrong = sum(ruling == "WRONG" for ruling in checked.rulings.values())
    if wrong:
        return (f" {wrong} of {count(total, 'gradient')} are wrong; the table under Verification says which.",)
    if proved == total:
        what = "The gradient is" if total == 1 else f"{all_of(total, 'gradients').capitalize()} are"
        drawn = "at whole numbers drawn at random and " if checked.chance else ""
        where = "; Verification tells how" if desk.tells("checks") else ""
        run = f" The NumPy code that is made of them was run as well, and agrees with {_reference(checked)}."
        return (
            f" {what} proved: compared with the forward equations alone, {drawn}without any rounding{where}.",
            *(() if desk.is_appendix else (run,)),
        )
    return (
        f" {proved} of {count(total, 'gradient')} are proved ({checked.level or 'none exactly'}); "
        f"the others agree with numbers at {count(checked.points, 'point')}.",
    )


def paragraphs(desk: Desk) -> Iterator[Block]:
    """How the gradients were judged, and the code tried."""
    checked = desk.evidence.checked
    forms = [FORMS[form] for form in checked.forms]
    said = forms[0] if len(forms) == 1 else f"{', '.join(forms[:-1])} and {forms[-1]}"
    pieces: list[Inline] = [
        f"For every gradient, {said} {'was' if len(forms) == 1 else 'were'} held against the forward equations alone. "
    ]
    if checked.level:
        pieces += [*_how(checked), *_functions(desk)]
    for reason in checked.reasons:
        pieces.append(f" Undecided: {reason}.")
    for form in checked.left_out:
        pieces.append(f" Left out as too large: {FORMS[form]}.")
    yield Paragraph(tuple(pieces))
    kinks = " away from kinks" if checked.covered else ""
    yield Paragraph(
        (
            f"At {count(checked.points, 'random point')}{kinks}",
            *sizes_drawn(checked),
            f", the generated code was compared with {' and with '.join(METHODS[m] for m in checked.methods)}",
            *_worst(checked),
        )
    )


def _how(checked: Checked) -> list[Inline]:
    """What a proof rests on, and how far."""
    if not checked.chance:
        return [f"Verdict: proved, {checked.level}."]
    power = math.floor(math.log10(checked.chance)) if checked.chance > 0 else -300
    pieces: list[Inline] = [
        f"Verdict: proved, {checked.level}. The equations were pushed forward along a random direction in integers "
        "modulo a prime number, without any table of derivatives of gradients; a formula that is false would have "
        "passed with a probability below ",
        Maths(Raw(f"10^{{{power + 1}}}")),
    ]
    if checked.covered:
        pieces.append(f" ({checked.covered})")
    pieces.append(".")
    return pieces


def _functions(desk: Desk) -> Inlines:
    """What a function comes to where numbers are whole."""
    equations = desk.derivation.network.to_loss.values()
    if not desk.evidence.checked.chance or not any(map(_is_transcendental, subexpressions(*equations))):
        return ()
    return (
        " Whole numbers modulo a prime have no exponentials and logarithms, and not all of them have roots. So the "
        "value of such a function is drawn too: a free number, the same wherever the argument is the same, that obeys "
        "the laws of the function, such as ", Maths(Raw(r"e^{u+v} = e^u\,e^v")), ", and moves by its derivative. Other "
        "functions are taken by their definitions in these, or by their laws.",
    )  # fmt: skip


def _is_transcendental(part: Basic) -> bool:
    """Whether it is an exponential, a logarithm or a root, or made of such."""
    if isinstance(part, Pow):
        return not part.exp.is_Integer
    row = primitive_of(part) if isinstance(part, Expr) else None
    return isinstance(part, SoftmaxComponent | Softmax | LogSoftmax | LogSumExp) or (
        row is not None and row.kinks is None
    )


def _worst(checked: Checked) -> Inlines:
    if all(checked.passed.values()):
        return (": every entry agrees to a relative error below ", Maths(number(max(checked.tolerances.values()))), ".")
    return (": some entries do not agree.",)


def _reference(checked: Checked) -> str:
    return "the formulas worked out to fifty digits" if "50 digits" in checked.methods else "numeric derivatives"


def sizes_drawn(checked: Checked) -> Inlines:
    """The random sizes at which the code was tried."""
    drawn = list(dict.fromkeys(tuple(sizes.items()) for sizes in checked.sizes if sizes))
    if not drawn:
        return ()
    pieces: list[Inline] = [", with sizes that were drawn at random too: "]
    for position, sizes in enumerate(drawn):
        pieces += ["; "] if position else []
        pieces += listed(Maths(Symbol(name), Raw(str(size))) for name, size in sizes)
    return tuple(pieces)


def shown(desk: Desk) -> tuple[Symbol, ...]:
    """The names whose gradients have a row in the tables."""
    return desk.derivation.wrt[:GRADIENTS_SHOWN]


def verdicts(desk: Desk) -> Iterator[Block]:
    """A row for each gradient, where not all of them have the same verdict."""
    checked = desk.evidence.checked
    if len(set(checked.rulings.values())) == 1 and all(checked.passed.values()):
        return
    rows = tuple(
        (
            (Maths(Total(desk.loss, w)),),
            (checked.rulings[w.name],),
            ("agrees",) if checked.passed[w.name] else ("does not agree",),
        )
        for w in shown(desk)
    )
    yield Table((("gradient",), ("formulas",), ("code",)), rows, "lll")
