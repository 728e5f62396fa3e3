"""The sections of a report on a network of matrices."""

from symbackprop.reporting.sections.matrices.batch import batch
from symbackprop.reporting.sections.matrices.closing import appendix, source, verification
from symbackprop.reporting.sections.matrices.gradients import all_gradients, gradients
from symbackprop.reporting.sections.matrices.numbers import first_step
from symbackprop.reporting.sections.matrices.opening import forward_pass, summary, symbols
from symbackprop.reporting.sections.matrices.rules import rules
from symbackprop.reporting.sections.matrices.training import training

__all__ = [
    "all_gradients",
    "appendix",
    "batch",
    "first_step",
    "forward_pass",
    "gradients",
    "rules",
    "source",
    "summary",
    "symbols",
    "training",
    "verification",
]
