"""What hostile or unlucky input, devices, closed pipes and Ctrl-C come to: one line and a status, never a traceback."""

from __future__ import annotations

import io
import os
import signal
import stat
import string
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from command_line import pointed, told
from conftest import few

import symbackprop as sb
from symbackprop import files
from symbackprop.errors import as_given, bounded, quote, visible
from symbackprop.files import irregular, replace_durably, write_atomically
from symbackprop.network.formulas import parse_expression
from symbackprop.network.spec.files import load_text
from symbackprop.training import load_data

HOSTILE = ["\u202e", "\u200b", "\ufeff", "\u2066", "\x1b[31m", "\x07", "\x9b", "\u2028", "\ud800"]
LONG = "letters" * 700


def command(*words: str, **how: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "symbackprop", *words], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **how
    )


def one_line(process: subprocess.Popen[bytes]) -> str:
    _, err = process.communicate(timeout=120)
    assert err.count(b"\n") == 1, err
    return err.decode().strip()


# Names of any length


def scalars(length: int) -> sb.Network:
    def name(word: str) -> sp.Symbol:
        return sp.Symbol(word + "_" + string.ascii_lowercase[len(word)] * (length - len(word) - 1))

    x, t, w, b, z, a, loss = map(name, "x t w b z a E".split())
    own = sb.function(f"f{length}_" + "f" * (length - 5), lambda q: q * sb.sigmoid(q))
    return sb.Network(
        {z: own(w * x) + b, a: sb.tanh(z), loss: (a - t) ** 2},
        inputs=[x], targets=[t], parameters=[w, b], loss=loss,
        values={x.name: (1.0, 2.0), t.name: (0.5, 0.25), w.name: 0.5, b.name: 0.1},
    )  # fmt: skip


def matrices(length: int) -> sb.Network:
    def word(letters: str) -> str:
        return letters + "_" + "m" * (length - len(letters) - 1)

    m, n, k = (sp.Symbol(word(letter)) for letter in "mnk")
    x, t, w, b, z = (
        sp.MatrixSymbol(word(name), *shape)
        for name, shape in {"X": (m, n), "T": (m, k), "W": (n, k), "b": (1, k), "Z": (m, k)}.items()
    )
    loss = sp.Symbol(word("E"))
    return sb.Network(
        {z: sb.sigmoid(x * w + sb.ones(m, 1) * b), loss: sb.mean(sb.squared_error(z, t))},
        inputs=[x], targets=[t], parameters=[w, b], loss=loss,
        values={x.name: [[1.0, 2.0]], t.name: [[0.5]], w.name: [[0.5], [0.25]], b.name: [[0.1]]},
    )  # fmt: skip


@pytest.mark.parametrize("length", few([86, 100, 140]))
@pytest.mark.parametrize("kind", [scalars, matrices])
def test_names_of_any_length_are_written_whole(kind: Any, length: int, tmp_path: Path) -> None:
    derivation = sb.derive(kind(length))
    for backend in ("numpy", "torch", "jax", "array-api"):
        source = sb.lambdify(derivation, backend=backend).source if backend == "numpy" else _source(derivation, backend)
        compile(source, backend, "exec")
        for symbol in derivation.network.leaves:
            assert symbol.name in source
    assert sb.check(derivation).ok
    trainer = sb.trainer(derivation, backend="numpy")
    compile(trainer.source, "trainer", "exec")
    assert np.isfinite(trainer.step())
    assert len(sb.report(derivation, tmp_path / "report")) == 2


def _source(derivation: sb.Derivation, backend: str) -> str:
    from symbackprop.numeric import source_of

    return source_of(derivation, backend)


