"""Networks from TOML files.

    text ──► lines of each key ──► tables (tomllib) ──► names, values, formulas ──► Network
             (toml_lines)          (tables)             (declared, shapes, equations, loader, training)

tomllib tells no line numbers, so a scan of its own notes where each key stands, and every error names its line.
"""

from symbackprop.network.spec.files import (
    example_names,
    load,
    load_example,
    load_text,
    read,
    read_example,
    read_text,
)
from symbackprop.network.spec.loader import Spec
from symbackprop.network.spec.training import Training

__all__ = [
    "Spec",
    "Training",
    "example_names",
    "load",
    "load_example",
    "load_text",
    "read",
    "read_example",
    "read_text",
]
