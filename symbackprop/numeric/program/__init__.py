"""A derivation as a program: lines in order, forward, backward, then the gradients, before any of it is written down.

``lines.py`` puts the passes in a row: functions of the user's are written out, functions that share their costly part
become one call (``joint.py``), numbers that sizes decide get names (``constants.py``), and so does all that is needed
more than once (``sharing.py``).
"""
