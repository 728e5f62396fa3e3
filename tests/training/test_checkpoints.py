"""Checkpoints: training goes on with the same bits, a kill at any moment leaves a whole file, and no other is taken."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import few
from networks import two_layer
from sympy import symbols

import symbackprop as sb
from symbackprop.training.checkpoints import archive, epoch_kept, keeper
from symbackprop.training.checkpoints.archive import packed, unpacked
from symbackprop.training.optimisers import Optimiser

LAYERS = sb.derive(sb.mlp(["n", "h", "c"], notation="matrix", loss="cross_entropy"))
NEURONS = sb.derive(two_layer())
RNG = np.random.default_rng(0)
POINTS = RNG.uniform(-1, 1, (60, 2))
CLASSES = sb.one_hot((POINTS[:, 0] > 0).astype(int) + (POINTS[:, 1] > 0), 3)
DATA = {"X": POINTS[:40], "Y": CLASSES[:40]}
HELD_OUT = {"X": POINTS[40:], "Y": CLASSES[40:]}
PLAIN = {"initial": "xavier", "sizes": {"h": 5}, "seed": 1, "learning_rate": 0.05, "epochs": 14}
RUN = Path("run.ckpt")


@pytest.fixture(autouse=True)
def _place(place: Path) -> None:
    """Each test has a folder of its own."""


def train(data: Any = DATA, derivation: sb.Derivation = LAYERS, **how: Any) -> sb.TrainingHistory:
    return sb.train(derivation, data, **{**PLAIN, **how})


def checkpointed(**how: Any) -> sb.TrainingHistory:
    return train(**{"checkpoint": RUN, "checkpoint_every": 3, **how})


def interrupted_at(epoch: int, error: type[BaseException] = KeyboardInterrupt, **how: Any) -> BaseException:
    """Train until the update of this epoch is over; what comes out of it."""

    def told(now: int, loss: float) -> None:
        if now == epoch:
            raise error

    with pytest.raises(error) as caught:
        checkpointed(progress=told, **how)
    return caught.value


def bits(history: sb.TrainingHistory) -> tuple[Any, ...]:
    """All that there is in a history."""
    history.to_csv("history.csv")
    tables = (history.parameters, history.gradients, history.forward, history.final)
    told = (history.losses, history.rates, history.validation_losses, history.accuracies, history.validation_accuracies)
    return (
        Path("history.csv").read_bytes(),
        repr(history),
        [{name: (np.asarray(v).dtype, np.asarray(v).tobytes()) for name, v in table.items()} for table in tables],
        [None if numbers is None else numbers.tobytes() for numbers in told],
        (list(history.weight_epochs), list(history.forward_epochs)),
        (history.best_epoch, history.stopped, history.diverged_at),
    )


# -- the same bits


@pytest.mark.parametrize(
    "how",
    few(
        [
            {},
            {"optimiser": "momentum", "batch_size": 7},
            {"optimiser": "nesterov", "schedule": "plateau patience=2", "batch_size": 40},
            {"optimiser": "adagrad", "schedule": "exponential", "dtype": "float32"},
            {"optimiser": "rmsprop", "schedule": "step every=3", "batch_size": 1, "patience": 2},
            {"optimiser": "adam", "schedule": "cosine", "batch_size": 7, "validation": HELD_OUT, "accuracy": "P"},
            {"optimiser": "adam", "patience": 4, "validation": HELD_OUT, "learning_rate": 0.5},
            {"optimiser": "adamw", "schedule": "plateau", "validation": HELD_OUT, "dtype": "float32", "batch_size": 9},
            {"accuracy": "P", "schedule": "cosine least=0.1", "optimiser": "adam beta1=0.5", "batch_size": 7},
        ]
    ),
    ids=lambda how: " ".join(map(str, how)),
)
def test_training_goes_on_as_if_it_had_never_stopped(how: dict[str, Any]) -> None:
    whole = bits(train(**how))
    for epoch, every in ((1, 3), (3, 1), (4, "0.001s")):
        interrupted_at(epoch, resume=True, checkpoint_every=every, **how)
        assert epoch_kept(RUN) == epoch + 1
    assert bits(checkpointed(resume=True, **how)) == whole
    assert bits(checkpointed(resume=True, **how)) == whole, "a run that is done stays as it is"


def test_scalar_networks_and_their_own_values() -> None:
    how = {"derivation": NEURONS, "data": None, "initial": None, "sizes": None, "optimiser": "adam"}
    interrupted_at(7, **how)
    assert bits(checkpointed(resume=True, **how)) == bits(train(**how))


def test_large_weights_are_kept_at_the_ends_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["symbackprop.training.descent"], "MOST_NUMBERS", 100)
    whole = train(batch_size=7)
    assert list(whole.weight_epochs) == [0, 14]
    interrupted_at(7, batch_size=7)
    assert np.load(RUN)["history/weights/W1"].shape == (1, 2, 5)
    assert bits(checkpointed(resume=True, batch_size=7)) == bits(whole)


def test_an_interrupt_in_the_midst_of_an_epoch_repeats_that_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    step, updates = Optimiser.step, []

    def interrupted(*given: Any) -> Any:
        updates.append(given)
        if len(updates) == 21:  # six updates an epoch
            raise KeyboardInterrupt
        return step(*given)

    how = {"optimiser": "adam", "batch_size": 7}
    with monkeypatch.context() as interrupting:
        interrupting.setattr(Optimiser, "step", interrupted)
        with pytest.raises(KeyboardInterrupt):
            checkpointed(**how)
    assert epoch_kept(RUN) == 3
    assert bits(checkpointed(resume=True, **how)) == bits(train(**how))


def test_a_run_that_is_done_can_be_made_longer() -> None:
    checkpointed(optimiser="adam", schedule="plateau")
    longer = {"optimiser": "adam", "schedule": "plateau", "epochs": 25}
    assert bits(checkpointed(resume=True, **longer)) == bits(train(**longer))


def test_a_longer_run_may_keep_fewer_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    checkpointed()
    monkeypatch.setattr(sys.modules["symbackprop.training.descent"], "MOST_NUMBERS", 1100)
    assert list(train().weight_epochs) == list(range(15))
    assert list(train(epochs=30).weight_epochs) == [0, 30]
    assert bits(checkpointed(resume=True, epochs=30)) == bits(train(epochs=30))


def test_training_that_diverges_keeps_the_last_good_checkpoint() -> None:
    x, t, w, y, E = symbols("x t w y E")
    line = sb.Network({y: w * x, E: sb.squared_error(y, t)}, inputs=[x], targets=[t], parameters=[w], loss=E)
    data = {"x": [1, 2, 3], "t": [2, 4, 6]}
    how = {
        "derivation": sb.derive(line), "data": data, "initial": 0.0, "sizes": None, "learning_rate": 5, "epochs": 1000,
        "checkpoint_every": 1,
    }  # fmt: skip
    with pytest.raises(sb.Diverged) as first:
        checkpointed(**how)
    at = first.value.history.diverged_at
    assert epoch_kept(RUN) == at - 1
    with pytest.raises(sb.Diverged) as again:
        checkpointed(resume=True, **how)
    assert bits(again.value.history) == bits(first.value.history)
    assert str(again.value) == str(first.value)


# -- when and where


def epochs_written(monkeypatch: pytest.MonkeyPatch, **how: Any) -> list[int]:
    """The epochs at which checkpoints are written."""
    seen: list[int] = []
    put = keeper.replace_durably

    def replaced(path: Path, content: memoryview) -> None:
        put(path, content)
        seen.append(epoch_kept(path) or 0)

    monkeypatch.setattr(keeper, "replace_durably", replaced)
    checkpointed(**how)
    return seen


def test_after_so_many_epochs_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert epochs_written(monkeypatch) == [3, 6, 9, 12, 14]


def test_after_so_many_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def told(epoch: int, loss: float) -> None:
        now[0] += 2.0

    assert epochs_written(monkeypatch, checkpoint_every=None, progress=told) == [3, 6, 9, 12, 14]
    RUN.unlink()
    assert epochs_written(monkeypatch, checkpoint_every="3.5s", progress=told)[:3] == [2, 4, 6]


def test_checkpoints_that_take_long_are_written_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    put = keeper.replace_durably

    def slow(path: Path, content: memoryview) -> None:
        put(path, content)
        now[0] += 1.0

    def told(epoch: int, loss: float) -> None:
        now[0] += 4.0

    monkeypatch.setattr(keeper, "replace_durably", slow)
    assert epochs_written(monkeypatch, checkpoint_every="4s", progress=told) == [1, 6, 11, 14]


def test_the_same_training_writes_the_same_bytes() -> None:
    checkpointed(batch_size=7)
    first = RUN.read_bytes()
    RUN.unlink()
    checkpointed(batch_size=7, checkpoint_every=1)
    assert RUN.read_bytes() == first


def test_a_checkpoint_is_plain_arrays() -> None:
    history = checkpointed(optimiser="adam", patience=5)
    with np.load(RUN, allow_pickle=False) as file:
        assert {name.partition("/")[0] for name in file.files} == {"about", "weights", "optimiser", "best", "history"}
        np.testing.assert_array_equal(file["weights/W1"], history.parameters["W1"][-1])
        np.testing.assert_array_equal(file["history/loss"], history.losses[:-1])
        about = json.loads(bytes(file["about"]))
    assert (about["epoch"], about["epochs"], about["updates"]) == (14, 14, 14)
    assert about["run"]["choices"]["optimiser"] == "adam beta1=0.9 beta2=0.999 epsilon=1e-08"


def test_the_log_tells_where_training_begins(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "symbackprop")
    checkpointed()
    assert caplog.messages == []
    RUN.unlink()
    interrupted_at(7, resume=True)
    checkpointed(resume=True)
    checkpointed(resume=True)
    assert caplog.messages == [
        "run.ckpt is not there yet: training starts from the beginning",
        "run.ckpt has epoch 8 of 14: training goes on from there",
        "run.ckpt has epoch 14 of 14: training is done",
    ]


def test_an_interrupt_says_how_to_go_on() -> None:
    assert str(interrupted_at(7)) == (
        "training was interrupted; run.ckpt has epoch 8 of 14: give the same again with resume=True (--resume)"
    )


def test_an_interrupt_before_the_first_update_has_nothing_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*given: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(Optimiser, "step", interrupted)
    with pytest.raises(KeyboardInterrupt) as error:
        checkpointed()
    assert str(error.value) == "training was interrupted before the first epoch was over"
    assert not RUN.exists()


# -- a kill while the file is written


class Killed(BaseException):
    """Stands for a kill: nothing tidies up behind it."""


STEPS = ("open", "write", "flush", "fsync", "replace", "open folder", "fsync folder", "close folder")


def die_at(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the writing of a checkpoint is killed just before this step; a write is killed half way."""
    opened, replaced, os_opened, synced, closed = Path.open, os.replace, os.open, os.fsync, os.close
    folder: list[int] = []

    class Stream:
        def __init__(self, stream: Any) -> None:
            self.stream = stream

        def __enter__(self) -> Stream:
            return self

        def __exit__(self, *error: object) -> None:
            self.stream.close()

        def write(self, content: memoryview) -> None:
            if step == "write":
                self.stream.write(content[: len(content) // 2])
                raise Killed
            self.stream.write(content)

        def flush(self) -> None:
            before("flush")
            self.stream.flush()

        def fileno(self) -> int:
            return int(self.stream.fileno())

    def before(now: str) -> None:
        if now == step:
            raise Killed

    def path_open(path: Path, *given: Any, **named: Any) -> Any:
        if path.suffix != ".part" or given != ("wb",):
            return opened(path, *given, **named)
        before("open")
        return Stream(opened(path, *given, **named))

    def fsync(handle: int) -> None:
        before("fsync folder" if handle in folder else "fsync")
        synced(handle)

    def replace(*paths: Any) -> None:
        before("replace")
        replaced(*paths)

    def os_open(path: Any, flags: int, *given: Any, **named: Any) -> int:
        if Path(path).is_dir():
            before("open folder")
            folder.append(os_opened(path, flags, *given, **named))
            return folder[-1]
        return os_opened(path, flags, *given, **named)

    def close(handle: int) -> None:
        closed(handle)
        if handle in folder:
            before("close folder")

    monkeypatch.setattr(Path, "open", path_open)
    for name, double in (("fsync", fsync), ("replace", replace), ("open", os_open), ("close", close)):
        monkeypatch.setattr(os, name, double)
    unlink = Path.unlink
    monkeypatch.setattr(Path, "unlink", lambda path, **named: None if path.suffix == ".part" else unlink(path, **named))


@pytest.mark.parametrize("step", few(STEPS))
def test_a_kill_at_any_step_of_writing_leaves_a_whole_checkpoint(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    how = {"optimiser": "adam", "batch_size": 7}
    interrupted_at(4, **how)
    old = RUN.read_bytes()
    with monkeypatch.context() as dying:
        die_at(step, dying)
        with pytest.raises(Killed):
            checkpointed(resume=True, **how)
    replaced = STEPS.index(step) > STEPS.index("replace")
    assert (RUN.read_bytes() == old) != replaced
    assert epoch_kept(RUN) == (6 if replaced else 5)
    assert bits(checkpointed(resume=True, **how)) == bits(train(**how))
    assert [file.name for file in Path().iterdir() if file.suffix == ".part"] == []


def test_what_a_killed_process_left_is_removed_and_nothing_else() -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left, running = Path(f".run.ckpt.{dead.pid}.part"), Path(f".run.ckpt.{os.getppid()}.part")
    others = [running, Path(".run.ckpt.part"), Path(f".run_ckpt.{dead.pid}.part"), Path(f".run.ckpt.{dead.pid}.parts")]
    for file in (left, *others):
        file.write_text("half")
    checkpointed()
    assert not left.exists()
    assert all(file.read_text() == "half" for file in others)


@pytest.mark.slow
def test_a_process_killed_a_hundred_times_ends_with_the_same_bits() -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parents[1] / "support" / "killed.py"), "100", "200"],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["kills"], told["corrupt"], told["lost"]) == (100, 0, 0)
    assert told["parts"] > 0, "no kill came while a checkpoint was written"
    assert Path("resumed.csv").read_bytes() == Path("whole.csv").read_bytes()
    assert [file.name for file in Path().iterdir() if file.suffix == ".part"] == []


