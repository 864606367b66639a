"""Writing a report of runs of the store into a file."""

from collections.abc import Sequence
from pathlib import Path

from nnlab.atomic_file import write_atomically
from nnlab.errors import CancelledError, NnlabError, SaveError
from nnlab.experiments.file_stem import file_stem
from nnlab.experiments.journal.divergence import first_divergence
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.places import free_path
from nnlab.experiments.run_report.page import comparison_page, run_page
from nnlab.experiments.run_report.reported import Reported, reported_run, told_run
from nnlab.report import Report, silent

ENDINGS = (".html", ".htm")
_MOST_NAMED = 8


def report_name(numbers: Sequence[int], name: str) -> str:
    """What the file of a report is called, without its ending; `name` is the first run's."""
    if len(numbers) > 1:
        return f"runs-{'-'.join(map(str, numbers[:_MOST_NAMED]))}"
    return f"{file_stem(name)}-run-{numbers[0]}"


def report_path(store: RunStore, numbers: Sequence[int], folder: Path) -> Path:
    """A file that is not there yet, named after the runs."""
    return free_path(folder, report_name(numbers, store.run(numbers[0]).name), ENDINGS[0])


def write_report(
    store: RunStore,
    numbers: Sequence[int],
    path: Path,
    folders: Sequence[Path] = (),
    report: Report = silent,
    is_quick: bool = False,
    axis: str = "epochs",
) -> None:
    """Of one run, or of several beside each other. Quick: without the step at which they part, for which they are trained
    again. axis: what the curves lie over, one of AXES
    """
    if path.suffix.lower() not in ENDINGS:
        raise SaveError(f"{path.name}: a report is an HTML file; give it the ending {ENDINGS[0]}")
    numbers = list(dict.fromkeys(numbers))
    reports = [reported_run(store, number, folders, report) for number in numbers]
    if len(reports) == 1:
        text = run_page(reports[0], _before(store, reports[0]), report, axis)
    else:
        partings = [] if is_quick else _partings(store, numbers, folders, report)
        text = comparison_page(reports, partings, report, axis)
    write_atomically(path, text.encode(errors="replace"))


def _before(store: RunStore, reported: Reported) -> Reported | None:
    """The run that it comes from, or else the one before it, while the store has that."""
    record = reported.record
    earlier = [one.number for one in store.runs() if one.number < record.number]
    number = record.parent if record.parent in earlier else max(earlier, default=None)
    if number is None:
        return None
    try:
        return told_run(store, number)
    except NnlabError:
        return None


def _partings(store: RunStore, numbers: Sequence[int], folders: Sequence[Path], report: Report) -> list[str]:
    first, *others = numbers
    sentences = []
    for other in others:
        try:
            words = first_divergence(store, first, other, folders, report).words
        except CancelledError:
            raise
        except NnlabError as error:
            words = str(error)
        sentences.append(f"Run {first:,} and run {other:,}: {words}")
    return sentences
