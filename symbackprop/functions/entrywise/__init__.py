"""Functions of a scalar, or of each entry of a matrix: one file a function, all that is known of it."""