# -- what is refused


OTHERS: list[tuple[dict[str, Any], str]] = [
    ({"learning_rate": 0.1}, "another training: learning rate is 0.05 there and 0.1 here"),
    ({"optimiser": "momentum"}, "another training: optimiser is gradient-descent there and momentum mu=0.9 here"),
    ({"schedule": "cosine"}, "another training: schedule is constant there and cosine least=0.0 here"),
    ({"batch_size": 7}, "another training: batch size is none there and 7 here"),
    ({"seed": 2}, "another training: seed is 1 there and 2 here"),
    ({"patience": 3}, "another training: patience is none there and 3 here"),
    ({"accuracy": "P"}, "another training: accuracy is none there and P here"),
    ({"dtype": "float32"}, "another training: dtype is float64 there and float32 here"),
    ({"initial": "he"}, "other first weights: W1 has other numbers"),
    ({"sizes": {"h": 6}}, "another network: W1 is 2×5 there and 2×6 here"),
    ({"validation": HELD_OUT}, "other validation data: X is missing there and 20×2 here"),
    ({"data": {"X": POINTS[:30], "Y": CLASSES[:30]}}, "other data: X is 40×2 there and 30×2 here"),
    ({"data": {"X": POINTS[:40], "Y": CLASSES[20:]}}, "other data: Y has other numbers"),
    (
        {"derivation": sb.derive(sb.mlp(["n", "h", "c"], notation="matrix", loss="cross_entropy", bias=False))},
        "another network: b1 is 1×5 there and missing here",
    ),
    (
        {"derivation": sb.derive(sb.mlp(["n", "h", "c"], activation="tanh", notation="matrix", loss="cross_entropy"))},
        "another network: A1 is sigmoid(Z1) there and tanh(Z1) here",
    ),
]


