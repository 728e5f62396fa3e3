"""Scalar networks as JavaScript: a module of its own, for pages and for node."""

from symbackprop.numeric.javascript.module import javascript_source

__all__ = ["javascript_source"]
