"""The scripts are sound, and nothing that is tracked belongs to one machine alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import require

from symbackprop.version import install_advice, install_line

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = sorted(p for p in [*(ROOT / "scripts").iterdir(), ROOT / ".ci" / "run"] if p.is_file() and not p.suffix)
SOURCED = sorted((ROOT / "scripts" / "lib").glob("*.sh"))
SETUP = ROOT / "scripts" / "lib" / "setup.sh"
LOCK_FILE = re.compile(r"(\.lock|-lock\.\w+|\.lockb)$")
OF_ONE_MACHINE = re.compile(
    r"""(?<![\w.~$}<>*-])/(?:root|work|opt|home/\w+|Users/\w+)/\w   # an absolute path
      | \b(?:pypi|npmjs|debian|ubuntu|pythonhosted|download\.pytorch)\.(?:org|com)\b   # a registry's address
    """,
    re.VERBOSE,
)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked_files() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip(f"git ls-files: {listing.stderr.strip()}")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def run(*command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(c) for c in command], env=os.environ | env, cwd=ROOT.parent, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("script", COMMANDS, ids=relative)
def test_a_command_can_be_run_and_says_how(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK), "chmod +x it"
    assert text.startswith("#!/usr/bin/env ")
    header = re.match(r"(#.*\n)+", text)
    assert header is not None
    assert f"# Usage: {relative(script)}" in header[0]


@pytest.mark.parametrize("script", [*COMMANDS, *SOURCED], ids=relative)
def test_bash_parses(script: Path) -> None:
    if script in COMMANDS and "bash" not in script.read_text(encoding="utf-8").splitlines()[0]:
        pytest.skip("not in bash")
    result = run("bash", "-n", script)
    assert (result.returncode, result.stderr) == (0, "")


def test_check_refuses_an_unknown_option() -> None:
    result = run(ROOT / "scripts" / "check", "--fxi")
    assert (result.returncode, result.stderr) == (1, "error: usage: scripts/check [--fix]\n")


@pytest.mark.parametrize(
    ("words", "marks"),
    [
        ([], ["not slow"]),
        (["-k", "sigmoid or tanh"], ["not slow"]),
        (["--all"], ["not slow", ""]),
        (["-x", "--all", "-q"], ["not slow", ""]),
        (["-m", "slow"], ["not slow", "slow"]),
    ],
    ids=" ".join,
)
def test_all_takes_in_what_is_slow_and_other_options_are_those_of_pytest(
    words: list[str], marks: list[str], tmp_path: Path
) -> None:
    """Of several -m pytest takes the last."""
    (tmp_path / "scripts" / "lib").mkdir(parents=True)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "test", tmp_path / "scripts")
    (tmp_path / "scripts" / "lib" / "setup.sh").write_text("setup() { :; }\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text("#!/usr/bin/env bash\nprintf '%s\\n' \"$@\"\n")
    python.chmod(0o755)
    called = run(tmp_path / "scripts" / "test", *words).stdout.split("\n")[:-1]
    assert called[:2] == ["-m", "pytest"]
    options = called[2:]
    assert [options[k + 1] for k, word in enumerate(options) if word == "-m"] == marks
    behind = options[options.index("not slow") + 1 :]
    assert [word for word in behind if word in words] == [word for word in words if word != "--all"]


def test_a_bare_clone_has_python_and_git_and_nothing_of_ours(tmp_path: Path) -> None:
    """A commit of another folder is cloned; the programs, settings and home of the caller stay behind."""
    tracked_files()  # skips where there is no Git
    shutil.copytree(ROOT / "scripts" / "lib", tmp_path / "scripts" / "lib", ignore=shutil.ignore_patterns("*.py"))
    (tmp_path / "hello").write_text("from the commit\n")
    author = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "hello"], [*author, "commit", "-qm", "one"]):
        assert run("git", "-C", tmp_path, *words).returncode == 0
    (tmp_path / "hello").write_text("not committed\n")
    inside = "cat hello; env; python3 -c 'import sys; print(sys.version_info >= (3, 11))'; ls $PATH; ls $HOME"
    script = f"""
        set -euo pipefail; cd "{tmp_path}"; source scripts/lib/bare.sh
        in_bare_clone bash -c "$1"; in_bare_clone bash -c 'exit 3' || echo "failed with $?"
        kept=$bare; remove_bare_clone; [[ -e $kept ]] || echo removed
    """
    said = run(
        "bash", "-c", script, "bash", inside, CI="true", PYTHONPATH="/nowhere", PIP_RETRIES="7", https_proxy="a:1"
    )
    assert said.returncode == 0, said.stderr
    lines = said.stdout.splitlines()
    assert lines[0] == "from the commit"
    assert {"True", "PIP_RETRIES=7", "https_proxy=a:1", "python3", "git"} <= set(lines)
    assert lines[-2:] == ["failed with 3", "removed"]
    names = {line.split("=")[0] for line in lines if "=" in line}
    assert not names & {"CI", "PYTHONPATH", "PYTEST_CURRENT_TEST", "USER", "TERM"}
    assert not {"pdflatex", "pdftoppm", "gcc", "uv"} & set(lines)


def test_without_python_setup_says_so_in_one_line(tmp_path: Path) -> None:
    bash, dirname = shutil.which("bash"), shutil.which("dirname")
    assert bash is not None
    assert dirname is not None
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")  # too old
    (tmp_path / "python3").chmod(0o755)
    script = f'set -euo pipefail; cd "{tmp_path}"; source "{SETUP}"; make_venv'
    result = run(bash, "-c", script, PATH=str(tmp_path))
    expected = "error: Python 3.11 or newer is needed, and none was found on the PATH\n"
    assert (result.returncode, result.stderr) == (1, expected)


def test_find_python_tells_the_interpreter_under_a_virtual_environment() -> None:
    script = f'source "{SETUP}"; find_python'
    found = run("bash", "-c", script, PYTHON=sys.executable).stdout.strip()
    assert Path(found).is_file()
    assert Path(found).resolve() == Path(sys.executable).resolve()


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or the like
        found += [f"{relative(path)}: {match[0]}" for match in OF_ONE_MACHINE.finditer(text)]
    assert not found


def test_how_an_extra_is_installed_is_written_in_two_places() -> None:
    """In symbackprop/version.py, from which all messages have it, and in README.md, where it is the same."""
    spelt = re.compile(r"""pip\s+install\s[^`\n]*?["'`.\w]\[(?P<extra>[\w{}.-]+)\]["']?""")
    found = {
        relative(path): {match[0]: match["extra"] for match in spelt.finditer(path.read_text(encoding="utf-8"))}
        for path in tracked_files()
        if path.suffix in {".md", ".py", ".j2", ".toml", ".sh", ".tex", ""} and "tests" not in path.parts
    }
    found = {place: lines for place, lines in found.items() if lines}
    assert sorted(found) == ["README.md", "symbackprop/version.py"]
    for lines in found.values():
        assert len(lines) == 1
    ((written, extra),) = found["README.md"].items()
    assert written == install_line(extra)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert extra in extras


def test_no_lock_file_is_tracked() -> None:
    assert not [relative(path) for path in tracked_files() if LOCK_FILE.search(path.name)]


@pytest.mark.needs("pdflatex")
def test_a_needed_tool_is_there_when_the_test_runs() -> None:
    assert shutil.which("pdflatex")


def test_an_absent_tool_skips_here_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(pytest.skip.Exception, match=r"needs pdflatex \(scripts/install-test-tools installs it\)"):
        require("pdflatex", in_ci=False)
    with pytest.raises(pytest.fail.Exception, match="CI lacks pdflatex: scripts/install-test-tools installs it"):
        require("pdflatex", in_ci=True)


def test_an_unlisted_tool_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="list it in MODULES, PROGRAMS or FILES"):
        require("no-such-tool")


def test_sharded_training_without_jax_says_what_to_install() -> None:
    """A module that is None in ``sys.modules`` cannot be imported, as if it were not installed."""
    code = "import runpy, sys; sys.modules['jax'] = None; runpy.run_path(sys.argv[1], run_name='__main__')"
    script = ROOT / "scripts" / "sharded_training.py"
    done = subprocess.run([sys.executable, "-c", code, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"sharded_training.py needs JAX, which is not installed; {install_advice('jax')}\n"
