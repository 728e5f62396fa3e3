"""``symbackprop study initialisation`` and ``chain-products``: what depth does, without a network of the user's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symbackprop.cli.commands.study.group import (
    check_report,
    counted,
    finite,
    read_numbers,
    report_options,
    write_report,
)
from symbackprop.cli.readers import MOST_EPOCHS, read_names, read_whole
from symbackprop.cli.teaching import TaughtCommand

if TYPE_CHECKING:
    from symbackprop.cli.terminal import Terminal
    from symbackprop.studies import ChainProductStudy, InitialisationStudy

WHOLE = "whole numbers from 1 with commas between them"
NUMBERS = "numbers with commas between them"


@click.command(
    cls=TaughtCommand,
    short_help="First weights: values and gradients layer by layer.",
    examples=[
        "study initialisation",
        "study initialisation --depths 1,10,50 --rules normal,xavier,he --activation relu",
    ],
)
@click.option("--depths", callback=read_numbers("1,10,50", counted, WHOLE), metavar="DEPTHS", help="Such as 1,10,50.")
@click.option("--rules", callback=read_names, metavar="RULES", help="Such as normal,xavier,0.5; by default all.")
@click.option("--activation", default="tanh", metavar="NAME", help="Of every layer; by default tanh.")
@click.option("--width", callback=read_whole(1, 1000, 100), metavar="N", help="Neurons in each layer; by default 100.")
@click.option("--seed", callback=read_whole(0, MOST_EPOCHS, 0), metavar="N", help="For what is drawn; by default 0.")
@report_options
def initialisation(
    depths: tuple[int, ...] | None,
    rules: tuple[str, ...] | None,
    activation: str,
    width: int | None,
    seed: int | None,
    output: Path | None,
    formats: tuple[str, ...] | None,
    ascii_only: bool,
) -> None:
    """Draw the first weights of deep networks by several rules, and look at values and gradients layer by layer."""
    from symbackprop.cli.terminal import Terminal, patience
    from symbackprop.studies import initialisation as look

    given: dict[str, Any] = {"depths": depths, "width": width, "seed": seed}
    given["rules"] = None if rules is None else tuple(map(_rule, rules))
    check_report(output, formats)
    with patience("drawing weights"):
        study = look(activation=activation, **{name: value for name, value in given.items() if value is not None})
    terminal = Terminal.now(ascii_only)
    _show_weights(study, terminal)
    write_report(study, output, None, formats, terminal)


def _rule(word: str) -> str | float:
    """The name of a rule, or the number that all weights are."""
    try:
        return float(word)
    except ValueError:
        return word


def _show_weights(study: InitialisationStudy, terminal: Terminal) -> None:
    from symbackprop.studies.drawings.initialisation import label

    deepest = study.depths[-1]
    terminal.say(f"{deepest} layers of {study.width} {study.activation} neurons: standard deviation of z", "")
    layers = sorted({k for k in (1, 2, 5, 10, 20, 50) if k < deepest} | {deepest})
    table = terminal.table("rule", *(f">layer {k}" for k in layers))
    for rule in study.rules:
        table.add_row(label(rule), *(f"{study.at(rule, deepest).deviations[k - 1]:.3g}" for k in layers))
    terminal.show(table)
    terminal.say("", "Size of the gradient by the first layer's weights, by the depth of the network", "")
    table = terminal.table("rule", *(f">{_layers(depth)}" for depth in study.depths), "the gradient")
    for rule in study.rules:
        sizes = (study.at(rule, depth).gradients[0] for depth in study.depths)
        table.add_row(label(rule), *(f"{size:.3g}" for size in sizes), study.verdict(rule))
    terminal.show(table)
    symmetry = study.symmetry
    apart = float(symmetry.apart(symmetry.equal).max())
    words = "stay equal to the last digit" if apart == 0 else f"come to differ by {apart:.3g}"
    terminal.say("", f"Hidden neurons with equal weights {words} in {symmetry.equal.epochs} epochs of training.")


def _layers(depth: int) -> str:
    return "1 layer" if depth == 1 else f"{depth} layers"


@click.command(
    "chain-products",
    cls=TaughtCommand,
    short_help="Chain products by activation: what vanishes, what explodes.",
    examples=["study chain-products", "study chain-products --activations sigmoid,tanh --weights 1,4 --depth 20"],
)
@click.option(
    "--activations", callback=read_names, metavar="NAMES", help="By default sigmoid,tanh,relu,identity (linear)."
)
@click.option(
    "--weights", callback=read_numbers("0.5,1,1.5", finite, NUMBERS), metavar="WEIGHTS", help="Such as 0.5,1."
)
@click.option("--depth", callback=read_whole(1, 500, 50), metavar="N", help="How many layers; by default 50.")
@report_options
def chain_products(
    activations: tuple[str, ...] | None,
    weights: tuple[float, ...] | None,
    depth: int | None,
    output: Path | None,
    formats: tuple[str, ...] | None,
    ascii_only: bool,
) -> None:
    """Multiply the local derivatives of a chain of one neuron a layer, for several activations and weights."""
    from symbackprop.cli.terminal import Terminal, patience
    from symbackprop.studies import chain_products as look

    given: dict[str, Any] = {"activations": activations, "weights": weights, "depth": depth}
    check_report(output, formats)
    with patience("deriving"):
        study = look(**{name: value for name, value in given.items() if value is not None})
    terminal = Terminal.now(ascii_only)
    _show_products(study, terminal)
    write_report(study, output, None, formats, terminal)


def _show_products(study: ChainProductStudy, terminal: Terminal) -> None:
    layers = sorted({k for k in (1, 2, 5, 10, 20, 50, 100, 200) if k < study.depth} | {study.depth})
    layers = layers if len(layers) <= 4 else [layers[0], *layers[-3:]]
    table = terminal.table("activation", ">w", *(f">{_layers(k)}" for k in layers), ">at most", "the product")
    for chain in study.chains:
        products = (f"{chain.products[k - 1]:.3g}" for k in layers)
        table.add_row(chain.activation, f"{chain.weight:g}", *products, f"{chain.limits[-1]:.3g}", chain.verdict)
    terminal.show(table)
