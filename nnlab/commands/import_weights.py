"""`nnlab import`: weights that were learned elsewhere become a model of an experiment."""

import argparse
from pathlib import Path

from nnlab.commands.answer import Report, answer
from nnlab.commands.options import common_options
from nnlab.errors import WeightsFileError

_COLUMNS = ("own", "own_shape", "file", "file_shape", "words")
_TITLES = ("model", "shape", "file", "shape", "")


def describe(parser: argparse.ArgumentParser) -> None:
    """Begin an experiment's model with weights of PyTorch (.safetensors), of Keras or others (.npz), or of nnlab."""
    parser.add_argument("weights", type=Path, help="a file of weights (.safetensors, .npz)")
    parser.add_argument("experiment", type=Path, help="an experiment (.toml) whose model they fit")
    parser.add_argument("--output", type=Path, metavar="MODEL", help="the model file (default: here, after the experiment)")
    parser.add_argument("--layout", default="auto", help="how tensors lie: auto, nnlab, torch, torch-channels-last, keras")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="e.g. training.epochs=3")
    common_options(parser)


def run(chosen: argparse.Namespace) -> int:
    """Match, save, and tell the figures; where the weights do not fit, show both beside each other."""
    from nnlab.experiments.experiment import load_experiment, with_settings
    from nnlab.experiments.file_stem import file_stem
    from nnlab.experiments.imports.headless import import_into
    from nnlab.experiments.places import data_folders

    experiment = with_settings(load_experiment(chosen.experiment), chosen.set)
    output = chosen.output or Path(f"{file_stem(experiment.name)}.safetensors")
    folders = data_folders(chosen.data, chosen.experiment.parent)
    report = import_into(experiment, chosen.weights, output, folders, chosen.threads, chosen.layout)
    answer(report, chosen.json, _lines)
    if "problem" in report:
        raise WeightsFileError(report["problem"])
    return 0


def _lines(report: Report) -> str:
    """The table of both, and below it what came of it."""
    rows = [_TITLES, *(tuple(row[name] for name in _COLUMNS) for row in report["tensors"])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    told = {name: report[name] for name in ("caution", "test_loss", "test_accuracy", "model") if name in report}
    found = f"{len(report['tensors'])} tensors as {report['layout']} has them, {report['matched']}"
    return "\n".join([*table, found, *(f"{name.replace('_', ' ')}: {_text(value)}" for name, value in told.items())])


def _text(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
