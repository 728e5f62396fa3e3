"""The public names, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import symbackprop as sb


def test_every_public_name_is_there_once():
    assert sb.__all__ == sorted(set(sb.__all__), key=sb.__all__.index)
    for name in sb.__all__:
        assert getattr(sb, name) is not None
    assert set(sb.__all__) <= set(dir(sb))


def test_public_names_have_docstrings():
    for name in sb.__all__:
        if name != "__version__":
            assert getattr(sb, name).__doc__, name


def test_an_unknown_name_is_told():
    with pytest.raises(AttributeError, match="module 'symbackprop' has no attribute 'derivee'"):
        sb.derivee  # noqa: B018


def loaded_after(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(' '.join(sys.modules))"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split())


def test_import_loads_nothing_that_takes_time():
    modules = loaded_after("import symbackprop")
    assert modules.isdisjoint({"sympy", "numpy", "jinja2", "rich", "click"})
    assert loaded_after("import symbackprop as sb; sb.derive").isdisjoint({"numpy", "jinja2", "rich", "click"})


def test_derivations_are_made_without_numpy():
    assert "numpy" not in loaded_after("import symbackprop as sb; sb.derive(sb.mlp([2, 2]))")
