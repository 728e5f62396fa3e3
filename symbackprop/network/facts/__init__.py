"""Facts: what is stated of a network's data and of where its values lie.

    relations   what a fact is: an equation or an inequality, its sign, its words
    stating     reads, checks and returns facts in one form
    scalars     solves equations between scalars
    arrays      lets equations between matrices agree
    bounds      tells inequalities that cannot hold together

Whoever has a network has facts that were checked with it: ``network.asked`` adds others to them.
"""

from symbackprop.network.facts.bounds import bound_of
from symbackprop.network.facts.relations import (
    Fact,
    equations_in,
    inequalities_in,
    is_strict,
    room_of,
    sign_of,
    spoken,
)
from symbackprop.network.facts.scalars import solved, without_curves
from symbackprop.network.facts.stating import stated

__all__ = [
    "Fact",
    "bound_of",
    "equations_in",
    "inequalities_in",
    "is_strict",
    "room_of",
    "sign_of",
    "solved",
    "spoken",
    "stated",
    "without_curves",
]
