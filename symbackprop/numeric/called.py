"""Values by name, as a generated module calls them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from symbackprop.errors import DataError
from symbackprop.network.values import check_known


def by_argument(
    values: Mapping[str, Any], wanted: Collection[str], arguments: Mapping[str, str], known: Collection[str] = ()
) -> dict[str, Any]:
    """The wanted values under the names that the module has for them; others may be those of ``known`` names.

    Raises DataError where one is missing or unknown.
    """
    check_known(values, known or wanted)
    missing = [name for name in wanted if name not in values]
    if missing:
        raise DataError("missing-value", f"there is no value for {shown(missing)}", "give a value for every name")
    return {arguments[name]: value for name, value in values.items() if name in arguments}


def shown(names: Iterable[str]) -> str:
    """Names with commas between them, without their middle where they are many."""
    words = list(names)
    return ", ".join(words if len(words) <= 12 else [*words[:6], "…", *words[-3:]])