@pytest.mark.parametrize(("how", "words"), OTHERS, ids=[words for _, words in OTHERS])
def test_a_checkpoint_of_something_else(how: dict[str, Any], words: str) -> None:
    checkpointed()
    before = RUN.read_bytes()
    with pytest.raises(sb.CheckpointError) as error:
        checkpointed(resume=True, **how)
    assert str(error.value) == (
        f"run.ckpt: error[checkpoint]: the checkpoint is of {words}; resume the same training, or name another file"
    )
    assert RUN.read_bytes() == before


def test_functions_of_a_users_own_are_part_of_the_training() -> None:
    def network(slope: int) -> sb.Derivation:
        bent = sb.function("bent", lambda z: slope * z)
        return sb.derive(sb.mlp(["n", "h", "c"], activation=bent, notation="matrix", loss="cross_entropy"))

    checkpointed(derivation=network(2))
    checkpointed(derivation=network(2), resume=True)
    with pytest.raises(sb.CheckpointError, match="the checkpoint is of gradients that other code computes"):
        checkpointed(derivation=network(3), resume=True)


def test_the_number_of_epochs() -> None:
    checkpointed(schedule="cosine")
    for epochs, words in (
        (9, "and this is one of 9; give 14 epochs or more"),
        (20, "and this is one of 20: the rates of the cosine schedule depend on it; give 14 epochs"),
    ):
        with pytest.raises(sb.CheckpointError) as error:
            checkpointed(resume=True, schedule="cosine", epochs=epochs)
        assert str(error.value) == f"run.ckpt: error[checkpoint]: the checkpoint is of a run of 14 epochs, {words}"


