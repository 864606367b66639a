"""`nnlab gradcheck`: is the gradient the derivative of the loss?"""

import argparse
from pathlib import Path

from nnlab.commands.answer import answer
from nnlab.commands.options import common_options


def describe(parser: argparse.ArgumentParser) -> None:
    """Compare an experiment's gradient with central differences."""
    parser.add_argument("experiment", type=Path, help="an experiment file (.toml)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="e.g. model.loss=huber")
    common_options(parser)


def run(chosen: argparse.Namespace) -> int:
    """Compare; 1 when they differ."""
    from nnlab.experiments.experiment import load_experiment, with_settings
    from nnlab.experiments.gradient_checking import check_experiment
    from nnlab.experiments.places import data_folders
    from nnlab.progress import work_progress

    experiment = with_settings(load_experiment(chosen.experiment), chosen.set)
    with work_progress() as progress:
        report = check_experiment(experiment, data_folders(chosen.data, chosen.experiment.parent), report=progress)
    answer(report, chosen.json)
    return 0 if report["passed"] else 1
