"""Checkpoints: files from which training goes on bit for bit as if it had never stopped.

descent ──► keeper ──► moment ──► archive ──► files.replace_durably
(the loop)  (when)     (what)     (bytes)     (whole, or not at all)
               │
               └── run (is this checkpoint of this very training?)
"""

from symbackprop.training.checkpoints.keeper import Keeper
from symbackprop.training.checkpoints.keeping import Keeping, epoch_kept
from symbackprop.training.checkpoints.moment import Moment, Rows
from symbackprop.training.checkpoints.run import run_of

__all__ = ["Keeper", "Keeping", "Moment", "Rows", "epoch_kept", "run_of"]
