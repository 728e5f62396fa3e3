"""The 2-2-2 network with two biases, one example, float64: where the work is nothing and all else is everything."""

from benchmark.entries import entry

ENTRIES = [
    entry("ours, plain Python", "tiny.ours", "ours", backend="numpy"),
    entry("ours, numba", "tiny.ours", "ours", backend="numba"),
    entry("Python math by hand", "tiny.plain_math"),
    entry("NumPy by hand", "tiny.by_hand"),
    entry("JAX scan", "tiny.jax_scan"),
    entry("JAX jit call", "tiny.jax_call"),
    entry("PyTorch eager", "tiny.torch_scalars"),
    entry("PyTorch eager, matrices", "tiny.torch_matrices"),
    entry("autograd", "tiny.hips_autograd"),
    entry("autograd, matrices", "tiny.hips_matrices"),
    entry("micrograd", "tiny.micrograd_values"),
    entry("C -O3, whole loop", "tiny.c_loop", "limit"),
]
