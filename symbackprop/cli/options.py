"""The options and arguments that commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from symbackprop.cli.completing import nets_of
from symbackprop.cli.readers import (
    MOST_EPOCHS,
    read_backend,
    read_choice,
    read_dtype,
    read_every,
    read_initial,
    read_names,
    read_one,
    read_output,
    read_sizes,
    read_whole,
)

C = TypeVar("C", bound=Callable[..., Any])


def with_options(command: C, options: Sequence[Callable[[C], C]]) -> C:
    """The command with options, in their order."""
    for option in reversed(options):
        command = option(command)
    return command


def net_argument(command: C) -> C:
    """The argument NET."""
    return click.argument("net", metavar="NET", shell_complete=nets_of)(command)


def ascii_option(command: C) -> C:
    """The option --ascii."""
    return click.option("--ascii", "ascii_only", is_flag=True, help="Write plain ASCII: dE/dw1 in place of ∂E/∂w₁.")(
        command
    )


def facts_option(command: C) -> C:
    """The option --facts."""
    return click.option(
        "--facts",
        "--assume",
        "facts",
        multiple=True,
        metavar='"FACT"',
        help='What is known of the data, such as "t1 + t2 = 1" or "S symmetric", and of where values lie, such as '
        '"delta > 0" or "y in {-1, 1}"; may be given more than once.',
    )(command)


def data_option(command: C) -> C:
    """The option --data."""
    return click.option(
        "--data",
        metavar="FILE",
        help="Examples as CSV: a column for each input and target, named in the first row; X_1, X_2 … for a matrix X. "
        "Or an .npz file with an array for each. A target may be given by a column of classes 0, 1, 2 … of its name.",
    )(command)


def epochs_option(command: C) -> C:
    """The option --epochs."""
    return click.option(
        "--epochs",
        callback=read_whole(0, MOST_EPOCHS, 45),
        metavar="N",
        help="How often to go through the examples; by default as the network's [training] says.",
    )(command)


def checkpoint_options(command: C) -> C:
    """The options for training that can be killed, and goes on later."""
    options = (
        click.option(
            "--checkpoint",
            callback=read_output(),
            metavar="FILE",
            help="Write all that training needs to go on here, while it goes on and at its end.",
        ),
        click.option(
            "--checkpoint-every",
            callback=read_every,
            metavar="N",
            help="How often: after N epochs, or in seconds, such as 30s; by default 5s.",
        ),
        click.option("--resume", is_flag=True, help="Go on from the checkpoint, or begin where there is none yet."),
    )
    return with_options(command, options)


def require_checkpoint(options: Mapping[str, Any]) -> None:
    """Refuse options for a checkpoint that is not named."""
    given = "--resume" if options["resume"] else "--checkpoint-every"
    if options["checkpoint"] is None and (options["resume"] or options["checkpoint_every"] is not None):
        words = f"{given} is about a checkpoint, and none is named; give --checkpoint run.ckpt"
        raise click.UsageError(words, click.get_current_context())


def choices_options(command: C) -> C:
    """The options that say how training goes, beside its rate and its epochs."""
    options = (
        click.option(
            "--initial",
            callback=read_initial,
            metavar="RULE",
            help="Draw the first weights: zeros, normal, small, large, xavier, normalised-xavier, he; or a number. "
            "Or a file of weights, such as w.npz.",
        ),
        click.option(
            "--sizes", callback=read_sizes, metavar="SIZES", help="Sizes of weights that are drawn: h=16,k=3."
        ),
        click.option(
            "--seed", callback=read_whole(0, MOST_EPOCHS, 0), metavar="N", help="For all that is drawn; by default 0."
        ),
        click.option(
            "--optimizer",
            "--optimiser",
            "optimiser",
            multiple=True,
            callback=read_one(read_choice("optimiser")),
            metavar="NAME",
            help="gradient-descent, momentum, nesterov, adagrad, rmsprop, adam or adamw; "
            'with options in quotes, such as "adam beta1=0.8".',
        ),
        click.option(
            "--schedule",
            callback=read_choice("schedule"),
            metavar="NAME",
            help="How the learning rate changes: constant, step, exponential, cosine or plateau; "
            'with options in quotes, such as "step every=20 factor=0.1".',
        ),
        click.option(
            "--batch-size",
            callback=read_whole(1, MOST_EPOCHS, 32),
            metavar="N",
            help="Make each update from so many examples; by default from all of them.",
        ),
        click.option("--validation", metavar="FILE", help="Examples to look at, and not to train on; as for --data."),
        click.option(
            "--patience",
            callback=read_whole(1, MOST_EPOCHS, 10),
            metavar="N",
            help="Stop after so many epochs without a smaller loss, and keep the best weights.",
        ),
        click.option(
            "--accuracy",
            callback=read_names,
            metavar="NAMES",
            help="The output whose largest entry is the class, or scalar outputs such as p1,p2.",
        ),
        click.option(
            "--dtype", callback=read_dtype, metavar="TYPE", help="The precision: float64, as by default, or float32."
        ),
        click.option(
            "--backend",
            callback=read_backend,
            metavar="BACKEND",
            help="What computes a network of scalars: numpy, as by default, numba, or auto, whichever is faster.",
        ),
    )
    return with_options(command, options)
