"""One measure of a form: its operations as a person counts them, for scalars and for matrices."""

from symbackprop.algebra.measure.counting import operations

__all__ = ["operations"]
