"""Python processes that differ in their hash seed alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

TESTS = Path(__file__).parents[1]
PATHS = os.pathsep.join(map(str, (TESTS.parent, TESTS, TESTS / "support")))


def the_one_output(script: str, seeds: Sequence[str]) -> bytes:
    """What the script prints, which is the same under every hash seed."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": PATHS, "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for seed in seeds
    ]
    printed = [process.communicate() for process in running]
    assert [process.returncode for process in running] == [0] * len(seeds), printed[0][1].decode()
    assert len({out for out, _ in printed}) == 1
    return printed[0][0]
