"""Runs the code blocks of a Markdown document, and puts what they print under them.

Blocks run in order, in one empty folder. ``python`` blocks share their names; ``console`` blocks hold commands after
``$``, each followed by what it prints; a ``toml`` block whose first line is ``# NAME`` is written to that file. A
``text`` block right under a ``python`` block is what that block prints. Shell blocks (``sh``) are for reading alone.
A document that needs modules which symbackprop does without names them in a comment, ``<!-- needs: torch, jax -->``.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"# (\S+\.toml)\n")
NEEDS = re.compile(r"<!-- needs: (.+?) -->")


def needed(document: str) -> list[str]:
    """The modules that the document says it needs."""
    return [word.strip() for words in NEEDS.findall(document) for word in words.split(",")]


def rewritten(document: str) -> str:
    """The document with every printed result as it comes out now. Raises what a block raises."""
    with tempfile.TemporaryDirectory() as folder, _working_in(folder):
        return "".join(_Runner().pieces(document))


class _Runner:
    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self.printed: str | None = None

    def pieces(self, document: str) -> Iterator[str]:
        end = 0
        for match in FENCE.finditer(document):
            between = document[end : match.start()]
            if between.strip():
                self.printed = None
            yield between
            yield f"```{match[1]}\n{self.block(match[1], match[2])}```"
            end = match.end()
        yield document[end:]

    def block(self, language: str, body: str) -> str:
        if language == "text" and self.printed is not None:
            return self.printed
        self.printed = None
        if language == "python":
            self.printed = self.run_python(body)
        elif language == "console":
            return self.run_console(body)
        elif language == "toml" and (name := NAMED.match(body)):
            Path(name[1]).write_text(body, encoding="utf-8")
        return body

    def run_python(self, body: str) -> str:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(body, "<document>", "exec"), self.names)  # noqa: S102
        return _trimmed(output.getvalue())

    def run_console(self, body: str) -> str:
        shown = []
        for line in body.splitlines():
            if line.startswith("$ "):
                shown.append(f"{line}\n{self.run_command(line[2:])}")
        return "\n".join(shown)

    @staticmethod
    def run_command(command: str) -> str:
        words = shlex.split(command)
        if words[0] == "symbackprop":
            words = [sys.executable, "-m", *words]
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "100", "NO_COLOR": "1"}
        done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)
        return _trimmed(done.stdout + done.stderr)


def _trimmed(text: str) -> str:
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    return "".join(f"{line}\n" for line in lines)


@contextlib.contextmanager
def _working_in(folder: str) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        text = path.read_text(encoding="utf-8")
        absent = [module for module in needed(text) if importlib.util.find_spec(module) is None]
        if absent:
            print(f"{name} stays as it is: there is no {' and no '.join(absent)} here", file=sys.stderr)
        else:
            path.write_text(rewritten(text), encoding="utf-8")
