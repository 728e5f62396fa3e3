"""A perceptron for handwritten digits: derived, trained on four images in five, tested on the fifth."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import symbackprop as sb

SIZE, INK, CLASSES = 8, 16, 10
"""Images are 8 × 8 numbers from 0 to 16, in ten classes."""

HIDDEN = [128, 64]
RATE, EPOCHS, BATCH = 0.01, 20, 64
"""Chosen on a fifth of the *training* images held out, of which they read 98.5% rightly; the test images had no say."""


@dataclass(frozen=True)
class Digits:
    """Images, one a row of 64 numbers from 0 to 1, and the digits that they show."""

    images: NDArray[np.float64]
    labels: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> Digits:
        """Some of them, in the order of ``rows``."""
        return Digits(self.images[rows], self.labels[rows])

    def moved(self) -> Digits:
        """These, and each moved by a pixel to the left, right, top and bottom: a five is a five wherever it stands."""
        pictures = np.pad(self.images.reshape(-1, SIZE, SIZE), ((0, 0), (1, 1), (1, 1)))
        places = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
        moved = [pictures[:, y : y + SIZE, x : x + SIZE].reshape(-1, SIZE * SIZE) for y, x in places]
        return Digits(np.concatenate(moved), np.tile(self.labels, len(places)))

    @property
    def data(self) -> dict[str, NDArray[np.float64]]:
        """As the network takes them."""
        return {"X": self.images, "Y": sb.one_hot(self.labels, CLASSES)}


def split(seed: int) -> tuple[Digits, Digits]:
    """Four fifths of the images to train on, and the rest to test with, drawn by the seed."""
    from sklearn.datasets import load_digits  # here, because it takes seconds to import

    found = load_digits()
    every = Digits(found.data / INK, found.target)
    order = np.random.default_rng(seed).permutation(len(every.labels))
    fifth = len(order) // 5
    return every.take(order[fifth:]), every.take(order[:fifth])


def network() -> sb.Network:
    """64 pixels, two hidden layers, ten probabilities."""
    return sb.mlp([SIZE * SIZE, *HIDDEN, CLASSES], activation="relu", notation="matrix", loss="cross_entropy")


def trained(d: sb.Derivation, digits: Digits, seed: int) -> sb.TrainingHistory:
    """Mini-batches and Adam, with a rate that falls along a cosine."""
    return sb.train(
        d, digits.data, initial="he", seed=seed, optimiser="adam", learning_rate=RATE, schedule="cosine",
        epochs=EPOCHS, batch_size=BATCH, accuracy="P",
    )  # fmt: skip


def read(d: sb.Derivation, history: sb.TrainingHistory, digits: Digits) -> NDArray[np.int64]:
    """The digit that the trained network finds likeliest, for each image."""
    forward, _ = sb.lambdify(d).forward_backward(**digits.data, **history.final)
    return np.argmax(forward["P"], axis=1)


def confusions(labels: NDArray[np.int64], answers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row: the digit shown; column: the digit read; the entry: how many images."""
    table = np.zeros((CLASSES, CLASSES), np.int64)
    np.add.at(table, (labels, answers), 1)
    return table


def tell_network(d: sb.Derivation) -> None:
    """The equations, and the gradients that were derived from them."""
    print(f"The network: {d.network.name}")
    for title, part in (("forward", d.network.equations), ("backward", d.backward), ("gradients", d.shared)):
        print(f"  {title}")
        for name, formula in part.items():
            print(f"    {f'dE/d{name}' if part is d.shared else name} = {formula}")


def tell_training(history: sb.TrainingHistory, seconds: float) -> None:
    """Loss and accuracy of each epoch, on the images that it is trained on."""
    accuracies = history.accuracies
    assert accuracies is not None
    print(f"\n{'epoch':>5}{'loss':>10}{'right':>9}")
    for epoch, (loss, accuracy) in enumerate(zip(history.losses, accuracies, strict=True)):
        print(f"{epoch:>5}{loss:>10.5f}{accuracy:>9.2%}")
    print(f"trained in {seconds:.2f} s")


def tell_test(labels: NDArray[np.int64], answers: NDArray[np.int64]) -> None:
    """How many unseen images are read rightly, and which digits are taken for which."""
    right = int(np.sum(labels == answers))
    print("\nshown \\ read" + "".join(f"{digit:>4}" for digit in range(CLASSES)))
    for digit, row in enumerate(confusions(labels, answers)):
        print(f"{digit:>12}" + "".join(f"{count or '·':>4}" for count in row))
    print(f"\ntest: {right} of {len(labels)} images that it has not seen are read rightly, {right / len(labels):.2%}")


def main(seed: int) -> None:
    """Derive, train, test, and tell each."""
    training, test = split(seed)
    d = sb.derive(network())
    tell_network(d)
    moved = training.moved()
    print(f"\n{len(training.labels)} images, moved by a pixel {len(moved.labels)}; {len(test.labels)} to test with;")
    print(f"Adam at rate {RATE} along a cosine, batches of {BATCH}, seed {seed}")
    start = time.perf_counter()
    history = trained(d, moved, seed)
    tell_training(history, time.perf_counter() - start)
    tell_test(test.labels, read(d, history, test))


if __name__ == "__main__":
    main(int(sys.argv[1]))
