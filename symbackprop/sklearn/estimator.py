"""What the classifier and the regressor share: their parameters, and how they are fitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, as_given
from symbackprop.network import Network
from symbackprop.sklearn.design import Design, Model, Perceptron, model_of, own, widths_of
from symbackprop.sklearn.fitting import Patience, Score, fitted
from symbackprop.training import Optimiser, trainer
from symbackprop.training.data import Floats, checked_epochs, checked_rate
from symbackprop.training.examples import checked_batch_size, require_batches

FLOATS = (np.float64, np.float32)
MOST_IN_A_BATCH = 200
"""How many examples are in a batch where nobody says it, as in scikit-learn's own perceptrons."""


class NetworkEstimator(BaseEstimator):
    """A network behind scikit-learn's interface; ``NetworkClassifier`` tells of its parameters."""

    def __init__(
        self,
        hidden: int | Sequence[int] = (100,),
        activation: str | Callable[..., Any] | None = "relu",
        *,
        optimiser: Optimiser | str = "adam",
        learning_rate: float = 0.001,
        epochs: int = 200,
        batch_size: int | str | None = "auto",
        initial: str | float | Mapping[str, Any] | None = "normalised-xavier",
        patience: int | None = 10,
        tolerance: float = 1e-4,
        validation_fraction: float = 0.0,
        random_state: Any = None,
        network: Network | None = None,
        output: str | Sequence[str] | None = None,
        sizes: Mapping[str, int] | None = None,
        backend: str = "numpy",
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.optimiser = optimiser
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.initial = initial
        self.patience = patience
        self.tolerance = tolerance
        self.validation_fraction = validation_fraction
        self.random_state = random_state
        self.network = network
        self.output = output
        self.sizes = sizes
        self.backend = backend

    @property
    def derivation_(self) -> Derivation:
        """The derivation of the network that was fitted: what ``check``, ``report`` and ``lambdify`` take."""
        check_is_fitted(self)
        return model_of(self.design_).derivation

    def _design(self, loss: str) -> Design:
        """What is to be fitted. Raises DataError."""
        if self.network is not None:
            return own(self.network, self.output)
        return Perceptron(len(widths_of(self.hidden)), self.activation, loss)

    def _fit(self, inputs: Floats, targets: Floats, loss: str, strata: Any, score: Callable[..., float]) -> None:
        """Train on tables with a row an example. ``strata`` are the classes that held-out examples keep the shares of.

        ``score(answers, targets)`` tells how good answers are. Raises DataError and Diverged.
        """
        epochs, rate = checked_epochs(self.epochs), checked_rate(self.learning_rate)
        if epochs < 1:
            raise DataError("epochs", "there are no epochs", "give one at least, or 200")
        patience = Patience.of(self.patience, self.tolerance)
        design = self._design(loss)
        model = model_of(design)
        random = check_random_state(self.random_state)
        kept, held_out = self._parted(len(inputs), strata, random)
        data = model.data(inputs[kept], targets[kept])
        begun = trainer(
            model.derivation,
            data,
            self.initial,
            rate,
            self.optimiser,
            seed=int(random.randint(2**31 - 1)),
            sizes=self._sizes(),
            dtype=inputs.dtype,
            backend=self.backend,
        )
        batch = self._batch(model, len(kept))
        watched: Score | None = None
        if len(held_out):

            def watched(weights: Mapping[str, Any]) -> float:
                return score(model.answer(weights, inputs[held_out]), targets[held_out])

        found = fitted(begun, len(kept), epochs, batch, patience, random, rate, watched)
        self.design_ = design
        self.weights_ = found.weights
        self.loss_curve_ = found.losses
        self.loss_ = found.losses[-1]
        self.validation_scores_ = found.scores
        self.n_iter_ = len(found.losses)

    def _answers(self, inputs: Any) -> Floats:
        """What the network makes of a table, a row an example."""
        check_is_fitted(self)
        table = validate_data(self, inputs, dtype=FLOATS, reset=False)
        return model_of(self.design_).answer(self.weights_, table)

    def _sizes(self) -> dict[str, int]:
        """The sizes that data do not tell: widths of hidden layers, or those of the user's network."""
        if self.network is not None:
            return dict(self.sizes or {})
        return {f"h{layer}": width for layer, width in enumerate(widths_of(self.hidden), 1)}

    def _batch(self, model: Model, count: int) -> int:
        """How many examples an update is made from. Raises DataError where they cannot be taken apart."""
        asked: Any = MOST_IN_A_BATCH if self.batch_size == "auto" else self.batch_size
        given = checked_batch_size(asked)
        if given is None or given >= count:
            return count
        require_batches(model.derivation)
        return given

    def _parted(self, count: int, strata: Any, random: np.random.RandomState) -> tuple[Any, Any]:
        """The numbers of the examples to train on, and of those held out. Raises DataError."""
        fraction = self.validation_fraction
        if isinstance(fraction, bool) or not isinstance(fraction, (int, float, np.number)) or not 0 <= fraction < 1:
            what = f"validation_fraction is {as_given(fraction)}"
            raise DataError("validation", what, "give a number from 0 up to 1, such as 0.1")
        numbers = np.arange(count)
        if fraction == 0:
            return numbers, numbers[:0]
        from sklearn.model_selection import train_test_split

        kept, held_out = train_test_split(numbers, test_size=fraction, random_state=random, stratify=strata)
        return kept, held_out
