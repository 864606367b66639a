"""`nnlab compare` trains an experiment by nnlab and by others; what cannot be compared is a sentence and an exit status."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnlab.cli import main
from nnlab.optional import OPTIONAL, OptionalPackage
from nnlab.resources import resource
from tests.experiments.baselines.test_contest import is_running, wait_until_gone

XOR = str(resource("examples", "xor.toml"))
SHORT = ["--set", "training.epochs=2", "--threads", "1"]


def test_the_report_has_nnlabs_row_first_and_what_the_others_differ_by(odd, capsys, tmp_path):
    assert main(["compare", XOR, "--with", "odd", *SHORT, "--json", "--output", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    own, other = report["rows"]
    assert report["threads"] == 1
    assert (own["name"], other["name"], own["run"], other["run"]) == ("nnlab", "odd", 1, 2)
    assert other["loss_difference_of_200_steps"] == other["loss_difference"] == other["parameter_difference_end"] == 0
    assert other["time_ratio"] > 0 and other["code_lines"] > 20
    assert other["script"] == str(tmp_path / "xor-odd.py") and (tmp_path / "xor-odd.py").is_file()
    assert main(["compare", XOR, "--with", "odd", *SHORT, "--json"]) == 0
    assert "script" not in json.loads(capsys.readouterr().out)["rows"][1]
    assert main(["compare", XOR, "--with", "odd", *SHORT]) == 0
    table = capsys.readouterr().out.splitlines()
    assert table[0].split() == ["xor", "nnlab", "Odd"]
    assert any(line.startswith("Difference of loss, 200 steps") and line.endswith("0") for line in table)


def test_a_comparison_of_several_experiments_is_compared_run_after_run(odd, capsys, tmp_path):
    path = tmp_path / "two.toml"
    path.write_text(f"format = 2\nname = 'two'\nbase = {XOR!r}\nvary.training.seed = [1, 2]\n")
    assert main(["compare", str(path), "--with", "odd", *SHORT, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["comparison"] == "two"
    assert [one["experiment"] for one in report["experiments"]] == ["xor: seed 1", "xor: seed 2"]
    sums = [[row["parameters_sha256"] for row in one["rows"]] for one in report["experiments"]]
    assert sums[0][0] == sums[0][1] != sums[1][0] == sums[1][1]


def test_a_baseline_that_fails_stops_no_other_and_is_told(odd, capsys):
    odd("raises")
    assert main(["compare", XOR, "--with", "odd", *SHORT, "--json"]) == 2
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert "problem" not in rows[0] and rows[1]["problem"].startswith("it failed in step 20")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--with", "tensorflow"], r"--with tensorflow: unknown framework; known are: .*torch"),
        (["--with", "toch"], r"--with toch: unknown framework; .*torch"),
        (["--with", ","], r"--with: expected frameworks with commas between"),
        ([], r"the following arguments are required: --with"),
    ],
)
def test_what_is_asked_wrongly_is_refused_before_anything_is_trained(capsys, words, sentence):
    assert main(["compare", XOR, *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert re.search(sentence, captured.err), captured.err


def test_a_missing_framework_is_told_with_its_install_line_and_nothing_is_trained(odd, monkeypatch, capsys):
    monkeypatch.setitem(OPTIONAL, "odd", OptionalPackage("Odd", "nowhere_at_all", "odd-package"))
    assert main(["compare", XOR, "--with", "odd"]) == 2
    assert capsys.readouterr().err == "nnlab: Odd is not installed; pip install odd-package\n"
    assert main(["runs", "list"]) == 0
    assert "no runs yet" in capsys.readouterr().out


def test_what_is_wrong_with_the_experiment_is_said_once(capsys):
    wrong = ["--set", "model.layers.2.units=3"]
    assert main(["compare", XOR, "--with", "sklearn,numpy", *wrong]) == 2
    told = capsys.readouterr().err
    assert told.count("outputs") == 1 and "scikit-learn" not in told and "NumPy" not in told


def test_a_missing_framework_beside_another_is_named_once(odd, monkeypatch, capsys):
    monkeypatch.setitem(OPTIONAL, "torch", OptionalPackage("PyTorch", "nowhere_at_all", "torch"))
    assert main(["compare", XOR, "--with", "odd,torch", *SHORT]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "PyTorch is not installed; pip install torch"


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux tells the children of a process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_comparison_and_its_processes(number: signal.Signals):
    words = ["compare", XOR, "--with", "numpy", "--set", "training.epochs=1000000", "--threads", "1"]
    command = subprocess.Popen([sys.executable, "-m", "nnlab", *words], stderr=subprocess.PIPE)
    children = Path(f"/proc/{command.pid}/task/{command.pid}/children")
    until = time.monotonic() + 20
    while not children.read_text().split():
        assert time.monotonic() < until
        time.sleep(0.02)
    (child,) = map(int, children.read_text().split())
    assert is_running(child)
    command.send_signal(number)
    _, complaint = command.communicate(timeout=20)
    wait_until_gone(child)
    if number == signal.SIGINT:
        assert (command.returncode, complaint) == (130, b"nnlab: interrupted\n")
    else:
        assert command.returncode == -signal.SIGTERM