def sealed(change: Callable[[dict[str, Any], dict[str, Any]], None]) -> bytes:
    """The checkpoint with something changed in it, and a good checksum."""
    about, arrays = unpacked(RUN.read_bytes(), "run.ckpt")
    change(about, arrays)
    return bytes(packed(about, arrays))


def object_array() -> bytes:
    """What numpy pickles, under a good checksum."""
    arrays = {"about": np.array([print], dtype=object)}
    with pytest.MonkeyPatch.context() as patched:
        write = np.lib.format.write_array
        patched.setattr(np.lib.format, "write_array", lambda member, array, allow_pickle: write(member, array))
        return bytes(packed({}, arrays))


def rewritten(kind: int) -> bytes:
    """The checkpoint with its members written in another way, as seal and all can be made by anyone."""
    whole = io.BytesIO()
    with zipfile.ZipFile(RUN) as old, zipfile.ZipFile(whole, "w", kind) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("history/more.npy", bytes(1_000_000))
        new.comment = old.comment
    content = whole.getvalue()[:-64]
    return content + hashlib.sha256(content).hexdigest().encode()


def of_unknown_kind() -> bytes:
    """A member that says of itself, under a good checksum, that it is compressed in a way that nobody knows."""
    content = bytearray(RUN.read_bytes()[:-64])
    content[content.index(b"PK\x01\x02") + 10] = 99
    return bytes(content) + hashlib.sha256(content).hexdigest().encode()


