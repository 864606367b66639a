"""Why there is nothing to run, in one line, and what mends it: a function of the situation. No Qt; the window does it."""

import re
from dataclasses import dataclass
from enum import Enum

from nnlab.datasets import DATASETS
from nnlab.datasets.files import FileSource
from nnlab.errors import MissingDatasetError, MissingEncoderError
from nnlab.experiments.experiment import Experiment
from nnlab.ui.activity import Activity
from nnlab.ui.situation import Situation
from nnlab.words import figure

_DIVERGED = (
    "The loss became so large that it is no number any more. The model is that of the last good step; Restart begins afresh "
    "from the same seed, and diverges again unless something is changed: most often the learning rate is too large."
)


# What a model is not stands behind what it is.
_BUT = re.compile(r",? but |, ")


class Task(Enum):
    """What takes more than another experiment."""

    CHOOSE_FILE = "ask which file holds the data"
    DOWNLOAD = "download the data"
    RESTART_SLOWER = "start afresh with a lower learning rate, and train"
    TRAIN_ENCODER = "train the autoencoder whose codes are the data, and come back"


@dataclass(frozen=True)
class Remedy:
    """Why Run has nothing to do, and what can be done about it.

    reason: one line    detail: the whole sentence, where that says more    words: of the button that mends it, "" where a
    person does it otherwise    cure: the experiment that it makes of this one, or a task
    """

    reason: str
    detail: str = ""
    words: str = ""
    cure: Experiment | Task | None = None


def remedy_of(now: Situation) -> Remedy | None:
    """The reason in this situation; None where Run does what one expects of it."""
    if now.has_data and now.is_blank:
        return Remedy("Draw points of two classes first")
    if now.has_data and now.problem:
        return _of_problem(now)
    if now.has_data and now.activity is Activity.DIVERGED and now.wish.wanted is None:
        words = f"Restart with learning rate {figure(now.slower_rate)}"
        return Remedy("Training diverged", _DIVERGED, words, Task.RESTART_SLOWER)
    if now.wish.waits and now.missing is not None and now.wish.wanted is None:
        return _of_data(now, str(now.missing))
    return None


def _of_problem(now: Situation) -> Remedy:
    """The model, or how it is trained, does not suit the data."""
    reason, mending = in_one_line(now.problem), now.mending
    if mending is None:
        return Remedy(reason, now.problem)
    return Remedy(reason, now.problem, mending.words, mending.experiment)


def _of_data(now: Situation, sentence: str) -> Remedy:
    """The data could not be had; Run looks again."""
    match now.missing:
        case MissingDatasetError(name=name):
            published = DATASETS[name].published
            title = published.title if published is not None else name
            return Remedy(f"{title} is not on this computer", sentence, f"Download {title}", Task.DOWNLOAD)
        case MissingEncoderError(title=name, recipe=recipe):
            words, cure = ("Train the autoencoder first", Task.TRAIN_ENCODER) if recipe else ("", None)
            return Remedy(f"{name} was not trained yet", sentence, words, cure)
    if isinstance(now.wish.experiment.dataset.source, FileSource):
        return Remedy(in_one_line(sentence), sentence, "Choose a file…", Task.CHOOSE_FILE)
    return Remedy(in_one_line(sentence), sentence)


def in_one_line(sentence: str) -> str:
    """What is wrong, without what to do about it: errors say that behind a semicolon, and where they looked in brackets."""
    return sentence.partition(";")[0].partition(" (looked")[0].strip()


def shorter(reason: str) -> tuple[str, ...]:
    """The same for less room, the shortest last: without what it is about, then without what it should be instead."""
    bare = reason.rpartition(": ")[2]
    return bare, _BUT.split(bare)[0]
