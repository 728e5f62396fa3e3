"""``NetworkRegressor``: numbers from the outputs of a network."""

from __future__ import annotations

from typing import Any, final

from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from symbackprop.sklearn.estimator import FLOATS, NetworkEstimator
from symbackprop.training.data import Floats


@final
class NetworkRegressor(RegressorMixin, MultiOutputMixin, NetworkEstimator):
    """A regressor that is trained by derived gradients: a perceptron under the squared error, or one of the user's own.

    Its parameters are those of ``NetworkClassifier``, and so are ``weights_``, ``loss_curve_``, ``n_iter_`` and
    ``derivation_``. Targets may have several numbers an example.
    """

    def fit(self, X: Any, y: Any) -> NetworkRegressor:  # noqa: N803
        """Train on a table with a row an example, and its number, or its numbers. Raises DataError and Diverged."""
        inputs, targets = validate_data(self, X, y, dtype=FLOATS, multi_output=True, y_numeric=True)
        self.flat_ = targets.ndim == 1
        table = targets[:, None] if self.flat_ else targets
        self.n_outputs_ = table.shape[1]
        self._fit(inputs, table.astype(inputs.dtype), "squared_error", None, _explained)
        return self

    def predict(self, X: Any) -> Floats:  # noqa: N803
        """The number of each example, or a row of them."""
        check_is_fitted(self)
        found = self._answers(X)
        return found[:, 0] if self.flat_ else found


def _explained(answers: Floats, targets: Floats) -> float:
    """The share of the variance of targets that answers explain; one where there is none to explain and no error."""
    wrong = float(((answers - targets) ** 2).sum())
    whole = float(((targets - targets.mean(axis=0)) ** 2).sum())
    return 1 - wrong / whole if whole else float(wrong == 0) - wrong
