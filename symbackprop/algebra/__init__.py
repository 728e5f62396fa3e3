"""Rewriting: cancel, gather, take out what is common; each rule named and with its condition."""

from symbackprop.algebra.rewrite import CANCEL, GATHER, SIGNS, TAKE_OUT, Ground, Rewrite, fact_rule
from symbackprop.algebra.stabilise import stabilised
from symbackprop.algebra.stable_forms import StableForms
from symbackprop.algebra.tails import Tails
from symbackprop.algebra.tidy import Rewritten, tidy
from symbackprop.algebra.vanishing import Vanishing

__all__ = [
    "CANCEL", "GATHER", "SIGNS", "TAKE_OUT", "Ground", "Rewrite", "Rewritten", "StableForms", "Tails", "Vanishing",
    "fact_rule", "stabilised", "tidy",
]  # fmt: skip
