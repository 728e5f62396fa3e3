"""``symbackprop hessian`` and its like: Jacobians, Hessians and products with them, as formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symbackprop.cli.failures import UNDECIDED, WRONG
from symbackprop.cli.options import ascii_option, net_argument, with_options
from symbackprop.cli.readers import read_names, read_output
from symbackprop.cli.teaching import TaughtCommand

if TYPE_CHECKING:
    from symbackprop.cli.equations import Line, Pen
    from symbackprop.tangents import Differentiated

NUMPY = ".py"
FORMATS = ("md", "tex", "pdf", "html")
_OF = {
    "jacobian": "Differentiate these values, such as p1,p2; by default outputs, or what is compared with targets.",
    "jvp": "The values, such as p1,p2; by default the outputs of a layer, or the loss.",
    "gauss_newton": "The values through which the parameters reach the loss; by default those nearest the loss.",
    "fisher": "The natural parameter; by default the values nearest the loss that can be it.",
}
"""What --of says, for the commands that have it."""
_PRODUCT = click.option("--product", is_flag=True, help="Multiply it by a direction for each parameter of any shape.")


def _command(word: str, function: str, short: str, text: str, examples: Sequence[str]) -> click.Command:
    """The command for one of the functions of ``symbackprop.tangents``."""
    options = [
        net_argument,
        click.option("--wrt", callback=read_names, metavar="NAMES", help="By these names alone, such as w,b."),
        *([click.option("--of", callback=read_names, metavar="NAMES", help=_OF[function])] if function in _OF else []),
        *([_PRODUCT] if function in ("gauss_newton", "fisher") else []),
        click.option("--steps", is_flag=True, help="Show every line of the work, each with its reason."),
        click.option("--latex", "as_latex", is_flag=True, help="Write LaTeX, one line an equation."),
        click.option("--check", "checking", is_flag=True, help="Prove the results, and try the code at random points."),
        click.option(
            "-o", "--output", callback=read_output(), metavar="FILE",
            help="Write a module of NumPy code, x.py, or a report: x.md, x.tex, x.pdf or x.html.",
        ),
        ascii_option,
    ]  # fmt: skip

    def run(net: str, **given: Any) -> None:
        _run(function, net, **given)

    run.__doc__ = text
    return click.command(word, cls=TaughtCommand, short_help=short, examples=examples)(with_options(run, options))


def _run(
    function: str,
    net: str,
    wrt: tuple[str, ...] | None,
    steps: bool,
    as_latex: bool,
    checking: bool,
    output: Path | None,
    ascii_only: bool,
    **more: Any,
) -> None:
    from symbackprop import tangents
    from symbackprop.cli.equations import Pen
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import GRADIENT, Terminal, patience

    _check_suffix(output)
    found = find(net)
    with found.blamed(), patience("deriving"):
        result: Differentiated = getattr(tangents, function)(found.network, wrt=wrt, **more)
    terminal = Terminal.now(ascii_only)
    if output is not None:
        with found.blamed(), patience("writing"):
            _write(result, output)
        terminal.write(str(output))
        return
    pen = Pen(result.lines, terminal)
    if as_latex:
        terminal.write(*map(pen.latex, [*result.needed.items(), *result.formulas.items()]))
    else:
        work = pen.lines(list(_lines(pen, result)), GRADIENT, indent=2) if steps else []
        indent = 2 if steps else 0
        needed = pen.equations(result.needed.items(), indent=indent)
        results = pen.equations(result.formulas.items(), GRADIENT, indent=indent)
        if steps:
            pen.sections([("Work", work), ("Result", [*needed, *results])])
        else:
            terminal.write(*needed, *([""] if needed else []), *results)
        for condition in result.conditions:
            terminal.write("", *pen.wrapped(condition, terminal.width))
    if checking:
        _check(result, terminal)


def _lines(pen: Pen, result: Differentiated) -> Iterator[Line]:
    """The lines of the work, each with its number and its reason."""
    from symbackprop.cli.equations import Line

    before = None
    for step in result.steps:
        left = "" if step.lhs == before else pen.formula(step.lhs)
        yield Line(left, pen.formula(step.rhs), f"({step.number}) {pen.words(step.because)}")
        before = step.lhs


def _check(result: Differentiated, terminal: Any) -> None:
    """Print what the check found, and leave with status 1 where anything is wrong, and 3 where it is undecided."""
    from symbackprop.cli.terminal import patience
    from symbackprop.verification import check

    with patience("checking"):
        checked = check(result)
    terminal.write("", *map(terminal.fit, str(checked).splitlines()))
    if not checked.proved:
        click.get_current_context().exit(UNDECIDED if checked.ok else WRONG)


def _check_suffix(output: Path | None) -> None:
    """Refuse a file of which nobody knows what it should be. Raises UsageError."""
    if output is not None and output.suffix not in (NUMPY, *(f".{name}" for name in FORMATS)):
        known = ", ".join([NUMPY, *(f".{name}" for name in FORMATS)])
        words = f"-o {output.name}: the end of the name says what is written; give one of {known}"
        raise click.UsageError(words, click.get_current_context())


def _write(result: Differentiated, output: Path) -> None:
    if output.suffix == NUMPY:
        from symbackprop.numeric import lambdify

        lambdify(result).save(output)
        return
    from symbackprop.publish import report

    report(result, output.with_suffix(""), formats=(output.suffix[1:],))


jacobian = _command(
    "jacobian",
    "jacobian",
    "Derivatives of values, as a matrix.",
    """Derive the Jacobian of values of NET by its parameters, or a layer's inputs: a matrix for each pair of names.

    Values and names are scalars, columns or rows; what has matrices takes jvp.
    """,
    ["jacobian two-layer-sigmoid --wrt w1,w5", "jacobian or-gate-vectorised --of A --wrt W --steps"],
)
jvp = _command(
    "jvp",
    "jvp",
    "A Jacobian times a direction.",
    """Push directions forward through NET: what values change by where each name moves along its own.""",
    ["jvp mlp --wrt W1", "jvp attention-layer --wrt Q --check"],
)
hessian = _command(
    "hessian",
    "hessian",
    "Second derivatives, as a matrix.",
    """Derive the Hessian of the loss of NET by its parameters: a matrix for each pair of names, each pair once.

    Parameters are scalars, columns or rows; what has matrices takes hvp.
    """,
    ["hessian xor --wrt w1,v1", "hessian or-gate-vectorised --steps", "hessian linear-neuron --check"],
)
hvp = _command(
    "hvp",
    "hvp",
    "A Hessian times a direction.",
    """Multiply the Hessian of the loss of NET by directions, at the cost of about two gradients.""",
    ["hvp mlp", "hvp mlp --wrt W1 -o hvp.py", "hvp attention --check"],
)
gauss_newton = _command(
    "gauss-newton",
    "gauss_newton",
    "The Gauss-Newton matrix.",
    """Derive the Gauss-Newton matrix of NET: the Hessian of the loss by values, between their Jacobians.""",
    ["gauss-newton two-layer-sigmoid --wrt w1,w5", "gauss-newton or-gate-vectorised --of Z"],
)
fisher = _command(
    "fisher",
    "fisher",
    "The Fisher information.",
    """Derive the Fisher information of NET, whose loss is the negative logarithm of a likelihood.""",
    ["fisher or-gate-vectorised", "fisher softmax-classifier --wrt w1,w2", "fisher mlp --product"],
)
newton = _command(
    "newton",
    "newton_step",
    "Newton's step.",
    """Derive Newton's step for one parameter of NET: where the gradient would vanish if the Hessian stayed.""",
    ["newton linear-neuron --wrt w", "newton or-gate-vectorised --wrt W"],
)
COMMANDS = (jacobian, jvp, hessian, hvp, gauss_newton, fisher, newton)
