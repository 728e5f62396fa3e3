"""The user's cache directory: where compiled functions are kept between runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PRIVATE = 0o700


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
    """A file of that name and text in the cache directory, or None where there can be none.

    A file that is there already is left alone, as what was compiled from it counts on its time; where two processes
    write it at once, both write the same.
    """
    content = text.encode()
    try:
        path = cache_directory() / name
        path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        if not (path.is_file() and path.read_bytes() == content):
            beside = path.with_name(f".{name}.{os.getpid()}")
            beside.write_bytes(content)
            os.replace(beside, path)
    except (OSError, RuntimeError):  # RuntimeError: no home directory is known
        return None
    return path if os.access(path.parent, os.W_OK) else None
