"""`nnlab runs`: the store of runs, from the command line."""

import argparse
import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.commands.answer import Report, answer
from nnlab.commands.comparing import compare, describe_comparing
from nnlab.commands.journal import opened_store
from nnlab.commands.options import data_option, json_option
from nnlab.terminal import agrees, can_be_asked, whole
from nnlab.words import shown, without_middle

if TYPE_CHECKING:
    from nnlab.experiments.journal.records import RunRecord
    from nnlab.experiments.journal.store import RunStore

_MEGABYTE = 1 << 20
_WIDEST = 32
_MOST_NAMED = 5


def describe(parser: argparse.ArgumentParser) -> None:
    """List, show, compare, mark, export or delete runs that were kept."""
    asked = parser.add_subparsers(dest="asked", metavar="ACTION", required=True)
    listing = asked.add_parser("list", help="every run, the latest first")
    listing.add_argument("--filter", default="", metavar="TERMS", help="e.g. 'lr > 0.01 dataset = mnist accuracy > 0.97'")
    showing = asked.add_parser("show", help="one run: settings, figures, what was done by hand, snapshots")
    showing.add_argument("run", type=whole(1))
    comparing = asked.add_parser(
        "compare",
        help="what differs between runs that are kept, and since when (`nnlab compare` trains in other frameworks)",
    )
    describe_comparing(comparing)
    marking = asked.add_parser("mark", help="a run's name, notes, tags and star")
    marking.add_argument("run", type=whole(1))
    marking.add_argument("--name")
    marking.add_argument("--notes")
    marking.add_argument("--tags", help="with commas between; they take the place of those it had")
    marking.add_argument("--star", action=argparse.BooleanOptionalAction)
    exporting = asked.add_parser("export", help="a run's experiment (.toml), curves (.csv) or model (.safetensors)")
    exporting.add_argument("run", type=whole(1))
    exporting.add_argument("output", type=Path, help="a file; its ending says what is exported")
    exporting.add_argument("--step", type=whole(0), help="the model as it was after so many updates (default: the last)")
    exporting.add_argument("--data", type=Path, metavar="DIR", help="a folder that holds mnist/, fashion-mnist/")
    reporting = asked.add_parser("report", help="one HTML page of a run, or of several compared")
    reporting.add_argument("runs", type=whole(1), nargs="+", metavar="run")
    reporting.add_argument("--output", type=Path, metavar="FILE", help="an .html file (default: here, after the runs)")
    reporting.add_argument("--axis", choices=("epochs", "steps", "seconds"), default="epochs", help="what curves lie over")
    reporting.add_argument("--quick", action="store_true", help="without the step at which runs part")
    data_option(reporting)
    deleting = asked.add_parser("delete", help="runs with all that was kept of them, for good; on a terminal it asks first")
    deleting.add_argument("runs", type=whole(1), nargs="+", metavar="run")
    deleting.add_argument("--yes", action="store_true", help="without a question; with --json or in a script there is none")
    limiting = asked.add_parser("limits", help="how many MB the snapshots may take")
    limiting.add_argument("--run", type=whole(1), metavar="MB", help="of one run")
    limiting.add_argument("--store", type=whole(1), metavar="MB", help="of all runs together")
    for part in (listing, showing, comparing, marking, exporting, reporting, deleting, limiting):
        json_option(part)


def run(chosen: argparse.Namespace) -> int:
    """Do what is asked, and tell it."""
    with opened_store() as store:
        report, readable = _ASKED[chosen.asked](store, chosen)
    answer(report, chosen.json, readable)
    return 0


def _list(store: "RunStore", chosen: argparse.Namespace) -> tuple[Report, Any]:
    from nnlab.experiments.journal.changed import changed_words
    from nnlab.experiments.journal.filtering import filtered, parse_filter

    runs = store.runs()
    before = {later.number: earlier for later, earlier in pairwise(runs)}
    known = {one.number: one for one in runs}
    shown = filtered(runs, parse_filter(chosen.filter))
    rows = [
        _row(one)
        | {"figures": dict(one.figures), "changed": changed_words(one, known.get(one.parent or 0) or before.get(one.number))}
        for one in shown
    ]
    return {"runs": rows, "of": len(runs)}, _lines_of_runs


def _show(store: "RunStore", chosen: argparse.Namespace) -> tuple[Report, Any]:
    record = store.run(chosen.run)
    snapshots = store.snapshots(chosen.run)
    report = _row(record) | {
        "settings": dict(record.settings),
        "figures": dict(record.figures),
        "facts": dict(record.facts),
        "events": list(record.events),
        "snapshots": [snapshot.step for snapshot in snapshots],
        "bytes": sum(snapshot.bytes for snapshot in snapshots),
        "folder": str(store.folder_of(chosen.run)),
        "data_checksum": record.data,
    }
    # A person exports them as files.
    texts = {"experiment": record.experiment, "present_experiment": record.present}
    return report | (texts if chosen.json else {}), None


