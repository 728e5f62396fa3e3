"""Losses of one example, as plain SymPy expressions: one file a loss. Of matrices, those of their entries."""
