"""Writes checkpoints while training goes on, and reads the one to go on from."""

from __future__ import annotations

import logging
import time

import numpy as np

from symbackprop.errors import CheckpointError
from symbackprop.files import replace_durably
from symbackprop.training.checkpoints.archive import damaged, packed, unpacked
from symbackprop.training.checkpoints.keeping import RESUME, Keeping, unwritable
from symbackprop.training.checkpoints.moment import Moment, Rows, as_arrays, as_words, read_moment
from symbackprop.training.checkpoints.run import Run, require_same
from symbackprop.training.schedules import Schedule
from symbackprop.training.tables import Tables
from symbackprop.version import __version__

SHARE = 20
"""Where nobody says how often, all but one part in so many of the time is left to training."""


_log = logging.getLogger("symbackprop.training")


class Keeper:
    """Of one training: ``run`` says which, ``epochs`` how long it is to be."""

    def __init__(self, keeping: Keeping, run: Run, epochs: int, schedule: Schedule) -> None:
        self.keeping, self.run, self.epochs, self.schedule = keeping, run, epochs, schedule
        self.kept: int | None = None
        self.due = time.monotonic() + keeping.seconds

    def resumed(self, start: Moment) -> tuple[Moment, Rows] | None:
        """The moment to go on from, and the rows before it; None where training begins.

        Raises CheckpointError where the file is no checkpoint of this training.
        """
        place = str(self.keeping.path)
        try:
            content = self.keeping.path.read_bytes() if self.keeping.resume else None
        except FileNotFoundError:
            _log.info("%s is not there yet: training starts from the beginning", place)
            return None
        except OSError as error:
            what = f"the checkpoint cannot be read ({error.strerror or error})"
            raise CheckpointError("checkpoint", what, "name another file", place=place) from None
        if content is None:
            return None
        about, arrays = unpacked(content, place)
        require_same(about.get("run"), self.run, place)
        self._require_epochs(about.get("epochs"))
        moment, rows = read_moment((about, arrays), start, place)
        if moment.epoch > self.epochs:
            raise damaged(place)
        self.kept = moment.epoch
        rest = "training goes on from there" if moment.epoch < self.epochs else "training is done"
        _log.info("%s has epoch %d of %d: %s", place, moment.epoch, self.epochs, rest)
        return moment, rows

    def _require_epochs(self, planned: object) -> None:
        """A run may be made longer, unless its rates depend on its length; a shorter one would have other rows."""
        place = str(self.keeping.path)
        if not isinstance(planned, int):
            raise damaged(place)
        if planned == self.epochs:
            return
        what = f"the checkpoint is of a run of {planned} epochs, and this is one of {self.epochs}"
        if planned > self.epochs:
            raise CheckpointError("checkpoint", what, f"give {planned} epochs or more", place=place)
        if self.schedule.needs_epochs:
            what += f": the rates of the {self.schedule.name} schedule depend on it"
            raise CheckpointError("checkpoint", what, f"give {planned} epochs", place=place)

    def passes(self, moment: Moment, tables: Tables, last: bool) -> None:
        """Write a checkpoint, if one is due, at an epoch whose loss and gradients have been found to be finite.

        After the ``last`` epoch one is always written. Raises CheckpointError where that cannot be done.
        """
        if last or self._is_due(moment.epoch):
            self.write(moment, tables)

    def _is_due(self, epoch: int) -> bool:
        if self.keeping.epochs is not None:
            return epoch > 0 and epoch % self.keeping.epochs == 0
        return time.monotonic() >= self.due

    def write(self, moment: Moment, tables: Tables) -> None:
        """Write a checkpoint, unless the file has this moment already. Raises CheckpointError."""
        if moment.epoch == self.kept:
            return
        begun = time.monotonic()
        about = {
            "symbackprop": __version__, "numpy": np.__version__, "epochs": self.epochs, **as_words(moment),
            "run": self.run,
        }  # fmt: skip
        try:
            replace_durably(self.keeping.path, packed(about, as_arrays(moment, tables)))
        except OSError as error:
            raise unwritable(self.keeping.path, error) from None
        self.kept = moment.epoch
        now = time.monotonic()
        self.due = now + max(self.keeping.seconds, SHARE * (now - begun))

    def interrupted(self, moment: Moment, tables: Tables | None) -> KeyboardInterrupt:
        """Write a last checkpoint, and say how to go on from it."""
        if tables is None or moment.epoch == 0:
            return KeyboardInterrupt("training was interrupted before the first epoch was over")
        self.write(moment, tables)
        return KeyboardInterrupt(
            f"training was interrupted; {self.keeping.path} has epoch {moment.epoch} of {self.epochs}: "
            f"give the same again {RESUME}"
        )