@pytest.mark.parametrize("depth", [44])
def test_names_that_are_derived_grow_long_too(depth: int) -> None:
    x, w, t, loss = sp.symbols("x w t E")
    expr = w * x
    for _ in range(depth):
        expr = sb.sigmoid(expr)
    net = sb.Network({loss: (expr - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=loss)
    value, _ = sb.lambdify(sb.derive(net))(x=1.0, t=0.0, w=0.5)
    assert 0 < value < 1


# Places to write to


def test_links_stay_and_what_they_lead_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    goal, near, far = tmp_path / "deep" / "goal.txt", tmp_path / "near", tmp_path / "far"
    near.symlink_to(goal)
    far.symlink_to("near")
    for there_before in (False, True):
        assert goal.exists() is there_before
        write_atomically(far, f"text {there_before}")
        assert goal.read_text() == f"text {there_before}"
        replace_durably(far, b"bytes")
        assert goal.read_bytes() == b"bytes"
        assert near.is_symlink()
        assert far.is_symlink()
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["deep", "far", "goal.txt", "near"]


def test_a_link_in_a_circle_is_told(tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to("round")
    with pytest.raises(sb.SymbackpropError, match=r"error\[output\]: cannot write .*round: "):
        write_atomically(tmp_path / "round", "text")
    assert (tmp_path / "round").is_symlink()


def test_a_fifo_takes_the_content_and_stays(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_bytes()))
    reader.start()
    write_atomically(fifo, "x" * 200_000)
    reader.join()
    assert read == [b"x" * 200_000]
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    assert os.listdir(tmp_path) == ["fifo"]


def test_a_terminal_takes_the_content() -> None:
    ours, theirs = os.openpty()
    try:
        write_atomically(os.ttyname(theirs), "seen")
        assert os.read(ours, 100) == b"seen"
        assert irregular(os.ttyname(theirs)) == "a device"
    finally:
        os.close(ours)
        os.close(theirs)


def test_disks_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = tmp_path / "disk"
    disk.touch()
    told_of = os.stat_result((stat.S_IFBLK | 0o600, *os.stat(disk)[1:]))
    seen = os.stat
    monkeypatch.setattr(files.os, "stat", lambda p, **how: told_of if str(p) == str(disk) else seen(p, **how))
    with pytest.raises(sb.SymbackpropError, match=r"cannot write .*disk: it is a device with blocks, such as a disk"):
        write_atomically(disk, "text")
    monkeypatch.undo()
    assert disk.read_bytes() == b""


@pytest.mark.parametrize("kind", ["fifo", "/dev/null"])
@pytest.mark.parametrize("resume", [False, True])
def test_a_checkpoint_is_a_file(kind: str, resume: bool, tmp_path: Path) -> None:
    place = kind if kind.startswith("/") else str(tmp_path / kind)
    if kind == "fifo":
        os.mkfifo(place)
    before = os.stat(place).st_ino
    derivation = sb.derive(sb.load_example("xor"))
    with pytest.raises(sb.CheckpointError, match=r"this is a (FIFO|device), and a checkpoint is a file that"):
        sb.train(derivation, learning_rate=0.1, epochs=1, checkpoint=place, resume=resume)
    with pytest.raises(OSError, match="no file to replace"):
        replace_durably(Path(place), b"")
    assert os.stat(place).st_ino == before


def test_a_checkpoint_goes_through_a_link(tmp_path: Path) -> None:
    derivation, link = sb.derive(sb.load_example("xor")), tmp_path / "link"
    link.symlink_to("run.ckpt")
    sb.train(derivation, learning_rate=0.1, epochs=2, checkpoint=link)
    history = sb.train(derivation, learning_rate=0.1, epochs=4, checkpoint=link, resume=True)
    assert history.epochs == 4
    assert link.is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["link", "run.ckpt"]


# Output that cannot be written, and Ctrl-C


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no full device here")
@pytest.mark.parametrize("words", few([["derive", "xor"], ["compile", "xor"], ["--help"]]))
def test_a_full_device_is_one_line(words: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        process = command(*words, stdout=full)
        line = one_line(process)
    assert line.startswith("symbackprop: error[output]: cannot write the output: No space left on device")
    assert process.returncode == 74
    assert Path("/dev/full").is_char_device()


def test_standard_output_by_its_name_is_written_to() -> None:
    process = command("compile", "xor", "-o", "/dev/stdout", stdout=subprocess.PIPE)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, b"")
    assert out.startswith(b'"""')
    assert out.endswith(b"\n/dev/stdout\n")


@pytest.mark.parametrize("module", ["click", "symbackprop.cli.app", "sympy", "rich.console"])
def test_ctrl_c_while_rooms_are_opened_is_one_line(module: str) -> None:
    code = (
        "import sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            import os, signal\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "            sum(range(1000))\n"
        "sys.meta_path.insert(0, Finder())\n"
        "sys.argv = ['symbackprop', 'derive', 'xor']\n"
        "from symbackprop.__main__ import main\n"
        "main()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert one_line(process) == "symbackprop: interrupted"
    assert process.returncode == 130


def test_ctrl_c_is_awaited_before_anything_is_imported() -> None:
    code = "import sys, symbackprop.__main__ as m; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert {"sympy", "numpy", "click", "rich", "symbackprop.calculus"}.isdisjoint(modules)
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


# Words of users, as messages repeat them


@pytest.mark.parametrize("sign", HOSTILE)
def test_marks_and_controls_are_seen_in_messages(sign: str) -> None:
    for words in (quote(f"a{sign}b"), as_given(f"a{sign}b"), visible(f"a{sign}b")):
        assert words.isprintable()
    for line in (
        told("derive", f"a{sign}b"),
        told(f"de{sign}rive"),
        told("derive", "xor", "--wrt", f"w{sign}1"),
        told("derive", "xor", f"--x{sign}"),
        told("derive", "xor", "--form", f"x{sign}"),
        told("train", "xor", "--lr", f"1{sign}"),
        *pointed("verify", "xor", f"w{sign}1", "--gradient", "w1"),
        told("explain", "xor", f"w{sign}1"),
        told("derive", "xor", "--facts", f"t{sign} = 1"),
    ):
        assert line.isprintable(), line


@pytest.mark.parametrize(
    "words",
    [
        ["derive", LONG], [LONG], ["derive", "xor", "--wrt", LONG], ["derive", "xor", f"--{LONG}"],
        ["derive", "xor", "--form", LONG], ["derive", "xor", LONG], ["train", "xor", "--lr", LONG],
        ["train", "xor", "--optimiser", LONG], ["train", "xor", "--initial", LONG],
        ["compile", "xor", "--backend", LONG],
        ["explain", "xor", LONG], ["derive", "xor", "--facts", LONG],
        ["report", "xor", "-o", "out", "--format", LONG], ["train", "xor", "--data", f"{LONG[:200]}.csv"],
        ["derive", "xor", *["a b"] * 2000],
    ],
)  # fmt: skip
def test_long_words_lose_their_middle(words: list[str]) -> None:
    assert len(told(*words)) < 1200


def test_long_formulas_lose_their_middle() -> None:
    assert len("".join(pointed("verify", "xor", LONG, "--gradient", "w1"))) < 1200


def test_words_are_cut_in_the_middle() -> None:
    assert quote("a" * 50 + "b" * 50) == f"'{'a' * 39}…{'b' * 20}'"
    assert len(bounded(" ".join(["word"] * 5000))) == 800
    assert bounded("a short message") == "a short message"


# Data, sizes, depth


@pytest.mark.parametrize("shape", [(10**30,), (10**12, 10**12), (-1,), (2**63,), (10**9, 1)])
def test_arrays_that_cannot_be_are_told(shape: tuple[int, ...], tmp_path: Path) -> None:
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode()
    head += b" " * (118 - len(head) - 1) + b"\n"
    path = tmp_path / "data.npz"
    with zipfile.ZipFile(path, "w") as archive:
        content = io.BytesIO(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + bytes(8))
        archive.writestr("x.npy", content.getvalue())
    with pytest.raises(sb.DataError, match=r"no \.npz of plain numbers, or is cut off"):
        load_data(path, sb.load_example("xor"))


def chain(depth: int, line: str) -> sb.Network:
    equations = "\n".join(f'z{k} = "{line.format(f"z{k - 1}")}"' for k in range(1, depth + 1))
    return load_text(
        f'[inputs]\nx = 1.0\n[targets]\nt = 0.3\n[parameters]\nw = 0.5\n[equations]\nz0 = "w*x"\n{equations}\n'
        f'E = "(z{depth} - t)**2"\n[loss]\nminimize = "E"\n'
    )


@pytest.mark.parametrize("line", few(["sigmoid({})", "softplus({})*x"]))
def test_long_chains_have_error_signals_and_limits_that_are_told(line: str) -> None:
    derivation = sb.derive(chain(450, line))
    assert max(len(value.args) for value in derivation.backward.values()) < 300
    assert np.isfinite(sb.lambdify(derivation)(x=1.0, t=0.3, w=0.5)[1]["w"])
    with pytest.raises(sb.DerivationError, match=r"error\[too-long\]: .*; use the form in error signals"):
        derivation.expanded("w")


@pytest.mark.slow
def test_very_long_chains_have_no_closed_form() -> None:
    with pytest.raises(sb.DerivationError, match=r"error\[too-long\]: .*; use the form in error signals"):
        sb.derive(chain(900, "sigmoid({})")).gradients["w"]


@pytest.mark.parametrize("depth", few([2, 3, 4]))
@pytest.mark.parametrize(
    "line",
    [
        "where({0} > 0 and {0} < 1, {0}*{0}, w)",
        "where({0} < 0 or {0} > 1, {0}, 2*w)",
        "piecewise((w, {0} < 0), ({0}, True))",
    ],
)
@pytest.mark.filterwarnings("ignore:.*jumps")
def test_cases_within_cases_are_written_out(line: str, depth: int) -> None:
    derivation = sb.derive(chain(depth, line))
    assert not derivation.expanded("w").has(sp.ITE)
    assert sb.check(derivation).ok


@pytest.mark.parametrize("line", ["{0}(z)*{0}(z) + {0}(z + 1)", "{0}({0}(z))", "sigmoid({0}(z)) - {0}(-z)"])
def test_functions_that_double_are_bounded(line: str) -> None:
    functions = "\n".join(f'"f{k}(z)" = "{line.format(f"f{k - 1}")}"' for k in range(1, 13))
    with pytest.raises(sb.SpecError, match=r"error\[too-long\]: in f\d+: f\d+, with the functions in it written out"):
        load_text(f'[functions]\n"f0(z)" = "z*z + z"\n{functions}\n[inputs]\nx = 1\n[equations]\nE = "f12(x)"\n')


@pytest.mark.parametrize("factor", [10**6, 50_000])
def test_sizes_beyond_all_memory_are_told(factor: int) -> None:
    n = sp.Symbol("n")
    a, loss = sp.MatrixSymbol("A", factor * n, factor * n), sp.Symbol("E")
    with pytest.raises(sb.NetworkError, match="has more than 1,000,000,000 entries"):
        sb.Network(
            {loss: sb.total(sb.hadamard(a, sb.eye(factor * n)))}, inputs=[], targets=[], parameters=[a], loss=loss
        )


# Messages


n = sp.Symbol("n")
A, X, E = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("x", n, 1), sp.Symbol("E")


def of(loss: Any) -> sb.Network:
    return sb.Network({E: loss}, inputs=[X], targets=[], parameters=[A], loss=E)


@pytest.mark.parametrize("name", ["log", "exp", "tanh", "sign"])
def test_functions_of_sympy_lose_a_matrix(name: str) -> None:
    with pytest.raises(sb.NetworkError, match=rf"is given no matrix: SymPy takes {name}\(…\) of a matrix for a number"):
        sb.total(getattr(sp, name)(A))


def test_messages_about_one_entry() -> None:
    with pytest.raises(sb.NetworkError, match=r"write sb.inner\(x, y\) for xᵀy and sb.quadratic\(x, A\) for xᵀAx"):
        of((X.T * A * X)[0, 0])
    assert sb.check(sb.derive(of(sb.total(sp.sqrt(X.T * A * A.T * X))))).ok
    with pytest.raises(sb.NetworkError, match=r"logsumexp\(A\) has no axis; write logsumexp\(A, axis=1\) for each row"):
        sb.logsumexp(A)


@pytest.mark.parametrize("name", ["coth", "sech", "csch", "cot", "logit", "log2", "exp2", "hardtanh"])
def test_functions_that_people_know_are_defined(name: str) -> None:
    from symbackprop.functions.known import DEFINITIONS

    with pytest.raises(sb.SpecError, match="define it, in a file under ") as caught:
        parse_expression(f"{name}(x)", sp.Symbol)
    assert f'"{name}(z)" = "{DEFINITIONS[name]}"' in str(caught.value)
    parse_expression(DEFINITIONS[name], sp.Symbol)


def test_a_network_without_parameters_has_gradients_by_its_inputs() -> None:
    x, t, y = sp.symbols("x t y")
    net = sb.Network({y: sb.sigmoid(2 * x), E: (y - t) ** 2}, inputs=[x], targets=[t], parameters=[], loss=E)
    derivation = sb.derive(net, wrt=["x"])
    assert sb.check(derivation).ok
    assert sb.verify(derivation, "x", "4*(y - t)*y*(1 - y)").ok
    with pytest.raises(sb.DerivationError, match="has no parameters, and nothing else is named to differentiate by"):
        sb.derive(net)


class Module:
    def __call__(self) -> None: ...


@pytest.mark.parametrize("given", [Module(), lambda z: z, 42, {E: E}, "xor", None, [1]])
def test_what_is_no_network_is_told(given: Any) -> None:
    kind = type(given).__name__
    with pytest.raises(sb.DerivationError, match=rf"derive was given a {kind}, not a network; "):
        sb.derive(given)
    for name, use in {
        "check": sb.check, "lambdify": sb.lambdify, "trainer": sb.trainer,
        "verify": lambda d: sb.verify(d, "w", "w"), "report": lambda d: sb.report(d, "out"),
        "train": lambda d: sb.train(d, learning_rate=1, epochs=1), "work": lambda d: sb.work(d, "w"),
        "sweep": lambda d: sb.sweep(d, learning_rates=[1], epochs=1),
    }.items():  # fmt: skip
        with pytest.raises(sb.DerivationError, match=rf"{name} was given a {kind}, not a derivation"):
            use(given)


def test_optimiser_has_two_spellings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    derivation = sb.derive(sb.load_example("xor"))
    how: dict[str, Any] = {"learning_rate": 0.1, "epochs": 3}
    adam = sb.train(derivation, optimiser="adam", **how)
    for given in ({"optimizer": "adam"}, {"optimizer": "adam", "optimiser": "adam"}):
        assert np.array_equal(sb.train(derivation, **how, **given).losses, adam.losses)
    two = "two spellings of one choice"
    with pytest.raises(sb.DataError, match=two):
        sb.train(derivation, optimizer="adam", optimiser="momentum", **how)
    with pytest.raises(sb.DataError, match=two):
        sb.trainer(derivation, optimizer="adam", optimiser="momentum")
    assert sb.sweep(derivation, learning_rates=[0.1], epochs=3, optimizer="adam").best.optimiser.name == "adam"
    monkeypatch.chdir(tmp_path)
    text = '[inputs]\nx = 1\n[parameters]\nw = 1\n[equations]\nE = "(w*x)**2"\n[loss]\nminimize = "E"\n[training]\n'
    Path("one.toml").write_text(text + 'optimizer = "adam"\nlearning_rate = 0.1\nepochs = 2\n')
    Path("two.toml").write_text(text + 'optimizer = "adam"\noptimiser = "momentum"\n')
    assert "two spellings" in told("derive", "two.toml")
    assert "give one of them" in told("train", "one.toml", "--optimizer", "adam", "--optimiser", "momentum")
    from symbackprop.network.spec import read

    assert read("one.toml").training.how == {"optimiser": "adam"}
