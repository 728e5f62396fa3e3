"""symbackprop derives back-propagation: closed-form gradients, every step of the work, NumPy code and reports."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from symbackprop.calculus import Derivation, Path, Rule, Step, derive, work
from symbackprop.errors import (
    CheckpointError,
    DataError,
    DerivationError,
    Diverged,
    NetworkError,
    SpecError,
    SymbackpropError,
)
from symbackprop.functions import (
    absolute,
    binary_cross_entropy,
    cross_entropy,
    elu,
    exp,
    function,
    gelu,
    leaky_relu,
    log,
    log_softmax,
    relu,
    sigmoid,
    silu,
    smooth_l1,
    softmax,
    softplus,
    sqrt,
    squared_error,
    step,
    tanh,
)
from symbackprop.matrices import operation
from symbackprop.matrices.written import (
    broadcast,
    colmean,
    colsum,
    det,
    diag,
    diagonal,
    divide,
    eye,
    hadamard,
    inner,
    logdet,
    logsumexp,
    mean,
    norm,
    ones,
    power,
    quadratic,
    rowmean,
    rowsum,
    total,
    trace,
)
from symbackprop.network import Network, example_names, load, load_example, mlp
from symbackprop.version import __version__

if TYPE_CHECKING:
    from symbackprop import studies
    from symbackprop.numeric import GradientFunction, lambdify
    from symbackprop.publish import report
    from symbackprop.training import (
        SweepResult,
        Trainer,
        TrainingHistory,
        initialise,
        load_data,
        one_hot,
        optimiser,
        schedule,
        sweep,
        train,
        trainer,
    )
    from symbackprop.verification import CheckReport, Verification, check, verify

_LATER = {
    "GradientFunction": "numeric",
    "lambdify": "numeric",
    "CheckReport": "verification",
    "Verification": "verification",
    "check": "verification",
    "verify": "verification",
    "SweepResult": "training",
    "Trainer": "training",
    "TrainingHistory": "training",
    "initialise": "training",
    "load_data": "training",
    "one_hot": "training",
    "optimiser": "training",
    "schedule": "training",
    "sweep": "training",
    "train": "training",
    "trainer": "training",
    "report": "publish",
}
"""Names whose rooms import NumPy or more, so that they are opened when first asked for."""

__all__ = [
    "CheckReport",
    "CheckpointError",
    "DataError",
    "Derivation",
    "DerivationError",
    "Diverged",
    "GradientFunction",
    "Network",
    "NetworkError",
    "Path",
    "Rule",
    "SpecError",
    "Step",
    "SweepResult",
    "SymbackpropError",
    "Trainer",
    "TrainingHistory",
    "Verification",
    "__version__",
    "absolute",
    "binary_cross_entropy",
    "broadcast",
    "check",
    "colmean",
    "colsum",
    "cross_entropy",
    "derive",
    "det",
    "diag",
    "diagonal",
    "divide",
    "elu",
    "example_names",
    "exp",
    "eye",
    "function",
    "gelu",
    "hadamard",
    "initialise",
    "inner",
    "lambdify",
    "leaky_relu",
    "load",
    "load_data",
    "load_example",
    "log",
    "log_softmax",
    "logdet",
    "logsumexp",
    "mean",
    "mlp",
    "norm",
    "one_hot",
    "ones",
    "operation",
    "optimiser",
    "power",
    "quadratic",
    "relu",
    "report",
    "rowmean",
    "rowsum",
    "schedule",
    "sigmoid",
    "silu",
    "smooth_l1",
    "softmax",
    "softplus",
    "sqrt",
    "squared_error",
    "step",
    "studies",
    "sweep",
    "tanh",
    "total",
    "trace",
    "train",
    "trainer",
    "verify",
    "work",
]


def __getattr__(name: str) -> Any:
    if name == "studies":
        return import_module("symbackprop.studies")
    if name in _LATER:
        value = getattr(import_module(f"symbackprop.{_LATER[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'symbackprop' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
