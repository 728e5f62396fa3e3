"""np.einsum of values with two axes at most: sums, transposes, products entry by entry and matrix products."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import Any, NoReturn

from symbackprop.errors import NetworkError
from symbackprop.matrices.vocabulary import WORDS
from symbackprop.network.numpy_style import reductions
from symbackprop.network.numpy_style.value import ArrayValue, matmul

Term = tuple[str, ArrayValue]
"""An operand with the letters of its axes."""

_FIX = "each operand and the result have two letters at most, as in 'ij,jk->ik'"
_SUBSCRIPTS = re.compile(r"[A-Za-z]{0,2}(,[A-Za-z]{0,2})*->[A-Za-z]{0,2}")


def einsum(kin: ArrayValue, subscripts: Any, *operands: Any, **options: Any) -> ArrayValue:
    """The sum of products that subscripts in NumPy's notation say. Raises NetworkError for what has three axes."""
    text = str(subscripts).replace(" ", "")
    if "->" not in text and "." not in text:
        text += "->" + "".join(sorted(letter for letter in set(text) - {","} if text.count(letter) == 1))
    if not _SUBSCRIPTS.fullmatch(text):
        _refuse(text)
    left, out = text.split("->")
    labels = left.split(",")
    values = [kin.lifted(operand) for operand in operands]
    if len(labels) != len(values) or any(len(a) != v.ndim for a, v in zip(labels, values, strict=True)):
        axes = ", ".join(str(value.ndim) for value in values)
        raise NetworkError("einsum", f"np.einsum({text!r}, …) is given operands of {axes} axes", _FIX)
    if len(set(out)) < len(out) or set(out) - set(left):
        _refuse(text)
    terms = [_without_twice(label, value, text) for label, value in zip(labels, values, strict=True)]
    label, total = _contracted(terms, set(out), text)
    return _laid_out(*_summed(label, total, set(out)), out)


def _refuse(text: str) -> NoReturn:
    raise NetworkError("einsum", f"np.einsum({text!r}, …) is not known in matrix networks", _FIX)


def _contracted(terms: Sequence[Term], out: set[str], text: str) -> Term:
    """The product of all operands, two at a time: the first order in which none has three axes."""
    if len(terms) == 1:
        return terms[0]
    for i, j in combinations(range(len(terms)), 2):
        rest = [term for k, term in enumerate(terms) if k not in (i, j)]
        try:
            made = _product(terms[i], terms[j], out.union(*(label for label, _ in rest)), text)
            return _contracted([made, *rest], out, text)
        except NetworkError as error:
            if error.code != "einsum":
                raise
    _refuse(text)


def _without_twice(label: str, value: ArrayValue, text: str) -> Term:
    """The diagonal where both axes have one letter."""
    if len(label) == 2 and label[0] == label[1]:
        return label[0], value.made(*WORDS["diagonal"].build(value.read), 1)
    return label, value


def _summed(label: str, value: ArrayValue, kept: set[str]) -> Term:
    """The sums along the axes whose letters stand nowhere else."""
    for letter in [letter for letter in label if letter not in kept]:
        value = reductions.reduced("sum", value, label.index(letter))
        label = label.replace(letter, "")
    return label, value


def _product(a: Term, b: Term, later: set[str], text: str) -> Term:
    """The product of two operands, summed over what neither the result nor later operands have."""
    label, value = _summed(*a, later | set(b[0]))
    other, factor = _summed(*b, later | set(label))
    letters = "".join(dict.fromkeys(label + other))
    if len(letters) > 2:
        shared = "".join(letter for letter in label if letter in other)
        if len(letters) > 3 or len(shared) != 1 or shared in later:
            _refuse(text)
        row, column = label.replace(shared, ""), other.replace(shared, "")
        return row + column, matmul(_laid_out(label, value, row + shared), _laid_out(other, factor, shared + column))
    both = [_spread(name, part, letters) for name, part in ((label, value), (other, factor))]
    made = value.by_entries(lambda x, y: x * y, both, "*")
    return _summed(letters, made if len(letters) == 2 else made.made(*made.read, len(letters)), later)


def _spread(label: str, value: ArrayValue, letters: str) -> ArrayValue:
    """The operand beside another that has the letters: a row, a column, or a matrix."""
    if len(label) == 2:
        return _laid_out(label, value, letters)
    if not label or len(letters) < 2:
        return value
    return value.made(*(value.column if label == letters[0] else value.row))


def _laid_out(label: str, value: ArrayValue, wanted: str) -> ArrayValue:
    """The value with its axes in the order that is wanted."""
    return value if label == wanted else value.made(*WORDS["transpose"].build(value.read))
