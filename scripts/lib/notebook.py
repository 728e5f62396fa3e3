"""Writes a Markdown document as a notebook, executed: each ``python`` block is a cell with what comes of it.

The cells share their names, as the blocks of a document do (docs.py). What a block prints, and what the expression in
its last line looks like, are the outputs of its cell; the ``text`` and ``math`` blocks that show them in the document
are left out. Between blocks stand cells of Markdown. The same document gives the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs import FENCE, Runner, in_empty_folder

INLINE = re.compile(r"\$`(.+?)`\$")
RICH = {"text/latex": "_repr_latex_", "text/markdown": "_repr_markdown_", "image/svg+xml": "_repr_svg_"}
"""The ways in which a notebook shows an object, beside its ``repr``."""
ABOUT = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
}


def notebook(document: str) -> str:
    """The document as a notebook of format 4.5, with its outputs. Raises what a block raises."""
    with in_empty_folder():
        cells = [cell | {"id": f"cell-{number:02}"} for number, cell in enumerate(_cells(document), start=1)]
    whole = {"cells": cells, "metadata": ABOUT, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _cells(document: str) -> Iterator[dict[str, Any]]:
    runner, words, end, ran = Runner(), "", 0, False
    for match in FENCE.finditer(document):
        between, end = document[end : match.start()], match.end()
        words, ran = words + between, ran and not between.strip()
        language, body = match[1], match[2]
        if language in ("text", "math") and ran:
            continue
        if language != "python":
            words, ran = words + match[0], False
            continue
        if words.strip():
            yield _markdown(words)
        words, ran = "", True
        printed = runner.run_python(body)
        yield _code(body, list(_outputs(printed, runner.shown)))
    if document[end:].strip():
        yield _markdown(words + document[end:])


def _markdown(words: str) -> dict[str, Any]:
    """A cell of words; mathematics stands between single dollars, which is what notebooks read."""
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(INLINE.sub(r"$\1$", words.strip()))}


def _code(body: str, outputs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": outputs,
        "source": _lines(body.rstrip("\n")),
    }  # fmt: skip


def _outputs(printed: str, shown: Any) -> Iterator[dict[str, Any]]:
    if printed:
        yield {"output_type": "stream", "name": "stdout", "text": _lines(printed)}
    if shown is not None:
        data = {"text/plain": _lines(repr(shown))}
        for kind, method in RICH.items():
            if method in dir(shown):
                data[kind] = _lines(getattr(shown, method)())
        yield {"output_type": "display_data", "metadata": {}, "data": data}


def _lines(text: str) -> list[str]:
    """A text as notebooks keep it: its lines with their ends."""
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        document = Path(name).read_text(encoding="utf-8")
        Path(name).with_suffix(".ipynb").write_text(notebook(document), encoding="utf-8")
