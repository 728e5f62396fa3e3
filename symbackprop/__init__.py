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
        acos,
        acosh,
        asin,
        asinh,
        atan,
        atan2,
        atanh,
        binary_cross_entropy,
        celu,
        clip,
        contrastive,
        cos,
        cosh,
        cosine_distance,
        cross_entropy,
        digamma,
        elu,
        erf,
        erfc,
        erfinv,
        exp,
        expm1,
        focal,
        function,
        gaussian_nll,
        gelu,
        gelu_tanh,
        hard_sigmoid,
        hardswish,
        hinge,
        huber_loss,
        js_divergence,
        kl_divergence,
        leaky_relu,
        lgamma,
        log,
        log1p,
        log_sigmoid,
        log_softmax,
        logaddexp,
        maximum,
        minimum,
        mish,
        normal_cdf,
        normal_pdf,
        poisson_nll,
        polygamma,
        quantile,
        reciprocal,
        relu,
        relu6,
        rsqrt,
        selu,
        sigmoid,
        silu,
        sin,
        sinh,
        smooth_l1,
        smoothed_cross_entropy,
        softmax,
        softplus,
        softsign,
        sqrt,
        square,
        squared_error,
        squared_hinge,
        step,
        stop_gradient,
        student_t_nll,
        tan,
        tanh,
        trigamma,
        triplet,
        xlogy,
    )
    from symbackprop.matrices import operation
    from symbackprop.matrices.user_functions import (
        block,
        broadcast,
        cholesky,
        colmax,
        colmean,
        colmin,
        colprod,
        colsum,
        cumsum,
        det,
        diag,
        diagonal,
        divide,
        eye,
        hadamard,
        hstack,
        inner,
        kron,
        largest,
        logdet,
        logsumexp,
        lyapunov,
        matrix_power,
        mean,
        norm,
        norm1,
        norminf,
        ones,
        outer,
        pinv,
        power,
        prod,
        quadratic,
        reverse_cumsum,
        rowmax,
        rowmean,
        rowmin,
        rowprod,
        rowsum,
        smallest,
        solve,
        sqrtm,
        sym,
        total,
        trace,
        tril,
        triu,
        vstack,
        zeros,
    )
    from symbackprop.network import ArrayExpression, Network, arrays, example_names, load, load_example, mlp
    from symbackprop.numeric import GradientFunction, Predictor, lambdify, predictor
    from symbackprop.publish import Drawing, drawing, report
    from symbackprop.publish.practice import Exercise, Marking, Worksheet, worksheet
    from symbackprop.tangents import Differentiated, fisher, gauss_newton, hessian, hvp, jacobian, jvp, newton_step
    from symbackprop.training import (
        Dataset,
        SweepResult,
        TableModel,
        Trainer,
        TrainingHistory,
        Weights,
        initialise,
        load_data,
        one_hot,
        optimiser,
        read_model,
        read_weights,
        schedule,
        sweep,
        train,
        trainer,
        write_weights,
    )
    from symbackprop.verification import CheckReport, Enclosure, ResultReport, Verification, check, enclose, verify

