"""The table of published forms."""

import attentions
import calculus
import classification
import factorisations
import gates
import likelihoods
import metric
import norms

FORMS = (
    *norms.FORMS, *gates.FORMS, *attentions.FORMS, *classification.FORMS, *metric.FORMS, *likelihoods.FORMS,
    *calculus.FORMS, *factorisations.FORMS,
)  # fmt: skip
