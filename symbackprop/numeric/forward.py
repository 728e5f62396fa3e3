"""The forward pass alone: a compiled gradient without the lines that only gradients need."""

from __future__ import annotations

from dataclasses import replace

from symbackprop.numeric.gradient_function import GradientFunction
from symbackprop.numeric.module_errors import FILE

PASS = "forward_backward"
"""What the function is called in generated modules."""


def forward_only(function: GradientFunction) -> GradientFunction:
    """The same function of values without any gradient: its forward values have the same bits.

    It runs the lines of the generated module that its forward values need, in their order.
    """
    module = dict(function.module)
    # These are lines of the module that runs already.
    exec(compile(function.forward(), FILE, "exec"), module)  # noqa: S102
    return replace(function, wrt=(), module=module)
