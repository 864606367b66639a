"""`nnlab compare`: an experiment trained by nnlab and by other frameworks, with the same start and the same batches."""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.commands.answer import Report, answer
from nnlab.commands.journal import opened_store
from nnlab.commands.options import common_options
from nnlab.commands.train import check_output
from nnlab.errors import NnlabError, RunStoreError, SettingError
from nnlab.terminal import complain
from nnlab.words import printable

if TYPE_CHECKING:
    from nnlab.experiments.baselines.comparison import Contestant
    from nnlab.experiments.experiment import Experiment
    from nnlab.experiments.journal.store import RunStore
    from nnlab.experiments.variations import Variations
    from nnlab.report import Report as Progress


def describe(parser: argparse.ArgumentParser) -> None:
    """Train an experiment by nnlab and by other frameworks, and compare them (kept runs: `nnlab runs compare`)."""
    parser.add_argument("experiment", type=Path, help="an experiment, or a comparison of several (.toml)")
    parser.add_argument(
        "--with", dest="frameworks", required=True, metavar="NAMES", help="with commas between: torch,keras,sklearn,numpy"
    )
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="e.g. training.epochs=3")
    parser.add_argument("--output", type=Path, metavar="DIR", help="where the scripts are to stay (default: nowhere)")
    common_options(parser)


def run(chosen: argparse.Namespace) -> int:
    """Train it by each in turn, and tell the figures."""
    from nnlab.experiments.computer import set_threads
    from nnlab.experiments.places import data_folders
    from nnlab.experiments.variations import Variations, load_for_training
    from nnlab.progress import work_progress

    names = _names(chosen.frameworks)
    wanted = load_for_training(chosen.experiment, chosen.set)
    if chosen.output is not None:
        check_output(chosen.output)
    experiments, near = _each(wanted, chosen.experiment.parent)
    folders = data_folders(chosen.data, *near)
    threads = set_threads(chosen.threads)
    with work_progress() as progress:
        contestants = [_compared(experiment, names, folders, threads, chosen.output, progress) for experiment in experiments]
    reports = [_report(*both) | {"threads": threads} for both in zip(experiments, contestants, strict=True)]
    whole = {"comparison": wanted.name, "experiments": reports} if isinstance(wanted, Variations) else reports[0]
    answer(whole, chosen.json, lambda _: "\n\n".join(map(_table, experiments, contestants)))
    return 0 if any(not other.problem for found in contestants for other in found[1:]) else NnlabError.exit_status


def _each(wanted: "Experiment | Variations", folder: Path) -> "tuple[Sequence[Experiment], Sequence[Path]]":
    """One experiment or several, and the folders near them."""
    from nnlab.experiments.variations import Variations

    return (wanted.experiments, wanted.near) if isinstance(wanted, Variations) else ((wanted,), (folder,))


def _names(text: str) -> list[str]:
    """The frameworks that are named; an unknown one is refused before anything is trained."""
    from nnlab.experiments.baselines.frameworks import FRAMEWORKS
    from nnlab.settings import nearest
    from nnlab.words import shown

    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in FRAMEWORKS:
            raise SettingError(f"--with {shown(name)}: unknown framework; {nearest(name, FRAMEWORKS)}")
    if not names:
        raise SettingError(f"--with: expected frameworks with commas between; there are {', '.join(FRAMEWORKS)}")
    return names


def _compared(
    experiment: "Experiment",
    names: Sequence[str],
    folders: list[Path],
    threads: int,
    output: Path | None,
    progress: "Progress",
) -> "list[Contestant]":
    """nnlab's run and those beside it; raises where there is nothing to compare it with, before anything is trained."""
    from nnlab.experiments.baselines.attempt import Heard
    from nnlab.experiments.baselines.contest import contest_of, problem_of_all, train_baseline, train_own

    heard = Heard(said=complain)
    with contest_of(experiment, folders, threads, heard, output) as contest, ExitStack() as stack:
        if problem := problem_of_all(contest, names):
            raise NnlabError(problem)
        own = train_own(contest, progress)
        store = _store(stack)
        return [own, *(train_baseline(contest, name, own, store, progress) for name in names)]


def _store(stack: ExitStack) -> "RunStore | None":
    """Where baselines are kept; what cannot be kept can be compared all the same."""
    try:
        return stack.enter_context(opened_store())
    except RunStoreError as error:
        complain(str(error))
        return None


def _report(experiment: "Experiment", contestants: "Sequence[Contestant]") -> Report:
    from nnlab.experiments.baselines.table import report_of

    return {"experiment": experiment.name, "rows": report_of(contestants)}


def _table(experiment: "Experiment", contestants: "Sequence[Contestant]") -> str:
    """A column for each, and what there is to say about it."""
    from nnlab.experiments.baselines.comparison import named_problem
    from nnlab.experiments.baselines.table import rows_of

    rows = [(experiment.name, *(one.title for one in contestants))]
    rows += [(row.figure.title, *row.texts) for row in rows_of(contestants)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
    lines += [named_problem(one.title, one.problem) for one in contestants if one.problem]
    lines += [f"{one.title}: {said}" for one in contestants for said in one.conventions]
    return "\n".join(map(printable, lines))
