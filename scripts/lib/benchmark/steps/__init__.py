"""Whole training steps of perceptrons of matrices, and who makes them."""

from benchmark.entries import entry

ENTRIES = [
    entry("ours, NumPy", "steps.ours_trainer", "ours", backend="numpy"),
    entry("ours, numba", "steps.ours_trainer", "ours", backend="numba"),
    entry("ours, PyTorch", "steps.ours_torch", "ours"),
    entry("ours, JAX jit", "steps.ours_jax", "ours"),
    entry("NumPy by hand", "steps.by_hand"),
    entry("PyTorch eager", "steps.torch_eager"),
    entry("torch.compile", "steps.torch_compiled"),
    entry("JAX jit", "steps.jax_jit"),
    entry("autograd", "steps.hips_autograd"),
    entry("matrix products alone", "steps.products", "limit"),
]
