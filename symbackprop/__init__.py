"""symbackprop derives back-propagation: closed-form gradients, every step of the work, NumPy code and reports."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from symbackprop.version import __version__

if TYPE_CHECKING:
    from symbackprop import studies
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
    from symbackprop.verification import CheckReport, Enclosure, Verification, check, enclose, verify

_ROOMS = {
    "calculus": "Derivation Path Rule Step derive work",
    "errors": "CheckpointError DataError DerivationError Diverged NetworkError SpecError SymbackpropError",
    "functions": (
        "absolute binary_cross_entropy cross_entropy elu exp function gelu leaky_relu log log_softmax relu sigmoid "
        "silu smooth_l1 softmax softplus sqrt squared_error step tanh"
    ),
    "matrices": "operation",
    "matrices.written": (
        "broadcast colmean colsum det diag diagonal divide eye hadamard inner logdet logsumexp mean norm ones "
        "power quadratic rowmean rowsum total trace"
    ),
    "network": "Network example_names load load_example mlp",
    "numeric": "GradientFunction lambdify",
    "publish": "report",
    "training": (
        "SweepResult Trainer TrainingHistory initialise load_data one_hot optimiser schedule sweep train trainer"
    ),
    "verification": "CheckReport Enclosure Verification check enclose verify",
}
"""The room of each public name. A room is opened when a name of it is first asked for: SymPy alone takes half a second,
and ``symbackprop --help`` and Ctrl-C shall not wait for it."""
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = [
    "CheckReport",
    "CheckpointError",
    "DataError",
    "Derivation",
    "DerivationError",
    "Diverged",
    "Enclosure",
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
    "enclose",
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
    if name == "studies" or name in _ROOMS:
        return import_module(f"symbackprop.{name}")
    if name in _ROOM_OF:
        value = getattr(import_module(f"symbackprop.{_ROOM_OF[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'symbackprop' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
