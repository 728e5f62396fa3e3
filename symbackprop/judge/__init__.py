"""The judge: is a claim about a network proved, wrong, or undecided?

Levels, the surest first: exact over the rational numbers, exact in a prime field, by enclosures, by samples.
"""

from symbackprop.judge.claims import Claim, Equal, Gradients
from symbackprop.judge.court import judge
from symbackprop.judge.lines import Line
from symbackprop.judge.pushed import Pushed
from symbackprop.judge.verdict import Level, Ruling, Verdict, Witness

__all__ = ["Claim", "Equal", "Gradients", "Level", "Line", "Pushed", "Ruling", "Verdict", "Witness", "judge"]
