"""The training loop of a scalar network as one function: in plain Python, and compiled by numba.

lines.py fits the lines of a derivation for plain numbers, update.py has the optimiser's rule, and source.py makes a
function of both, by writer.py. loop.py runs it, in the way that is fastest for what it is asked.
"""

from symbackprop.numeric.loops.batch import Batch, Moved, Record
from symbackprop.numeric.loops.choice import Choice
from symbackprop.numeric.loops.functions import Functions
from symbackprop.numeric.loops.loop import ScalarLoop
from symbackprop.numeric.loops.update import UpdateRule
from symbackprop.numeric.loops.variant import Form

__all__ = ["Batch", "Choice", "Form", "Functions", "Moved", "Record", "ScalarLoop", "UpdateRule"]
