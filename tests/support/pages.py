"""Pages of the tests: made once, opened in a browser, and what they are made of."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from importlib import resources
from typing import Any

import symbackprop as sb
from symbackprop.publish import gather
from symbackprop.publish.page import page_parts
from symbackprop.reporting import document
from symbackprop.reporting.page import PageParts, page

EXAMPLES = tuple(sb.example_names())
COMMAND = "symbackprop report NET -o DIR --format html"


@cache
def derived(name: str) -> sb.Derivation:
    return sb.derive(sb.load_example(name))


@cache
def parts_of(name: str) -> PageParts:
    d = derived(name)
    evidence = gather(d)
    return page_parts(d, document(d, evidence), evidence, d.network.values, COMMAND)


@cache
def page_of(name: str) -> str:
    d = derived(name)
    return page(document(d, gather(d)), parts_of(name))


def script_files(*names: str) -> str:
    """The source of some files of the script, in order."""
    place = resources.files("symbackprop.reporting.page").joinpath("script")
    return "\n".join(place.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in names)


def in_node(source: str) -> Any:
    """What a script prints as JSON when node runs it."""
    done = subprocess.run(["node", "-"], input=source, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
