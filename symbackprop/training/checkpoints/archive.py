"""The file of a checkpoint: an .npz archive of plain arrays, sealed by a checksum over all of it.

``numpy.load`` opens it. The member ``about`` is JSON as UTF-8 bytes, and every other member an array. The archive's
comment, which is the end of the file, is the seal:

    symbackprop checkpoint 1 sha256 <64 hexadecimal digits>

1 is the version of the format, and the digits are the SHA-256 of every byte before them. So a file that is cut off or
damaged anywhere is found out before anything in it is read; nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import CheckpointError
from symbackprop.training.npz import put_arrays, read_arrays

FORMAT = 1
"""The version that is written, and the newest that is read."""
ABOUT = "about"
_SEAL = b"symbackprop checkpoint %d sha256 " % FORMAT
_SEALED = re.compile(rb"symbackprop checkpoint ([0-9]{1,6}) sha256 ([0-9a-f]{64})\Z")
_DIGITS = 64
_ZIP = b"PK\x03\x04"
_ANOTHER = "remove it, or name another file"

Content = tuple[dict[str, Any], dict[str, NDArray[Any]]]
"""What the file says of itself, and its arrays by name."""


def packed(about: Mapping[str, Any], arrays: Mapping[str, Any]) -> memoryview:
    """The bytes of a checkpoint; the same content gives the same bytes."""
    told = np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        put_arrays(archive, {ABOUT: told, **arrays})
        archive.comment = _SEAL + b"0" * _DIGITS
    content = buffer.getbuffer()
    content[-_DIGITS:] = hashlib.sha256(content[:-_DIGITS]).hexdigest().encode()
    return content


def unpacked(content: bytes, place: str) -> Content:
    """What a checkpoint holds. Raises CheckpointError where it is damaged, none at all, or of a later version."""
    seal = _SEALED.search(content[-200:])
    if seal is None:
        raise CheckpointError("checkpoint", _without_seal(content), _ANOTHER, place=place)
    if int(seal[1]) > FORMAT:
        what = f"the checkpoint has format {int(seal[1])}, and this version of symbackprop reads up to {FORMAT}"
        raise CheckpointError("checkpoint", what, "use the version that wrote it, or name another file", place=place)
    if hashlib.sha256(content[:-_DIGITS]).hexdigest().encode() != seal[2]:
        raise damaged(place)
    try:
        _require_plain(content)
        arrays = read_arrays(io.BytesIO(content))
        about = json.loads(arrays.pop(ABOUT).tobytes())
    except (ValueError, KeyError, OSError, RuntimeError, zipfile.BadZipFile):
        raise damaged(place) from None
    if not isinstance(about, dict):
        raise damaged(place)
    return about, arrays


def _require_plain(content: bytes) -> None:
    """Refuse members that would be more bytes than the file itself has: none of ours is compressed. Raises ValueError.

    A seal only says that a file is as somebody wrote it.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > len(content):
            raise ValueError("compressed")


def damaged(place: str) -> CheckpointError:
    """What is said of a checkpoint that is not as it was written."""
    return CheckpointError("checkpoint", "the checkpoint is damaged", _ANOTHER, place=place)


def _without_seal(content: bytes) -> str:
    if content.startswith(_ZIP):
        return "the file is a checkpoint that is cut off, or no checkpoint"
    return "the file is empty" if not content else "the file is no checkpoint"
