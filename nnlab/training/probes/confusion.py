"""Which classes are taken for which."""

from dataclasses import dataclass, replace

from nnlab.models.arrays import Array
from nnlab.training.evaluation import Evaluation, evaluate
from nnlab.training.loop import TrainingRun
from nnlab.training.moment import moment
from nnlab.training.probes.selection import Selection


@dataclass(frozen=True)
class ConfusionPicture:
    """The confusion matrix of the validation examples, true class by row, and in words which parameters made it."""

    moment: str
    confusion: Array
    class_names: tuple[str, ...]


def probe_confusion(run: TrainingRun, selection: Selection) -> ConfusionPicture:
    """The last evaluation's matrix. Where there is none (before the first epoch ends, of a model out of a file, after
    weights were changed by hand) the model is evaluated once, as it is.
    """
    names = run.data.dataset.class_names
    found = run.evaluation
    if found is None:
        found = evaluate(run.model, run.data.learning, run.data.split.validation, len(names))
        found = run.evaluation = replace(found, moment=_now_text(run))
    return ConfusionPicture(found.moment or _epoch_text(run, found), found.confusion.copy(), names)


def _now_text(run: TrainingRun) -> str:
    """Which parameters the model has now."""
    if run.number or run.edited:
        return f"as of {moment(run.number, run.kept_epoch, bool(run.edited))}"
    return "before training"


def _epoch_text(run: TrainingRun, found: Evaluation) -> str:
    """At the end of which epoch it was made: of the best one where that was put back, even when training goes on."""
    best = run.best
    epoch = best.epoch if best is not None and found is best.validation else run.epoch
    return f"after epoch {epoch:,}" + (", restored" if run.kept_epoch else "")
