"""The table of published forms."""

from published import (
    attentions,
    classification,
    factorisations,
    further,
    gates,
    likelihoods,
    matrix_calculus,
    metric,
    norms,
)

FORMS = (
    *norms.FORMS,
    *gates.FORMS,
    *attentions.FORMS,
    *classification.FORMS,
    *metric.FORMS,
    *likelihoods.FORMS,
    *matrix_calculus.FORMS,
    *factorisations.FORMS,
    *further.FORMS,
)

LONGER = {
    "GLU by its output": 1,
    "leaky unit": 6,
    "Gaussian process, amplitude of the kernel": 2,
}
"""By how many operations ours is still longer: it takes no slope S(1 - S) apart, says what is at a tie, and divides by
nothing that may be zero."""
