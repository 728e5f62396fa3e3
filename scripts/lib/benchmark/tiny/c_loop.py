"""The limit: the loop in C, compiled by gcc -O3."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from benchmark.entries import Running
from benchmark.tiny.case import RATE, WEIGHTS, Tiny

SOURCE = Path(__file__).with_name("two_layer_bias.c")


def start(case: Tiny) -> Running:
    """One call makes all the updates, and leaves the loss of each. Raises FileNotFoundError where there is no gcc."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "two_layer_bias.so"
        command = ["gcc", "-O3", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-lm"]
        subprocess.run(command, check=True, capture_output=True)
        train = ctypes.CDLL(str(library)).train
    array = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")
    train.argtypes = [ctypes.c_long, array, array, ctypes.c_double, array]
    train.restype = None
    weights, data = np.array(list(case.weights().values())), np.array(list(case.data.values()))

    def advance(updates: int) -> float:
        losses = np.empty(updates)
        train(updates, weights, data, RATE, losses)
        return float(losses[-1])

    return Running(advance, lambda: dict(zip(WEIGHTS, weights.tolist(), strict=True)))