_ROOMS = {
    "calculus": "Derivation Path Rule Step derive work",
    "errors": "CheckpointError DataError DerivationError Diverged NetworkError SpecError SymbackpropError",
    "functions": (
        "absolute acos acosh asin asinh atan atan2 atanh binary_cross_entropy celu clip contrastive cos "
        "cosh cosine_distance cross_entropy digamma elu erf erfc erfinv exp expm1 focal function "
        "gaussian_nll gelu gelu_tanh hard_sigmoid hardswish hinge huber_loss js_divergence kl_divergence "
        "leaky_relu lgamma log log1p log_sigmoid log_softmax logaddexp maximum minimum mish normal_cdf "
        "normal_pdf poisson_nll polygamma quantile reciprocal relu relu6 rsqrt selu sigmoid silu sin sinh "
        "smooth_l1 smoothed_cross_entropy softmax softplus softsign sqrt square squared_error squared_hinge "
        "step stop_gradient student_t_nll tan tanh trigamma triplet xlogy"
    ),
    "matrices": "operation",
    "matrices.user_functions": (
        "block broadcast cholesky colmax colmean colmin colprod colsum cumsum det diag diagonal divide eye "
        "hadamard hstack inner kron largest logdet logsumexp lyapunov matrix_power mean norm norm1 norminf ones "
        "outer pinv power prod quadratic reverse_cumsum rowmax rowmean rowmin rowprod rowsum smallest solve sqrtm sym "
        "total trace tril triu vstack zeros"
    ),
    "network": "ArrayExpression Network arrays example_names load load_example mlp",
    "numeric": "GradientFunction Predictor lambdify predictor",
    "publish": "Drawing drawing report",
    "publish.practice": "Exercise Marking Worksheet worksheet",
    "tangents": "Differentiated fisher gauss_newton hessian hvp jacobian jvp newton_step",
    "training": (
        "Dataset SweepResult TableModel Trainer TrainingHistory Weights initialise load_data one_hot optimiser "
        "read_model read_weights schedule sweep train trainer write_weights"
    ),
    "verification": "CheckReport Enclosure ResultReport Verification check enclose verify",
}
"""The room of each public name. A room is opened when a name of it is first asked for: SymPy alone takes half a second,
and ``symbackprop --help`` and Ctrl-C shall not wait for it."""
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = [
    "ArrayExpression", "CheckReport", "CheckpointError", "DataError", "Dataset", "Derivation", "DerivationError",
    "Differentiated", "Diverged", "Drawing", "Enclosure", "Exercise", "GradientFunction", "Marking", "Network",
    "NetworkError", "Path", "Predictor", "ResultReport", "Rule", "SpecError", "Step", "SweepResult",
    "SymbackpropError", "TableModel", "Trainer", "TrainingHistory", "Verification", "Weights", "Worksheet",
    "__version__", "absolute", "acos", "acosh", "arrays", "asin", "asinh", "atan", "atan2", "atanh",
    "binary_cross_entropy", "block", "broadcast", "celu", "check", "cholesky", "clip", "colmax", "colmean",
    "colmin", "colprod", "colsum", "contrastive", "cos", "cosh", "cosine_distance", "cross_entropy", "cumsum",
    "derive", "det", "diag", "diagonal", "digamma", "divide", "drawing", "elu", "enclose", "erf", "erfc", "erfinv",
    "example_names", "exp", "expm1", "eye", "fisher", "focal", "function", "gauss_newton", "gaussian_nll", "gelu",
    "gelu_tanh", "hadamard", "hard_sigmoid", "hardswish", "hessian", "hinge", "hstack", "huber_loss", "hvp",
    "initialise", "inner", "jacobian", "js_divergence", "jvp", "kl_divergence", "kron", "lambdify", "largest",
    "leaky_relu", "lgamma", "load", "load_data", "load_example", "log", "log1p", "log_sigmoid", "log_softmax",
    "logaddexp", "logdet", "logsumexp", "lyapunov", "matrix_power", "maximum", "mean", "minimum", "mish", "mlp",
    "newton_step", "norm", "norm1", "normal_cdf", "normal_pdf", "norminf", "one_hot", "ones", "operation",
    "optimiser", "outer", "pinv", "poisson_nll", "polygamma", "power", "predictor", "prod", "quadratic", "quantile",
    "read_model", "read_weights", "reciprocal", "relu", "relu6", "report", "reverse_cumsum", "rowmax", "rowmean",
    "rowmin", "rowprod", "rowsum", "rsqrt", "schedule", "selu", "sigmoid", "silu", "sin", "sinh", "smallest",
    "smooth_l1", "smoothed_cross_entropy", "softmax", "softplus", "softsign", "solve", "sqrt", "sqrtm", "square",
    "squared_error", "squared_hinge", "step", "stop_gradient", "student_t_nll", "studies", "sweep", "sym", "tan",
    "tanh", "total", "trace", "train", "trainer", "trigamma", "tril", "triplet", "triu", "verify", "vstack", "work",
    "worksheet", "write_weights", "xlogy", "zeros",
]  # fmt: skip


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
