"""``symbackprop report`` and ``symbackprop compile``: documents and code."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symbackprop.cli.options import data_option, epochs_option, facts_option, net_argument
from symbackprop.cli.readers import read_names, read_output, read_rate, read_rates
from symbackprop.cli.teaching import TaughtCommand
from symbackprop.cli.training_options import Plan, kept
from symbackprop.errors import Diverged, SymbackpropError, Unmade, quote

if TYPE_CHECKING:
    from symbackprop.calculus import Derivation
    from symbackprop.training import TrainingHistory


@click.command(
    cls=TaughtCommand,
    short_help="The whole derivation as documents.",
    examples=[
        "report two-layer-sigmoid -o out",
        "report two-layer-sigmoid -o out --format html",
        "report two-layer-sigmoid -o out --format md --lr 0.5 --epochs 45",
        "report two-layer-sigmoid -o out --format xlsx",
    ],
)
@net_argument
@click.option(
    "-o", "--output", callback=read_output(folder=True), required=True, metavar="DIR", help="The folder to write to."
)
@click.option(
    "--format",
    "formats",
    callback=read_names,
    metavar="FORMATS",
    help="Of md, tex, pdf, html and xlsx, such as md,html; by default md,tex.",
)
@click.option("--lr", callback=read_rate, metavar="RATE", help="Train at this rate, and tabulate it.")
@epochs_option
@click.option(
    "--sweep", "rates", callback=read_rates, metavar="RATES", help="Compare these learning rates, such as 0.1,0.5."
)
@click.option("--shapes", is_flag=True, help="Put its shape under each matrix.")
@click.option(
    "--form",
    type=click.Choice(["textbook", "published", "stable"]),
    default="textbook",
    show_default=True,
    help="textbook: each line as the rules of algebra leave it; published: as short as a search finds it; stable: of "
    "the equations that code is made of.",
)
@click.option("--handout", is_flag=True, help="Write two to four pages to hand out.")
@click.option(
    "--sections", callback=read_names, metavar="NAMES", help="Write these alone, such as forward,derivation,results."
)
@click.option("--fragment", metavar="LABEL", help="Write what goes into another document; its labels begin so.")
@click.option("--title", metavar="TEXT", default="", help="What stands above it.")
@click.option("--author", metavar="TEXT", default="", help="Who stands above it.")
@data_option
@facts_option
def report(
    net: str,
    output: Path,
    formats: tuple[str, ...] | None,
    lr: float | None,
    epochs: int | None,
    rates: tuple[float, ...] | None,
    shapes: bool,
    form: str,
    handout: bool,
    sections: tuple[str, ...] | None,
    fragment: str | None,
    title: str,
    author: str,
    data: str | None,
    facts: tuple[str, ...],
) -> None:
    """Write the whole derivation of NET as documents: Markdown and LaTeX, PDF, a page to work with, or a workbook.

    They hold the equations, every step of the work, the checks, and the NumPy code; and training, where NET has a
    table [training] or --lr and --epochs are given. With --handout, --sections or --fragment there is less. A PDF is
    set by pdflatex, or where it is absent by typst. The format xlsx is a spreadsheet that trains: one row an epoch,
    each number a formula. It needs the extra xlsx.
    """
    from symbackprop.cli.commands.proof import stop_if_wrong
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import Terminal, patience
    from symbackprop.publish import DOCUMENTS, FORMATS
    from symbackprop.publish import report as publish

    wanted = formats or tuple(DOCUMENTS)
    check_formats(wanted, tuple(FORMATS))
    found = find(net)
    plan = Plan.of(found, lr, epochs, rates).require_whole()
    derivation, values = found.derive(facts=facts, form=form), found.data(data)
    checked = stop_if_wrong(found, derivation)
    history, diverged = _trained(plan, derivation, values)
    sweep = plan.sweep(derivation, values)
    failed: SymbackpropError | None = diverged
    try:
        with found.blamed(), patience("writing the report"):
            written = publish(
                derivation, output / found.stem, values, history, sweep, wanted, checked, shapes,
                handout=handout, sections=sections, fragment=fragment or "", title=title, author=author,
                command=_again(net, click.get_current_context().params),
            )  # fmt: skip
    except Unmade as error:
        written, failed = error.written, error
    Terminal.now().write(*map(str, written))
    if failed is not None:
        raise failed


def _trained(
    plan: Plan, derivation: Derivation, values: dict[str, Any] | None
) -> tuple[TrainingHistory | None, Diverged | None]:
    """Training that diverged is reported too, and told afterwards."""
    if plan.rate is None:
        return None, None
    try:
        return plan.train(derivation, values), None
    except Diverged as error:
        return kept(error), error


def _again(net: str, given: Mapping[str, Any]) -> str:
    """The command that makes the page again, from a folder that has its files: names alone, no places."""
    words = ["symbackprop", "report", Path(net).name, "-o", "DIR", "--format", "html"]
    for option in ("lr", "epochs"):
        words += [] if given[option] is None else [f"--{option}", repr(given[option])]
    words += [] if given["rates"] is None else ["--sweep", ",".join(map(repr, given["rates"]))]
    words += [f"--{flag}" for flag in ("shapes", "handout") if given[flag]]
    words += [] if given["form"] == "textbook" else ["--form", given["form"]]
    words += [] if given["sections"] is None else ["--sections", ",".join(given["sections"])]
    for option in ("fragment", "title", "author"):
        words += [f"--{option}", given[option]] if given[option] else []
    words += [] if given["data"] is None else ["--data", Path(given["data"]).name]
    words += [word for fact in given["facts"] for word in ("--facts", fact)]
    return shlex.join(words)


def check_formats(wanted: tuple[str, ...], known: tuple[str, ...]) -> None:
    """Refuse what is no format. Raises UsageError."""
    for name in wanted:
        if name not in known:
            raise click.UsageError(
                f"--format {quote(name)} is not a format; choose from {', '.join(known)}", click.get_current_context()
            )


@click.command(
    "compile",
    cls=TaughtCommand,
    short_help="The gradients as NumPy code.",
    examples=[
        "compile two-layer-sigmoid",
        "compile two-layer-sigmoid -o gradients.py",
        "compile attention --backend torch -o attention_torch.py",
        "compile two-layer-sigmoid --backend javascript -o gradients.mjs",
    ],
)
@net_argument
@click.option(
    "-o", "--output", callback=read_output(dash=True), metavar="FILE", help="The module to write; - prints it."
)
@click.option("--wrt", callback=read_names, metavar="NAMES", help="Differentiate by these names alone, such as w1,w5.")
@click.option(
    "--backend", metavar="NAME", default="numpy", help="What runs it: numpy, torch, jax, array-api or javascript."
)
@facts_option
@click.option(
    "--no-check-facts",
    is_flag=True,
    help="Let the module take data that break the facts, for which its gradients may be wrong.",
)
@click.option("--textbook", is_flag=True, help="Compute the equations as they are written, also where they overflow.")
def compile_(
    net: str,
    output: Path | None,
    wrt: tuple[str, ...] | None,
    backend: str,
    facts: tuple[str, ...],
    no_check_facts: bool,
    textbook: bool,
) -> None:
    """Write the gradients of NET as a module of NumPy code, or of PyTorch's, JAX's or the Array API's.

    The module needs that library and nothing else, and writing it not even that. Import it and call loss_and_gradients
    with values by name, each a number or an array with one entry an example; matrices are arrays with two axes. Its
    forward gives predictions, without targets.
    """
    from symbackprop.cli.find_network import find
    from symbackprop.cli.terminal import Terminal
    from symbackprop.files import write_atomically
    from symbackprop.numeric import check_backend, source_of

    check_backend(backend)
    found = find(net)
    derivation = found.derive(wrt, facts)
    with found.blamed():
        source = source_of(derivation, backend, check_facts=not no_check_facts, stable=not textbook)
    if output is None:
        click.echo(source.encode(), nl=False)
    else:
        write_atomically(output, source)
        Terminal.now().write(str(output))
