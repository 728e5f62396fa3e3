"""Studies: questions that lecture notes ask of a network, answered by running the derived gradients.

    learning_rates   the loss at several learning rates, and which of them diverge
    initialisation   values and gradients of deep networks at their first weights; equal weights stay equal
    chain_products   the product of local derivatives against depth, by activation
    loss_curve       the loss as a function of one parameter, and gradient descent on it
    boundary         the decision boundary of a network of two inputs, and its cost curve

Each is a function that gives a ``Study``: its numbers, ``records()`` of them, and ``report(folder)``, which writes a
document with figures.
"""

from symbackprop.studies import documents as documents  # each says how studies of its kind are presented
from symbackprop.studies.boundary import BoundaryStudy, boundary
from symbackprop.studies.chain_products import ChainProductStudy, chain_products
from symbackprop.studies.initialisation import InitialisationStudy, initialisation
from symbackprop.studies.learning_rates import LearningRateStudy, learning_rates
from symbackprop.studies.loss_curve import LossCurveStudy, loss_curve
from symbackprop.studies.study import Study

__all__ = [
    "BoundaryStudy",
    "ChainProductStudy",
    "InitialisationStudy",
    "LearningRateStudy",
    "LossCurveStudy",
    "Study",
    "boundary",
    "chain_products",
    "initialisation",
    "learning_rates",
    "loss_curve",
]
