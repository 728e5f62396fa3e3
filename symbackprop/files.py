"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from symbackprop.errors import SymbackpropError


def write_atomically(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write bytes, or text as UTF-8, to a file beside ``path``, then move it into place.

    Raises SymbackpropError where the place cannot be written to.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content.encode("utf-8") if isinstance(content, str) else content)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise SymbackpropError(
            "output", f"cannot write {target}: {error.strerror}", "name a place that can be written to"
        ) from None


def replace_durably(path: Path, content: bytes | memoryview) -> None:
    """Write a file so that a kill or a power cut at any moment leaves the old file or the new one, whole.

    The content goes to a file of this process's own beside ``path`` and from there to the disk; only then it takes the
    place of ``path``, and the directory goes to the disk too. Raises OSError.
    """
    part = part_of(path)
    try:
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def part_of(path: Path) -> Path:
    """Where this process writes what will be ``path``: its number keeps processes apart."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def remove_parts(path: Path) -> None:
    """Remove what processes that were killed while they wrote ``path`` have left behind."""
    for part, process in _parts(path):
        if not _is_running(process):
            with contextlib.suppress(OSError):
                part.unlink()


def _parts(path: Path) -> Iterator[tuple[Path, int]]:
    """The files that ``part_of`` names, with the numbers of their processes."""
    name = re.compile(rf"\.{re.escape(path.name)}\.([0-9]{{1,9}})\.part")
    for file in path.parent.iterdir():
        match = name.fullmatch(file.name)
        if match:
            yield file, int(match[1])


def _is_running(process: int) -> bool:
    if process == os.getpid():
        return False  # a file of that name is not ours: this process has yet to write one
    if os.name != "posix":
        return True  # no harmless signal tells there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
