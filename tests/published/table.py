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
    "tanh of exponentials": 1,
    "leaky unit": 6,
    "attention with projections": 1,
    "linear attention, normalised": 1,
    "layer norm of a column": 1,
    "entropy regularised": 1,
    "triplet loss": 1,
    "triplet loss of rows": 3,
    "contrastive loss": 3,
    "cosine similarity": 2,
    "InfoNCE": 1,
    "pairwise squared distances": 2,
    "Barlow twins": 1,
    "Gaussian, mean and variance": 1,
    "Gaussian, log-variance of columns": 1,
    "Gaussian, full covariance": 1,
    "Laplace": 1,
    "Gaussian process, amplitude of the kernel": 3,
    "solution": 1,
    "determinant of a product": 2,
    "trace of AXBXᵀC": 1,
    "matrix factorisation with a mask": 1,
    "matrix factorisation with a weight": 2,
    "skip-gram with negative samples": 1,
    "LoRA": 1,
}
"""By how many operations ours is still longer. Some name a multiple of an error signal, as 1/√d times it; others want a
sign or a size of a helper, or a name within a product, that the search does not choose."""
