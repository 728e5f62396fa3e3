"""``NetworkClassifier``: classes from the outputs of a network."""

from __future__ import annotations

from typing import Any, final

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from symbackprop.errors import DataError
from symbackprop.sklearn.design import model_of
from symbackprop.sklearn.estimator import FLOATS, NetworkEstimator
from symbackprop.training.accuracy import chosen, one_hot
from symbackprop.training.data import Floats


@final
class NetworkClassifier(ClassifierMixin, NetworkEstimator):
    """A classifier that is trained by derived gradients: a perceptron with a softmax, or a network of the user's own.

    Parameters
    ----------
    hidden
        How many neurons each hidden layer has: one number or several; ``()`` for none.
    activation
        Of the hidden layers, as in ``mlp``.
    optimiser, learning_rate
        As in ``train``.
    epochs, batch_size
        How often at most to go through the examples, and of how many an update is made: ``"auto"`` for 200, or all
        where there are fewer, None for all.
    initial
        The rule by which first weights are drawn, or the weights.
    patience, tolerance
        Training stops after so many epochs in a row in which the loss fell by less than the tolerance; None for never.
    validation_fraction
        So many of the examples are held out; their score is then what is watched, and the best weights are kept.
    random_state
        A seed, or scikit-learn's generator; weights, the order of examples and what is held out depend on it alone.
    network, output, sizes
        A network to fit in place of the perceptron; its outputs that answer, where the targets do not tell which they
        are; and sizes of first weights that data do not tell. Columns go to its inputs in their order, classes to its
        targets as numbers 0 and 1, one an entry; with one target they are 0 and 1.
    backend
        As in ``trainer``.

    After ``fit`` there are ``classes_``, ``weights_`` by name, ``loss_curve_``, ``validation_scores_``, ``n_iter_`` and
    ``derivation_``, which ``check``, ``report`` and ``lambdify`` take.
    """

    def fit(self, X: Any, y: Any) -> NetworkClassifier:  # noqa: N803
        """Train on a table with a row an example, and the class of each. Raises DataError and Diverged."""
        inputs, labels = validate_data(self, X, y, dtype=FLOATS)
        check_classification_targets(labels)
        classes, numbers = np.unique(labels, return_inverse=True)
        if len(classes) < 2:
            raise DataError("classes", "there is one class alone in y", "give examples of two classes at least")
        self.classes_ = classes
        self.n_outputs_ = self._width(len(classes))
        targets = one_hot(numbers, len(classes)) if self.n_outputs_ > 1 else numbers[:, None]
        self._fit(inputs, targets.astype(inputs.dtype), "cross_entropy", numbers, _share_right)
        return self

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        """How likely each class is, a row an example, in the order of ``classes_``."""
        check_is_fitted(self)
        found = self._answers(X)
        if found.shape[1] == 1:
            return np.hstack([1 - found, found])
        whole = found.sum(axis=1, keepdims=True)
        chances: Floats = np.divide(found, whole, out=found.copy(), where=whole > 0)
        return chances

    def predict(self, X: Any) -> Any:  # noqa: N803
        """The most likely class of each example."""
        check_is_fitted(self)
        return self.classes_[chosen(self._answers(X))]

    def _width(self, classes: int) -> int:
        """How many numbers tell the class of an example: one where the user's network has one target, of two classes.

        Raises DataError.
        """
        if self.network is None:
            return classes
        width = model_of(self._design("")).width
        if width == 1 and classes > 2:
            what = f"there are {classes} classes in y, and one output for two"
            raise DataError("classes", what, "give a network with a target for each class")
        return width or classes


def _share_right(answers: Floats, targets: Floats) -> float:
    return float(np.mean(chosen(answers) == chosen(targets)))
