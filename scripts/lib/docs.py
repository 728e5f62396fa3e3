"""Runs the code blocks of a Markdown document, and puts what they print under them.

Blocks run in order, in one empty folder. ``python`` blocks share their names; ``console`` blocks hold commands after
``$``, each followed by what it prints; a ``toml`` block whose first line is ``# NAME`` is written to that file. A
``text`` block right under a ``python`` block is what that block prints, and a ``math`` block under it what a notebook
shows of the expression in its last line. Shell blocks (``sh``) are for reading alone.
A document that needs modules which symbackprop does without names them in a comment, ``<!-- needs: torch, jax -->``.
"""

from __future__ import annotations

import ast
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
    with in_empty_folder():
        return "".join(Runner().pieces(document))


@contextlib.contextmanager
def in_empty_folder() -> Iterator[None]:
    """Work in a folder of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, _working_in(folder):
        yield


class Runner:
    """Runs blocks that share their names; ``shown`` is the value of the last line of the last, if that has one."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self.printed: str | None = None
        self.shown: Any = None

    def pieces(self, document: str) -> Iterator[str]:
        """The document piece by piece, with what comes out of its blocks."""
        end = 0
        for match in FENCE.finditer(document):
            between = document[end : match.start()]
            if between.strip():
                self.printed = self.shown = None
            yield between
            yield f"```{match[1]}\n{self.block(match[1], match[2])}```"
            end = match.end()
        yield document[end:]

    def block(self, language: str, body: str) -> str:
        """What stands in a block once it has run."""
        if language == "text" and self.printed is not None:
            return self.printed
        if language == "math" and self.shown is not None:
            return self.shown._repr_latex_().strip("$") + "\n"
        self.printed = self.shown = None
        if language == "python":
            self.printed = self.run_python(body)
        elif language == "console":
            return self.run_console(body)
        elif language == "toml" and (name := NAMED.match(body)):
            Path(name[1]).write_text(body, encoding="utf-8")
        return body

    def run_python(self, body: str) -> str:
        """Run code, and give what it prints."""
        output = io.StringIO()
        tree = ast.parse(body)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(output):
            exec(compile(tree, "<document>", "exec"), self.names)  # noqa: S102
            value = ast.Expression(last.value) if last is not None else None
            self.shown = None if value is None else eval(compile(value, "<document>", "eval"), self.names)  # noqa: S307
        return _trimmed(output.getvalue())

    def run_console(self, body: str) -> str:
        """Run the commands of a block, and give them with what each prints."""
        shown = []
        for line in body.splitlines():
            if line.startswith("$ "):
                shown.append(f"{line}\n{self.run_command(line[2:])}")
        return "\n".join(shown)

    @staticmethod
    def run_command(command: str) -> str:
        """Run one command, and give what it prints and what it complains of."""
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
