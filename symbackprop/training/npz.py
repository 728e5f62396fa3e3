"""Archives of plain arrays, as ``numpy.savez`` writes them."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import DataError

_NONE = (
    ValueError, TypeError, AttributeError, LookupError, ArithmeticError, EOFError, RuntimeError, SyntaxError,
    MemoryError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What NumPy, zipfile and zlib raise of bytes that are no archive, are damaged, or ask for more than there can be."""


def read_arrays(file: str | os.PathLike[str] | IO[bytes]) -> dict[str, NDArray[Any]]:
    """The arrays of an archive by name; nothing is unpickled.

    Raises ValueError where it is no archive of plain arrays or is damaged, OSError where it cannot be read.
    """
    try:
        with np.load(file, allow_pickle=False) as archive:
            return {name: np.asarray(archive[name]) for name in archive.files}
    except _NONE as error:
        raise ValueError("no archive of plain arrays") from error


@contextmanager
def telling_of(path: str | os.PathLike[str], kind: str, fix: str) -> Iterator[None]:
    """Raise DataError, with the file, where what is read of it is none of its kind or the file cannot be read."""
    try:
        yield
    except DataError:
        raise
    except FileNotFoundError:
        what, fix = "there is no such file", "check its name"
    except IsADirectoryError:
        what, fix = "this is a directory", f"name {kind} in it"
    except ValueError:
        what = f"the file is no {kind.split()[1]} of plain numbers, or is cut off"
    except OSError as error:
        what, fix = f"the file cannot be read ({error.strerror or error})", "check its name"
    else:
        return
    raise DataError("file", what, fix, place=str(path))


def put_arrays(archive: zipfile.ZipFile, arrays: Mapping[str, Any]) -> None:
    """Write arrays into an archive, as ``numpy.savez`` does; the same arrays give the same bytes."""
    for name, array in arrays.items():
        # A ZipInfo of one's own has a fixed date.
        with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
            np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)


def packed_arrays(arrays: Mapping[str, Any], texts: Mapping[str, str]) -> bytes:
    """The bytes of an archive of arrays, and of texts in members of their own names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        put_arrays(archive, arrays)
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name), text.encode())
    return buffer.getvalue()
