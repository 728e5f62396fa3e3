"""Seconds and operations of deriving, as medians over interleaved rounds."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from sympy import Symbol, count_ops

import symbackprop as sb

LAYERS = ([2, 2, 2], [4, 8, 3], [8, 16, 16, 4], [16, 32, 32, 8])


def chain(length: int) -> sb.Network:
    """One sigmoid neuron a layer."""
    value, target, loss = Symbol("x"), Symbol("t"), Symbol("L")
    equations, weights = {}, []
    for k in range(1, length + 1):
        weight, z, a = Symbol(f"w{k}"), Symbol(f"z{k}"), Symbol(f"a{k}")
        weights.append(weight)
        equations |= {z: weight * value, a: sb.sigmoid(z)}
        value = a
    equations[loss] = (target - value) ** 2 / 2
    return sb.Network(equations, inputs=[Symbol("x")], targets=[target], parameters=weights, loss=loss)


def layered(name: str, sizes: list[object]) -> tuple[str, sb.Network]:
    """A multilayer perceptron of matrices."""
    return name, sb.mlp(sizes, activation="tanh", notation="matrix")


MATRICES = dict(
    [
        layered("two layers, any size", ["n", "h", "k"]),
        layered("two layers, width 2", [2, 2, 2]),
        layered("two layers, 10,000", [10_000, 10_000, 10_000]),
        *(layered(f"{depth} layers", ["n", *["h"] * (depth - 1), "k"]) for depth in (10, 25, 50, 100)),
    ]
)


def operations(network: sb.Network) -> int:
    """Operations of the forward pass, the error signals and the gradients in terms of them."""
    d = sb.derive(network)
    return sum(count_ops(e) for part in (network.equations, d.backward, d.shared) for e in part.values())


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def process(*code: str) -> Callable[[], object]:
    """A call that runs a Python process."""
    return lambda: subprocess.run([sys.executable, *code], check=True, capture_output=True)


def medians(tasks: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median time of each task; every round runs them all."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, work in tasks.items():
            times[name].append(seconds(work))
    return {name: median(found) for name, found in times.items()}


def main(rounds: int) -> None:
    """Measure and print."""
    networks = {"-".join(map(str, sizes)): sb.mlp(sizes) for sizes in LAYERS}
    long = chain(500)
    with tempfile.TemporaryDirectory() as folder:
        report = ("-m", "symbackprop", "report", "two-layer-sigmoid", "-o", str(Path(folder)))
        tasks: dict[str, Callable[[], object]] = {
            **{name: (lambda network=network: sb.derive(network)) for name, network in networks.items()},
            **{name: (lambda network=network: sb.derive(network)) for name, network in MATRICES.items()},
            "chain of 500": lambda: sb.derive(long),
            "import sympy": process("-c", "import sympy"),
            "import symbackprop": process("-c", "import symbackprop"),
            "report": process(*report),
        }
        found = medians(tasks, rounds)
    print(f"{'derive':<22}{'weights':>8}{'operations':>12}{'seconds':>10}{'µs a weight':>13}")
    for name, network in networks.items():
        count = len(network.parameters)
        print(f"{name:<22}{count:>8}{operations(network):>12}{found[name]:>10.4f}{1e6 * found[name] / count:>13.0f}")
    print(f"{'chain of 500':<22}{500:>8}{operations(long):>12}{found['chain of 500']:>10.4f}")
    print(f"\n{'derive, of matrices':<22}{'equations':>10}{'seconds':>10}{'ms a layer':>13}")
    for name, network in MATRICES.items():
        layers = len(network.parameters) // 2
        print(f"{name:<22}{len(network.equations):>10}{found[name]:>10.4f}{1e3 * found[name] / layers:>13.2f}")
    print(f"\nimport sympy {found['import sympy']:.3f} s, import symbackprop {found['import symbackprop']:.3f} s")
    print(f"symbackprop report two-layer-sigmoid {found['report']:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]))
