"""The table of published forms."""

import attentions
import classification
import gates
import metric
import norms

FORMS = (*norms.FORMS, *gates.FORMS, *attentions.FORMS, *classification.FORMS, *metric.FORMS)