CUT = "the file is a checkpoint that is cut off, or no checkpoint; remove it, or name another file"
DAMAGED = "the checkpoint is damaged; remove it, or name another file"
NONE = "the file is no checkpoint; remove it, or name another file"
BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda whole: b"", "the file is empty; remove it, or name another file"),
    "text": (lambda whole: b"hello", NONE),
    "one byte short": (lambda whole: whole[:-1], CUT),
    "half": (lambda whole: whole[: len(whole) // 2], CUT),
    "a byte more": (lambda whole: whole + b"\0", CUT),
    "zeros at its end": (lambda whole: whole[:-500] + bytes(500), CUT),
    "another first byte": (lambda whole: b"Q" + whole[1:], DAMAGED),
    "a bit turned": (lambda whole: whole[:900] + bytes([whole[900] ^ 4]) + whole[901:], DAMAGED),
    "another checksum": (lambda whole: whole[:-64] + b"0" * 64, DAMAGED),
    "a later version": (
        lambda whole: whole.replace(b"checkpoint 1 sha256", b"checkpoint 7 sha256"),
        "the checkpoint has format 7, and this version of symbackprop reads up to 1; "
        "use the version that wrote it, or name another file",
    ),
    "a missing array": (lambda whole: sealed(lambda about, arrays: arrays.pop("weights/W1")), DAMAGED),
    "a missing row": (
        lambda whole: sealed(lambda about, arrays: arrays.update({"history/loss": arrays["history/loss"][:3]})),
        DAMAGED,
    ),
    "another shape": (lambda whole: sealed(lambda about, arrays: arrays.update({"weights/W1": np.ones(3)})), DAMAGED),
    "another dtype": (
        lambda whole: sealed(lambda about, arrays: arrays.update({"weights/W1": np.ones((2, 5), "float32")})),
        DAMAGED,
    ),
    "an epoch too many": (lambda whole: sealed(lambda about, arrays: about.update(epoch=15)), DAMAGED),
    "an epoch that is none": (lambda whole: sealed(lambda about, arrays: about.update(epoch="x")), DAMAGED),
    "a best that is none": (lambda whole: sealed(lambda about, arrays: about.update(best=[1])), DAMAGED),
    "epochs that are none": (lambda whole: sealed(lambda about, arrays: about.update(epochs=None)), DAMAGED),
    "objects": (lambda whole: object_array(), DAMAGED),
    "more than it holds": (lambda whole: rewritten(zipfile.ZIP_DEFLATED), DAMAGED),
    "an unknown compression": (lambda whole: of_unknown_kind(), DAMAGED),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_is_no_whole_checkpoint(case: str) -> None:
    interrupted_at(7)
    make, words = BROKEN[case]
    RUN.write_bytes(make(RUN.read_bytes()))
    before = RUN.read_bytes()
    with pytest.raises(sb.CheckpointError) as error:
        checkpointed(resume=True)
    assert str(error.value) == f"run.ckpt: error[checkpoint]: {words}"
    assert RUN.read_bytes() == before


def test_every_cut_and_every_turned_byte_is_found() -> None:
    checkpointed(epochs=1)
    whole = RUN.read_bytes()
    for length in range(len(whole)):
        with pytest.raises(sb.CheckpointError):
            unpacked(whole[:length], "run.ckpt")
    for k in RNG.integers(0, len(whole) - 4, 500):
        with pytest.raises(sb.CheckpointError):
            unpacked(whole[:k] + bytes([whole[k] ^ 16]) + whole[k + 1 :], "run.ckpt")


def test_another_npz_file() -> None:
    np.savez(Path("other.npz"), x=np.ones(3))
    with pytest.raises(sb.CheckpointError) as error:
        checkpointed(checkpoint="other.npz", resume=True)
    assert str(error.value) == f"other.npz: error[checkpoint]: {CUT}"


def test_nothing_is_replaced_unasked() -> None:
    checkpointed()
    Path("text.txt").write_text("mine")
    for name, words in (
        ("run.ckpt", "there is a checkpoint already; go on from it with resume=True (--resume), or name another file"),
        ("text.txt", "the file is there already; name another file"),
    ):
        before = Path(name).read_bytes()
        with pytest.raises(sb.CheckpointError) as error:
            checkpointed(checkpoint=name)
        assert str(error.value) == f"{name}: error[checkpoint]: {words}"
        assert Path(name).read_bytes() == before


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"checkpoint": "no/run.ckpt"}, "no/run.ckpt: error[checkpoint]: there is no folder 'no'; make it first"),
        ({"checkpoint": "."}, ".: error[checkpoint]: this is a folder; name a file in it"),
        ({"checkpoint": ""}, "error[checkpoint]: checkpoint is ''; name a file, such as run.ckpt"),
        ({"checkpoint": "a\0b"}, r"error[checkpoint]: checkpoint is 'a\x00b'; name a file, such as run.ckpt"),
        ({"checkpoint": 3}, "error[checkpoint]: checkpoint is 3; name a file, such as run.ckpt"),
        (
            {"checkpoint": None, "checkpoint_every": None, "resume": True},
            "error[checkpoint]: resume is given without a checkpoint; name a file, such as run.ckpt",
        ),
        (
            {"checkpoint": None},
            "error[checkpoint]: checkpoint_every is given without a checkpoint; name a file, such as run.ckpt",
        ),
        *(
            (
                {"checkpoint_every": every},
                f"error[checkpoint]: checkpoint_every = {every!r} is neither a number of epochs nor of seconds; "
                "give, say, 100, or '30s'",
            )
            for every in (0, -1, 2.5, True, "5m", "0s", "s")
        ),
    ],
)
def test_choices_that_do_not_do_are_refused_before_training(how: dict[str, Any], message: str) -> None:
    with pytest.raises(sb.SymbackpropError) as error:
        interrupted_at(0, error=AssertionError, **how)
    assert str(error.value) == message
    assert list(Path().iterdir()) == []


