"""Gradient descent and its relatives, with derived gradients."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Symbol

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import Diverged
from symbackprop.network.network import Network
from symbackprop.notation import text
from symbackprop.numeric import GradientFunction, lambdify
from symbackprop.training.accuracy import accuracy_of
from symbackprop.training.data import Floats, checked_epochs, checked_rate
from symbackprop.training.history import TrainingHistory
from symbackprop.training.optimisers import Optimiser
from symbackprop.training.progress import Told, bar
from symbackprop.training.recipe import How, Recipe
from symbackprop.training.schedules import Schedule
from symbackprop.training.start import Initial, Start, start
from symbackprop.training.stopping import Best
from symbackprop.training.tables import MOST_NUMBERS, Tables

Progress = Callable[[int, float], None] | bool | None


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
    progress: Progress = None,
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
        The first value of each parameter, by name; what is given is copied, never changed. Or the rule by which they
        are drawn, such as ``"xavier"`` or ``"he"``, or the number that all weights are (``initialise`` has all of it).
    learning_rate, epochs
        η > 0, and how often to go through the data: the number of updates, where each is of all the data.
    optimiser, schedule
        How the gradients are used, such as ``"adam"`` (``optimiser`` has all of them), and how the learning rate
        changes, such as ``"cosine"`` (``schedule`` has all of them).
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
    progress
        Called as ``progress(epoch, loss)`` after each epoch; True draws a bar on a terminal.

    Raises DataError where values are missing, unknown, ragged or not finite and where a choice is none, and Diverged,
    which keeps the history, where the loss or a gradient becomes NaN or infinite.
    """
    recipe = Recipe.of(
        How(
            optimiser=optimiser, schedule=schedule, batch_size=batch_size, seed=seed, sizes=sizes,
            validation=validation, patience=patience, accuracy=accuracy,
        )
    )  # fmt: skip
    history = descend(derivation, data, initial, learning_rate, epochs, progress, recipe=recipe)
    if history.diverged_at is not None:
        raise _diverged(derivation.network, history)
    return history


def _first_broken(network: Network, history: TrainingHistory) -> tuple[str, str]:
    """What is not finite before any update, where no learning rate is to blame, and what to look at."""
    loss = history.loss
    values = {name.name: history.forward.get(name.name, history.losses)[0] for name in network.equations}
    broken = next((name for name, value in values.items() if not np.isfinite(value).all()), None)
    if broken is None:
        w = next(name for name, gradient in history.gradients.items() if not np.isfinite(gradient[0]).all())
        return (
            f"the gradient of {loss} by {w} is not finite at the first values, before any update",
            "give other first values: the loss may have no derivative there",
        )
    what = f"{loss} is not finite at the first values, before any update"
    if broken != loss:
        what += f": {broken} is the first value that is not"
    written = text(network.equations[network.symbol(broken)], order=network.order, unicode=False)
    return what, f"look at {broken} = {written:.60}, and at what goes into it"


def descend(
    derivation: Derivation,
    data: Mapping[Any, Any] | None,
    initial: Initial,
    learning_rate: float,
    epochs: int,
    progress: Progress = None,
    function: GradientFunction | None = None,
    recipe: Recipe | None = None,
) -> TrainingHistory:
    """Like ``train``, but a history that diverged is returned, cut off where it did.

    ``function`` is the derivation compiled, where the caller has it already.
    """
    require_derivation(derivation, "train")
    recipe = recipe or Recipe()
    begun = start(derivation, data, initial, recipe)
    rate, count = checked_rate(learning_rate), checked_epochs(epochs)
    descent = _Descent(derivation, begun, function or lambdify(derivation), recipe, rate, count)
    with _telling(progress, count) as told:
        descent.run(told)
    return descent.history()


