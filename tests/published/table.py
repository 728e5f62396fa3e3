"""The table of published forms."""

import attentions
import gates
import norms

FORMS = (*norms.FORMS, *gates.FORMS, *attentions.FORMS)
