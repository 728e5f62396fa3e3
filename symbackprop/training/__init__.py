"""Gradient descent, its history, and sweeps over learning rates."""

from symbackprop.training.history import TrainingHistory
from symbackprop.training.sweep import SweepResult, sweep
from symbackprop.training.train import train

__all__ = ["SweepResult", "TrainingHistory", "sweep", "train"]
