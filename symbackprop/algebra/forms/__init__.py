"""The search for the form that a careful author would print.

worlds      what expressions are worth at points of prime fields
classes     values up to a constant and transposition, and the names for them
moves       the rules, each with its condition
search      from the form there is, by the rules, to a shorter one
reasons     the least set of equations that a line needs
settled     what need not be searched
shortening  all of it, for the lines of one derivation
"""

from symbackprop.algebra.forms.shortening import Shortening

__all__ = ["Shortening"]