def test_a_name_that_no_file_can_have_is_refused_before_training() -> None:
    with pytest.raises(sb.CheckpointError, match="the checkpoint cannot be written"):
        interrupted_at(0, error=AssertionError, checkpoint="a" * 300)


def test_a_folder_that_cannot_be_written_to_is_refused_before_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path, *given: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "touch", denied)
    with pytest.raises(sb.CheckpointError) as error:
        interrupted_at(0, error=AssertionError)
    assert str(error.value) == (
        "run.ckpt: error[checkpoint]: the checkpoint cannot be written (Permission denied); "
        "name a file that can be written"
    )


def test_a_disk_that_is_full_leaves_the_old_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted_at(4)
    before = RUN.read_bytes()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(sb.CheckpointError) as error:
        checkpointed(resume=True)
    assert str(error.value) == (
        "run.ckpt: error[checkpoint]: the checkpoint cannot be written (No space left on device); "
        "name a file that can be written"
    )
    assert RUN.read_bytes() == before
    assert [file.name for file in Path().iterdir()] == ["run.ckpt"]


def test_the_format_is_in_the_seal() -> None:
    checkpointed()
    assert RUN.read_bytes()[-96:-64].endswith(b"symbackprop checkpoint %d sha256 " % archive.FORMAT)
