"""Layered networks, written out as equations of scalars or of matrices."""

from symbackprop.network.builders.mlp import mlp

__all__ = ["mlp"]
