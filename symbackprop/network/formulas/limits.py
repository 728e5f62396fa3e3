"""Bounds on formulas: what is beyond them could keep SymPy busy for minutes, or for ever."""

MAX_LENGTH = 10_000
"""Characters in one formula."""
MAX_BRACKETS = 100
"""Brackets within brackets."""
MAX_DEPTH = 100
"""Operations within operations; a sum or a product of many terms counts once. SymPy cannot print much deeper ones."""
MAX_TANH = 4
"""tanh within tanh: to ask whether it is real takes SymPy five times longer with each (150 s for twelve)."""
MAX_EXPONENT = 64
"""Size of an exponent that is a number."""
MAX_DIGITS = 100
"""Digits of a number as it is written."""
MAX_RESULT_BITS = 3_400
"""Size of a number that comes out of arithmetic: a thousand digits."""
MAX_ROOT_BITS = 80
"""Size of a number under a root, whose factors SymPy looks for."""
MAX_CONSTANT = 10**6
"""Size of a constant that a function is applied to: exp(exp(10**6)) has more digits than there is memory."""
MAX_CONSTANT_PARTS = 25
"""Parts of a constant such as sqrt(2/3): SymPy works out its sign again and again, function within function."""
MAX_EXTREMA = 64
"""Arguments of a max or min and of those within it; SymPy compares them pair by pair."""
MAX_CONDITIONS = 16
"""Comparisons in one where or piecewise; SymPy multiplies out those of branches with one value."""
MAX_SIZE_PARTS = 25
"""Parts of the size of a matrix, such as 2*h; sizes are compared by multiplying them out."""
MAX_SIZE_EXPONENT = 4
"""Exponent of a name in the size of a matrix."""
