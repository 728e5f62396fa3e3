"""The squared error."""

from typing import Any

from symbackprop.functions.loss import Loss, Values, summed


def squared_error(outputs: Values, targets: Values) -> Any:
    """Half the squared error, summed over the outputs: Σ (t - y)²/2. The half cancels in the derivative.

    Of two matrices, as of every loss that is a sum over outputs, it is the matrix of the losses of their entries;
    ``total`` and ``mean`` add it up.
    """
    return summed("squared_error", outputs, targets, lambda y, t: (t - y) ** 2 / 2)


LOSS = Loss(squared_error, "squared_error(y, t) or squared_error([y1, y2], [t1, t2])")
