"""The user's cache directory: where compiled functions are kept between runs.

What is kept is run, and read by ``pickle``, which runs what it is told to. So a directory in which others can write is
not used, as one under ``/tmp`` might be.
"""

from __future__ import annotations

import contextlib
import os
import pickletools
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

PRIVATE, OTHERS_WRITE = 0o700, 0o022
BESIDE = "__pycache__"
"""Where numba keeps machine code, beside the file of the source."""


def cache_directory() -> Path:
    """The directory of this package in the place that the system has for caches; it need not exist.

    ``$XDG_CACHE_HOME``, where that is absolute, or ``~/.cache``; on macOS ``~/Library/Caches``, on Windows
    ``%LOCALAPPDATA%``. Raises RuntimeError where no home directory is known.
    """
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        told = Path(os.environ.get("XDG_CACHE_HOME", ""))
        base = told if told.is_absolute() else Path.home() / ".cache"
    return Path(base) / "symbackprop"


def kept_file(name: str, text: str) -> Path | None:
    """A file of that name and text in the cache directory, or None where there can be none that others cannot change.

    A file that is there already is left alone, as what was compiled from it counts on its time; where two processes
    write it at once, both write the same. Machine code beside it that cannot be read is deleted.
    """
    content = text.encode()
    try:
        path = cache_directory() / name
        beside = path.parent / BESIDE
        path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        beside.mkdir(mode=PRIVATE, exist_ok=True)
        if not (_is_our_own(path.parent) and _is_our_own(beside)):
            return None
        if not (path.is_file() and path.read_bytes() == content):
            draft = path.with_name(f".{name}.{os.getpid()}")
            draft.write_bytes(content)
            os.replace(draft, path)
        for file in machine_code(path.stem):
            if not _is_whole(file):
                file.unlink()
    except (OSError, RuntimeError):  # RuntimeError: no home directory is known
        return None
    return path


def machine_code(name: str) -> Iterator[Path]:
    """The files with what was compiled from the file of that name, without its ending; none where there is no cache."""
    with contextlib.suppress(OSError, RuntimeError):
        yield from (cache_directory() / BESIDE).glob(f"{name}.*.nb[ic]")


def _is_our_own(directory: Path) -> bool:
    """Whether we can write there and nobody else can."""
    if not os.access(directory, os.W_OK):
        return False
    if sys.platform == "win32":  # the user's directories are nobody else's there, and modes say nothing
        return True
    found = directory.stat()
    return found.st_uid == os.getuid() and not found.st_mode & OTHERS_WRITE


def _is_whole(file: Path) -> bool:
    """Whether pickles end where a file does: numba trips over what a full disk, or the power going, has left of one.

    They are looked through without being loaded.
    """
    with file.open("rb") as stream:
        try:
            deque(pickletools.genops(stream), 0)
            while stream.peek(1):
                deque(pickletools.genops(stream), 0)
        except (ValueError, OverflowError, MemoryError):
            return False
    return True
