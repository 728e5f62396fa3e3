"""Scalar networks as JavaScript: a module of its own, for pages and for node; and every number of a derivation."""

from symbackprop.numeric.javascript.module import javascript_source
from symbackprop.numeric.javascript.numbers import NumberSource, number_source
from symbackprop.numeric.javascript.typed import function_source

__all__ = ["NumberSource", "function_source", "javascript_source", "number_source"]
