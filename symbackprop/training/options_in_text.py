"""A rule and its options in words, ``"adam beta1=0.8"``, as spec files and the command line write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from numbers import Real
from typing import Any

from symbackprop.errors import DataError, as_given, did_you_mean

_OPTION = re.compile(r"([a-z_][a-z0-9_]*)=([^=]+)")


def chosen(
    kind: str, written: Any, options: Mapping[str, Any], known: Mapping[str, Mapping[str, float]]
) -> tuple[str, dict[str, Any]]:
    """The name of a rule, and all its options with defaults for those not given.

    ``kind`` is what errors call it, ``known`` has the defaults of each rule. Raises DataError for a rule or an option
    that there is not, and for options that are not numbers.
    """
    if not isinstance(written, str) or not written.split():
        raise DataError(kind, f"the {kind} is {as_given(written)}", f"name one: {', '.join(known)}")
    name, *words = written.split()
    if name not in known:
        raise DataError(kind, f"there is no {kind} {as_given(name)}", did_you_mean(name, known))
    given = {**dict(_option(kind, name, word) for word in words), **options}
    for option, value in given.items():
        if option not in known[name]:
            fix = did_you_mean(option, known[name]) if known[name] else "leave it out"
            raise DataError(kind, f"{name} has no option {as_given(option)}", fix)
        if isinstance(value, bool) or not isinstance(value, Real):
            raise DataError(kind, f"{option} = {as_given(value)} of {name} is not a number", "give a number")
    return name, {**known[name], **given}


def _option(kind: str, name: str, word: str) -> tuple[str, float]:
    match = _OPTION.fullmatch(word)
    if match:
        try:
            number = float(match[2])
        except ValueError:
            raise DataError(
                kind, f"{match[1]} = {as_given(match[2])} of {name} is not a number", "give a number"
            ) from None
        return match[1], number
    raise DataError(kind, f"{as_given(word)} behind {name} is no option", f"write it as in '{name} option=0.9'")
