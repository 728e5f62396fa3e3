"""Formulas as people write them, and as the program prints them, read back into SymPy.

    text ──► tokens  ──►  tree    ──►  SymPy
            (lexer,       (parser,     (meaning, calls, derivatives:
             spelling,     values)      each part with its shape, built under
             lexicon)                   the bounds of network/formulas)

Nothing of the text is ever run. Names of the network win over every other reading, and what can be read in two ways is
refused with both.
"""

from symbackprop.reading.lines import Line, Written, read_equation, read_formula, read_line, read_written

__all__ = ["Line", "Written", "read_equation", "read_formula", "read_line", "read_written"]
