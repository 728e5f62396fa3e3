"""The machine and the versions that a measurement is of."""

from __future__ import annotations

import datetime
import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = (
    "symbackprop", "numpy", "sympy", "numba", "torch", "jax", "autograd", "micrograd", "symengine", "casadi",
    "tensorgrad",
)  # fmt: skip


def describe() -> dict[str, Any]:
    """Processor, cores, load at the start, system, date, and the version of each library (None where it is absent)."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "blas": kernels(),
        "versions": {"Python": platform.python_version(), "gcc": compiler(), **{p: installed(p) for p in PACKAGES}},
    }


def processor() -> str:
    """As the system calls it."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def kernels() -> str | None:
    """For which processor the BLAS of NumPy has chosen its code: not always the one that it runs on."""
    import numpy as np  # noqa: F401  (its BLAS is what is looked for)

    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return None
    return next((f"{p['internal_api']} {p['version']}, {p.get('architecture')}" for p in threadpool_info()), None)


def compiler() -> str | None:
    """The version of gcc."""
    if shutil.which("gcc") is None:
        return None
    return subprocess.run(["gcc", "-dumpfullversion"], check=True, capture_output=True, text=True).stdout.strip()


def installed(package: str) -> str | None:
    """The version of a package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
