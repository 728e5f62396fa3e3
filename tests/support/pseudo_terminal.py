"""A command on a terminal of its own, at which a test looks on and presses keys."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass, field
from typing import Self

CLEAR = "\x1b[2J\x1b[1;1H"
_STYLE = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class OnTerminal:
    """``python -m symbackprop`` with words, on a terminal of so many columns."""

    words: tuple[str, ...]
    columns: int = 80
    patience: float = 60.0
    written: str = ""
    _ours: int = field(default=-1, init=False)

    def __enter__(self) -> Self:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, self.columns, 0, 0))
        settled = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        env = {**settled, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "symbackprop", *self.words],
            stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def until(self, text: str) -> str:
        """Read on until a text stands there, and give the page that ends with it, without colours."""
        begin = len(self.written)
        while text not in self.written[begin:]:
            assert self._read(), f"the command ended before it wrote {text!r}:\n{self.written}"
        return _STYLE.sub("", self.written[begin:].rpartition(CLEAR)[2]).replace("\r\n", "\n")

    def press(self, keys: str) -> None:
        """Press keys one behind the other, once the command waits for a key: before that they would be thrown away."""
        deadline = time.monotonic() + self.patience
        while termios.tcgetattr(self._ours)[3] & termios.ICANON:
            assert time.monotonic() < deadline, f"no key was waited for:\n{self.written}"
            time.sleep(0.005)
        os.write(self._ours, keys.encode())

    def status(self) -> int:
        """The exit status, once the command has ended by itself."""
        while self._read():
            pass
        return self.process.wait(self.patience)

    def _read(self) -> bool:
        """Read what has been written since; false where the terminal has been left."""
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            if select.select([self._ours], [], [], 0.2)[0]:
                try:
                    found = os.read(self._ours, 65536)
                except OSError:  # Linux says so where nobody holds the other end
                    return False
                self.written += found.decode("utf-8", errors="replace")
                return bool(found)
            if self.process.poll() is not None:
                return False
        raise AssertionError(f"nothing was written for {self.patience} s:\n{self.written}")
