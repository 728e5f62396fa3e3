"""What is said of training whose numbers are no longer finite."""

from __future__ import annotations

import numpy as np

from symbackprop.errors import Diverged
from symbackprop.network.network import Network
from symbackprop.notation import text
from symbackprop.training.history import TrainingHistory


def diverged(network: Network, history: TrainingHistory) -> Diverged:
    """What to change: the first weights where nothing was right from the start, else the learning rate."""
    at, rate = history.diverged_at or 0, history.learning_rate
    word = "update" if history.batch_size is None else "epoch"
    what = f"{history.loss} is no longer finite after {at} {word}{'' if at == 1 else 's'} at rate {rate:g}"
    fix = f"try a smaller learning rate, such as {rate / 10:g}"
    if at == 0:
        what, fix = _first_broken(network, history)
    return Diverged("diverged", what, fix, history=history)


def _first_broken(network: Network, history: TrainingHistory) -> tuple[str, str]:
    """What is not finite before any update, where no learning rate is to blame, and what to look at."""
    loss = history.loss
    values = {name.name: history.forward.get(name.name, history.losses)[0] for name in network.equations}
    broken = next((name for name, value in values.items() if not np.isfinite(value).all()), None)
    if broken is None:
        w = next(name for name, gradient in history.gradients.items() if not np.isfinite(gradient[0]).all())
        return (
            f"the gradient of {loss} by {w} is not finite at the first values, before any update",
            "give other first values: the loss may have no derivative there",
        )
    what = f"{loss} is not finite at the first values, before any update"
    if broken != loss:
        what += f": {broken} is the first value that is not"
    written = text(network.equations[network.symbol(broken)], order=network.order, unicode=False)
    return what, f"look at {broken} = {written:.60}, and at what goes into it"
