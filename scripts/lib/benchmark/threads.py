"""Equal threads for every library: told by the environment, before any of them is imported."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

NAMES = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS",
)  # fmt: skip


HERE = str(Path(__file__).resolve().parent.parent)
"""Where Python finds this package."""


def environment(threads: int) -> dict[str, str]:
    """The environment of a process whose libraries use so many threads; JAX may use float64 in it."""
    xla = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'} intra_op_parallelism_threads={threads}"
    told = dict.fromkeys(NAMES, str(threads))
    path = os.pathsep.join([HERE, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {
        **os.environ, **told, "PYTHONPATH": path, "XLA_FLAGS": xla, "JAX_PLATFORMS": "cpu", "JAX_ENABLE_X64": "1",
    }  # fmt: skip


def stay_on_one_core() -> None:
    """Keep this process to one core, where the system can: one thread that moves about leaves its caches behind.

    JAX hands its work to a thread of its own, which with two cores is now beside the caller's data and now is not.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def told(environ: Mapping[str, str]) -> int:
    """How many threads the environment of this process says."""
    return int(environ["OMP_NUM_THREADS"])
