"""Deriving every gradient of a network: seconds and operations, ours and others'."""

TOOLS = {
    "ours": "ours_sweep",
    "SymPy, diff and cse": "sympy_diff",
    "SymEngine, diff and cse": "symengine_diff",
    "CasADi SX": "casadi_sx",
}
"""Modules, each with ``forward(network)`` (not timed), ``derive(forward)``, ``operations`` and ``gradients``."""

LAYERS = ((2, 2, 2), (4, 8, 3), (8, 16, 16, 4), (16, 32, 32, 8))
"""Sigmoid perceptrons of scalars with a bias for each neuron, squared error."""
