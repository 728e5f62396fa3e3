"""Estimators for scikit-learn, trained by derived gradients: ``NetworkClassifier`` and ``NetworkRegressor``.

They need the extra ``sklearn``. They fit a perceptron of ours, or a network of the user's own; ``trainer`` makes the
updates.
"""

from symbackprop.errors import missing_extra

try:
    import sklearn  # noqa: F401  # asked for here, so that an absent one is told in one line
except ModuleNotFoundError:
    raise missing_extra("symbackprop.sklearn needs scikit-learn", "sklearn", "sklearn") from None

from symbackprop.sklearn.classifier import NetworkClassifier
from symbackprop.sklearn.regressor import NetworkRegressor

__all__ = ["NetworkClassifier", "NetworkRegressor"]