class _Descent:
    """The weights on their way down, and the record of it."""

    def __init__(
        self,
        derivation: Derivation,
        begun: Start,
        function: GradientFunction,
        recipe: Recipe,
        rate: float,
        epochs: int,
    ) -> None:
        self.network, self.function, self.recipe = derivation.network, function, recipe
        self.data, self.validation = begun.data, begun.validation
        self.rate, self.epochs = rate, epochs
        self.weights: dict[str, Any] = dict(begun.weights)
        self.trained = [w.name for w in derivation.wrt if w.name in self.weights]
        self.state = recipe.optimiser.start({name: self.weights[name] for name in self.trained})
        self.accuracy = None if recipe.accuracy is None else accuracy_of(self.network, recipe.accuracy)
        self.best = Best(recipe.patience)
        self.tables: Tables | None = None
        self.diverged_at: int | None = None
        self.stopped = False

    def run(self, told: Told) -> None:
        """Go through the epochs, until they are done, the loss is no longer finite, or patience is over."""
        with np.errstate(all="ignore"):
            for epoch in range(self.epochs + 1):
                gradients, loss, finite = self._look(epoch)
                if not finite:
                    self.diverged_at = epoch
                    break
                over = self.best.over(epoch, float(self._watched[epoch]), self.weights)
                rate = self._rate(epoch)
                self.stopped = over and epoch < self.epochs
                if epoch < self.epochs and not over:
                    self._update(epoch, gradients, rate)
                told(epoch, float(loss), rate)
                if over:
                    break

    def _look(self, epoch: int) -> tuple[dict[str, Any], Any, bool]:
        """Compute everything on all the data, and write it down: the gradients, the loss, and whether it is finite."""
        forward, gradients, loss = self._computed(self.data.values)
        if self.tables is None:
            self.tables = Tables(
                self.epochs + 1, self.weights, forward, gradients, MOST[self.network.dialect], self._columns()
            )
        told = {}
        if self.accuracy is not None:
            told["accuracy"] = self.accuracy.of({**self.data.values, **forward})
        if self.validation is not None:
            seen, _, told["validation"] = self._computed(self.validation.values)
            if self.accuracy is not None:
                told["validation accuracy"] = self.accuracy.of({**self.validation.values, **seen})
        self.tables.write(self.weights, forward, gradients, loss, told)
        self.tables.told["rate"][epoch] = self._rate(epoch)
        return gradients, loss, bool(np.isfinite(loss)) and all(np.isfinite(g).all() for g in gradients.values())

    def _computed(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], Any]:
        forward, found = self.function.again({**values, **self.weights})
        return forward, {name: found[name] for name in self.trained}, np.mean(forward[self.network.loss.name])

    def _update(self, epoch: int, gradients: Mapping[str, Any], rate: float) -> None:
        """Move the weights once, or once for each batch; a batch whose loss is not finite ends the epoch."""
        if self.recipe.batch_size is None:
            self._step(gradients, rate)
            return
        for batch in self.data.batches(self.recipe.batch_size, self.recipe.seed, epoch):
            _, gradients, loss = self._computed(batch)
            self._step(gradients, rate)
            if not np.isfinite(loss):
                break

    def _step(self, gradients: Mapping[str, Any], rate: float) -> None:
        self.weights, self.state = self.recipe.optimiser.step(self.weights, gradients, self.state, rate)

    def _rate(self, epoch: int) -> float:
        """The learning rate of an epoch that has been written down."""
        return self.rate * self.recipe.schedule.factor(epoch, self.epochs, self._watched[: epoch + 1])

    @property
    def _watched(self) -> Floats:
        """The losses that patience and a schedule look at."""
        assert self.tables is not None
        return self.tables.losses if self.validation is None else self.tables.told["validation"]

    def _columns(self) -> list[str]:
        """What is written down of each epoch beside its loss."""
        asked = {
            "rate": True,
            "validation": self.validation is not None,
            "accuracy": self.accuracy is not None,
            "validation accuracy": self.validation is not None and self.accuracy is not None,
        }
        return [name for name, wanted in asked.items() if wanted]

    def history(self) -> TrainingHistory:
        """Everything that was written down."""
        assert self.tables is not None
        loss, tables = self.network.loss.name, self.tables
        forward = tables.forward.values
        if forward[loss].ndim == 1:
            forward.pop(loss)
        rows = tables.parameters.written
        told = {name: numbers[:rows] for name, numbers in tables.told.items()}
        return TrainingHistory(
            network=self.network.name,
            loss=loss,
            learning_rate=self.rate,
            data=dict(self.data.values),
            forward=forward,
            losses=tables.losses[:rows],
            parameters=tables.parameters.values,
            gradients=tables.gradients.values,
            weight_epochs=tables.parameters.epochs,
            forward_epochs=tables.forward.epochs,
            diverged_at=self.diverged_at,
            rates=told["rate"],
            validation_losses=told.get("validation"),
            accuracies=told.get("accuracy"),
            validation_accuracies=told.get("validation accuracy"),
            best_epoch=self.best.epoch,
            best=self.best.weights,
            stopped=self.stopped,
            optimiser=self.recipe.optimiser,
            schedule=self.recipe.schedule,
            batch_size=self.recipe.batch_size,
        )


MOST: Mapping[str, float] = {"scalar": math.inf, "matrix": MOST_NUMBERS}
"""By dialect, how many numbers of the weights and of the forward values are kept; named scalars never are too many."""


def _diverged(network: Network, history: TrainingHistory) -> Diverged:
    """What to change: the first weights where nothing was right from the start, else the learning rate."""
    at, rate = history.diverged_at or 0, history.learning_rate
    word = "updates" if history.batch_size is None else "epochs"
    what = f"{history.loss} is no longer finite after {at} {word} at rate {rate:g}"
    fix = f"try a smaller learning rate, such as {rate / 10:g}"
    if at == 0:
        what, fix = _first_broken(network, history)
    return Diverged("diverged", what, fix, history=history)


@contextlib.contextmanager
def _telling(progress: Progress, epochs: int) -> Iterator[Told]:
    """What is called after each epoch."""
    if progress is True:
        with bar(epochs) as told:
            yield told
    elif callable(progress):
        yield lambda epoch, loss, rate: progress(epoch, loss)
    else:
        yield lambda epoch, loss, rate: None
