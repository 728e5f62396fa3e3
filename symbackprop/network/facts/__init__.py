"""Facts: what is stated of a network's data and of where its values lie.

    relations   what a fact is: an equation or an inequality, its sign, its words
    assumptions what can be stated in words: a row each, with relations and how numbers are made that obey them
    words       reads what is stated in words
    sets        equations that let a value be one of a few numbers
    made        matrices made to be what is stated of them
    stating     reads, checks and returns facts in one form
    scalars     solves equations between scalars
    arrays      lets equations between matrices agree
    bounds      tells inequalities that cannot hold together

Whoever has a network has facts that were checked with it: ``network.asked`` adds others to them.
"""

from symbackprop.network.facts.assumptions import ROWS, Assumption, chosen, making, ways
from symbackprop.network.facts.bounds import Bound, bound_of
from symbackprop.network.facts.made import Means
from symbackprop.network.facts.relations import (
    Fact,
    Stated,
    equations_in,
    inequalities_in,
    is_strict,
    room_of,
    sign_of,
    spoken,
)
from symbackprop.network.facts.scalars import solved, without_curves
from symbackprop.network.facts.sets import is_among_few, values_of
from symbackprop.network.facts.stating import facts_of, stated
from symbackprop.network.facts.words import is_in_words

__all__ = [
    "ROWS",
    "Assumption",
    "Bound",
    "Fact",
    "Means",
    "Stated",
    "bound_of",
    "chosen",
    "equations_in",
    "facts_of",
    "inequalities_in",
    "is_among_few",
    "is_in_words",
    "is_strict",
    "making",
    "room_of",
    "sign_of",
    "solved",
    "spoken",
    "stated",
    "values_of",
    "ways",
    "without_curves",
]
