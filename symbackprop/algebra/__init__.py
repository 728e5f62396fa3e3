"""Rewriting: cancel, gather, take out what is common; each rule named and with its condition."""

from symbackprop.algebra.rewrite import CANCEL, GATHER, SIGNS, TAKE_OUT, Rewrite, fact_rule
from symbackprop.algebra.stabilise import stabilise
from symbackprop.algebra.tidy import Rewritten, tidy
from symbackprop.algebra.vanishing import cancels

__all__ = ["CANCEL", "GATHER", "SIGNS", "TAKE_OUT", "Rewrite", "Rewritten", "cancels", "fact_rule", "stabilise", "tidy"]
