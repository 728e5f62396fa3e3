"""Gradient descent and its relatives, with derived gradients."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sympy import Symbol

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.numeric import GradientFunction, lambdify
from symbackprop.training.backends import settled
from symbackprop.training.checkpoints import Keeper, Keeping, run_of
from symbackprop.training.data import checked_epochs, checked_rate
from symbackprop.training.descent import Descent
from symbackprop.training.divergence import diverged
from symbackprop.training.epochs_at_once import MOST_AT_ONCE
from symbackprop.training.history import TrainingHistory
from symbackprop.training.loop_updater import LoopUpdater
from symbackprop.training.optimisers import Optimiser
from symbackprop.training.progress import Progress, telling
from symbackprop.training.recipe import How, Recipe
from symbackprop.training.schedules import Schedule
from symbackprop.training.start import Initial, Start, start
from symbackprop.training.updater import Updater


def train(
    derivation: Derivation,
    data: Mapping[Any, Any] | None = None,
    *,
    initial: Initial = None,
    learning_rate: float,
    epochs: int,
    optimiser: Optimiser | str = "gradient-descent",
    schedule: Schedule | str = "constant",
    batch_size: int | None = None,
    seed: int = 0,
    sizes: Mapping[Any, int] | None = None,
    validation: Mapping[Any, Any] | None = None,
    patience: int | None = None,
    accuracy: str | Symbol | Sequence[str | Symbol] | None = None,
    dtype: Any = "float64",
    backend: str = "numpy",
    progress: Progress = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int | str | None = None,
    resume: bool = False,
    check_facts: bool = True,
    optimizer: Optimiser | str | None = None,
) -> TrainingHistory:
    """Train on one example or on many; by default by gradient descent, w ← w − η·∂E/∂w, on all of them at once.

    Parameters
    ----------
    derivation
        Gradients by every parameter of the network (``derive(net)``).
    data
        Inputs and targets by name: numbers for one example, flat arrays with one entry an example for a batch, whose
        mean loss is then minimised; arrays of the shapes of their names, where these are matrices. The network's own
        values stand in for what is missing.
    initial
        The first value of each parameter, by name; what is given is copied, never changed. Or the file in which
        ``history.save`` wrote them, ``"w.npz"``. Or the rule by which they are drawn, such as ``"xavier"`` or ``"he"``,
        or the number that all weights are (``initialise`` has all of it).
    learning_rate, epochs
        η > 0, and how often to go through the data: the number of updates, where each is of all the data.
    optimiser, schedule
        How the gradients are used, such as ``"adam"`` (``optimiser`` has all of them), and how the learning rate
        changes, such as ``"cosine"`` (``schedule`` has all of them). ``optimizer`` is another spelling.
    batch_size
        How many examples an update is made from, drawn anew in each epoch; None for all of them, in their order.
    seed
        What is drawn, weights and the order of examples, depends on it alone.
    sizes
        For drawn weights: the sizes that the data do not tell, ``{"h": 32}``.
    validation
        Inputs and targets that are not trained on; their loss stands in the history.
    patience
        After so many epochs without a smaller loss (of the validation data, where there are any) training stops; it
        ends with the weights of the best epoch.
    accuracy
        An output, or one for each scalar target: the history tells for what part of the examples the largest output
        stands at the largest target; where there is one, whether both are above ½.
    dtype
        ``"float64"`` or ``"float32"``: the precision of everything, into which data and first weights are cast.
    backend
        For networks of scalars: ``"numpy"``; ``"numba"``, which compiles the loop and keeps it in a cache; or
        ``"auto"``, which takes numba where it is installed and worth it. The history is the same to 1e-12 in float64.
    progress
        Called as ``progress(epoch, loss)`` after each epoch; True draws a bar on a terminal.
    checkpoint
        A file that a kill at any moment leaves whole, written while training goes on and at its end.
    checkpoint_every
        How often: after so many epochs, or seconds as in ``"30s"``; by default every five seconds, or less often where
        writing takes long.
    resume
        Go on from that file, bit for bit as if training had never stopped; from the beginning where it is not there
        yet. ``epochs`` is the number in all.
    check_facts
        Whether data and first weights are held to the facts of the derivation, before the first epoch. Weights that
        leave an inequality while they are trained are not stopped.

    Raises DataError where values are missing, unknown, ragged or not finite and where a choice is none;
    CheckpointError where a checkpoint is of other training, is damaged, is there already or cannot be written; and
    Diverged, which keeps the history, where the loss or a gradient becomes NaN or infinite. KeyboardInterrupt writes a
    last checkpoint.
    """
    recipe = Recipe.of(
        How(
            optimiser=optimiser, optimizer=optimizer, schedule=schedule, batch_size=batch_size, seed=seed, sizes=sizes,
            validation=validation, patience=patience, accuracy=accuracy, dtype=dtype,
            backend=backend, check_facts=check_facts,
        )
    )  # fmt: skip
    keeping = Keeping.of(checkpoint, checkpoint_every, resume)
    history = descend(derivation, data, initial, learning_rate, epochs, progress, recipe=recipe, keeping=keeping)
    if history.diverged_at is not None:
        raise diverged(derivation.network, history)
    return history


def descend(
    derivation: Derivation,
    data: Mapping[Any, Any] | None,
    initial: Initial,
    learning_rate: float,
    epochs: int,
    progress: Progress = None,
    function: GradientFunction | None = None,
    recipe: Recipe | None = None,
    keeping: Keeping | None = None,
) -> TrainingHistory:
    """Like ``train``, but a history that diverged is returned, cut off where it did.

    ``function`` is the derivation compiled, where the caller has it already.
    """
    require_derivation(derivation, "train")
    recipe = settled(recipe or Recipe(), derivation, keeping is not None)
    begun = start(derivation, data, initial, recipe)
    rate, count = checked_rate(learning_rate), checked_epochs(epochs)
    function = function or lambdify(derivation)
    updater = derivation.network.kind[UPDATER](derivation, function, begun, recipe, count)
    descent = Descent(derivation.network, updater, begun, recipe, rate, count)
    longest = MOST_AT_ONCE if progress is None or progress is True or progress is False else 1
    if keeping is None:
        with telling(progress, count) as told:
            descent.run(told, longest=longest)
    else:
        run = run_of(derivation.network, updater.source, begun, recipe, rate)
        _keep(descent, Keeper(keeping, run, count, recipe.schedule), progress, min(longest, keeping.epochs or longest))
    return replace(descent.history(), derivation=derivation)


def _as_it_is(derivation: Derivation, function: GradientFunction, begun: Start, recipe: Recipe, epochs: int) -> Updater:
    return Updater(derivation, function, begun, recipe)


UPDATER: Question[Callable[[Derivation, GradientFunction, Start, Recipe, int], Updater]] = Question(
    __name__, "what computes its epochs", {SCALARS: LoopUpdater, MATRICES: _as_it_is}
)


def _keep(descent: Descent, keeper: Keeper, progress: Progress, longest: int) -> None:
    """Go down with checkpoints, from where the last one was left."""
    kept = keeper.resumed(descent.at)
    if kept is not None:
        descent.resume(*kept)
    try:
        with telling(progress, descent.epochs) as told:
            descent.run(told, keeper.passes, longest)
    except KeyboardInterrupt:
        raise keeper.interrupted(descent.at, descent.tables) from None
