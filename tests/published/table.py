"""The table of published forms."""

import norms

FORMS = (*norms.FORMS,)