def _mark(store: "RunStore", chosen: argparse.Namespace) -> tuple[Report, Any]:
    store.run(chosen.run)
    tags = None if chosen.tags is None else json.dumps([tag for part in chosen.tags.split(",") if (tag := part.strip())])
    marks = {"name": chosen.name, "notes": chosen.notes, "tags": tags, "star": chosen.star}
    store.update(chosen.run, **{name: value for name, value in marks.items() if value is not None})
    record = store.run(chosen.run)
    return {"run": chosen.run, **{name: getattr(record, name) for name in marks}}, None


def _export(store: "RunStore", chosen: argparse.Namespace) -> tuple[Report, Any]:
    from nnlab.experiments.journal.exporting import export_run
    from nnlab.experiments.places import data_folders
    from nnlab.progress import work_progress

    with work_progress() as progress:
        export_run(store, chosen.run, chosen.output, chosen.step, data_folders(chosen.data), progress)
    return {"run": chosen.run, "output": str(chosen.output)}, None


def _report(store: "RunStore", chosen: argparse.Namespace) -> tuple[Report, Any]:
    from nnlab.experiments.computer import set_threads
    from nnlab.experiments.places import data_folders
    from nnlab.experiments.run_report.writing import report_path, write_report
    from nnlab.progress import work_progress

    # The bits depend on the number of threads: as many as the first had.
    set_threads(int(store.run(chosen.runs[0]).facts.get("threads", 0)))
    path = chosen.output or report_path(store, chosen.runs, Path())
    with work_progress() as progress:
        write_report(store, chosen.runs, path, data_folders(chosen.data), progress, chosen.quick, chosen.axis)
    return {"runs": chosen.runs, "output": str(path)}, None


def _delete(store: "RunStore", chosen: argparse.Namespace) -> tuple[Report, Any]:
    from nnlab.experiments.journal.deleting import purge

    for number in chosen.runs:
        store.check_free(number)
    if can_be_asked() and not (chosen.yes or chosen.json):
        names = [f"run {number:,} ({shown(store.run(number).name)})" for number in chosen.runs[:_MOST_NAMED]]
        more = len(chosen.runs) - len(names)
        which = ", ".join([*names, *([f"and {more:,} more"] if more else [])])
        if not agrees(f"delete {which}, with all that was kept of {'it' if len(chosen.runs) == 1 else 'them'}?"):
            return {"deleted": []}, lambda _: "nothing was deleted"
    store.set_deleted(chosen.runs)
    purge(store)
    return {"deleted": list(chosen.runs)}, lambda report: f"deleted {', '.join(map(str, report['deleted']))}"


def _limits(store: "RunStore", chosen: argparse.Namespace) -> tuple[Report, Any]:
    for name, megabytes in (("run", chosen.run), ("store", chosen.store)):
        if megabytes is not None:
            store.set_limit(name, megabytes * _MEGABYTE)
    return {f"{name}_mb": limit // _MEGABYTE for name, limit in store.limits().items()}, None


_ASKED = {
    "list": _list,
    "show": _show,
    "compare": compare,
    "mark": _mark,
    "export": _export,
    "report": _report,
    "delete": _delete,
    "limits": _limits,
}


def _row(record: "RunRecord") -> Report:
    return {
        "run": record.number,
        "name": record.name,
        "data": record.settings.get("dataset.source"),
        "model": record.settings.get("model.kind"),
        "framework": record.framework or None,
        "started": datetime.fromtimestamp(record.started).isoformat(" ", "seconds"),
        "seconds": record.seconds,
        "steps": record.step,
        "epochs": record.epoch,
        "ending": record.ending,
        "best": {name: value for name, value in record.figures.items() if name.startswith("best_validation")},
        "parent": record.parent,
        "parent_step": record.parent_step,
        "sweep": record.sweep,
        "trial": record.trial,
        "tags": list(record.tags),
        "star": record.star,
        "notes": record.notes,
    }


def _lines_of_runs(report: Report) -> str:
    if not report["runs"]:
        return "none of the runs is such" if report["of"] else "no runs yet; `nnlab train` or Run in the window makes one"
    rows = [("run", "name", "changed", "started", "epochs", "steps", "best loss", "ended")]
    for row in report["runs"]:
        best = row["best"].get("best_validation_loss")
        ended = row["ending"] or ("interrupted" if row["framework"] else f"can go on: nnlab resume {row['run']}")
        figures = (f"{row['epochs']:.4g}", f"{row['steps']:,}", "" if best is None else f"{best:.4g}")
        texts = (row["name"][:_WIDEST], without_middle(row["changed"], _WIDEST), row["started"])
        rows.append((str(row["run"]), *texts, *figures, ended))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(_aligned(row, widths)).rstrip() for row in rows)


def _aligned(row: tuple[str, ...], widths: list[int]) -> list[str]:
    """Numbers end below each other, texts begin so."""
    are_numbers = (True, False, False, False, True, True, True, False)
    return [
        cell.rjust(width) if is_number else cell.ljust(width)
        for cell, width, is_number in zip(row, widths, are_numbers, strict=True)
    ]
