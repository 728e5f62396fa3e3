"""What computes a training: plain Python and NumPy, or one compiled loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.training.recipe import Recipe


def settled(recipe: Recipe, derivation: Derivation, is_kept: bool) -> Recipe:
    """The recipe with a backend that can do it.

    Training that is kept in a checkpoint goes on bit for bit, whatever is installed then: "auto" is "numpy" there.
    Raises DataError for networks of matrices by numba.
    """
    return derivation.network.kind[SETTLED](recipe, is_kept)


def _any(recipe: Recipe, is_kept: bool) -> Recipe:
    return replace(recipe, backend="numpy") if recipe.backend == "auto" and is_kept else recipe


def _numpy(recipe: Recipe, is_kept: bool) -> Recipe:
    if recipe.backend == "numba":
        what = "train computes networks of matrices by NumPy, and backend is 'numba'"
        raise DataError("backend", what, "leave it out, or use trainer, which keeps no history")
    return replace(recipe, backend="numpy")


SETTLED: Question[Callable[[Recipe, bool], Recipe]] = Question(
    __name__, "which backends can train it", {SCALARS: _any, MATRICES: _numpy}
)
