"""`nnlab train`: an experiment becomes a model, and a comparison several."""

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.commands.answer import Report, answer
from nnlab.commands.journal import journal
from nnlab.commands.options import common_options, helpers_option
from nnlab.errors import DivergedError, SaveError, SettingError
from nnlab.terminal import complain

if TYPE_CHECKING:
    from nnlab.experiments.experiment import Experiment
    from nnlab.experiments.variations import Variations

# Figures of one of several runs, in a line.
_TOLD = ("train_loss", "validation_loss", "validation_accuracy", "test_loss", "test_accuracy", "seconds")


def describe(parser: argparse.ArgumentParser) -> None:
    """Train an experiment and save the model."""
    parser.add_argument("experiment", type=Path, help="an experiment, or a comparison of several (.toml)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="e.g. training.epochs=3")
    parser.add_argument("--plan", action="store_true", help="tell its layers and what a step takes for each; train nothing")
    parser.add_argument("--output", type=Path, default=Path(), help="folder of the model file (default: here)")
    common_options(parser)
    helpers_option(parser)


def run(chosen: argparse.Namespace) -> int:
    """Train, save, and tell the figures."""
    from nnlab.experiments.experiment import Experiment
    from nnlab.experiments.headless_training import run_experiment
    from nnlab.experiments.places import data_folders
    from nnlab.experiments.sharing import crowding
    from nnlab.experiments.variations import load_for_training
    from nnlab.progress import training_progress

    wanted = load_for_training(chosen.experiment, chosen.set)
    if chosen.plan:
        return _tell_plan(wanted, chosen)
    check_output(chosen.output)
    if words := crowding(chosen.helpers):
        complain(words)
    if not isinstance(wanted, Experiment):
        return _train_each(wanted, chosen)
    with journal() as writer, training_progress() as progress:
        report = run_experiment(
            wanted,
            data_folders(chosen.data, chosen.experiment.parent, chosen.output),
            chosen.output,
            chosen.threads,
            progress,
            writer,
            chosen.helpers,
        )
    answer(report, chosen.json)
    if "not_saved" in report:
        raise SaveError(report["not_saved"])
    return 0


def _tell_plan(wanted: "Experiment | Variations", chosen: argparse.Namespace) -> int:
    """Of one experiment, with its data but without training."""
    from nnlab.experiments.experiment import Experiment
    from nnlab.experiments.places import data_folders
    from nnlab.experiments.plan_report import plan_lines, plan_report

    if not isinstance(wanted, Experiment):
        raise SettingError(f"--plan: {chosen.experiment} is a comparison; give one of its experiments")
    report = plan_report(wanted, data_folders(chosen.data, chosen.experiment.parent, chosen.output))
    answer(report, chosen.json, plan_lines)
    return 0


def _train_each(variations: "Variations", chosen: argparse.Namespace) -> int:
    """One run for each, and how to compare them."""
    from nnlab.experiments.places import data_folders
    from nnlab.experiments.variations_training import train_variations
    from nnlab.progress import training_progress

    folders = data_folders(chosen.data, *variations.near, chosen.output)
    with journal() as writer, training_progress() as progress:
        report = train_variations(variations, folders, chosen.output, chosen.threads, progress, writer, chosen.helpers)
    answer(report, chosen.json, _lines)
    if problem := next((row["not_saved"] for row in report["runs"] if "not_saved" in row), None):
        raise SaveError(problem)
    has_diverged = any("problem" in row for row in report["runs"])
    return DivergedError.exit_status if has_diverged else 0


def _lines(report: Report) -> str:
    """A line for each run, and what to do next."""
    lines = [_line(row) for row in report["runs"]]
    numbers = [str(row["run"]) for row in report["runs"] if "run" in row]
    return "\n".join([*lines, *([f"nnlab runs compare {' '.join(numbers)}"] if len(numbers) > 1 else [])])


def _line(row: Report) -> str:
    if "problem" in row:
        return f"{row['experiment']}: {row['problem']}"
    found = [f"{name.replace('_', ' ')} {row[name]:.4g}" for name in _TOLD if row.get(name) is not None]
    number = f"run {row['run']}, " if "run" in row else ""
    return f"{row['experiment']}: {number}{', '.join(found)}"


def check_output(folder: Path) -> None:
    """Better to hear now than after an hour of training that nothing can be saved there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SaveError(f"{folder}: cannot be written to ({error.strerror}); choose another --output") from None
