"""Diagnosis by repair: what single edit makes a wrong gradient right?

    worlds.py    field elements for every name, and the true gradient there
    kinks.py     worlds in which each kink has a value of its own
    parts.py     the formula taken apart, and how each part moves the whole
    places.py    parts, and some factors of products: where something may be exchanged
    known.py     what may be put in: names, sizes, local derivatives, parts of the right forms
    edits.py     edits that put in, take out and exchange, each tried with one inner product
    shapes.py    edits that need a formula of their own: transposes, sums, powers, sides of kinks, names throughout
    routes.py    routes from the name to the loss that the formula leaves out
    repairs.py   which edits are right everywhere, the likeliest first
    words.py     the edit in the names of the user

Values are edited, not trees: an edit is tried in the first world, and only one that fits there becomes a formula.
"""

from symbackprop.verification.repair.hint import hint
from symbackprop.verification.repair.repairs import Repair, repairs

__all__ = ["Repair", "hint", "repairs"]
