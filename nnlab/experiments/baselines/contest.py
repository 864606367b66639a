"""One experiment, trained by nnlab and then by frameworks, one after the other, each in a process of its own."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from nnlab import __version__
from nnlab.errors import CancelledError, NnlabError
from nnlab.experiments.baselines.attempt import Attempt, Heard
from nnlab.experiments.baselines.comparison import Contestant, difference, named_problem
from nnlab.experiments.baselines.conventions import conventions_of
from nnlab.experiments.baselines.frameworks import FRAMEWORKS, NNLAB, missing, version
from nnlab.experiments.baselines.messages import BaselineError
from nnlab.experiments.baselines.process import own_command, script_command
from nnlab.experiments.baselines.recording import BaselineRow
from nnlab.experiments.baselines.trajectory import Trajectory
from nnlab.experiments.experiment import Experiment, save_experiment
from nnlab.experiments.exports import EXPORTS, Source
from nnlab.experiments.exports.scripts.code_lines import lines_of_code
from nnlab.experiments.file_stem import file_stem
from nnlab.experiments.journal.store import RunStore
from nnlab.report import Report, silent

_OWN_SCRIPT = "numpy"


@dataclass(frozen=True)
class Contest:
    """What is compared: the experiment, without breakpoints; where its data may lie; the threads of each process; and the
    folders into which scripts and parameters are written.
    """

    experiment: Experiment
    folders: tuple[Path, ...]
    threads: int
    place: Path
    scripts: Path
    heard: Heard = field(default_factory=Heard)


@contextmanager
def contest_of(
    experiment: Experiment,
    folders: Sequence[Path],
    threads: int,
    heard: Heard | None = None,
    scripts: Path | None = None,
) -> Iterator[Contest]:
    """A contest whose folder is gone afterwards; but for the scripts, where they have one of their own."""
    # A breakpoint is nnlab's own; none of the others would stop there.
    training = replace(experiment.training, stop_when=())
    wanted = replace(experiment, training=training)
    try:
        folder = tempfile.TemporaryDirectory(prefix="nnlab-", ignore_cleanup_errors=True)
    except OSError as error:
        raise BaselineError(f"there is no place for temporary files ({error.strerror or error}); set TMPDIR") from None
    with folder as name:
        place = Path(name)
        yield Contest(wanted, tuple(folders), threads, place, scripts or place, heard or Heard())


def train_own(contest: Contest, report: Report = silent) -> Contestant:
    """By nnlab, in a process as the others have one; raises BaselineError where not a step could be made."""
    path, vectors = contest.place / "experiment.toml", contest.place / NNLAB
    save_experiment(contest.experiment, path)
    vectors.mkdir(exist_ok=True)
    start = Contestant(NNLAB, NNLAB, __version__, vectors=vectors, code_lines=own_lines(contest))
    command = own_command(path, vectors, contest.threads, contest.folders)
    found = Attempt(start, contest.heard, report).heed(command, contest.threads)
    if found.problem and not found.steps:
        raise BaselineError(found.problem)
    contest.heard.done(found)
    return found


def train_baseline(
    contest: Contest, name: str, own: Contestant, store: RunStore | None = None, report: Report = silent
) -> Contestant:
    """By a framework, beside nnlab's own run; what cannot be trained says why. The store, opened on this thread, is where it
    is kept; None where nothing is.
    """
    said = conventions_of(name, contest.experiment)
    start = Contestant(name, FRAMEWORKS[name].title, begun=own.begun, conventions=said)
    try:
        found = _trained(contest, start, own, store, report)
        found = replace(found, apart=difference(own, found)) if found.steps else found
        # Of a large model they are many megabytes, and nobody asks for them again.
        shutil.rmtree(contest.place / name, ignore_errors=True)
    except CancelledError:
        raise
    except NnlabError as error:
        found = replace(start, problem=str(error), conventions=())
    contest.heard.done(found)
    return found


def _trained(contest: Contest, start: Contestant, own: Contestant, store: RunStore | None, report: Report) -> Contestant:
    if sentence := missing(start.name):
        return replace(start, problem=sentence)
    script, vectors = write_script(contest, start.name), contest.place / start.name
    vectors.mkdir(exist_ok=True)
    text = script.read_text(encoding="utf-8")
    # Nobody is told of a file that goes with the contest.
    lasting = script if contest.scripts != contest.place else None
    start = replace(start, version=version(start.name), vectors=vectors, script=lasting, code_lines=lines_of_code(text))
    number = own.run

    def begin_row(trajectory: Trajectory) -> BaselineRow:
        assert store is not None and number is not None
        facts = {"framework": start.title, "framework_version": start.version, "with": start.name}
        facts["threads"] = str(contest.threads)
        return BaselineRow(store, store.run(number), start.title, facts, trajectory)

    is_kept = store is not None and number is not None
    attempt = Attempt(start, contest.heard, report, begin_row if is_kept else None)
    return attempt.heed(script_command(script, _data_folder(contest), vectors), contest.threads)


def write_script(contest: Contest, name: str) -> Path:
    """The experiment as a script of this framework; raises an NnlabError that names what the framework lacks."""
    if name not in EXPORTS:
        raise BaselineError(
            f"nnlab writes no script for {FRAMEWORKS[name].title}; `nnlab kinds exports` lists what it writes"
        )
    path = contest.scripts / f"{file_stem(contest.experiment.name)}-{name}.py"
    EXPORTS[name].write(Source(contest.experiment, contest.folders), path, silent)
    return path


def problem_of(contest: Contest, name: str) -> str:
    """Why there will be no such baseline, as far as can be known before; empty where nothing speaks against it."""
    try:
        if not missing(name):
            write_script(contest, name)
        return missing(name)
    except NnlabError as error:
        return str(error)


def problem_of_all(contest: Contest, names: Sequence[str]) -> str:
    """Why there will be no baseline at all; empty where there may be one. What is wrong with all is said once."""
    problems = [problem_of(contest, name) for name in names]
    if not all(problems):
        return ""
    if len(names) > 1 and len(set(problems)) == 1:
        return problems[0]
    return ". ".join(named_problem(FRAMEWORKS[name].title, said) for name, said in zip(names, problems, strict=True))


def own_lines(contest: Contest) -> int | None:
    """Of what nnlab does here, written out in NumPy; None where it cannot be."""
    try:
        return lines_of_code(write_script(contest, _OWN_SCRIPT).read_text(encoding="utf-8"))
    except NnlabError:
        return None


def _data_folder(contest: Contest) -> Path | None:
    """The first folder that holds the data; of data that is no folder's, any."""
    source = contest.experiment.dataset.source.name
    return next((folder for folder in contest.folders if (folder / source).is_dir()), next(iter(contest.folders), None))
