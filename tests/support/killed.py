"""Trains in a process that is killed again and again, in the current folder; a program of its own.

It imports everything once, and forks for each life; every other life is a command line, the others are Python and tell
each epoch that is over. A life is killed some moments after it has written its next checkpoints, so that the kills are
spread over all of training, over the starts, and over the writing itself.

    python killed.py KILLS EPOCHS
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np

import symbackprop as sb
from symbackprop.cli import main
from symbackprop.network.spec import read
from symbackprop.training.checkpoints import epoch_kept

NETWORK = """
name = "three classes"
[shapes]
X = "m × n"
Y = "m × c"
W1 = "n × h"
b1 = "1 × h"
W2 = "h × c"
b2 = "1 × c"
[inputs]
X = [[0, 0]]
[targets]
Y = [[1, 0, 0]]
[parameters]
W1 = [[0], [0]]
b1 = [[0]]
W2 = [[0, 0, 0]]
b2 = [[0, 0, 0]]
[equations]
A1 = "tanh(X @ W1 + b1)"
P = "softmax(A1 @ W2 + b2, axis=1)"
E = "-total(Y*log(P))/m"
[loss]
minimize = "E"
"""
CHECKPOINT = Path("run.ckpt")
WORDS = (
    "train net.toml --lr 0.01 --optimiser adam --schedule cosine --batch-size 16 --initial xavier --sizes h=16 "
    "--seed 3 --data data.npz --validation held.npz --accuracy P"
).split()
HOW = {
    "learning_rate": 0.01, "optimiser": "adam", "schedule": "cosine", "batch_size": 16, "initial": "xavier",
    "sizes": {"h": 16}, "seed": 3, "accuracy": "P",
}  # fmt: skip
LONGEST = 600.0
"""Seconds in which a life has to come to its next checkpoint."""


def command(*words: str) -> None:
    """Run a command line to its end, in silence."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        try:
            main([*WORDS, *words], prog_name="symbackprop")
        except SystemExit as end:
            if end.code:
                os._exit(int(end.code))


def call(derivation: sb.Derivation, epochs: int, told: int) -> None:
    """Train in Python, and tell each epoch that is over through a pipe."""
    data, held_out = (sb.load_data(name, derivation) for name in ("data.npz", "held.npz"))
    sb.train(
        derivation, data, validation=held_out, epochs=epochs,
        checkpoint=CHECKPOINT, checkpoint_every=1, resume=True, **HOW,
        progress=lambda epoch, loss: os.write(told, epoch.to_bytes(4, "big")),
    )  # fmt: skip


class Life:
    """A process that trains. ``told`` is the last epoch that it told to be over."""

    def __init__(self, number: int, derivation: sb.Derivation, epochs: int) -> None:
        out, into = os.pipe()
        self.by_command, self.pipe, self.told = number % 2 == 0, out, -1
        self.process = os.fork()
        if self.process == 0:
            try:
                if self.by_command:
                    command(
                        "--epochs", str(epochs), "--checkpoint", str(CHECKPOINT), "--checkpoint-every", "1", "--resume"
                    )
                else:
                    call(derivation, epochs, into)
            finally:
                os._exit(0)
        os.close(into)

    def live(self, checkpoints: int, seconds: float) -> None:
        """Wait until so many checkpoints have appeared, and a little longer."""
        given_up = time.monotonic() + LONGEST
        seen = written()
        while checkpoints and time.monotonic() < given_up:
            now = written()
            if now != seen:
                seen, checkpoints = now, checkpoints - 1
            time.sleep(0.0003)
        assert not checkpoints, "no checkpoint appears"
        time.sleep(seconds)

    def kill(self) -> bool:
        """Kill it, unless it is at its end already; tells whether it was alive."""
        os.kill(self.process, signal.SIGKILL)
        _, status = os.waitpid(self.process, 0)
        with open(self.pipe, "rb") as pipe:
            told = pipe.read()
        if len(told) >= 4:
            whole = len(told) // 4 * 4
            self.told = int.from_bytes(told[whole - 4 : whole], "big")
        return os.WIFSIGNALED(status)


def written() -> tuple[int, int]:
    """Changes with every checkpoint."""
    try:
        found = CHECKPOINT.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns


def run(kills: int, epochs: int) -> dict[str, int]:
    """Kill training so often, spread over its epochs; then let it come to its end."""
    chance = random.Random(0)
    derivation = sb.derive(read("net.toml").network)
    command(*f"--epochs {epochs} -o whole.csv".split())
    done = {"kills": 0, "corrupt": 0, "lost": 0, "parts": 0, "starts": 0}
    epoch = 0
    while done["kills"] < kills:
        life = Life(done["kills"], derivation, epochs)
        # A tenth of the epochs is left for the last life, which ends in peace.
        behind = max(0, epochs * 9 * (done["kills"] + 1) // (10 * kills) - epoch)
        life.live(min(chance.randint(0, 6), behind), chance.uniform(0, 0.012))
        assert life.kill(), "training came to its end before it was killed"
        done["kills"] += 1
        done["parts"] += any(file.suffix == ".part" for file in Path().iterdir())
        found = epoch_kept(CHECKPOINT) if CHECKPOINT.exists() else 0
        done["starts"] += found == epoch
        done["corrupt"] += found is None
        # An epoch that was told to be over has a checkpoint, as has each that was there before.
        done["lost"] += (found or 0) < max(epoch, life.told)
        epoch = found or 0
    done["epoch"] = epoch
    command(*f"--epochs {epochs} --checkpoint {CHECKPOINT} --resume -o resumed.csv".split())
    return done


if __name__ == "__main__":
    Path("net.toml").write_text(NETWORK, encoding="utf-8")
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (96, 2))
    classes = sb.one_hot((points[:, 0] > 0).astype(int) + (points[:, 1] > 0), 3)
    np.savez("data.npz", X=points[:64], Y=classes[:64])
    np.savez("held.npz", X=points[64:], Y=classes[64:])
    print(json.dumps(run(*map(int, sys.argv[1:]))))
