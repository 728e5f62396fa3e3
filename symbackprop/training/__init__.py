"""Training: first weights, optimisers, schedules, the loop and its history, and sweeps over learning rates."""

from symbackprop.training.accuracy import one_hot
from symbackprop.training.frames import Dataset, TableModel, read_model
from symbackprop.training.history import TrainingHistory
from symbackprop.training.initialisers import initialise
from symbackprop.training.loading import load_data
from symbackprop.training.optimisers import Optimiser, optimiser
from symbackprop.training.schedules import Schedule, schedule
from symbackprop.training.sweep import SweepResult, sweep
from symbackprop.training.train import train
from symbackprop.training.trainer import Trainer, trainer
from symbackprop.training.weights import Weights, read_weights, write_weights

__all__ = [
    "Dataset",
    "Optimiser",
    "Schedule",
    "SweepResult",
    "TableModel",
    "Trainer",
    "TrainingHistory",
    "Weights",
    "initialise",
    "load_data",
    "one_hot",
    "optimiser",
    "read_model",
    "read_weights",
    "schedule",
    "sweep",
    "train",
    "trainer",
    "write_weights",
]
