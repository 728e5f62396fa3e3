"""Rewriting: cancel, gather, take out what is common; each rule named and with its condition."""

from symbackprop.algebra.logarithms import Logarithms
from symbackprop.algebra.rewrite import CANCEL, GATHER, SIGNS, TAKE_OUT, Rewrite, fact_rule
from symbackprop.algebra.stabilise import stabilise
from symbackprop.algebra.tidy import Rewritten, tidy

__all__ = [
    "CANCEL", "GATHER", "SIGNS", "TAKE_OUT", "Logarithms", "Rewrite", "Rewritten", "fact_rule", "stabilise", "tidy",
]  # fmt: skip
