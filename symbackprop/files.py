"""Files that appear whole or not at all, at the end of symbolic links; and what is no file, never replaced."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from symbackprop.errors import SymbackpropError

_KINDS = {
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device with blocks, such as a disk",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
}
"""What may stand under a name and is no file."""


def irregular(path: str | os.PathLike[str]) -> str:
    """What stands under a name, in words, where it is no file: ``a device``. Empty for files and free names."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return ""
    return "" if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "no file")


def at_the_end(path: str | os.PathLike[str]) -> Path:
    """Where the symbolic links under a name lead: what is written there leaves the links as they are."""
    return Path(os.path.realpath(path) if os.path.islink(path) else path)


def write_atomically(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write bytes, or text as UTF-8, to a file beside ``path``, then move it into place.

    A symbolic link stays, and what it leads to is written. What is no file, such as ``/dev/stdout``, ``/dev/null`` and
    a FIFO, takes the content as it comes and is never replaced; disks are refused. Raises SymbackpropError where the
    place cannot be written to, and BrokenPipeError where it is standard output that nobody reads.
    """
    whole = content.encode("utf-8") if isinstance(content, str) else content
    try:
        stream = _standard_stream(path)
        if stream is not None:
            stream.flush()
            _write_all(stream.fileno(), whole)
        elif irregular(path):
            _write_into(path, whole)
        else:
            _put_in_place(at_the_end(path), whole)
    except OSError as error:
        if isinstance(error, BrokenPipeError) and stream is not None:
            raise
        raise SymbackpropError(
            "output", f"cannot write {Path(path)}: {error.strerror}", "name a place that can be written to"
        ) from None


def _standard_stream(path: str | os.PathLike[str]) -> TextIO | None:
    """Standard output or error, where ``path`` is another name of what it goes to.

    A file that a shell has opened for it would get none of what is printed later, were it replaced.
    """
    with contextlib.suppress(OSError):
        status = os.stat(path)
        for stream in (sys.__stdout__, sys.__stderr__):
            with contextlib.suppress(OSError, ValueError):
                if stream is not None and os.path.samestat(status, os.fstat(stream.fileno())):
                    return stream
    return None


def _write_into(path: str | os.PathLike[str], content: bytes) -> None:
    """Write to a device or a FIFO."""
    if stat.S_ISBLK(os.stat(path).st_mode):
        raise OSError(errno.ENOTSUP, f"it is {irregular(path)}")
    handle = os.open(path, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    try:
        _write_all(handle, content)
    finally:
        os.close(handle)


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _put_in_place(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # The name may be as long as names can be, so the file beside it has only its beginning.
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def replace_durably(path: Path, content: bytes | memoryview) -> None:
    """Write a file so that a kill or a power cut at any moment leaves the old file or the new one, whole.

    The content goes to a file of this process's own beside ``path`` and from there to the disk; only then it takes the
    place of ``path``, and the directory goes to the disk too. A symbolic link stays, and the file that it leads to is
    replaced. Raises OSError, also where there is something that is no file.
    """
    kind = irregular(path)
    if kind:
        raise OSError(errno.ENOTSUP, f"it is {kind}, which is no file to replace")
    path = at_the_end(path)
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
    """Where this process writes what will be ``path``, links followed: its number keeps processes apart."""
    path = at_the_end(path)
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def remove_parts(path: Path) -> None:
    """Remove what processes that were killed while they wrote ``path`` have left behind."""
    for part, process in _parts(path):
        if not _is_running(process):
            with contextlib.suppress(OSError):
                part.unlink()


def _parts(path: Path) -> Iterator[tuple[Path, int]]:
    """The files that ``part_of`` names, with the numbers of their processes."""
    path = at_the_end(path)
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
