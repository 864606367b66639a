"""The command line: the window, or a headless subcommand. The screen is imported only when a window opens."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from nnlab import __version__
from nnlab.errors import NnlabError, SaveError
from nnlab.settings import nearest

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and return the exit status: 0 done, 2 wrong input, 3 diverged, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if words and words[0] in COMMANDS:
            return _headless(words)
        return _window(words)
    except NnlabError as error:
        print(f"nnlab: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("nnlab: interrupted", file=sys.stderr)
        return _INTERRUPTED


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the words in one line, like every other error."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage."""
        raise NnlabError(f"{message}; see `{self.prog} --help`")


def _window(words: list[str]) -> int:
    parser = _Parser(
        prog="nnlab",
        description="A desktop laboratory for neural networks. Without a command, the window opens.",
        epilog="Headless commands: " + ", ".join(COMMANDS) + ". Each explains itself with --help.",
    )
    parser.add_argument("file", nargs="?", type=Path, help="an experiment (.toml) or a model (.safetensors) to open")
    parser.add_argument("--data", type=Path, help="a folder that holds mnist/, fashion-mnist/")
    parser.add_argument("--threads", type=int, default=0, help="threads of the engine (default: all cores but one)")
    parser.add_argument("--version", action="version", version=f"nnlab {__version__}")
    if words and not words[0].startswith("-") and not Path(words[0]).suffix and not Path(words[0]).exists():
        raise NnlabError(f"'{words[0]}' is neither a command nor a file; {nearest(words[0], COMMANDS)}")
    chosen = parser.parse_args(words)
    from nnlab.ui.app import run_window

    return int(run_window(chosen.file, chosen.data, chosen.threads))


def _headless(words: list[str]) -> int:
    parser = _Parser(prog="nnlab")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (describe, _) in COMMANDS.items():
        describe(commands.add_parser(name, help=describe.__doc__, description=describe.__doc__))
    chosen = parser.parse_args(words)
    return COMMANDS[chosen.command][1](chosen)


def _common_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, help="a folder that holds mnist/, fashion-mnist/ (or set NNLAB_DATA)")
    parser.add_argument("--threads", type=int, default=0, help="threads of the engine (default: all cores)")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")


def _describe_train(parser: argparse.ArgumentParser) -> None:
    """Train an experiment and save the model."""
    parser.add_argument("experiment", type=Path, help="an experiment file (.toml)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="e.g. training.epochs=3")
    parser.add_argument("--output", type=Path, default=Path(), help="folder of the model file (default: here)")
    _common_options(parser)


def _train(chosen: argparse.Namespace) -> int:
    from nnlab.experiments.experiment import load_experiment, with_settings
    from nnlab.experiments.headless import run_experiment
    from nnlab.experiments.places import data_folders
    from nnlab.progress import training_progress

    experiment = with_settings(load_experiment(chosen.experiment), chosen.set)
    try:
        chosen.output.mkdir(parents=True, exist_ok=True)
        # Better to hear now than after an hour of training.
        with tempfile.TemporaryFile(dir=chosen.output):
            pass
    except OSError as error:
        raise SaveError(f"{chosen.output}: cannot be written to ({error.strerror}); choose another --output") from None
    with training_progress() as progress:
        report = run_experiment(
            experiment,
            data_folders(chosen.data, chosen.experiment.parent, chosen.output),
            chosen.output,
            chosen.threads,
            progress,
        )
    _print(report, chosen.json)
    return 0


def _describe_evaluate(parser: argparse.ArgumentParser) -> None:
    """Measure a saved model on test examples."""
    parser.add_argument("model", type=Path, help="a model file (.safetensors)")
    parser.add_argument("--log-likelihood", action="store_true", help="an RBM's test log-likelihood in nats, by annealing")
    parser.add_argument("--dataset", help="test on this dataset instead of the one it was trained on")
    _common_options(parser)


def _evaluate(chosen: argparse.Namespace) -> int:
    from nnlab.experiments.headless import evaluate_model
    from nnlab.experiments.places import data_folders

    folders = data_folders(chosen.data, chosen.model.parent)
    _print(evaluate_model(chosen.model, folders, chosen.dataset, chosen.threads, chosen.log_likelihood), chosen.json)
    return 0


def _describe_gradcheck(parser: argparse.ArgumentParser) -> None:
    """Compare an experiment's gradient with central differences."""
    parser.add_argument("experiment", type=Path, help="an experiment file (.toml)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="e.g. model.loss=huber")
    _common_options(parser)


def _gradcheck(chosen: argparse.Namespace) -> int:
    from nnlab.experiments.experiment import load_experiment, with_settings
    from nnlab.experiments.headless import check_experiment
    from nnlab.experiments.places import data_folders

    experiment = with_settings(load_experiment(chosen.experiment), chosen.set)
    report = check_experiment(experiment, data_folders(chosen.data, chosen.experiment.parent))
    _print(report, chosen.json)
    return 0 if report["passed"] else 1


def _print(report: dict[str, Any], as_json: bool) -> None:
    try:
        print(json.dumps(report, allow_nan=False) if as_json else _readable(report), flush=True)
    except OSError as error:
        # What is left in the buffer must not fail again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SaveError(f"the report could not be written ({error.strerror}); write it elsewhere") from None


def _number(value: float) -> str:
    return f"{value:.2e}" if 0 < abs(value) < 0.001 else f"{value:,.4f}"


def _readable(report: dict[str, Any]) -> str:
    lines = []
    width = max(map(len, report))
    for name, value in report.items():
        if isinstance(value, list):
            continue
        if isinstance(value, dict):
            value = ", ".join(f"{key} {number:.1e}" for key, number in value.items())
        text = _number(value) if isinstance(value, float) else str(value)
        lines.append(f"{name.replace('_', ' '):{width}}  {text}")
    return "\n".join(lines)


COMMANDS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]]] = {
    "train": (_describe_train, _train),
    "evaluate": (_describe_evaluate, _evaluate),
    "gradcheck": (_describe_gradcheck, _gradcheck),
}
