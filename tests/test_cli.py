"""The command line: exit statuses, one JSON object, one line for every mistake, and the results nnlab promises."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab import __version__
from nnlab.cli import main
from nnlab.experiments.model_file import load_model, parameters_sha256
from nnlab.experiments.places import runs_folder
from nnlab.resources import resource
from nnlab.training import TrainingRun
from tests.datasets.idx_files import write_published

pytestmark = pytest.mark.slow

XOR = str(resource("examples", "xor.toml"))
DIGITS = str(resource("examples", "digits-mlp.toml"))
SHORT = ("--set", "training.epochs=2", "--threads", "1")
# One exploding stack: no softmax tames its loss.
DIVERGING = (
    *("--set", 'model.layers=[{ kind = "dense", units = 8 }, "relu", { kind = "dense", units = 2 }]'),
    *("--set", "model.loss=mean_squared_error", "--set", "training.learning_rate=1000"),
)
REPORTED = {
    "experiment",
    "parameters",
    "epochs",
    "steps",
    "seconds",
    "examples_per_second",
    "train_loss",
    "validation_loss",
    "train_accuracy",
    "validation_accuracy",
    "test_accuracy",
    "parameters_sha256",
    "model",
    "threads",
}


class Commands:
    """Runs commands in this process, in a folder of its own."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture) -> None:
        self.folder = folder
        self.capture = capture

    def __call__(self, *words: object) -> tuple[int, str, str]:
        """Exit status, stdout, stderr."""
        self.capture.readouterr()
        status = main([str(word) for word in words])
        return status, *self.capture.readouterr()

    def report(self, *words: object) -> dict:
        """What a command that succeeds prints as JSON; nothing else may be printed."""
        status, out, err = self(*words, "--json")
        assert (status, err) == (0, "")
        assert out.count("\n") == 1
        return json.loads(out)

    def refused(self, *words: object, status: int = 2, is_kept: bool = True) -> str:
        """The one line a command that fails writes to stderr; before it another where the run cannot be kept, either."""
        found, out, err = self(*words)
        assert (found, out) == (status, "")
        *before, line = err.splitlines(keepends=True)
        assert [str(runs_folder()) in other for other in before] == [] if is_kept else [True]
        assert line.startswith("nnlab: ")
        assert line.endswith("\n")
        assert "Traceback" not in err
        return line


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> Commands:
    monkeypatch.chdir(tmp_path)
    return Commands(tmp_path, capsys)


def process(*words: object, folder: Path, **options) -> subprocess.CompletedProcess:
    """A real process: python -m nnlab ..."""
    command = [sys.executable, "-m", "nnlab", *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120, **options)


def test_training_reports_what_is_promised(run: Commands):
    report = run.report("train", XOR, *SHORT)
    assert set(report) >= REPORTED
    assert (report["experiment"], report["epochs"], report["steps"], report["threads"]) == ("xor", 2, 38, 1)
    assert report["model"] == "xor.safetensors"
    assert parameters_sha256(load_model(run.folder / "xor.safetensors").model) == report["parameters_sha256"]


def test_training_for_people_prints_the_same_figures_as_text(run: Commands):
    status, out, err = run("train", XOR, *SHORT)
    assert (status, err) == (0, "")
    assert re.search(r"^test accuracy +\d\.\d{4}$", out, re.MULTILINE)
    assert re.search(r"^parameters +42$", out, re.MULTILINE)


def test_the_output_folder_is_made(run: Commands):
    report = run.report("train", XOR, *SHORT, "--output", run.folder / "a" / "b")
    assert Path(report["model"]) == run.folder / "a" / "b" / "xor.safetensors"
    assert Path(report["model"]).is_file()


def test_evaluating_agrees_with_training(run: Commands):
    trained = run.report("train", DIGITS, *SHORT)
    evaluated = run.report("evaluate", trained["model"], "--threads", 1)
    assert evaluated["test_accuracy"] == trained["test_accuracy"]
    assert evaluated["test_loss"] == pytest.approx(trained["test_loss"])
    assert len(evaluated["f1"]) == len(evaluated["class_names"]) == 10


def test_settings_given_on_the_command_line_count(run: Commands):
    report = run.report("train", XOR, "--threads", 1, "--set", "training.steps=3", "--set", "name=short one")
    assert (report["steps"], report["experiment"], report["model"]) == (3, "short one", "short-one.safetensors")


def test_two_runs_give_the_same_bits_another_seed_gives_others(run: Commands):
    one, same = (run.report("train", DIGITS, *SHORT)["parameters_sha256"] for _ in range(2))
    other = run.report("train", DIGITS, *SHORT, "--set", "training.seed=1")["parameters_sha256"]
    assert one == same != other


