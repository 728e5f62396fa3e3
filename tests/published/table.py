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
