"""Templates of generated modules, filled in, and modules made of what comes out."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from symbackprop.numeric.signatures import signature, typed

FILE = "<symbackprop>"
"""What stands for a file name in the tracebacks of generated modules."""


def rendered(template: str, **words: Any) -> str:
    """A template of a module, filled in."""
    return _environment().get_template(template).render(**words)


def run(text: str, module: dict[str, Any], file: str = FILE) -> None:
    """Run the source of a module, which gets what the source defines.

    The source is ours from the first line to the last: names in it have passed the check of names, and a network's
    title is quoted, so that no text of a user's is run.
    """
    exec(compile(text, file, "exec"), module)  # noqa: S102


@cache
def _environment() -> Environment:
    """What reads the templates, and keeps each once it has been read."""
    environment = Environment(
        loader=PackageLoader("symbackprop.numeric"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # what comes out is Python; every value put in is a checked name or quoted
    )
    environment.globals |= {"signature": signature, "typed": typed}
    return environment
