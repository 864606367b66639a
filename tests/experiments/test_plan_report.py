"""What an experiment would train is told without training."""

import json
from pathlib import Path

import pytest

from nnlab.cli import main
from nnlab.errors import ShapeError
from nnlab.experiments.experiment import load_experiment, with_settings
from nnlab.experiments.plan_report import plan_lines, plan_report
from nnlab.resources import resource

DIGITS = resource("examples", "digits-residual.toml")


def test_layers_with_those_inside_add_up_to_the_whole():
    report = plan_report(load_experiment(DIGITS), [])
    outer = [row for row in report["layers"] if row["depth"] == 0]
    for name in ("parameters", "multiply_adds", "step_multiply_adds", "kept_bytes"):
        assert sum(row[name] for row in outer) == report[name] > 0
    residual = next(place for place, row in enumerate(report["layers"]) if row["layer"] == "Residual")
    inside = report["layers"][residual + 1 : residual + 6]
    assert all(row["depth"] == 1 for row in inside)
    assert sum(row["multiply_adds"] for row in inside) == report["layers"][residual]["multiply_adds"] == 2 * 9 * 16 * 16 * 64
    assert report["batch"] == 32 and report["estimated_step_seconds"] > 0


def test_the_table_has_a_line_for_each_layer_and_one_for_the_whole():
    report = plan_report(load_experiment(DIGITS), [])
    head, *lines, whole = plan_lines(report).split("\n")
    assert head.split()[:3] == ["layer", "output", "parameters"]
    assert len(lines) == len(report["layers"]) and len({len(line) for line in (head, *lines, whole)}) == 1
    assert lines[4].startswith("  Conv 16, 3×3") and "147,456" in lines[4]
    assert whole.startswith("a step of 32") and "≈" in whole


def test_an_experiment_that_cannot_run_is_refused():
    experiment = with_settings(load_experiment(DIGITS), ["model.layers.0.kernel=9", "model.layers.0.padding=valid"])
    with pytest.raises(ShapeError, match="kernel 9 is larger"):
        plan_report(experiment, [])


def test_the_command_tells_it_and_writes_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    assert main(["train", str(DIGITS), "--plan", "--json", "--output", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["parameters"] == 10_250
    assert list(tmp_path.iterdir()) == []
