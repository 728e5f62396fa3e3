"""The command line, run inside the process of a test."""

from __future__ import annotations

from click.testing import CliRunner, Result

from symbackprop.cli import main


def run(*words: str, status: int = 0, **env: str) -> Result:
    """Run a command line in this process, and hold it to its exit status."""
    result = CliRunner().invoke(main, words, prog_name="symbackprop", env=env)
    assert result.exit_code == status, f"{result.stdout}\n{result.stderr}\n{result.exception!r}"
    return result


def told(*words: str, status: int = 2) -> str:
    """The one line that a failing command writes to standard error."""
    result = run(*words, status=status)
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr
    return result.stderr.removesuffix("\n")


def pointed(*words: str) -> tuple[str, str, str]:
    """What a command says of a formula that it cannot read: one line, the formula, and carets below the place."""
    result = run(*words, status=2)
    message, formula, caret = result.stderr.removesuffix("\n").split("\n")
    assert set(caret.strip()) == {"^"}
    assert caret.index("^") <= len(formula)
    return message, formula, caret