def test_divergence_is_status_three_and_one_line(run: Commands):
    line = run.refused("train", XOR, *SHORT, *DIVERGING, status=3)
    assert re.search(r"the loss of step \d+ is not a finite number.*learning rate \(now 1000\)", line)
    load_model(run.folder / "xor.safetensors")


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_an_interruption_has_its_own_status_and_leaves_a_model(
    run: Commands, monkeypatch: pytest.MonkeyPatch, name: str, status: int
):
    update = TrainingRun._update

    def interrupted(self: TrainingRun, rate: float) -> None:
        if self.step == 4:
            signal.raise_signal(getattr(signal, name))
        update(self, rate)

    monkeypatch.setattr(TrainingRun, "_update", interrupted)
    line = run.refused("train", XOR, *SHORT, status=status)
    assert name in line and "xor.safetensors" in line
    # The step within which the signal came has been made, and no other.
    assert load_model(run.folder / "xor.safetensors").step == 5


MISTAKES = {
    "a missing experiment": (("train", "absent.toml"), ("absent.toml", "No such file")),
    "a folder for an experiment": (("train", "."), ("directory",)),
    "a picture for an experiment": (("train", "picture.png"), ("picture.png", "expected an experiment (.toml)")),
    "data for an experiment": (("train", "plain.csv"), ("--set dataset.source.path=plain.csv",)),
    "data for what is exported": (
        ("export", "plain.csv", "--to", "onnx"),
        ("plain.csv: expected an experiment (.toml), a model (.safetensors) or the number of a run",),
    ),
    "a broken experiment for what is exported": (("export", "syntax.toml", "--to", "torch"), ("syntax.toml", "line 2")),
    "a syntax error": (("train", "syntax.toml"), ("syntax.toml", "not valid TOML", "line 2")),
    "an unknown key": (("train", "unknown.toml"), ("unknown.toml", "training.epoch", "did you mean 'epochs'")),
    "a wrong type": (("train", "type.toml"), ("type.toml", "training.epochs", "whole number")),
    "a value out of range": (("train", "range.toml"), ("range.toml", "training.learning_rate", "above 0")),
    "an unknown key on the line": (("train", XOR, "--set", "training.epoch=3"), ("training.epoch", "did you mean 'epochs'")),
    "a key without a value": (("train", XOR, "--set", "training.epochs"), ("KEY=VALUE",)),
    "layers that do not fit": (("train", XOR, "--set", 'model.layers=["relu"]'), ("XOR", "'relu'", "'softmax'")),
    "a file for an output folder": (("train", XOR, "--output", "syntax.toml"), ("syntax.toml", "--output")),
    "a file above the output folder": (("train", XOR, "--output", "syntax.toml/below"), ("syntax.toml/below", "--output")),
    "data that is nowhere": (("train", "mnist.toml", "--data", "nowhere"), ("MNIST", "nowhere/mnist", "--data")),
    "data cut short": (("train", "mnist.toml", "--data", "cut"), ("train-images-idx3-ubyte", "only 180")),
    "zipped data cut short": (("train", "mnist.toml", "--data", "zipped"), ("train-images-idx3-ubyte.gz", "gzip")),
    "data that lies": (("train", "mnist.toml", "--data", "lying"), ("train-images-idx3-ubyte", "3,000,000,000")),
    "data of another kind": (("train", "mnist.toml", "--data", "magic"), ("train-images-idx3-ubyte", "0x00000801")),
    "data somebody made": (("train", "mnist.toml", "--data", "made"), ("train-images-idx3-ubyte", "checksum")),
    "data with a file missing": (("train", "mnist.toml", "--data", "incomplete"), ("lacks train-images-idx3-ubyte",)),
    "no round": (("bench", "--repeats", 0), ("--repeats: expected a whole number of at least 1, not '0'",)),
    "fewer epochs than one": (
        ("resume", "good.safetensors", "--epochs", -1),
        ("--epochs: expected a whole number of at least 1",),
    ),
    "fewer threads than none": (("train", XOR, "--threads", -1), ("--threads: expected a whole number of at least 0",)),
    "a part of a thread": (
        ("gradcheck", XOR, "--threads", 1.5),
        ("--threads: expected a whole number of at least 0, not '1.5'",),
    ),
    "a window with fewer threads than none": (("--threads", -3), ("--threads: expected a whole number of at least 0",)),
    "fewer helpers than none": (("train", XOR, "--helpers", -1), ("--helpers: expected a whole number of at least 0",)),
    "helpers in words": (
        ("train", XOR, "--helpers", "two"),
        ("--helpers: expected a whole number of at least 0, not 'two'",),
    ),
    "helpers as a power": (("resume", 1, "--helpers", "1e9"), ("--helpers: expected a whole number", "not '1e9'")),
    "more helpers than there may be": (("train", XOR, "--helpers", 65), ("--helpers: 65 is out of range", "1 to 64")),
    "very many helpers": (("train", XOR, "--helpers", 10**9), ("--helpers: 1,000,000,000 is out of range", "1 to 64")),
    "very many beside a window": (("--helpers", 10**12), ("--helpers: 1,000,000,000,000 is out of range", "0 for none")),
    "helpers as a setting": (("train", XOR, "--set", "training.helpers=2"), ("training.helpers",)),
    "helpers in an experiment": (("train", "helped.toml"), ("helped.toml", "training.helpers")),
    "fewer workers than none": (("sweep", "s.toml", "--workers", -1), ("--workers: expected a whole number of at least 0",)),
    "a number of seeds in words": (("sweep", XOR, "--seeds", "nine"), ("--seeds: expected a whole number of at least 0",)),
    "room for less than nothing": (("runs", "limits", "--run", -4), ("--run: expected a whole number of at least 1",)),
    "no room": (("runs", "limits", "--store", 0), ("--store: expected a whole number of at least 1",)),
    "a step before the first": (("runs", "export", 1, "a.safetensors", "--step", -5), ("--step: expected a whole number",)),
    "a step after the last": (
        ("runs", "export", 1, "a.safetensors", "--step", 99999),
        ("--step 99,999: run 1 ends at step",),
    ),
    "a name for a run's number": (("runs", "show", "good"), ("expected a whole number of at least 1, not 'good'",)),
    "a missing model": (("evaluate", "absent.safetensors"), ("absent.safetensors", "such file")),
    "a foreign model": (("evaluate", "picture.png"), ("picture.png",)),
    "a truncated model": (("evaluate", "truncated.safetensors"), ("truncated.safetensors", "truncated")),
    "an unknown dataset": (("evaluate", "good.safetensors", "--dataset", "circle"), ("did you mean 'circles'",)),
    "data of another shape": (
        ("evaluate", "good.safetensors", "--dataset", "digits"),
        ("good.safetensors", "8 x 8 x 1"),
    ),
}


