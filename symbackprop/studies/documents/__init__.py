"""Reports of the studies; each module writes that of one, says so, and all that it says follows from the numbers."""

from symbackprop.studies.documents import boundary, chain_products, initialisation, learning_rates, loss_curve

__all__ = ["boundary", "chain_products", "initialisation", "learning_rates", "loss_curve"]
