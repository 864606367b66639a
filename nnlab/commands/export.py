"""`nnlab export`: an experiment, a model or a run, written for other programs."""

import argparse
from contextlib import ExitStack
from pathlib import Path

from nnlab.commands.answer import answer
from nnlab.commands.journal import opened_store
from nnlab.commands.options import data_option, json_option


def describe(parser: argparse.ArgumentParser) -> None:
    """Write an experiment, a model or a run for other programs."""
    parser.add_argument("source", help="an experiment (.toml), a model (.safetensors), or the number of a run")
    parser.add_argument("--to", required=True, metavar="TARGET", help="`nnlab kinds exports` lists them")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="e.g. training.epochs=3")
    parser.add_argument("--output", type=Path, metavar="PATH", help="the file (default: here, after the experiment's name)")
    data_option(parser)
    json_option(parser)


def run(chosen: argparse.Namespace) -> int:
    """Find what is meant, write it, and tell where it is."""
    from nnlab.errors import SettingError
    from nnlab.experiments.exports import EXPORTS, written
    from nnlab.experiments.exports.finding import check_takes, found_source
    from nnlab.experiments.file_stem import file_stem
    from nnlab.experiments.places import data_folders
    from nnlab.progress import work_progress
    from nnlab.settings import nearest
    from nnlab.words import shown

    if chosen.to not in EXPORTS:
        raise SettingError(f"--to {shown(chosen.to)}: unknown target; {nearest(chosen.to, EXPORTS)}")
    export = EXPORTS[chosen.to]
    with ExitStack() as stack:
        source = found_source(
            chosen.source, data_folders(chosen.data), chosen.set, lambda: stack.enter_context(opened_store())
        )
        check_takes(source, chosen.to, export, chosen.set)
        output = chosen.output or Path(file_stem(source.experiment.name) + export.suffix)
        report = stack.enter_context(work_progress())
        answer(written(source, chosen.to, output, report), chosen.json)
    return 0