@pytest.fixture
def mistaken(run: Commands, no_data: None) -> Commands:
    """A folder with everything that can be wrong."""
    folder = run.folder
    texts = {
        "syntax": "[training]\nepochs 3",
        "unknown": "[training]\nepoch = 3",
        "type": '[training]\nepochs = "three"',
        "range": "[training]\nlearning_rate = 0",
        "helped": "[training]\nhelpers = -1",
        "mnist": '[dataset]\nname = "mnist"',
    }
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text)
    (folder / "plain.csv").write_text("a,b\n1,2\n")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    for name in ("cut", "lying", "magic", "made", "incomplete"):
        images = write_published(folder / name / "mnist") / "train-images-idx3-ubyte"
        content = images.read_bytes()
        if name == "cut":
            images.write_bytes(content[: 16 + 180])
        elif name == "lying":
            sizes = (1000).to_bytes(4) + (1000).to_bytes(4) + (3000).to_bytes(4)
            images.write_bytes(content[:4] + sizes + content[16:])
        elif name == "magic":
            images.write_bytes(b"\0\0\x08\x01" + content[4:])
        elif name == "incomplete":
            images.unlink()
    zipped = write_published(folder / "zipped" / "mnist", zipped=True) / "train-images-idx3-ubyte.gz"
    zipped.write_bytes(zipped.read_bytes()[:-20])
    run.report("train", XOR, *SHORT, "--set", "name=good")
    (folder / "truncated.safetensors").write_bytes((folder / "good.safetensors").read_bytes()[:-100])
    return run


