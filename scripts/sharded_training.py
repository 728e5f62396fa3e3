"""Data-parallel training: the derived gradient of a matrix network on examples that are spread over devices.

    python scripts/sharded_training.py [--examples 512] [--steps 20] [--learning-rate 0.5]
                                       [--cluster | --coordinator HOST:PORT --processes N --process K]

The weights are on every device, and each device has its share of the rows of X and Y. The compiled step is the one for
a single device: XLA sees that the sum over examples spans the devices, and puts the exchange of partial sums there.
Where there is one CPU, XLA_FLAGS=--xla_force_host_platform_device_count=8 makes eight devices of it. With --cluster, or
told where the first process is, the same script runs once in each process of a cluster, as docs/backends.md tells.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

import symbackprop as sb
from symbackprop.version import install_advice

try:
    import jax
except ModuleNotFoundError:
    print(f"sharded_training.py needs JAX, which is not installed; {install_advice('jax')}", file=sys.stderr)
    sys.exit(2)
from jax.sharding import Mesh, NamedSharding, PartitionSpec

SIZES = {"n": 8, "h": 16, "c": 3}


def classifier() -> sb.Derivation:
    """Two layers, softmax and cross-entropy, for any number of examples, features, neurons and classes."""
    return sb.derive(sb.mlp(["n", "h", "c"], notation="matrix", loss="cross_entropy"))


def drawn(derivation: sb.Derivation, examples: int, seed: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    """Weights, and examples of that seed; an example is of the class of its largest score, by one table."""
    rng = np.random.default_rng(seed)
    table = np.random.default_rng(1).normal(size=(SIZES["n"], SIZES["c"]))
    network = derivation.network
    (x,), (y,) = network.inputs, network.targets
    features = rng.normal(size=(examples, SIZES["n"]))
    classes = np.argmax(features @ table, axis=1)
    weights = {w.name: rng.normal(size=sizes_of(network.shape(w))) / 4 for w in network.parameters}
    return weights, {x.name: features, y.name: np.eye(SIZES["c"])[classes]}


def sizes_of(shape: Any) -> tuple[int, ...]:
    """A shape as numbers."""
    return tuple(SIZES.get(str(size)) or int(size) for size in shape)


def spread(weights: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The weights on every device, and the rows of the data shared out among them.

    In a cluster ``data`` are the rows that this process has read; together the processes have all of them.
    """
    mesh = Mesh(np.asarray(jax.devices()), ("examples",))
    everywhere, by_rows = NamedSharding(mesh, PartitionSpec()), NamedSharding(mesh, PartitionSpec("examples"))
    dtype = jax.numpy.result_type(float)  # float32, unless jax_enable_x64 is set
    return (
        {name: jax.device_put(np.asarray(value, dtype), everywhere) for name, value in weights.items()},
        {
            name: jax.make_array_from_process_local_data(by_rows, np.asarray(value, dtype))
            for name, value in data.items()
        },
    )


def main() -> None:
    """Train, and print the loss."""
    parser = argparse.ArgumentParser(description="Data-parallel training by a derived gradient.")
    parser.add_argument("--examples", type=int, default=512, help="examples of each process")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--learning-rate", type=float, default=0.5)
    parser.add_argument("--cluster", action="store_true", help="meet the other processes first; JAX finds them")
    parser.add_argument("--coordinator", metavar="HOST:PORT", help="where process 0 is, if JAX cannot find out")
    parser.add_argument("--processes", type=int, metavar="N", help="how many processes there are")
    parser.add_argument("--process", type=int, metavar="K", help="the number of this one, from 0")
    options = parser.parse_args()
    for name in ("examples", "steps"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} {getattr(options, name)} is none; give 1 or more")
    if options.cluster:
        jax.distributed.initialize()
    elif options.coordinator:
        jax.distributed.initialize(options.coordinator, options.processes, options.process)
    derivation = classifier()
    gradient_function = sb.lambdify(derivation, backend="jax")
    weights, _ = drawn(derivation, 1)
    _, data = drawn(derivation, options.examples, seed=jax.process_index())
    weights, data = spread(weights, data)

    @jax.jit
    def step(weights: dict[str, Any], data: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        loss, gradients = gradient_function(**weights, **data)
        return loss, {name: w - options.learning_rate * gradients[name] for name, w in weights.items()}

    loss = None
    for number in range(options.steps):
        loss, weights = step(weights, data)
        if jax.process_index() == 0 and number % 5 == 0:
            print(f"step {number:3}  loss {float(loss):.6f}")
    if jax.process_index() == 0:
        print(f"{options.steps} steps on {jax.device_count()} devices, loss {float(loss):.6f}")


if __name__ == "__main__":
    main()
