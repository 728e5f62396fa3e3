"""Archives of plain arrays, as ``numpy.savez`` writes them."""

from __future__ import annotations

import os
import zipfile
import zlib
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

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
