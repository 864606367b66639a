"""`nnlab resume`: a run of the store, or a model, goes on as if it had never been stopped."""

import argparse
from pathlib import Path

from nnlab.commands.answer import answer
from nnlab.commands.journal import journal, opened_store
from nnlab.commands.options import common_options, helpers_option
from nnlab.commands.train import check_output
from nnlab.errors import SaveError
from nnlab.terminal import complain, whole


def describe(parser: argparse.ArgumentParser) -> None:
    """Go on with a run, or with a model file, and save the model."""
    parser.add_argument("run", help="a run's number (`nnlab runs list` has them), or a model (.safetensors)")
    parser.add_argument("--epochs", type=whole(1), help="train to so many epochs in all")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a live setting from here on")
    parser.add_argument("--output", type=Path, default=Path(), help="folder of the model file (default: here)")
    common_options(parser)
    helpers_option(parser)


def run(chosen: argparse.Namespace) -> int:
    """Find where it stands, train to the end, save, and tell the figures."""
    from nnlab.experiments.computer import set_threads
    from nnlab.experiments.headless_training import finish
    from nnlab.experiments.journal.resuming import differences, resumed_model, resumed_run
    from nnlab.experiments.places import data_folders
    from nnlab.experiments.sharing import crowding, sharing
    from nnlab.progress import training_progress, work_progress

    check_output(chosen.output)
    assignments = [*chosen.set, *([f"training.epochs={chosen.epochs}"] if chosen.epochs is not None else [])]
    with journal() as writer, opened_store() as store:
        if chosen.run.isdecimal():
            number = int(chosen.run)
            facts = store.run(number).facts
            # The bits depend on the number of threads: as many as it had, where nobody says otherwise. Helpers have one
            # each.
            is_shared = (chosen.helpers or facts.get("helpers", 1)) > 1
            threads = set_threads(chosen.threads or (1 if is_shared else int(facts.get("threads", 0))))
            if difference := differences(facts, chosen.helpers):
                complain(difference)
            with work_progress() as report:
                work = resumed_run(store, number, data_folders(chosen.data, chosen.output), assignments, report)
        else:
            threads = chosen.threads
            path = Path(chosen.run)
            work = resumed_model(path, data_folders(chosen.data, path.parent, chosen.output), assignments)
        helpers = chosen.helpers or work.run.helpers
        if helpers > 1:
            # Those that the run had were not asked for.
            threads = chosen.threads
        if words := crowding(helpers):
            complain(words)
        with training_progress() as progress, sharing(work.run, work.experiment, threads, chosen.helpers) as used:
            report_of_run = finish(work, chosen.output, used, progress, writer)
    answer(report_of_run, chosen.json)
    if "not_saved" in report_of_run:
        raise SaveError(report_of_run["not_saved"])
    return 0
