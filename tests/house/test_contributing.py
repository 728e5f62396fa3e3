"""The recipes of docs/contributing.md, followed to the letter in a copy of the package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "contributing.md").read_text()
NETWORK = """
[inputs]
x = 0.5
[targets]
t = 1.0
[parameters]
w = 0.3
v = -0.7
[equations]
a = "bent(w*x)"
y = "v*a"
E = "(y - t)**2/2"
[loss]
minimize = "E"
"""


MATRICES = """
[shapes]
X = "m × n"
W = "n × k"
[inputs]
X = [[0.5, 1], [0.2, -1], [0.1, 0.4]]
[parameters]
W = [[0.3], [-0.7]]
[equations]
Z = "X @ W"
E = "total(flipud(Z)*Z**2) + max(flipud(Z))"
[loss]
minimize = "E"
"""


def recipe(word: str) -> str:
    """The file of the guide in which a word stands."""
    [found] = [block for block in re.findall(r"^```py\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE) if word in block]
    return found


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package to which the function and the operation of the guide have been added."""
    folder = tmp_path_factory.mktemp("grown")
    shutil.copytree(ROOT / "symbackprop", folder / "symbackprop", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "symbackprop" / "functions" / "entrywise" / "bent.py").write_text(recipe("bent"))
    (folder / "symbackprop" / "matrices" / "operations" / "flipud.py").write_text(recipe("flipud"))
    (folder / "net.toml").write_text(NETWORK)
    (folder / "matrices.toml").write_text(MATRICES)
    return folder


def run(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_made_up_function_is_derived_and_proved(grown: Path) -> None:
    told = run(grown, "-m", "symbackprop", "derive", "net.toml")
    assert "bent(z" in told or "√(1 + z" in told
    assert "proved" in run(grown, "-m", "symbackprop", "check", "net.toml")
    assert "proved" in run(
        grown, "-m", "symbackprop", "verify", "net.toml", "dE/dw = (y - t)*v*(1 + w*x/(2*sqrt(1 + (w*x)**2)))*x"
    )


@pytest.mark.slow
def test_the_made_up_function_stands_in_a_report(grown: Path) -> None:
    run(grown, "-m", "symbackprop", "report", "net.toml", "-o", "out")
    [report] = (grown / "out").glob("*.md")
    assert r"\mathrm{bent}" in report.read_text()


@pytest.mark.slow
@pytest.mark.parametrize(("backend", "word"), [("numpy", "np.sqrt"), ("torch", "torch.sqrt"), ("array-api", "xp.sqrt")])
def test_the_made_up_function_has_code_for_every_target(grown: Path, backend: str, word: str) -> None:
    run(grown, "-m", "symbackprop", "compile", "net.toml", "--backend", backend, "-o", f"module_{backend}.py")
    source = (grown / f"module_{backend}.py").read_text()
    assert "def bent(z" in source
    assert word in source
    assert "square = z**2" in source


@pytest.mark.slow
def test_the_made_up_function_is_trained_in_plain_numbers(grown: Path) -> None:
    code = (
        "import math, symbackprop as sb\n"
        "net = sb.load('net.toml')\n"
        "d = sb.derive(net)\n"
        "loss, gradients = sb.lambdify(d)(x=0.5, t=1.0, w=1e-9, v=-0.7)\n"
        "assert math.isclose(gradients['v'], -0.5e-9*(1 + 0.125e-9)*(1 + 0.35e-9), rel_tol=1e-12), gradients\n"
        "assert sb.check(d).proved\n"
        "history = sb.train(d, data={'x': 0.5, 't': 1.0}, initial={'w': 0.3, 'v': -0.7}, learning_rate=0.5, epochs=3)\n"
        "print(history.losses[-1] < history.losses[0])\n"
    )
    assert run(grown, "-c", code).strip() == "True"


@pytest.mark.slow
def test_the_made_up_operation_is_derived_proved_and_reported(grown: Path) -> None:
    assert "flipud(" in run(grown, "-m", "symbackprop", "derive", "matrices.toml")
    assert "proved" in run(grown, "-m", "symbackprop", "check", "matrices.toml")
    run(grown, "-m", "symbackprop", "report", "matrices.toml", "-o", "matrices")
    [report] = (grown / "matrices").glob("*.md")
    assert r"$`\mathrm{flipud}(A)`$ has the rows of A in the opposite order" in report.read_text()
    assert r"**Rule.** $`Y = \mathrm{flipud}(A)`$: $`A`$ gets $`\mathrm{flipud}(G)`$." in report.read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backend", "word"), [("numpy", "np.flipud("), ("torch", "torch.flipud("), ("array-api", "xp.flip(")]
)
def test_the_made_up_operation_has_code_for_every_target(grown: Path, backend: str, word: str) -> None:
    run(grown, "-m", "symbackprop", "compile", "matrices.toml", "--backend", backend, "-o", f"matrices_{backend}.py")
    assert word in (grown / f"matrices_{backend}.py").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tests", "word"),
    [("functions/test_proofs.py", "bent"), ("matrices/test_matrix_proofs.py", "flipud or Upended")],
)
def test_the_proofs_of_what_is_made_up_are_held_line_by_line(grown: Path, tests: str, word: str) -> None:
    told = run(grown, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"{ROOT / 'tests' / tests}", "-k", word)
    assert re.search(r"\b[1-9][0-9]* passed", told)
