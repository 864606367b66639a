"""`nnlab sweep`: one experiment trained many times with other settings, on processes or on a cluster."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.commands.answer import Report, answer
from nnlab.commands.journal import opened_store
from nnlab.commands.luck import luck_lines, luck_report
from nnlab.commands.options import data_option, json_option
from nnlab.errors import ComparisonFileError, DivergedError, InterruptedRunError, NnlabError, SettingError
from nnlab.terminal import complain, whole
from nnlab.words import shown, without_middle

if TYPE_CHECKING:
    from nnlab import report as reporting
    from nnlab.experiments.sweeps.records import TrialRecord
    from nnlab.experiments.sweeps.runner import SweepRun
    from nnlab.experiments.sweeps.sweep import Sweep
    from nnlab.experiments.sweeps.task import Hands

_MOST_WORKERS = 256
_WIDEST, _LONGEST_REASON = 32, 100


def describe(parser: argparse.ArgumentParser) -> None:
    """Train an experiment with many settings; the same command goes on with a sweep that was stopped or killed."""
    parser.add_argument("sweep", type=Path, help="a sweep, a comparison as a grid, or with --seeds an experiment (.toml)")
    parser.add_argument(
        "--seeds",
        type=whole(0),
        metavar="N",
        help="train one experiment from N seeds, its own and the next; tells what is luck",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="of the experiment that is varied, and so of every trial: training.epochs=3",
    )
    hands = parser.add_mutually_exclusive_group()
    hands.add_argument("--workers", type=whole(0), metavar="N", help="processes (default: one a core); 0, 1: this one")
    hands.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="the scheduler of a Dask cluster that trains")
    parser.add_argument("--anew", action="store_true", help="begin anew, even where the same sweep was stopped before")
    data_option(parser)
    json_option(parser)


def run(chosen: argparse.Namespace) -> int:
    """Work it off, and tell what came of it."""
    from nnlab.experiments.interruption import noted_signals
    from nnlab.experiments.places import data_folders, runs_folder
    from nnlab.experiments.sweeps.reading import trials
    from nnlab.experiments.sweeps.records import DIVERGED, DONE, ENDED
    from nnlab.experiments.sweeps.runner import SweepRun
    from nnlab.progress import work_progress

    sweep = _wanted(chosen)
    folders = data_folders(chosen.data, *sweep.near)
    hands = _hands(chosen)
    with noted_signals() as interruption, work_progress() as progress:
        running = SweepRun(runs_folder(), sweep, hands, folders, chosen.anew, lambda: bool(interruption.number))
        _watch(running, progress)
    with opened_store() as store:
        found = trials(store, running.number)
        report = _report(running.number, sweep, found) | luck_report(store, sweep, found)
    ended = sum(row["state"] in ENDED for row in report["trials"])
    if interruption.number and ended < sweep.count:
        raise InterruptedRunError(
            f"interrupted ({interruption.name}) after {ended:,} of {sweep.count:,} trials of sweep {running.number:,}; "
            "the same command goes on with it",
            interruption.exit_status,
        )
    answer(report, chosen.json, _lines)
    states = {row["state"] for row in report["trials"]}
    return 0 if DONE in states else DivergedError.exit_status if DIVERGED in states else NnlabError.exit_status


def _wanted(chosen: argparse.Namespace) -> "Sweep":
    """The sweep of the file, or the experiment of the file from several seeds."""
    from nnlab.experiments.experiment import load_experiment, with_settings
    from nnlab.experiments.seeds.seed_sweep import SEED, seeds_sweep
    from nnlab.experiments.sweeps.sweep_file import load_sweep

    if chosen.seeds is None:
        return load_sweep(chosen.sweep, chosen.set)
    try:
        experiment = with_settings(load_experiment(chosen.sweep), chosen.set)
    except ComparisonFileError:
        raise SettingError(
            f"--seeds: {shown(chosen.sweep.name)} varies settings itself, expected one experiment; vary {SEED} in the file"
        ) from None
    return seeds_sweep(experiment, chosen.seeds, (chosen.sweep.parent,))


def _hands(chosen: argparse.Namespace) -> "Hands":
    """Who trains: the cluster, processes, or this process alone."""
    from nnlab.experiments.sweeps.cluster import Cluster
    from nnlab.experiments.sweeps.here import Here
    from nnlab.experiments.sweeps.processes import Processes

    if chosen.scheduler is not None:
        return Cluster(chosen.scheduler)
    workers = os.cpu_count() or 1 if chosen.workers is None else chosen.workers
    if not 0 <= workers <= _MOST_WORKERS:
        raise SettingError(f"--workers {workers}: out of range; it must be at least 0 and at most {_MOST_WORKERS}")
    return Processes(workers) if workers > 1 else Here()


def _watch(running: "SweepRun", progress: "reporting.Report") -> None:
    """Until it ends."""
    from nnlab.experiments.sweeps.events import Notice, SweepChanged, TrialChanged
    from nnlab.experiments.sweeps.reading import trials
    from nnlab.experiments.sweeps.records import ENDED, best_of

    known: dict[int, TrialRecord] | None = None
    search, count = running.sweep.search, running.sweep.count
    for event in running:
        if isinstance(event, Notice):
            complain(event.words)
        elif isinstance(event, SweepChanged) and known is None:
            with opened_store() as store:
                known = {trial.number: trial for trial in trials(store, event.sweep.number)}
            if event.sweep.ended:
                complain(f"goes on with sweep {event.sweep.number:,}, where {event.sweep.ended:,} of {count:,} trials ended")
        elif isinstance(event, TrialChanged) and known is not None:
            known[event.trial.number] = event.trial
            ended = [trial for trial in known.values() if trial.state in ENDED]
            best = best_of(ended, search.seeks_highest)
            words = f", the best so far trial {best.number}: {best.objective:.4g}" if best else ""
            progress(f"{len(ended):,} of {count:,} trials{words}", len(ended) / count)


def _report(number: int, sweep: "Sweep", trials: "list[TrialRecord]") -> Report:
    from nnlab.experiments.sweeps.records import best_of

    best = best_of(trials, sweep.search.seeks_highest)
    return {
        "sweep": number,
        "name": sweep.name,
        "objective": sweep.search.objective,
        "goal": "highest" if sweep.search.seeks_highest else "lowest",
        "best": None if best is None else best.number,
        "best_run": None if best is None else best.run,
        "trials": [_row(trial) for trial in trials],
    }


def _row(trial: "TrialRecord") -> Report:
    return {
        "trial": trial.number,
        "values": dict(trial.choices),
        "state": trial.state,
        "reason": trial.reason,
        "objective": trial.objective,
        "run": trial.run,
        "kept": trial.kept is not None,
        "seconds": trial.seconds,
        "parameters_sha256": trial.checksum,
        "figures": dict(trial.figures),
    }


def _lines(report: Report) -> str:
    """A table with the best marked, and what to do next."""
    from nnlab.experiments.journal.differing import short_name

    names = list(dict.fromkeys(name for row in report["trials"] for name in row["values"]))
    rows = [("", "trial", *map(short_name, names), report["objective"].replace("_", " "), "seconds", "run", "ended")]
    rows += [_cells(row, names, row["trial"] == report["best"]) for row in report["trials"]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    # Numbers end below each other, texts begin so; what is varied may be either.
    numbers = {1, 2 + len(names), 3 + len(names), 4 + len(names)}
    lines = ["  ".join(_padded(cell, widths[at], at in numbers) for at, cell in enumerate(row)).rstrip() for row in rows]
    if report["best_run"] is not None:
        lines.append(f"nnlab runs show {report['best_run']}      # the best; {_where(report)}")
    return "\n".join([*lines, *luck_lines(report)])


def _where(report: Report) -> str:
    """How the runs are found; those that were kept stay runs of the sweeps that trained them."""
    found = f'--filter "sweep = {report["sweep"]}"'
    kept = sum(row["kept"] for row in report["trials"])
    new = len(report["trials"]) - kept
    if not new:
        return "all were trained in earlier sweeps"
    return f"the {new:,} trained now: {found}" if kept else f"all of them: {found}"


def _padded(cell: str, width: int, is_number: bool) -> str:
    return cell.rjust(width) if is_number else cell.ljust(width)


def _cells(row: Report, names: list[str], is_best: bool) -> tuple[str, ...]:
    values = (_text(row["values"].get(name)) for name in names)
    words = row["reason"] or ("trained in an earlier sweep" if row["kept"] else "")
    reason = without_middle(f"{row['state']}: {words}" if words else row["state"], _LONGEST_REASON)
    objective = "" if row["objective"] is None else f"{row['objective']:.6g}"
    run = "" if row["run"] is None else str(row["run"])
    return ("best" if is_best else "", str(row["trial"]), *values, objective, f"{row['seconds']:.2f}", run, reason)


def _text(value: object) -> str:
    from nnlab.experiments.journal.records import listed_words

    if isinstance(value, list):
        return shown(listed_words(value), _WIDEST)
    if isinstance(value, dict):
        value = ", ".join(str(part) for part in (value.get("kind"), *(own for name, own in value.items() if name != "kind")))
    return shown(f"{value:g}" if isinstance(value, float) else value, _WIDEST)
