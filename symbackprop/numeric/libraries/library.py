"""What the generated source of each array library has of its own: names, spellings, and what must be installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from string import Template
from typing import Any

from symbackprop.errors import missing_extra
from symbackprop.matrices import Shape
from symbackprop.matrices.operations.record import ARRAY, Kernel
from symbackprop.notation.python import OPERATIONS
from symbackprop.notation.words import WORDS, helper_of
from symbackprop.numeric.helpers import ARRAY_HELPERS
from symbackprop.numeric.kernels import ARRAYS, Helper, Helpers, Target, in_words, kernels, words_of
from symbackprop.numeric.together import TOGETHER

_STRICT_WORDS = frozenset(
    "LOSS ERFC OUTPUT INPUTS UPSTREAM Loss Layer loss layer output arrays fitted finished max min abs tuple zip".split()
)
"""What modules for other libraries than NumPy call their own beside what those for NumPy do."""


@dataclass(frozen=True)
class Library:
    """An array library as generated source writes it.

    ``name`` is that of the backend, of its extra and of its folder of templates; ``modules`` must be installed;
    ``words`` are what its modules import and define. ``begin`` is how a function begins that has arrays for arguments,
    or empty, and ``added_product`` how C + A @ B is one call, or empty. ``number`` makes an array of a number,
    ``finished`` one of a result, ``identity`` an identity matrix and ``copy`` a copy, with the number, result, size or
    array, and an array whose dtype and device are taken, in the places of {}; ``largest`` is the largest entry.
    ``given`` is the type of what users hand to its modules, ``gives`` and ``gives_number`` those of arrays and of
    single numbers that come back. Where functions begin so, ``taken_by`` has the operations that need it.

    A ``strict`` library has functions of arrays alone, and may hide their numbers. ``keeps_digits`` tells whether
    derivatives keep theirs far from zero also where the network is computed as it is written, and ``layers`` whether
    its modules have a loss and a layer for its own differentiation.
    """

    name: str
    title: str
    modules: tuple[str, ...]
    namespace: str
    words: frozenset[str]
    helpers: Mapping[str, Helper]
    operations: Mapping[str, str]
    number: str
    identity: str
    copy: str
    largest: str
    given: str
    gives: str
    gives_number: str
    finished: str = "finished({0}, {1})"
    begin: str = ""
    taken_by: Mapping[str, str] = field(default_factory=dict)
    added_product: str = ""
    strict: bool = True
    keeps_digits: bool = False  # libraries have σ in one call: with its derivative it takes half as long again
    layers: bool = True

    @property
    def reserved(self) -> frozenset[str]:
        """What its modules call their own, so that no name of a network may."""
        return self.words | self.helpers.keys() | (_STRICT_WORDS if self.strict else frozenset())

    def type_of(self, shapes: Iterable[Shape], shaped: bool) -> str:
        """The type of results of these shapes; where one type does not say it of all, that of any array or number."""
        kinds = sorted({self.gives if shape else self.gives_number for shape in shapes})
        return kinds[0] if len(kinds) == 1 and (shaped or self.strict) else ARRAY

    def helper_of(self, word: str) -> str:
        """The helper that source would call for an operation; empty where the library has a way of its own."""
        return "" if word in WORDS and self.name in WORDS[word].own else helper_of(word)

    def require(self) -> None:
        """Raise SymbackpropError, with the line that installs it, where the library is absent."""
        for module in self.modules:
            try:
                import_module(module)
            except ImportError:
                raise missing_extra(f'backend="{self.name}" needs {self.title}', module, self.name) from None

    def home(self) -> Any:
        """The module that has the functions of the library; for the Array API that of one that keeps to it."""
        return import_module({"jax": "jax.numpy", "array-api": "array_api_compat.numpy"}.get(self.name, self.name))


def _helpers(target: Target, words: Mapping[str, str], begin: str = "", **shorter: str) -> Helpers:
    """What a library lacks, in its words; ``shorter`` are sources that it has a shorter way for."""
    sources = {**TOGETHER, **_kernels("array-api"), **shorter, **_kernels(target.key)}
    return kernels(target) | in_words(sources, words, begin)


def _operations(library: str, words: Mapping[str, str]) -> dict[str, str]:
    """The operations on matrices in the words of one library, with operands and settings in the places of {}."""
    known = {word: row for word, row in WORDS.items() if row.array_api}
    return {word: row.own.get(library) or Template(row.array_api).substitute(words) for word, row in known.items()}


def _kernels(library: str) -> dict[str, Kernel | str]:
    """The helpers of operations that a library needs."""
    return {row.helper: row.kernels[library] for row in WORDS.values() if library in row.kernels}


def _softmax_and_log(logarithm: str, exp: str) -> str:
    """The softmax by way of its logarithm, which the library has in one call."""
    return f'''def softmax_and_log(z: Array, axis: int) -> tuple[Array, Array]:
    """Give the softmax along the axis and its logarithm, without overflow."""
    logarithm = {logarithm}
    return {exp}(logarithm), logarithm'''


def _sigmoid_and_tail(sigmoid: str, space: str) -> str:
    """The sigmoid by the library's own call, which costs less than its powers of e handed on."""
    return f'''def sigmoid_and_tail(z: Array) -> tuple[Array, Array]:
    """Give 1/(1 + exp(-z)) and log(1 + exp(-|z|)); log of the former is min(z, 0) less this."""
    return {sigmoid}(z), {space}.log1p({space}.exp(-{space}.abs(z)))'''


