"""LaTeX to PDF, by a pdflatex that may read and write nothing but a folder of its own, and for so long alone."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from symbackprop.errors import SymbackpropError, quote_path

LIMIT = 120.0
"""How many seconds a run may take."""
RUNS = 4
"""How often it runs at the most until the outline no longer changes."""
KEPT = (".aux", ".out", ".toc")
"""The files in which a run leaves something for the next."""
JOB = "report"
SAME_BYTES = r"\pdftrailerid{}\pdfinfoomitdate=1\pdfsuppressptexinfo=-1"
"""What keeps the time, the place and the version out of the file."""
FATAL = "!  ==>"


def run_pdflatex(program: str, source: str, figures: Mapping[str, bytes], limit: float = LIMIT) -> bytes:
    """The PDF of a LaTeX source, beside which the figures stand by their names.

    ``program`` is the path of pdflatex. Raises SymbackpropError where it fails, with the last error that TeX told, and
    where one run takes more than ``limit`` seconds; nothing of it is left then.
    """
    with tempfile.TemporaryDirectory(prefix="symbackprop-pdf-") as name:
        folder = Path(name)
        (folder / "home").mkdir()
        (folder / f"{JOB}.tex").write_text(source, encoding="utf-8")
        for figure, content in figures.items():
            (folder / Path(figure).name).write_bytes(content)
        before = None
        for _ in range(RUNS):
            _run(program, folder, limit)
            after = [_content(folder / f"{JOB}{suffix}") for suffix in KEPT]
            if after == before:
                break
            before = after
        return _content(folder / f"{JOB}.pdf")


def _run(program: str, folder: Path, limit: float) -> None:
    command = [
        program, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", f"-jobname={JOB}",
        rf"{SAME_BYTES}\input{{{JOB}}}",
    ]  # fmt: skip
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that what it starts, such as the making of fonts, is stopped with it
        )
    except OSError as error:
        raise _failure(f"{quote_path(program)} cannot be run: {error.strerror}") from None
    try:
        status = process.wait(limit)
    except subprocess.TimeoutExpired:
        raise SymbackpropError(
            "pdf", f"pdflatex took more than {limit:g} seconds and was stopped", "write tex, and run pdflatex on it"
        ) from None
    finally:
        _stop(process)
    if status != 0 or not _content(folder / f"{JOB}.pdf").startswith(b"%PDF"):
        raise _failure(f"pdflatex failed: {_last_error(folder / f'{JOB}.log') or f'it ended with status {status}'}")


def _failure(what: str) -> SymbackpropError:
    return SymbackpropError(
        "pdf", what, "write tex, and run pdflatex on it to see more; what it lacks can be installed"
    )


def _environment(folder: Path) -> dict[str, str]:
    """The environment of a run: no files of the user's own for TeX, none outside, and a time that stands still."""
    kept = {
        name: value for name, value in os.environ.items() if not name.upper().startswith(("TEXINPUTS", "TEXMFHOME"))
    }
    return {
        **kept,
        "TEXMFHOME": str(folder / "home"),
        "openin_any": "p",
        "openout_any": "p",
        "max_print_line": "1000",
        "SOURCE_DATE_EPOCH": "0",
        "FORCE_SOURCE_DATE": "1",
        "TZ": "UTC",
    }


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a run, and all that it started, if they are not at their end."""
    if process.poll() is None:
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _last_error(log: Path) -> str:
    """The last line in which TeX says what is wrong, without what it says when it gives up."""
    lines = _content(log).decode("utf-8", "replace").splitlines()
    told = [line.removeprefix("!").strip() for line in lines if line.startswith("!") and not line.startswith(FATAL)]
    real = [line for line in told if line not in ("Emergency stop.", "")]
    return next(iter(reversed(real or told)), "").rstrip(".")
