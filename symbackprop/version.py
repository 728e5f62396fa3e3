"""The version of symbackprop."""

__version__ = "0.1.0"