@pytest.mark.parametrize(("words", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_status_two_and_one_line(mistaken: Commands, words: tuple[str, ...], expected: tuple[str, ...]):
    before = {path: path.read_bytes() for path in mistaken.folder.rglob("*") if path.is_file()}
    line = mistaken.refused(*words)
    assert all(word in line for word in expected), line
    # Nothing was lost, nothing was left behind.
    assert {path: path.read_bytes() for path in mistaken.folder.rglob("*") if path.is_file()} == before


def test_an_output_folder_that_may_not_be_made_is_told(run: Commands, monkeypatch: pytest.MonkeyPatch):
    def refuse(self: Path, *arguments, **named) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "mkdir", refuse)
    line = run.refused("train", XOR, *SHORT, "--output", "elsewhere")
    assert "elsewhere" in line
    assert os.strerror(errno.EACCES) in line


def test_an_output_folder_that_takes_no_file_is_told(run: Commands, monkeypatch: pytest.MonkeyPatch):
    def refuse(*arguments, **named) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    line = run.refused("train", XOR, *SHORT, "--output", "elsewhere", is_kept=False)
    assert "elsewhere/xor.safetensors" in line
    assert os.strerror(errno.EACCES) in line


def test_a_full_disk_is_one_line_and_the_old_model_stays(run: Commands, monkeypatch: pytest.MonkeyPatch):
    run.report("train", XOR, *SHORT)
    old = (run.folder / "xor.safetensors").read_bytes()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    line = run.refused("train", XOR, *SHORT, "--set", "training.seed=9", is_kept=False)
    monkeypatch.undo()
    assert "xor.safetensors" in line
    assert os.strerror(errno.ENOSPC) in line
    assert [(path.name, path.read_bytes()) for path in run.folder.iterdir()] == [("xor.safetensors", old)]


def test_a_disk_that_takes_no_more_is_told_by_a_real_process(run: Commands):
    run.report("train", XOR, *SHORT)
    old = (run.folder / "xor.safetensors").read_bytes()
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500));"
        "from nnlab.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-B", "-c", code, "train", XOR, *SHORT, "--set", "training.seed=9"]
    result = subprocess.run(words, cwd=run.folder, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    unkept, line = result.stderr.splitlines()
    assert str(runs_folder()) in unkept
    assert os.strerror(errno.EFBIG) in line
    assert [(path.name, path.read_bytes()) for path in run.folder.iterdir()] == [("xor.safetensors", old)]


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_every_command_explains_itself(run: Commands, command: str):
    with pytest.raises(SystemExit) as ended:
        run(command, "--help")
    assert ended.value.code == 0
    assert "--json" in run.capture.readouterr().out


@pytest.mark.parametrize("words", [("train",), ("train", XOR, "--bogus"), ("evaluate",), ("train", XOR, "--threads", "two")])
def test_a_wrong_word_is_status_two(run: Commands, words: tuple[str, ...]):
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and "--help" in err


def test_the_version_is_told_by_a_real_process(tmp_path: Path):
    result = process("--version", folder=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, f"nnlab {__version__}\n", "")


def test_a_real_process_trains_and_evaluates_without_the_screen(tmp_path: Path):
    # A module that must not be imported stands in the way of the real one.
    (tmp_path / "PySide6.py").write_text("raise SystemExit('the screen was imported')")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    trained = process("train", XOR, *SHORT, "--json", folder=tmp_path, env=environment)
    assert (trained.returncode, trained.stderr) == (0, "")
    evaluated = process("evaluate", "xor.safetensors", "--json", "--threads", 1, folder=tmp_path, env=environment)
    assert (evaluated.returncode, evaluated.stderr) == (0, "")
    assert json.loads(evaluated.stdout)["test_accuracy"] == json.loads(trained.stdout)["test_accuracy"]


def test_a_real_process_gives_the_bits_of_this_one(run: Commands):
    here = run.report("train", DIGITS, *SHORT)
    there = process("train", DIGITS, *SHORT, "--json", folder=run.folder)
    assert json.loads(there.stdout)["parameters_sha256"] == here["parameters_sha256"]


def test_a_real_process_tells_a_mistake_in_one_line(tmp_path: Path):
    result = process("train", "absent.toml", "--json", folder=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "nnlab: absent.toml: cannot be read (No such file or directory)\n"


def test_a_real_process_that_diverges_ends_with_three(tmp_path: Path):
    result = process("train", XOR, *SHORT, *DIVERGING, "--json", folder=tmp_path)
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr.count("\n") == 1


def test_the_digits_are_learned_in_seconds(run: Commands):
    report = run.report("train", DIGITS, "--threads", 1)
    assert report["test_accuracy"] >= 0.96
    assert report["seconds"] < 10


def test_xor_is_learned_wholly(run: Commands):
    report = run.report("train", XOR, "--threads", 1)
    assert report["train_accuracy"] == report["validation_accuracy"] == report["test_accuracy"] == 1


@pytest.mark.parametrize(("example", "accuracy"), [("mnist-mlp", 0.976), ("fashion-mlp", 0.885)])
def test_the_real_data_is_learned_in_ten_epochs(run: Commands, real_data: Path, example: str, accuracy: float):
    path = resource("examples", f"{example}.toml")
    report = run.report("train", path, "--data", real_data.resolve(), "--threads", 1)
    assert report["epochs"] == 10
    assert report["test_accuracy"] >= accuracy
