"""`nnlab runs compare`: what differs between runs, in what they were told, in what they learned, and since which step."""

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.commands.answer import Report
from nnlab.commands.options import data_option
from nnlab.errors import CancelledError, NnlabError
from nnlab.terminal import whole

if TYPE_CHECKING:
    from nnlab import report as reporting
    from nnlab.experiments.journal.store import RunStore

_WIDEST = 60
# Of tensors that differ so many are shown to a person, and so many classes mixed up more often or less.
_MOST_TENSORS, _MOST_CELLS = 6, 6


def describe_comparing(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("runs", type=whole(1), nargs="+", metavar="run", help="each is compared with the first")
    parser.add_argument("--quick", action="store_true", help="only what stands in the store: no run is looked at again")
    data_option(parser)


def compare(store: "RunStore", chosen: argparse.Namespace) -> tuple[Report, Callable[[Report], str]]:
    """Everything there is to say; where something cannot be said of a pair, why."""
    from nnlab.experiments.computer import set_threads
    from nnlab.experiments.journal.comparison import compared
    from nnlab.experiments.places import data_folders
    from nnlab.progress import work_progress

    records = [store.run(number) for number in chosen.runs]
    report: Report = asdict(compared(records))
    first, *others = chosen.runs
    if not chosen.quick and others:
        folders = data_folders(chosen.data)
        # The bits depend on the number of threads: as many as the first had.
        set_threads(int(records[0].facts.get("threads", 0)))
        with work_progress() as progress:
            report["divergence"] = [_said(other, _divergence, store, first, other, folders, progress) for other in others]
            report["weights"] = [_said(other, _weights, store, first, other) for other in others]
            report["confusion"] = _confusion(store, chosen.runs, folders, progress)
    return report, _lines


def _said(run: int, look: Callable[..., Report], *given: Any) -> Report:
    """What was found about a run, or the problem in words."""
    try:
        return {"run": run, **look(*given)}
    except CancelledError:
        raise
    except NnlabError as error:
        return {"run": run, "problem": str(error)}


def _divergence(store: "RunStore", first: int, other: int, folders: Sequence[Path], progress: "reporting.Report") -> Report:
    from nnlab.experiments.journal.divergence import first_divergence

    found = first_divergence(store, first, other, folders, progress)
    return {
        "words": found.words,
        **{name: value for name, value in asdict(found).items() if name not in ("first", "second")},
    }


def _weights(store: "RunStore", first: int, other: int) -> Report:
    from nnlab.experiments.journal.model_differences import weight_differences

    return {"tensors": [asdict(tensor) for tensor in weight_differences(store, first, other)]}


def _confusion(
    store: "RunStore", numbers: Sequence[int], folders: Sequence[Path], progress: "reporting.Report"
) -> list[Report]:
    from nnlab.experiments.journal.model_differences import classified, confusion_difference

    first, *others = numbers
    try:
        base = classified(store, first, folders, progress)
    except CancelledError:
        raise
    except NnlabError as error:
        return [{"run": other, "problem": str(error)} for other in others]

    def against(other: int) -> Report:
        found = confusion_difference(base, classified(store, other, folders, progress))
        return {"part": base.part, "class_names": list(base.class_names), "difference": found.tolist()}

    return [_said(other, against, other) for other in others]


def _lines(report: Report) -> str:
    """A table of settings and figures, and a paragraph of each run against the first."""
    rows = [("", *(f"run {number}" for number in report["runs"]))]
    rows += [(name, *map(_cell, values)) for name, values in report["settings"].items()]
    for name, values in report["figures"].items():
        differences = report["differences"][name][1:]
        rows.append((name, _cell(values[0]), *map(_with_difference, values[1:], differences)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    for place, parting in enumerate(report.get("divergence", ())):
        lines += ["", f"run {report['runs'][0]} and run {parting['run']}"]
        lines += [f"  {parting.get('words') or parting['problem']}"]
        lines += [f"  {line}" for line in _lines_of_weights(report["weights"][place])]
        lines += [f"  {line}" for line in _lines_of_confusion(report["confusion"][place])]
    return "\n".join(lines)


def _lines_of_weights(weights: Report) -> list[str]:
    if "problem" in weights:
        return [f"weights: {weights['problem']}"]
    tensors = weights["tensors"]
    if not tensors:
        return ["weights: the same to the last bit after the last step of both"]
    more = f"  and {len(tensors) - _MOST_TENSORS} more" if len(tensors) > _MOST_TENSORS else ""
    rows = [
        f"  {tensor['name']}: by {_share(tensor)}, at most {tensor['largest']:.3g}" for tensor in tensors[:_MOST_TENSORS]
    ]
    return ["weights after the last step of both:", *rows, *([more] if more else [])]


def _share(tensor: Report) -> str:
    """The length of the difference beside that of the first run's tensor, which may be all zeros."""
    share = tensor["relative"]
    return f"{tensor['norm']:.4g}" + (f", {share:.2%} of its length" if math.isfinite(share) else "")


def _lines_of_confusion(confusion: Report) -> list[str]:
    if "problem" in confusion:
        return [f"confusion: {confusion['problem']}"]
    names = confusion["class_names"]
    cells = [
        (abs(count), count, true, called)
        for true, row in enumerate(confusion["difference"])
        for called, count in enumerate(row)
        if count
    ]
    if not cells:
        return [f"confusion on the {confusion['part']} examples: the same"]
    largest = sorted(cells, key=lambda cell: -cell[0])[:_MOST_CELLS]
    told = ", ".join(f"{names[true]} predicted as {names[called]} {count:+,}" for _, count, true, called in largest)
    more = f", and {len(cells) - _MOST_CELLS} more cells" if len(cells) > _MOST_CELLS else ""
    return [f"confusion on the {confusion['part']} examples: {told}{more}"]


def _with_difference(value: Any, difference: float | None) -> str:
    return _cell(value) if difference is None else f"{_cell(value)} ({difference:+.3g})"


def _cell(value: Any) -> str:
    return "none" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)[:_WIDEST]
