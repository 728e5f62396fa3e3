"""Templates of modules, filled in."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def rendered(template: str, **words: Any) -> str:
    """A template of a module, filled in."""
    return _environment().get_template(template).render(**words)


@cache
def _environment() -> Environment:
    """What reads the templates, and keeps each once it has been read."""
    return Environment(
        loader=PackageLoader("symbackprop.numeric"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # what comes out is Python; every value put in is a checked name or quoted
    )
