"""Where checkpoints go, how often, and whether training goes on from one: the choices, checked."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from symbackprop.errors import CheckpointError, DataError, as_given
from symbackprop.files import at_the_end, irregular, part_of, remove_parts
from symbackprop.training.checkpoints.archive import unpacked

Every = int | str | None
"""Epochs, or seconds as in ``"30s"``."""
SECONDS = 5.0
"""Between two checkpoints, where nobody says otherwise."""
RESUME = "with resume=True (--resume)"
_SECONDS = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?s")


@dataclass(frozen=True)
class Keeping:
    """A file, and how often it is written: after so many ``epochs``, or so many ``seconds`` where epochs is None."""

    path: Path
    epochs: int | None
    seconds: float
    resume: bool

    @classmethod
    def of(cls, checkpoint: str | os.PathLike[str] | None, every: Every, resume: bool) -> Keeping | None:
        """None without a checkpoint. Raises DataError for choices, CheckpointError for files, that do not do."""
        if checkpoint is None:
            if resume or every is not None:
                word = "resume" if resume else "checkpoint_every"
                raise DataError("checkpoint", f"{word} is given without a checkpoint", "name a file, such as run.ckpt")
            return None
        if not isinstance(checkpoint, (str, os.PathLike)) or not str(checkpoint) or "\0" in str(checkpoint):
            raise DataError("checkpoint", f"checkpoint is {as_given(checkpoint)}", "name a file, such as run.ckpt")
        keeping = cls(Path(checkpoint), *checked_every(every), bool(resume))
        keeping.require_place()
        return keeping

    def require_place(self) -> None:
        """Refuse, before any work is done, a place that cannot be written to and a file that is not to be replaced."""
        place, folder = str(self.path), at_the_end(self.path).parent
        if os.path.isdir(self.path):
            raise CheckpointError("checkpoint", "this is a folder", "name a file in it", place=place)
        try:
            kind = irregular(self.path)
        except OSError as error:
            raise unwritable(self.path, error) from None
        if kind:
            what = f"this is {kind}, and a checkpoint is a file that is replaced whole"
            raise CheckpointError("checkpoint", what, "name a file, such as run.ckpt", place=place)
        if not os.path.isdir(folder):
            raise CheckpointError("checkpoint", f"there is no folder {str(folder)!r}", "make it first", place=place)
        if not self.resume and os.path.exists(self.path):
            what, fix = "the file is there already", "name another file"
            if epoch_kept(self.path) is not None:
                what, fix = "there is a checkpoint already", f"go on from it {RESUME}, or {fix}"
            raise CheckpointError("checkpoint", what, fix, place=place)
        part = part_of(self.path)
        try:
            remove_parts(self.path)
            part.touch()
            part.unlink()
        except OSError as error:
            raise unwritable(self.path, error) from None


def checked_every(every: Every) -> tuple[int | None, float]:
    """The epochs, or None, and the seconds between two checkpoints. Raises DataError."""
    if every is None:
        return None, SECONDS
    if isinstance(every, int) and not isinstance(every, bool) and every >= 1:
        return every, SECONDS
    match = _SECONDS.fullmatch(every) if isinstance(every, str) else None
    if match and float(match[1]) > 0:
        return None, float(match[1])
    raise DataError(
        "checkpoint",
        f"checkpoint_every = {as_given(every)} is neither a number of epochs nor of seconds",
        "give, say, 100, or '30s'",
    )


def unwritable(path: Path, error: OSError) -> CheckpointError:
    """What is said where a checkpoint cannot be written."""
    what = f"the checkpoint cannot be written ({error.strerror or error})"
    return CheckpointError("checkpoint", what, "name a file that can be written", place=str(path))


def epoch_kept(path: Path) -> int | None:
    """The epoch from which the checkpoint in a file goes on; None where there is no good one."""
    try:
        about, _ = unpacked(path.read_bytes(), str(path))
    except (OSError, CheckpointError):
        return None
    epoch = about.get("epoch")
    return epoch if isinstance(epoch, int) else None
