"""The sections of a report on a network of matrices."""

from symbackprop.reporting.sections.matrices.batch import batch
from symbackprop.reporting.sections.matrices.closing import verification
from symbackprop.reporting.sections.matrices.numbers import first_step
from symbackprop.reporting.sections.matrices.opening import forward_pass, symbols
from symbackprop.reporting.sections.matrices.rules import rules
from symbackprop.reporting.sections.matrices.smallest import smallest
from symbackprop.reporting.sections.matrices.training import training

__all__ = [
    "batch",
    "first_step",
    "forward_pass",
    "rules",
    "smallest",
    "symbols",
    "training",
    "verification",
]
