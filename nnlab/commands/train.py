"""`nnlab train`: an experiment becomes a model."""

import argparse
import tempfile
from pathlib import Path

from nnlab.commands.answer import answer
from nnlab.commands.journal import journal
from nnlab.commands.options import common_options
from nnlab.errors import SaveError


def describe(parser: argparse.ArgumentParser) -> None:
    """Train an experiment and save the model."""
    parser.add_argument("experiment", type=Path, help="an experiment file (.toml)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="e.g. training.epochs=3")
    parser.add_argument("--output", type=Path, default=Path(), help="folder of the model file (default: here)")
    common_options(parser)


def run(chosen: argparse.Namespace) -> int:
    """Train, save, and tell the figures."""
    from nnlab.experiments.experiment import load_experiment, with_settings
    from nnlab.experiments.headless_training import run_experiment
    from nnlab.experiments.places import data_folders
    from nnlab.progress import training_progress

    experiment = with_settings(load_experiment(chosen.experiment), chosen.set)
    check_output(chosen.output)
    with journal() as writer, training_progress() as progress:
        report = run_experiment(
            experiment,
            data_folders(chosen.data, chosen.experiment.parent, chosen.output),
            chosen.output,
            chosen.threads,
            progress,
            writer,
        )
    answer(report, chosen.json)
    if "not_saved" in report:
        raise SaveError(report["not_saved"])
    return 0


def check_output(folder: Path) -> None:
    """Better to hear now than after an hour of training that nothing can be saved there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SaveError(f"{folder}: cannot be written to ({error.strerror}); choose another --output") from None
