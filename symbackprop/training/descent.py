"""The loop: epoch by epoch a look at all the data, a row of the history, and an update."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from symbackprop.network.network import Network
from symbackprop.training.accuracy import accuracy_of
from symbackprop.training.checkpoints import Moment, Rows
from symbackprop.training.data import Floats
from symbackprop.training.epochs_at_once import MOST_AT_ONCE, Ahead
from symbackprop.training.history import TrainingHistory
from symbackprop.training.progress import Told
from symbackprop.training.recipe import Recipe
from symbackprop.training.start import Start
from symbackprop.training.stopping import Best
from symbackprop.training.tables import MOST_NUMBERS, MOST_OF_EXAMPLES, Tables
from symbackprop.training.updater import Look, Updater

Passes = Callable[[Moment, Tables, bool], None]
"""Takes a moment at which all is finite, the rows up to it, and whether it is the last one."""


class Descent:
    """The weights on their way down, and the record of it.

    ``at`` is the start of the epoch that is on; it is replaced as a whole, so that what interrupts an epoch finds the
    moment from which to repeat it. ``rows`` are those of the epochs before the first one here.
    """

    def __init__(self, network: Network, updater: Updater, begun: Start, recipe: Recipe, rate: float, epochs: int):
        self.network, self.updater, self.recipe = network, updater, recipe
        self.data, self.validation = begun.data, begun.validation
        self.rate, self.epochs = rate, epochs
        self.accuracy = None if recipe.accuracy is None else accuracy_of(network, recipe.accuracy)
        self.at = Moment(0, dict(begun.weights), updater.start(begun.weights), Best(recipe.patience))
        self.rows: Rows | None = None
        self.tables: Tables | None = None
        self.diverged_at: int | None = None
        self.stopped = False

    def resume(self, moment: Moment, rows: Rows) -> None:
        """Go on from another moment of this training."""
        self.at, self.rows = moment, rows

    def run(self, told: Told, passes: Passes | None = None, longest: int = MOST_AT_ONCE) -> None:
        """Go through the epochs, until they are done, the loss is no longer finite, or patience is over.

        ``longest`` is how many of them may be computed before anyone is told, and begin at a multiple of it.
        """
        ahead = Ahead.of(self.updater, self.recipe, longest)
        with np.errstate(all="ignore"):
            while self._epoch(told, passes):
                while ahead is not None and self._epochs(ahead, told, passes):
                    pass

    def _epochs(self, ahead: Ahead, told: Told, passes: Passes | None) -> bool:
        """Several epochs at once, as far as nothing ends at one of them; tells whether more can follow."""
        at, tables = self.at, self.tables
        assert tables is not None
        rates = ahead.rates(self.rate, at.epoch, self.epochs)
        stretch, best, wanted = ahead.stretch(at, rates)
        count = len(stretch.losses)
        if count:
            tables.losses[at.epoch : at.epoch + count] = stretch.losses
            tables.told["rate"][at.epoch : at.epoch + count] = rates[:count]
            tables.parameters.write_rows(stretch.parameters, count)
            tables.gradients.write_rows(stretch.gradients, count)
            tables.forward.write_rows(stretch.forward, count)
            if passes is not None:
                passes(at, tables, False)
            self.at = Moment(at.epoch + count, stretch.weights, stretch.state, best)
            for k, loss in enumerate(stretch.losses.tolist()):
                told(at.epoch + k, loss, rates[k])
        return count == wanted > 0

    def _epoch(self, told: Told, passes: Passes | None) -> bool:
        """One epoch; tells whether another one follows."""
        at = self.at
        look, tables = self._look(at)
        best = at.best.after(at.epoch, float(self._watched(tables)[at.epoch]), at.weights)
        rate = float(tables.told["rate"][at.epoch])
        last = best.over(at.epoch) or at.epoch == self.epochs
        if not look.gradients and (last or not look.finite):
            look = self.updater.look(self.data.values, at.weights)
            tables.gradients.correct(look.gradients)
        if not look.finite:
            self.diverged_at = at.epoch
            return False
        if passes is not None:
            passes(at, tables, last)
        if last:
            self.stopped = at.epoch < self.epochs
            self.at = replace(at, best=best)
        else:
            self.at = Moment(at.epoch + 1, *self.updater.updated(at.weights, at.state, at.epoch, look, rate), best)
        told(at.epoch, float(look.loss), rate)
        return not last

    def _look(self, at: Moment) -> tuple[Look, Tables]:
        """Compute all values on all the data, with the gradients where an update or a row needs them; write it down."""
        wanted = self.recipe.batch_size is None or self.tables is None or self.tables.gradients.every
        look = (self.updater.look if wanted else self.updater.glance)(self.data.values, at.weights)
        told = {}
        if self.accuracy is not None:
            told["accuracy"] = self.accuracy.of({**self.data.values, **look.forward})
        if self.validation is not None:
            seen = self.updater.glance(self.validation.values, at.weights)
            told["validation"] = seen.loss
            if self.accuracy is not None:
                told["validation accuracy"] = self.accuracy.of({**self.validation.values, **seen.forward})
        if self.tables is None:
            self.tables = self._new_tables(at, look, ["rate", *told])
        tables = self.tables
        tables.write(at.weights, look.forward, look.gradients, look.loss, told)
        losses = self._watched(tables)[: at.epoch + 1]
        tables.told["rate"][at.epoch] = self.rate * self.recipe.schedule.factor(at.epoch, self.epochs, losses)
        return look, tables

    def _new_tables(self, at: Moment, look: Look, told: list[str]) -> Tables:
        most = math.inf if self.network.kind.one_number else MOST_NUMBERS  # named scalars never are too many
        of_many = any(np.ndim(value) for value in look.forward.values())
        most_forward = min(most, MOST_OF_EXAMPLES) if of_many else most
        tables = Tables(self.epochs + 1, at.weights, look.forward, look.gradients, most, most_forward, told)
        if self.rows is not None:
            self.rows.put_into(tables, at.epoch)
        return tables

    def _watched(self, tables: Tables) -> Floats:
        """The losses that patience and a schedule look at."""
        return tables.losses if self.validation is None else tables.told["validation"]

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
            best_epoch=self.at.best.epoch,
            best=self.at.best.weights,
            stopped=self.stopped,
            optimiser=self.recipe.optimiser,
            schedule=self.recipe.schedule,
            batch_size=self.recipe.batch_size,
        )