_TORCH = words_of(
    "torch", max="torch.amax", min="torch.amin", diagonal="torch.diagonal", trace="torch.trace", axis="dim",
    keepdims="keepdim",
)  # fmt: skip
_JAX = words_of("jnp", trace="jnp.trace")
_FOUND = f"xp = {ARRAYS.begin}"

TORCH = Library(
    name="torch",
    title="PyTorch",
    modules=("torch",),
    namespace="torch",
    words=frozenset(["torch", "inspect"]),
    helpers=_helpers(
        Target("torch", "PyTorch", "torch", strict=True),
        _TORCH,
        softmax_and_log=_softmax_and_log("torch.log_softmax(z, dim=axis)", "torch.exp"),
        sigmoid_and_tail=_sigmoid_and_tail("torch.sigmoid", "torch"),
    ),
    operations=_operations("torch", _TORCH),
    added_product="torch.addmm({}, {}, {})",
    number="torch.full((), {0}, dtype={1}.dtype, device={1}.device)",
    identity="torch.eye({0}, dtype={1}.dtype, device={1}.device)",
    copy="{0}.clone()",
    largest="torch.amax({})",
    given="torch.Tensor | Any",
    gives="torch.Tensor",
    gives_number="torch.Tensor",
)

JAX = Library(
    name="jax",
    title="JAX",
    modules=("jax",),
    namespace="jnp",
    words=frozenset(["jax", "jnp", "partial", "ArrayLike"]),
    helpers=_helpers(
        Target("jax", "JAX", "jnp", strict=True),
        _JAX,
        softmax_and_log=_softmax_and_log("jax.nn.log_softmax(z, axis=axis)", "jnp.exp"),
        sigmoid_and_tail=_sigmoid_and_tail("jax.nn.sigmoid", "jnp"),
    ),
    operations=_operations("jax", _JAX),
    number="jnp.asarray({0}, dtype={1}.dtype)",
    identity="jnp.eye({0}, dtype={1}.dtype)",
    copy="{0}",
    largest="jnp.max({})",
    given="ArrayLike",
    gives="jax.Array",
    gives_number="jax.Array",
)

ARRAY_API = Library(
    name="array-api",
    title="array-api-compat",
    modules=("array_api_compat",),
    namespace="xp",
    words=frozenset(["xp", "array_namespace", "device", "is_array_api_obj"]),
    helpers=_helpers(ARRAYS, words_of("xp"), begin=_FOUND),
    operations=_operations("array-api", words_of("xp")),
    number="xp.asarray({0}, dtype={1}.dtype, device=device({1}))",
    identity="xp.eye({0}, dtype={1}.dtype, device=device({1}))",
    copy="xp.asarray({0}, copy=True)",
    largest="xp.max({})",
    given=ARRAY,
    gives=ARRAY,
    gives_number=ARRAY,
    begin=_FOUND,
    taken_by={word: "xp" for word, row in WORDS.items() if Template(row.array_api).get_identifiers()},
    layers=False,
)

NUMPY = Library(
    name="numpy",
    title="NumPy",
    modules=("numpy",),
    namespace="np",
    words=frozenset(["np", "npt"]),
    helpers=ARRAY_HELPERS,
    operations=OPERATIONS,
    number="{1}.dtype.type({0})",
    identity="np.eye({0}, dtype={1}.dtype)",
    copy="{0}.copy()",
    largest="np.max({})",
    given="npt.ArrayLike",
    gives="npt.NDArray[np.floating[Any]]",
    gives_number="np.floating[Any]",
    finished="np.asarray({0}, dtype={1}.dtype)[()]",
    strict=False,
    keeps_digits=True,
    layers=False,
)

LIBRARIES: Mapping[str, Library] = {library.name: library for library in (TORCH, JAX, ARRAY_API)}
"""Those beside NumPy, by the name of the backend."""
