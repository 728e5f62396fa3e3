"""The table of published forms."""

from published import attentions, classification, factorisations, gates, likelihoods, matrix_calculus, metric, norms

FORMS = (
    *norms.FORMS,
    *gates.FORMS,
    *attentions.FORMS,
    *classification.FORMS,
    *metric.FORMS,
    *likelihoods.FORMS,
    *matrix_calculus.FORMS,
    *factorisations.FORMS,
)

LONGER = {
    "GLU by its output": 1,
    "leaky unit": 6,
    "attention with projections": 1,
    "linear attention, normalised": 1,
    "triplet loss": 1,
    "triplet loss of rows": 3,
    "InfoNCE": 1,
    "Barlow twins": 1,
    "Gaussian, full covariance": 1,
    "Gaussian process, amplitude of the kernel": 3,
    "solution": 1,
    "trace of AXBXᵀC": 1,
    "matrix factorisation with a weight": 2,
    "skip-gram with negative samples": 1,
    "LoRA": 1,
}
"""By how many operations ours is still longer. Some name a multiple of an error signal, as 1/√d times it; others want a
sign or a size of a helper, or a name within a product, that the search does not choose."""
