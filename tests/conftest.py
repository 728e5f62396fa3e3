"""What all the tests share: the policy on tools that may be absent, on what is slow, and how Hypothesis searches.

A test that needs a tool from outside says so, and imports it inside itself:

    @pytest.mark.needs("torch")
    def test_agrees_with_torch(): ...

Where the tool is absent the test is skipped on a user's machine, and fails in CI (CI=true).

What takes many seconds, and what searches among random networks, has ``@pytest.mark.slow`` and runs with
``scripts/test --all``; of many cases of one kind a few may be quick::

    @pytest.mark.parametrize("name", slow_except(["mlp"], EXAMPLES))
    def test_agrees_with_itself(name): ...

    @pytest.mark.parametrize("name", few(EXAMPLES))
    def test_is_as_long_as_it_says(name): ...

Hypothesis tries the same examples in every run, so that a test that passes here passes there; with
``scripts/test --all --hypothesis-profile=search`` it looks for others.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
MODULES = {
    "numba", "torch", "jax", "array_api_compat", "array_api_strict", "flint", "safetensors", "pandas", "polars",
    "pyarrow", "xlsxwriter", "openpyxl", "mkdocs", "selenium", "mypy", "ruff",
    "typst",
}  # fmt: skip
PROGRAMS = {"pdflatex", "pdftoppm", "pdftotext", "node", "soffice", "chromium", "chromedriver"}
SHARE = Path(sys.prefix) / "share"
FILES = {
    "axe-core": SHARE / "axe-core" / "axe.min.js",
    "katex": SHARE / "katex" / "dist" / "katex.js",
    "mathjax": SHARE / "mathjax" / "node-main.cjs",
}

settings.register_profile(
    "symbackprop",
    deadline=None,  # the first call into SymPy is slow, the next is not
    max_examples=50,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# Else it draws from the numbers in all modules of ours that are imported, which are not the same in every run.
providers.is_local_module_file = lambda path: False  # type: ignore[attr-defined]
settings.register_profile("search", settings.get_profile("symbackprop"), derandomize=False)
settings.load_profile("symbackprop")


def slow_except(quick: Collection[Any], cases: Iterable[Any]) -> list[Any]:
    """Cases for ``parametrize``, of which all but some are slow."""
    return [case if case in quick else _slow(case) for case in cases]


def few(cases: Iterable[Any], of: int = 3) -> list[Any]:
    """Cases for ``parametrize``, of which one of so many, beginning with the first, is quick and the others slow."""
    cases = list(cases)
    return [case if k % of == 0 else _slow(case) for k, case in enumerate(cases)]


def _slow(case: Any) -> Any:
    if isinstance(case, ParameterSet):
        return pytest.param(*case.values, marks=[*case.marks, pytest.mark.slow], id=case.id)
    return pytest.param(case, marks=pytest.mark.slow)


def is_present(tool: str) -> bool:
    """Whether the module or program is to be had here."""
    if tool in MODULES:
        return importlib.util.find_spec(tool) is not None
    if tool in PROGRAMS:
        return shutil.which(tool) is not None
    if tool in FILES:
        return FILES[tool].is_file()
    raise ValueError(f"needs({tool!r}): list it in MODULES, PROGRAMS or FILES of tests/conftest.py")


def require(tool: str, *, in_ci: bool = IN_CI) -> None:
    """Let the test go on if the tool is present; else skip it, or in CI fail it."""
    if is_present(tool):
        return
    if in_ci:
        pytest.fail(f"CI lacks {tool}: scripts/install-test-tools installs it", pytrace=False)
    pytest.skip(f"needs {tool} (scripts/install-test-tools installs it)")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and keep what is compiled among the tests' own files, not among the user's."""
    cache = getattr(config, "cache", None)
    if cache is not None:
        os.environ["XDG_CACHE_HOME"] = str(cache.mkdir("compiled"))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so it is in a shell's background, and for all children
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "needs(tool, ...): skip without these tools, or fail in CI")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Hold each test to the tools that it needs, before any fixture is made."""
    for marker in item.iter_markers("needs"):
        for tool in marker.args:
            require(tool)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test runs in a folder of its own, without settings of the terminal that started it."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path
