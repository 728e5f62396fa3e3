"""Prints the table beside what comes out: operations of ours and of the published form, and both in full.

python tests/published/report.py [words of names] > forms.txt
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from published.forms import Form
from published.table import FORMS

from symbackprop.errors import SymbackpropError


def report(form: Form) -> tuple[int, str]:
    """By how much ours is longer, and both forms; of a form that is refused, why."""
    try:
        ours, theirs, verdict = form.ours, form.theirs, form.verdict()
        return ours - theirs, "\n".join(_told(form, ours, theirs, str(verdict.ruling)))
    except (SymbackpropError, AssertionError, KeyError) as error:
        return 1000, f"== {form.name}: refused: {error}"


def _told(form: Form, ours: int, theirs: int, ruling: str) -> Iterator[str]:
    d = form.derivation
    yield f"== {form.name}: ours {ours}, published {theirs} ({ours - theirs:+}), {ruling}   [{form.source}]"
    for name, expr in form.network.equations.items():
        yield f"     {name} = {expr}"
    for name, expr in d.backward.items():
        yield f"   ours {name} = {expr}"
    for name in d.wrt:
        yield f"   ours d{name} = {d.shared[name]}"
    for line in form.published.strip().splitlines():
        yield f"   publ {line.strip()}"


def main(words: list[str]) -> None:
    """Print the forms whose names hold one of the words, or all, those first that are the longest beside the table."""
    chosen = [form for form in FORMS if not words or any(word in form.name for word in words)]
    told = sorted(map(report, chosen), key=lambda pair: -pair[0])
    longer = sum(by > 0 for by, _ in told)
    print(f"{len(told)} forms, {longer} longer than published, {sum(by < 0 for by, _ in told)} shorter\n")
    print("\n\n".join(text for _, text in told))


if __name__ == "__main__":
    main(sys.argv[1:])
