"""Cross-entropy with smoothed labels."""

from typing import Any

from sympy import Rational, log, sympify

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import is_matrix
from symbackprop.functions.loss import Loss, Values, summed


def smoothed_cross_entropy(probabilities: Values, targets: Values, smoothing: Any = Rational(1, 10)) -> Any:
    """Cross-entropy of targets that are drawn towards 1/k for k classes (Szegedy et al., 2016).

    -Σ ((1 - ε)·t + ε/k)·log p, with ε = 1/10 unless given; of two matrices the classes are the columns. Raises
    NetworkError where there is one class alone.
    """
    share = sympify(smoothing, strict=True)
    count = probabilities.shape[1] if is_matrix(probabilities) else len(probabilities)
    if count == 1:
        raise NetworkError(
            "sizes", "smoothed_cross_entropy needs two classes or more", "give it all their probabilities"
        )
    return summed(
        "smoothed_cross_entropy",
        probabilities,
        targets,
        lambda p, t: -((1 - share) * t + share / count) * log(p),
        share,
    )


LOSS = Loss(
    smoothed_cross_entropy, "smoothed_cross_entropy([p1, p2], [t1, t2]) or smoothed_cross_entropy(p, t, smoothing)",
    most=3, by_entries=False,
)  # fmt: skip
